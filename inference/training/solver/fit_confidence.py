"""Fits the solver's confidence on simulated observations of training poses.

    python -m sketch2pose.inference.training.solver.fit_confidence --mocap ../shared/data/mocap

Runs the solver as it is shipped on poses seen with all kinds of errors and fits, for each bone, a
logistic function of the doubts (`inference.solver.confidence`) to whether the bone came out right.
Left and right share their coefficients. Rewrites `confidence` in the weights file; run it after
`export`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ....core import smpl
from ....core.arrays import Array
from ....core.rotations import rotmat_from_quat
from ...body import load_default_body
from ...solver import solve_directions, tree
from ...solver.confidence import GOOD_ANGLE
from ...solver.weights import WEIGHTS_PATH
from ..model_card import renew_checksum
from . import measures
from .simulated import Eyesight, observe, random_scene

RIDGE = 1.0


def collect(quats: Array, count: int, seed: int) -> tuple[Array, NDArray[np.bool_]]:
    """Doubts [count, 24, 3] and whether each bone came out right [count, 24]."""
    body = load_default_body()
    rest = tree.rest_body(np.asarray(body.joints(), np.float64))
    random = np.random.default_rng(seed)
    doubts, right = [], []
    for quat in quats[random.choice(len(quats), count, replace=False)].astype(np.float64):
        scene = random_scene(rotmat_from_quat(quat), rest, random)
        result = solve_directions(observe(scene, random_eyes(random), random), body, hypotheses=1)
        local = result.rotations[:1].copy()
        local[:, 0] = result.camera.rotation @ local[:, 0]
        bones = tree.bone_vectors(tree.world_from_local(local), rest.directions)[0]
        doubts.append(result.doubts)
        right.append(measures.direction_error(bones, scene.bones) < np.rad2deg(GOOD_ANGLE))
    return np.array(doubts), np.array(right)


def random_eyes(random: np.random.Generator) -> Eyesight:
    """Eyes from sharp to poor, now and then without any idea of depth."""
    noise = np.deg2rad(random.uniform(0, 30)) if random.random() < 0.85 else np.nan
    sign = 0.0 if random.random() < 0.1 else random.uniform(0.5, 5)
    return Eyesight(noise, sign, random.uniform(0, 15))


def fit_logistic(features: Array, right: NDArray[np.bool_]) -> Array:
    """Logistic regression [F] of [N, F] features by Newton's method with a weak ridge."""
    coefficients = np.zeros(features.shape[1])
    ridge = RIDGE * np.eye(features.shape[1])
    for _ in range(25):
        chance = 1 / (1 + np.exp(-features @ coefficients))
        gradient = features.T @ (chance - right) + ridge @ coefficients
        curvature = (features * (chance * (1 - chance))[:, None]).T @ features + ridge
        coefficients = coefficients - np.linalg.solve(curvature, gradient)
    return coefficients


def main() -> None:
    """Command line; see the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mocap", type=Path, required=True)
    parser.add_argument("--weights", type=Path, default=WEIGHTS_PATH)
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    quats = np.load(arguments.mocap / "train_poses.npz")["quats"]
    doubts, right = collect(quats, arguments.count, arguments.seed)
    coefficients = np.zeros((24, doubts.shape[-1]))
    for bone in range(1, 24):
        pair = [bone, int(smpl.SMPL_MIRROR[bone])]
        coefficients[bone] = fit_logistic(
            np.concatenate(list(doubts[:, pair].swapaxes(0, 1))),
            np.concatenate(list(right[:, pair].T)),
        )
    with np.load(arguments.weights) as packed:
        arrays = dict(packed) | {"confidence": coefficients.astype(np.float32)}
    np.savez_compressed(arguments.weights, **arrays)
    renew_checksum(arguments.weights)


if __name__ == "__main__":
    main()
