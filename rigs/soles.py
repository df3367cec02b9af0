"""Soles of the posed target: how near its feet are to the ground.

Conventions: rig space; heights are measured along the stage's ``up``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .bone_map import BoneMap
from .kinematics import PosedBones
from .landmarks import Sole, body_frame, soles
from .placement import Stage
from .rotations import FloatArray, inverse, multiply, rotate
from .skeleton import Skeleton


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
    turn = multiply(pose, inverse(rest_quat))
    offsets = np.array([point - sole.ankle for _, point in sole.points])
    return ankle[:, None] + rotate(turn[:, None], offsets[None])


def lowest_sole(
    posed: PosedBones,
    bone_map: BoneMap,
    rest: Mapping[str, FloatArray],
    stage: Stage,
    rig: Skeleton,
) -> FloatArray | None:
    """Return the height [T] of the lowest sole point of each frame; None for footless rigs."""
    heights = []
    for side, sole in soles(rest, body_frame(rest), stage.rest_ground).items():
        bone = bone_map.bones[f"{side}_foot"]
        if bone in posed.poses:
            rest_quat = rig.rest_quats[rig.index[bone]]
            points = sole_points(rest_quat, posed.poses[bone], posed.heads[bone], sole)
            heights.append((points @ stage.up).min(axis=1))
    return np.min(heights, axis=0) if heights else None
