"""Forward kinematics over a rig's real hierarchy, from imposed orientations to channels.

Conventions: rig space; quaternions wxyz; a bone's *base* is where it would be with all its channels
at rest, given how its parents are posed (Blender: ``pose = base * basis``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..core.arrays import FloatArray
from ..core.rotations import QUAT_IDENTITY, quat_inverse, quat_multiply, quat_rotate
from .skeleton import Skeleton


@dataclass(frozen=True)
class PosedBones:
    """Bones of T frames, by name.

    Attributes:
        poses: [T, 4] orientations.
        bases: [T, 4] orientations before each bone's own channels.
        heads: [T, 3] positions.
        location_axes: [T, 4] orientations in which location channels are expressed.
    """

    poses: dict[str, FloatArray]
    bases: dict[str, FloatArray]
    heads: dict[str, FloatArray]
    location_axes: dict[str, FloatArray]

    def basis(self, name: str) -> FloatArray:
        """Return a bone's own rotation channel [T, 4]."""
        return quat_multiply(quat_inverse(self.bases[name]), self.poses[name])

    def location(self, name: str, offset: FloatArray) -> FloatArray:
        """Return the location channel [T, 3] moving a bone by ``offset`` [T, 3] in rig space."""
        return quat_rotate(quat_inverse(self.location_axes[name]), offset)

    def moved(self, names: list[str], offset: FloatArray) -> PosedBones:
        """Return a copy with the named bones' heads moved by ``offset`` [T, 3]."""
        heads = dict(self.heads)
        heads.update({name: heads[name] + offset for name in names})
        return replace(self, heads=heads)


def pose_bones(
    skeleton: Skeleton, imposed: Mapping[str, FloatArray], frame_count: int
) -> PosedBones:
    """Pose the imposed bones and all that they hang from.

    Args:
        skeleton: rig, with the parents that bones really follow.
        imposed: [T, 4] orientation in rig space by bone name; other bones keep rest channels.
        frame_count: T.
    """
    poses: dict[str, FloatArray] = {}
    bases: dict[str, FloatArray] = {}
    heads: dict[str, FloatArray] = {}
    axes: dict[str, FloatArray] = {}
    for i in skeleton.closure(imposed):
        name, parent = skeleton.names[i], int(skeleton.parents[i])
        base, head = _base(skeleton, i, parent, poses, heads, frame_count)
        bases[name], heads[name] = base, head
        poses[name] = imposed.get(name, base)
        axes[name] = (
            base if skeleton.own_location[i] else _parent_axes(skeleton, parent, poses, base)
        )
    return PosedBones(poses, bases, heads, axes)


def _parent_axes(
    skeleton: Skeleton, parent: int, poses: Mapping[str, FloatArray], base: FloatArray
) -> FloatArray:
    return (
        np.broadcast_to(QUAT_IDENTITY, base.shape) if parent < 0 else poses[skeleton.names[parent]]
    )


def _base(
    skeleton: Skeleton,
    bone: int,
    parent: int,
    poses: Mapping[str, FloatArray],
    heads: Mapping[str, FloatArray],
    frame_count: int,
) -> tuple[FloatArray, FloatArray]:
    rest_quat, rest_head = skeleton.rest_quats[bone], skeleton.heads[bone]
    if parent < 0:
        return np.tile(rest_quat, (frame_count, 1)), np.tile(rest_head, (frame_count, 1))
    name = skeleton.names[parent]
    turn = quat_multiply(poses[name], quat_inverse(skeleton.rest_quats[parent]))
    head = heads[name] + quat_rotate(turn, rest_head - skeleton.heads[parent])
    if not skeleton.inherits_rotation[bone]:
        return np.tile(rest_quat, (frame_count, 1)), head
    return quat_multiply(turn, rest_quat), head


def descendants(skeleton: Skeleton, name: str, among: Mapping[str, object]) -> list[str]:
    """Return ``name`` and every bone of ``among`` that hangs from it."""
    return [other for other in among if other == name or name in skeleton.ancestors(other)]


def pose_from_channels(
    skeleton: Skeleton,
    rotations: Mapping[str, FloatArray],
    locations: Mapping[str, FloatArray],
    frame_count: int,
) -> PosedBones:
    """Pose a rig by its channels: the inverse of reading them off.

    Args:
        skeleton: rig, with the parents that bones really follow.
        rotations: [T, 4] basis rotations by bone.
        locations: [T, 3] location channels by bone.
        frame_count: T.
    """
    posed = PosedBones({}, {}, {}, {})
    for i in skeleton.closure([*rotations, *locations]):
        name, parent = skeleton.names[i], int(skeleton.parents[i])
        base, head = _base(skeleton, i, parent, posed.poses, posed.heads, frame_count)
        own = skeleton.own_location[i]
        axes = base if own else _parent_axes(skeleton, parent, posed.poses, base)
        if name in locations:
            head = head + quat_rotate(axes, locations[name])
        posed.poses[name] = quat_multiply(base, rotations[name]) if name in rotations else base
        posed.bases[name], posed.heads[name], posed.location_axes[name] = base, head, axes
    return posed
