"""SMPL-H and SMPL-X bodies as SMPL's 24 joints see them: fingers still, jaw and eyes with the head.

Conventions: as `model`. With the joints that are taken away at rest the skin is the same.
"""

from dataclasses import replace

import numpy as np

from ...core.arrays import Array
from ...core.smpl import SMPL_JOINT_NAMES, SMPL_PARENTS
from .model import BodyModel

BODY_JOINTS = 22  # the same in all three models
_KNUCKLES = ("index1", "middle1", "pinky1", "ring1")


def smpl_sized(body: BodyModel) -> BodyModel:
    """A body whose poses have 72 numbers; SMPL itself is returned as it is.

    Args:
        body: SMPL, SMPL-H or SMPL-X.

    Returns:
        the same skin with 24 joints. The hands' joints lie between the knuckles and carry nothing.
    """
    count = len(body.parents)
    if count == len(SMPL_PARENTS):
        return body
    carrier = np.arange(count)
    for joint in range(BODY_JOINTS, count):  # parents come before their children
        carrier[joint] = carrier[body.parents[joint]]
    posedirs = None
    if body.posedirs is not None:
        posedirs = np.zeros((len(body.v_template), 3, 9 * (len(SMPL_PARENTS) - 1)), np.float32)
        known = 9 * (BODY_JOINTS - 1)
        posedirs[..., :known] = body.posedirs[..., :known]
    return replace(
        body,
        weight_joints=carrier[body.weight_joints],
        joints_template=_with_hands(body, body.joints_template),
        joint_shapedirs=_with_hands(body, body.joint_shapedirs),
        parents=SMPL_PARENTS,
        joint_names=SMPL_JOINT_NAMES,
        posedirs=posedirs,
    )


def _with_hands(body: BodyModel, values: Array) -> Array:
    """Rows of the 22 body joints, and behind them the means of the knuckles of either hand."""
    hands = [
        values[[body.joint_names.index(f"{side}_{knuckle}") for knuckle in _KNUCKLES]].mean(0)
        for side in ("left", "right")
    ]
    return np.concatenate([values[:BODY_JOINTS], np.stack(hands)])
