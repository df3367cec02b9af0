"""How far two sets of channels pose a rig apart: the error that is shown to the user.

Conventions: rig space; angles are radians, distances world meters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..core.arrays import FloatArray
from ..core.rotations import quat_angle, quat_inverse, quat_multiply
from .bone_maps.bone_map import BoneMap
from .human import SIDES
from .kinematics import pose_from_channels
from .skeleton import Skeleton

_ENDS = ("head", *(f"{side}_{part}" for side in SIDES for part in ("hand", "foot")))
Channels = tuple[Mapping[str, FloatArray], Mapping[str, FloatArray]]


@dataclass(frozen=True)
class PoseError:
    """The largest differences over all frames.

    Attributes:
        rotation: radians, over the orientations of all driven bones.
        position: meters, over head, hands and feet.
    """

    rotation: float
    position: float


def pose_error(
    target: Skeleton, bone_map: BoneMap, exact: Channels, other: Channels, frame_count: int
) -> PoseError:
    """Compare two sets of (rotations, locations) on one rig."""
    rig = target.with_parents(bone_map.parents)
    first, second = (pose_from_channels(rig, *c, frame_count) for c in (exact, other))
    turned = [
        quat_angle(quat_multiply(quat_inverse(first.poses[bone]), second.poses[bone])).max()
        for bone in exact[0]
    ]
    ends = [b for r in _ENDS if (b := bone_map.bones.get(r)) in first.heads]
    moved = [np.linalg.norm(first.heads[b] - second.heads[b], axis=1).max() for b in ends]
    scale = target.scale
    return PoseError(float(max(turned, default=0.0)), float(max(moved, default=0.0)) * scale)
