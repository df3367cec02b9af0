"""Going a part of the way from the present pose to another one, channel by channel.

Conventions: quaternions wxyz; channels as in `keyframes`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...core.arrays import FloatArray
from ...core.rotations import (
    normalized,
    quat_from_rotvec,
    quat_inverse,
    quat_multiply,
    rotvec_from_quat,
)
from ...rigs.eulers import continuous_eulers, euler_from_quat, quat_from_euler
from ..host.keyframes import Channel

if TYPE_CHECKING:
    from bpy.types import Object


def blended(
    target: Object, channels: list[Channel], share: float, own: Callable[[], list[Channel]]
) -> list[Channel]:
    """Return stills between the present pose and ``channels``.

    Args:
        target: the rig.
        channels: one frame each.
        share: 0 keeps the present pose, 1 is the other one.
        own: gives the channels of the present pose as this rig's keyed bones would show it; asked
            when a switch changes (a limb in IK becomes FK), as the bones' own values are then not
            what is seen.
    """
    if share >= 1.0:
        return channels
    switched = any(c.held and not _is_set(target, c) for c in channels)
    seen = {c.path: c.values for c in own()} if switched and share > 0.0 else {}
    mixed = []
    for channel in channels:
        if channel.held:
            mixed += [channel] if share > 0.0 else []
            continue
        start = seen.get(channel.path, _present(target, channel))
        values = _between(target, channel, start[:1], share)
        mixed.append(replace(channel, values=values))
    return mixed


def _present(target: Object, channel: Channel) -> FloatArray:
    """The bone's value now [1, n]."""
    bone = target.pose.bones[channel.bone]
    return np.atleast_2d(np.array(getattr(bone, channel.path.rsplit(".", 1)[1]), dtype=float))


def _is_set(target: Object, channel: Channel) -> bool:
    """Whether a switch already has its value."""
    bone = target.pose.bones[channel.bone]
    if channel.path.endswith('"]'):
        value = bone.get(channel.path.rsplit('["', 1)[1][:-2])
    else:
        value = getattr(bone, channel.path.rsplit(".", 1)[1], None)
    return value is not None and abs(float(value) - float(channel.values[0, 0])) < 1e-6


def _between(target: Object, channel: Channel, start: FloatArray, share: float) -> FloatArray:
    kind = channel.path.rsplit(".", 1)[1]
    end = channel.values[:1]
    if kind == "rotation_quaternion":
        return _turned(start, end, share)
    if kind == "rotation_euler":
        order = target.pose.bones[channel.bone].rotation_mode
        turned = _turned(quat_from_euler(start, order), quat_from_euler(end, order), share)
        mixed = euler_from_quat(turned, order)
        return continuous_eulers(mixed, order, start[0])
    if kind == "rotation_axis_angle":
        rotvec = rotvec_from_quat(_turned(_quat_of(start), _quat_of(end), share))
        size = np.linalg.norm(rotvec, axis=1, keepdims=True)
        axis = np.where(size > 1e-9, rotvec / np.maximum(size, 1e-9), [[0.0, 1.0, 0.0]])
        return np.concatenate([size, axis], axis=1)
    return start + share * (end - start)


def _quat_of(axis_angle: FloatArray) -> FloatArray:
    """Quaternion [1, 4] of Blender's angle and axis [1, 4]."""
    return quat_from_rotvec(axis_angle[:, :1] * normalized(axis_angle[:, 1:]))


def _turned(start: FloatArray, end: FloatArray, share: float) -> FloatArray:
    """The rotation [1, 4] a share of the shorter way from start to end."""
    start, end = normalized(start), normalized(end)
    way = rotvec_from_quat(quat_multiply(end, quat_inverse(start)))
    mixed = quat_multiply(quat_from_rotvec(share * way), start)
    return mixed if float((mixed * start).sum()) >= 0 else -mixed
