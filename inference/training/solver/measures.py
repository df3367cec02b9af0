"""Error measures of solved poses.

Conventions: metres in, millimetres out; degrees out; all poses in the same space.
"""

from __future__ import annotations

import numpy as np

from ....core.arrays import Array
from ....core.rotations import nearest_rotmat

LIMB_JOINTS = np.array([1, 2, 4, 5, 7, 8, 16, 17, 18, 19, 20, 21])
LIMB_BONES = np.array([4, 5, 7, 8, 18, 19, 20, 21])


def pa_mpjpe(points: Array, truth: Array) -> Array:
    """Mean joint error [N] in mm after the best similarity (Umeyama 1991).

    Args:
        points: [N, J, 3] metres.
        truth: [J, 3] or [N, J, 3] metres.
    """
    truth = np.broadcast_to(truth, points.shape)
    a, b = points - points.mean(1, keepdims=True), truth - truth.mean(1, keepdims=True)
    turn = nearest_rotmat(np.swapaxes(b, -1, -2) @ a)
    turned = a @ np.swapaxes(turn, -1, -2)
    scale = (turned * b).sum((1, 2)) / (turned**2).sum((1, 2))
    return 1000 * np.linalg.norm(scale[:, None, None] * turned - b, axis=-1).mean(-1)


def direction_error(bones: Array, truth: Array) -> Array:
    """Angles [..., 24] in degrees between unit bone directions [..., 24, 3]."""
    return np.rad2deg(np.arccos(np.clip((bones * truth).sum(-1), -1, 1)))
