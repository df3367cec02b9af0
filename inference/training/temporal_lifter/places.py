r"""Measures where the detector sees landmarks beside the joints and skin they are named for.

    python -m sketch2pose.inference.training.temporal_lifter.places build/lifter/train.npz

Prints the table `SEEN_BESIDE` of `inference.video.solving.body_points`: for each landmark the
vector, fixed to the part that carries it, that best explains its errors in the picture (least
absolute values),
both sides taken together.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from ....core.smpl import SMPL_JOINT_NAMES, SMPL_PARENTS
from ...video.observing.landmarks import NUMBER
from ...video.solving.body_points import SEEN_BESIDE
from .noise import Clips, errors, read_clips, true_view

CARRIERS = {"nose": "head", "eye": "head", "ear": "head", "heel": "ankle", "foot_index": "ankle",
            "pinky": "wrist", "index": "wrist", "thumb": "wrist"}  # fmt: skip
SEEN = 0.5  # least visibility
ROUNDS = 12  # of reweighting
NEAR = 0.01  # metres below which errors count as squares


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", type=Path, nargs="+")
    args = parser.parse_args()
    clips = read_clips(*args.clips)
    for part in SEEN_BESIDE:
        beside, before, after = measure(clips, part)
        told = ", ".join(f"{value:.3f}" for value in beside)
        print(f'"{part}": ({told}),  # median error {1e3 * before:.0f} -> {1e3 * after:.0f} mm')


def measure(clips: Clips, part: str) -> tuple[np.ndarray, float, float]:
    """Vector [3] of a landmark on the left, metres, and the median error before and with it."""
    turn, _, size = true_view(clips.truth, clips.cameras)
    metres = size[:, None, None] * clips.truth.joints[:, :, 0, 2:]
    wrong = errors(clips)
    rows, away = [], []
    for side in ("left", "right") if part != "nose" else ("",):
        name = f"{side}_{part}".lstrip("_")
        carried = np.swapaxes(turn, -1, -2) @ clips.truth.orientations[:, :, _carrier(name, part)]
        across = carried[..., :2, :] * ([-1, 1, 1] if side == "right" else [1, 1, 1])
        seen = clips.visibility[..., NUMBER[name]] > SEEN
        rows.append(across[seen].reshape(-1, 3))
        away.append((wrong[:, :, NUMBER[name], :2] * metres)[seen].reshape(-1))
    return _least_absolute(np.concatenate(rows), np.concatenate(away))


def _carrier(name: str, part: str) -> int:
    if part in CARRIERS:
        side = name.split("_")[0]
        carrier = CARRIERS[part]
        return SMPL_JOINT_NAMES.index(carrier if carrier == "head" else f"{side}_{carrier}")
    return SMPL_PARENTS[SMPL_JOINT_NAMES.index(name)]


def _least_absolute(rows: np.ndarray, away: np.ndarray) -> tuple[np.ndarray, float, float]:
    weight, beside = np.ones(len(away)), np.zeros(3)
    for _ in range(ROUNDS):
        normal = (rows * weight[:, None]).T
        beside = np.linalg.solve(normal @ rows, normal @ away)
        weight = 1 / np.maximum(np.abs(away - rows @ beside), NEAR)
    left = np.abs(away - rows @ beside)
    return beside, float(np.median(np.abs(away))), float(np.median(left))


if __name__ == "__main__":
    main()
