"""Stick pictures of solved figures, to be looked at.

    python tests/benchmarks/solver_pictures.py --out build/solver.png

A row is one validation pose: the truth in the picture and from the side, then each hypothesis
likewise. Left limbs are red, right limbs blue.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np

from sketch2pose.core import smpl

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from sketch2pose.inference.body import load_default_body  # noqa: E402
from sketch2pose.inference.solver import solve_directions, tree  # noqa: E402
from sketch2pose.inference.training.solver import measures  # noqa: E402
from sketch2pose.inference.training.solver.simulated import Eyesight, observe, random_scene  # noqa: E402
from tests.benchmarks.bench_solver import validation_poses  # noqa: E402

TILE = 150
SIDE = np.array([[0, 0, 1], [0, 1, 0], [-1, 0, 0]], float)
COLORS = {1: (60, 60, 220), 2: (220, 120, 40), 0: (90, 90, 90)}
LEFT = {1, 4, 7, 10, 13, 16, 18, 20, 22}
RIGHT = {2, 5, 8, 11, 14, 17, 19, 21, 23}


def sticks(points: np.ndarray, text: str) -> np.ndarray:
    """Picture of joints [24, 3] in camera axes, from the camera and from the figure's side."""
    picture = np.full((TILE, 2 * TILE, 3), 255, np.uint8)
    for column, turn in enumerate((np.eye(3), SIDE)):
        flat = (points - points.mean(0)) @ turn.T
        pixels = flat[:, :2] * TILE / 2.1 + [TILE * (column + 0.5), TILE * 0.5]
        for joint in range(1, 24):
            color = COLORS[(joint in LEFT) + 2 * (joint in RIGHT)]
            ends = (pixels[smpl.SMPL_PARENTS[joint]], pixels[joint])
            start, end = (tuple(int(v) for v in point) for point in ends)
            cv2.line(picture, start, end, color, 2, cv2.LINE_AA)
        head = tuple(int(v) for v in pixels[15] + (pixels[15] - pixels[12]) * 0.5)
        cv2.circle(picture, head, 8, COLORS[0], 2, cv2.LINE_AA)
    cv2.putText(picture, text, (4, 12), cv2.FONT_HERSHEY_SIMPLEX, 0.38, (0, 0, 0), 1, cv2.LINE_AA)
    return picture


def main() -> None:
    """Command line; see the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=9)
    parser.add_argument("--noise", type=float, default=10.0, help="degrees")
    parser.add_argument("--sign", type=float, default=2.0, help="see simulated.Eyesight")
    arguments = parser.parse_args()
    body, random = load_default_body(), np.random.default_rng(5)
    rest = tree.rest_body(np.asarray(body.joints(), np.float64))
    rows = []
    for local in validation_poses(arguments.count):
        scene = random_scene(local, rest, random)
        eyes = Eyesight(np.deg2rad(arguments.noise), arguments.sign, 6.0)
        result = solve_directions(observe(scene, eyes, random), body)
        tiles = [sticks(scene.joints, "truth")]
        for joints, score, label in zip(result.joints, result.scores, result.labels, strict=True):
            seen = joints @ result.camera.rotation.T
            limbs = seen[None, measures.LIMB_JOINTS]
            error = measures.pa_mpjpe(limbs, scene.joints[measures.LIMB_JOINTS])[0]
            tiles.append(sticks(seen, f"{score:.2f} {error:.0f} mm {label[:26]}"))
        tiles += [np.full_like(tiles[0], 255)] * (6 - len(tiles))
        rows.append(np.concatenate(tiles, axis=1))
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(arguments.out), np.concatenate(rows))


if __name__ == "__main__":
    main()
