"""Soles of the posed target: how near its feet are to the ground.

Conventions: rig space; heights are measured along the stage's ``up``.
"""

from __future__ import annotations

import numpy as np

from ...core.arrays import FloatArray
from ...core.rotations import quat_inverse, quat_multiply, quat_rotate
from ..landmarks import Sole


def sole_points(
    rest_quat: FloatArray, pose: FloatArray, ankle: FloatArray, sole: Sole
) -> FloatArray:
    """Return the posed sole points [T, K, 3] of one foot.

    Args:
        rest_quat: [4] the foot bone's rest orientation.
        pose: [T, 4] its posed orientation.
        ankle: [T, 3] its posed head.
        sole: its points at rest.
    """
    turn = quat_multiply(pose, quat_inverse(rest_quat))
    offsets = np.array([point - sole.ankle for _, point in sole.points])
    return ankle[:, None] + quat_rotate(turn[:, None], offsets[None])
