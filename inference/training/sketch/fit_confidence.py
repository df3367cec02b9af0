"""Fits the confidence of drawings to how often the shipped network and solver are right.

    python -m sketch2pose.inference.training.sketch.fit_confidence

Reads and poses drawings of unseen subjects, half of them turned into styles that training never
shows (`shifted`), and fits for each bone a logistic function of the doubts
(`inference.sketch.confidence`) to whether the bone came out within `GOOD_ANGLE`. Left and right
share their coefficients, and all bones a common mean that few cases are drawn to. To be run after
every export of the network; takes about two minutes on one thread.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array
from ...body.model import load_default_body
from ...devices import Session, choose_device, create_session
from ...pictures.page import Page
from ...sketch.confidence import COEFFICIENTS, FEATURES, features
from ...sketch.estimate import observe
from ...sketch.figure_detection import DetectedFigure, find_figures
from ...sketch.ink import ink_map
from ...sketch.layout import MIRROR, PARENTS
from ...sketch.network_output import WEIGHTS
from ...solver import solve_directions
from ...solver.confidence import GOOD_ANGLE
from ..synthesis.poses import load_pose_bank
from ..synthesis.sample import Batch, make_batch
from .style_shift import shifted

SIZE = 320  # px
SHIFTED_SHARE = 0.5
MOST_KEYPOINTS_LOST = 2  # drawings with more of them are cut off: not what is fitted
PIECE = 50
RIDGE = 2.0  # cases' worth of pull to the common coefficients
SEED = 77


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--count", type=int, default=2000, help="drawings")
    parser.add_argument("--out", type=Path, default=COEFFICIENTS)
    args = parser.parse_args()
    session = create_session(args.weights, choose_device("cpu", threads=1))
    doubts, right = collect(session, args.count, SEED)  # type: ignore[arg-type]
    stored = {
        "made_by": "sketch2pose.inference.training.sketch.fit_confidence",
        "network_sha256": hashlib.sha256(args.weights.read_bytes()).hexdigest(),
        "drawings": len(doubts),
        "features": FEATURES,
        "coefficients": np.round(fit(doubts, right), 4).tolist(),
    }
    args.out.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    print(f"{len(doubts)} drawings, {right[:, 1:].mean():.1%} of the bones right")


def collect(session: Session, count: int, seed: int) -> tuple[Array, NDArray[np.bool_]]:
    """Doubts [N, 24, 7] of found figures and whether each bone came out right [N, 24]."""
    bank, rng = load_pose_bank("val"), np.random.default_rng(seed)
    doubts, right = [], []
    for _ in range(-(-count // PIECE)):
        batch = make_batch(bank, rng, PIECE, SIZE)
        whole = batch.visible.sum(1) >= batch.visible.shape[1] - MOST_KEYPOINTS_LOST
        for index in np.flatnonzero(batch.person & whole):
            measured = _measured(session, batch, int(index), rng)
            if measured is not None:
                doubts.append(measured[0])
                right.append(measured[1])
    return np.array(doubts), np.array(right)


def _measured(
    session: Session, batch: Batch, index: int, rng: np.random.Generator
) -> tuple[Array, NDArray[np.bool_]] | None:
    """Doubts and truth of one drawing; None when its figure is not found."""
    ink = batch.ink[index]
    ink = shifted(ink, rng) if rng.random() < SHIFTED_SHARE else ink
    page = Page(255 - ink, None, (SIZE, SIZE), 1.0)
    figures, _ = find_figures(session, ink_map(page.gray), lambda: None)
    if not figures:
        return None
    figure = min(figures, key=lambda one: _distance(one, batch.points[index]))
    result = solve_directions(observe(page, figure), load_default_body(), hypotheses=1)
    posed = result.joints[0] @ result.camera.rotation.T
    angle = _angles(posed, batch.joints[index, :24])
    return features(figure.output, result.doubts), angle < GOOD_ANGLE


def _distance(figure: DetectedFigure, points: Array) -> float:
    return float(np.linalg.norm(figure.points - points, axis=-1).mean())


def _angles(posed: Array, truth: Array) -> Array:
    """Radians [24] between the bones of two bodies in the camera's frame; 0 for the pelvis."""
    bones = []
    for joints in (posed, truth):
        steps = joints - joints[np.maximum(PARENTS, 0)]
        bones.append(steps / np.maximum(np.linalg.norm(steps, axis=-1, keepdims=True), 1e-9))
    angle = np.arccos(np.clip((bones[0] * bones[1]).sum(-1), -1, 1))
    angle[0] = 0.0
    return angle


def fit(doubts: Array, right: NDArray[np.bool_]) -> Array:
    """Coefficients [24, 7]: common ones first, then each pair of bones drawn away from them.

    But for the constant none is above 0: doubts go together, and one would take back what others
    say twice, but no doubt makes a bone surer.
    """
    most = np.array([np.inf, *[0.0] * (doubts.shape[-1] - 1)])
    flat = doubts[:, 1:].reshape(-1, doubts.shape[-1])
    common = logistic(flat, right[:, 1:].ravel(), np.zeros(doubts.shape[-1]), 1.0, most)
    fitted = np.tile(common, (len(MIRROR), 1))
    for bone in range(1, len(MIRROR)):
        pair = [bone, int(MIRROR[bone])]
        cases = np.concatenate([doubts[:, one] for one in pair])
        came_out = np.concatenate([right[:, one] for one in pair])
        fitted[bone] = logistic(cases, came_out, common, most=most)
    return fitted


def logistic(
    cases: Array,
    right: NDArray[np.bool_],
    start: Array,
    ridge: float = RIDGE,
    most: Array | float = np.inf,
) -> Array:
    """Logistic regression [F] of [N, F] cases by projected Newton, drawn to ``start``.

    No coefficient rises above its ``most``.
    """
    found = np.minimum(start, most)
    for _ in range(60):
        chance = 1 / (1 + np.exp(-np.clip(cases @ found, -30, 30)))
        gradient = cases.T @ (chance - right) + ridge * (found - start)
        curvature = (cases * (chance * (1 - chance))[:, None]).T @ cases + ridge * np.eye(
            len(found)
        )
        free = (found < most) | (gradient > 0)
        step = np.zeros(len(found))
        step[free] = np.linalg.solve(curvature[np.ix_(free, free)], gradient[free])
        found = np.minimum(found - step / max(1.0, float(np.linalg.norm(step)) / 4.0), most)
    return found


if __name__ == "__main__":
    main()
