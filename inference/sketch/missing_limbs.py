"""Limbs that were not drawn stay at rest: busts, legs alone, a figure without an arm.

Conventions: local rotations of the SMPL tree, T-pose at identity, left at +x, y up; radians.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...core.arrays import Array
from ...core.rotations import rotmat_from_rotvec
from ..body.model import BodyModel
from ..solver.observation import SolveResult
from .layout import LEFT_ARM, LEFT_LEG, RIGHT_ARM, RIGHT_LEG, SPINE

UNDRAWN = 0.4  # mean presence of a limb's outer joints below which it was not drawn
HANGING = np.deg2rad(70.0)  # from the T-pose down to a relaxed arm
COLLARS = [13, 14]
# joints that tell whether a part is there, and those that go to rest with it
PARTS: tuple[tuple[list[int], list[int]], ...] = (
    (LEFT_ARM[2:4], LEFT_ARM),
    (RIGHT_ARM[2:4], RIGHT_ARM),
    (LEFT_LEG[1:3], LEFT_LEG),
    (RIGHT_LEG[1:3], RIGHT_LEG),
    (SPINE[2:], SPINE + COLLARS),
)
_ARMS = {16: -HANGING, 17: HANGING}


def undrawn_joints(presence: Array) -> list[int]:
    """The joints [SMPL indices] of parts that were not drawn.

    Args:
        presence: [24 or more] probability that each joint is drawn.
    """
    return [
        joint
        for witnesses, joints in PARTS
        if float(np.mean(presence[witnesses])) < UNDRAWN
        for joint in joints
    ]


def at_rest(result: SolveResult, presence: Array, body: BodyModel) -> SolveResult:
    """The result with undrawn parts at rest in every hypothesis: legs straight, arms hanging.

    Args:
        result: of the solver.
        presence: [24 or more] probability that each joint is drawn.
        body: that was posed.
    """
    joints = undrawn_joints(presence)
    if not joints:
        return result
    rotations = result.rotations.copy()
    for joint in joints:
        rotations[:, joint] = rotmat_from_rotvec(np.array([0.0, 0.0, _ARMS.get(joint, 0.0)]))
    points = body.forward(rotations, result.translations)
    return replace(result, rotations=rotations, joints=points)
