"""Painted clips told again: the detector's errors of a clip on people who differ from it a little.

What the detector gets wrong depends smoothly on the pose, so the errors of a clip fit its
neighbours too: other shapes, limbs and headings turned by some degrees. A net that only saw the
clips as they were painted knows them by heart.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ....core.rotations import quat_from_rotvec
from .cameras import Cameras
from .noise import Clips, clips_of, errors, read_packed, with_errors
from .people import LARGEST_SHAPE
from .truth import posed, truth_of

JOINT_SPREAD = 0.15  # rad that each joint is turned, all through a clip
HEADING_SPREAD = 0.2  # rad
SHAPE_CHANGE = 0.5
STILL = (10, 11, 22, 23)  # toes and hands, which are rigid


@dataclass(frozen=True)
class Told:
    """N clips: `quats` [N, T, 24, 4], `roots` [N, T, 3], `betas` [N, 10], their cameras, the
    detector's errors `wrong` [N, T, 33, 6], and `seen` [N, T]."""

    quats: np.ndarray
    roots: np.ndarray
    betas: np.ndarray
    cameras: Cameras
    wrong: np.ndarray
    seen: np.ndarray


def read_told(*paths: Path, mirrored: bool = False) -> Told:
    """Clips written by `detections`, or each one's mirror image."""
    packed = read_packed(*paths, mirrored=mirrored)
    clips = clips_of(packed)
    quats = packed["quats"].astype(np.float32)
    return Told(quats, packed["roots"], clips.truth.betas, clips.cameras, errors(clips), clips.seen)


def told_again(
    rng: np.random.Generator, told: Told, rows: np.ndarray, changed: bool = True
) -> Clips:
    """Neighbours of some of the clips, some nearer than others; the clips themselves unless
    `changed`."""
    count = len(rows)
    far = changed * rng.uniform(0, 1, (count, 1, 1))
    turns = rng.normal(0, JOINT_SPREAD, (count, 1, 24, 3)) * far[..., None]
    turns[:, :, (0, *STILL)] = 0
    quats = product(told.quats[rows], quat_from_rotvec(turns))
    heading = np.zeros((count, 1, 3))
    heading[..., 1] = rng.normal(0, HEADING_SPREAD, (count, 1)) * far[..., 0]
    quats[:, :, 0] = product(quat_from_rotvec(heading), quats[:, :, 0])
    betas = told.betas[rows] + rng.normal(0, SHAPE_CHANGE, (count, 10)) * far[..., 0]
    betas = np.clip(betas, -LARGEST_SHAPE, LARGEST_SHAPE)
    cameras = Cameras(*(getattr(told.cameras, one)[rows] for one in Cameras.__dataclass_fields__))
    truth = truth_of(*posed(quats, told.roots[rows], betas), betas, cameras)
    seen = told.seen[rows]
    return Clips(truth, cameras, *with_errors(truth, cameras, told.wrong[rows], seen), seen)


def product(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Hamilton products of quaternions [..., 4], wxyz, broadcast."""
    w, x, y, z = np.moveaxis(first, -1, 0)
    a, b, c, d = np.moveaxis(second, -1, 0)
    return np.stack(
        [w * a - x * b - y * c - z * d, w * b + x * a + y * d - z * c,
         w * c - x * d + y * a + z * b, w * d + x * c - y * b + z * a], -1
    )  # fmt: skip
