"""Figures as children draw them: from the front, flat on the page, every length as it comes.

Taken for perspective, short legs and a long trunk are a person who sits down backwards. Only
having seen many such drawings tells that nobody meant that.

Conventions: local rotations of the 24-joint tree relative to the T-pose, which faces +z with the
left arm along +x and the legs along -y; all poses turn their limbs about z, that is in the page.
"""

from __future__ import annotations

import numpy as np

from ....core.rotations import rotmat_from_rotvec
from .figure import VIEW_FROM_WORLD
from .layout import HEAD_TOP, JOINTS, KEYPOINTS, LEFT_ARM, LEFT_LEG, RIGHT_ARM, RIGHT_LEG, SPINE

Rng = np.random.Generator

ARM_HEIGHTS = np.radians([-75.0, -35.0, 0.0, 40.0, 75.0])  # hanging, off the body, ... raised
SYMMETRIC_SHARE, BENT_SHARE, SPLAYED_FEET_SHARE, BOW_LEGGED_SHARE = 0.6, 0.45, 0.6, 0.3
SHOULDERS, ELBOWS, HIPS, KNEES, ANKLES = (16, 17), (18, 19), (1, 2), (4, 5), (7, 8)
WIDTHS = [1, 2, 13, 14, 16, 17]  # of hips and shoulders
SIGNS = np.array([1.0, -1.0])  # left, right


def flat_poses(rng: Rng, count: int) -> np.ndarray:
    """Standing figures whose limbs lie in the page: local rotations [count, 24, 3, 3]."""
    turn = np.zeros((count, JOINTS, 3))
    symmetric = rng.random((count, 1)) < SYMMETRIC_SHARE
    bow = rng.uniform(0.2, 0.7, (count, 1)) * (rng.random((count, 1)) < BOW_LEGGED_SHARE)
    for joints, angles in (
        (SHOULDERS, rng.choice(ARM_HEIGHTS, (count, 2)) + rng.normal(0, 0.2, (count, 2))),
        (ELBOWS, rng.normal(0, 0.7, (count, 2)) * (rng.random((count, 2)) < BENT_SHARE)),
        (HIPS, bow + np.abs(rng.normal(0.12, 0.15, (count, 2)))),
        (KNEES, rng.normal(0, 0.08, (count, 2)) - 1.4 * bow),
    ):
        turn[:, joints, 2] = np.where(symmetric, angles[:, :1], angles) * SIGNS
    turn[:, SPINE[:3], 2] = rng.normal(0, 0.05, (count, 3))
    splayed = rng.random((count, 1)) < SPLAYED_FEET_SHARE
    turn[:, ANKLES, 1] = splayed * rng.normal(1.2, 0.2, (count, 1)) * SIGNS
    return rotmat_from_rotvec(turn).astype(np.float32)


def careless_scales(rng: Rng, count: int) -> np.ndarray:
    """Length factors [count, 25]: large heads, legs and arms of any length."""
    factors = np.exp(rng.normal(0, 0.12, (count, KEYPOINTS)))
    for bones, mean, spread in (
        (LEFT_LEG + RIGHT_LEG, -0.4, 0.4),
        (LEFT_ARM + RIGHT_ARM, -0.15, 0.35),
        (SPINE, 0.0, 0.35),
        ([HEAD_TOP], 0.6, 0.4),
        (WIDTHS, 0.25, 0.35),
    ):
        factors[:, bones] *= np.exp(rng.normal(mean, spread, (count, 1)))
    return factors.astype(np.float32)


def frontal_views(rng: Rng, count: int) -> np.ndarray:
    """View from world [count, 3, 3]: level, from the front."""
    lean = rng.normal(0, 1, (count, 3)) * [0.04, 0.12, 0.06]
    return (VIEW_FROM_WORLD @ rotmat_from_rotvec(lean)).astype(np.float32)
