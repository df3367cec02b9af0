"""Which frames keep a key: all of them, as few as an error bound allows, or the best few poses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ...core.arrays import FloatArray
from ...core.rotations import normalized, quat_from_rotvec
from ...rigs import BoneMap, PoseTracks, Skeleton
from ...rigs.eulers import quat_from_euler
from ...rigs.pose_error import PoseError, pose_error
from ...rigs.reduction import (
    Distance,
    KeyedCurve,
    best_poses,
    euler_distance,
    evaluate,
    keyed_at,
    point_distance,
    quat_distance,
    reduce_curve,
)
from ..host.keyframes import Channel

if TYPE_CHECKING:
    from bpy.types import Object

EVERY, REDUCED, POSES = "EVERY", "REDUCED", "POSES"
# A turn of one degree at the end of an arm moves a hand by a centimetre.
_METRES_A_RADIAN = 0.5
_TIGHTENINGS = 6


@dataclass(frozen=True)
class KeyOptions:
    """How many keys to write.

    Attributes:
        kind: ``EVERY`` frame, ``REDUCED`` within the tolerance, or the best ``POSES``.
        tolerance: largest error of any driven bone's orientation, radians.
        pose_count: number of poses of ``POSES``.
        interpolation: of keys on every frame: ``BEZIER``, ``LINEAR`` or ``CONSTANT``.
    """

    kind: str = EVERY
    tolerance: float = float(np.radians(1.0))
    pose_count: int = 8
    interpolation: str = "BEZIER"


@dataclass(frozen=True)
class ChosenKeys:
    """Channels with the keys they keep, and what that costs in accuracy."""

    channels: list[Channel]
    error: PoseError | None = None


def choose_keys(
    target: Object,
    skeleton: Skeleton,
    bone_map: BoneMap,
    tracks: PoseTracks,
    channels: list[Channel],
    options: KeyOptions,
) -> ChosenKeys:
    """Choose the keys of every channel and measure the error of the posed rig."""
    if options.kind == EVERY or tracks.frame_count < 3:
        return ChosenKeys(channels)
    distances = {c.path: _distance(target, c, skeleton.scale) for c in channels if not c.held}

    def measured(chosen: list[Channel]) -> PoseError:
        exact = tracks.rotations, tracks.locations
        drawn = _drawn(target, chosen, tracks.frame_count)
        return pose_error(skeleton, bone_map, exact, drawn, tracks.frame_count)

    if options.kind == POSES:
        chosen = _pose_to_pose(channels, distances, options.pose_count)
        return ChosenKeys(chosen, measured(chosen))
    return _within(channels, distances, options.tolerance, measured)


def _within(
    channels: list[Channel],
    distances: Mapping[str, Distance],
    bound: float,
    measured: Callable[[list[Channel]], PoseError],
) -> ChosenKeys:
    """Tighten the tolerance of single channels until the whole rig is within ``bound``.

    Errors add up along chains, so bones need less than the bound each; how much less depends on the
    motion and is found by trying.
    """
    tolerance = bound
    for _ in range(_TIGHTENINGS):
        chosen = [_reduced(c, distances, tolerance) for c in channels]
        error = measured(chosen)
        if error.rotation <= bound:
            return ChosenKeys(chosen, error)
        tolerance *= float(np.clip(0.9 * bound / error.rotation, 0.3, 0.8))
    return ChosenKeys(channels, PoseError(0.0, 0.0))


def _reduced(channel: Channel, distances: Mapping[str, Distance], tolerance: float) -> Channel:
    if channel.held:
        return channel
    curve = reduce_curve(channel.values, distances[channel.path], tolerance)
    return replace(channel, rows=curve.rows, slopes=curve.slopes)


def _pose_to_pose(
    channels: list[Channel], distances: Mapping[str, Distance], count: int
) -> list[Channel]:
    moving = [c for c in channels if not c.held]
    rows = best_poses([(c.values, distances[c.path]) for c in moving], count)
    chosen = []
    for channel in channels:
        curve = None if channel.held else keyed_at(channel.values, rows)
        chosen.append(
            channel if curve is None else replace(channel, rows=curve.rows, slopes=curve.slopes)
        )
    return chosen


def _distance(target: Object, channel: Channel, scale: float) -> Distance:
    """Return a channel's error in radians (meters are counted as turns of half a meter)."""
    name = channel.path.rsplit(".", 1)[1]
    if name == "location":
        return lambda a, b: point_distance(a, b) * scale / _METRES_A_RADIAN
    if name == "rotation_euler":
        mode = target.pose.bones[channel.bone].rotation_mode
        return euler_distance(mode)
    if name == "rotation_axis_angle":
        return lambda a, b: quat_distance(_quat_of_axis_angle(a), _quat_of_axis_angle(b))
    return quat_distance


def _quat_of_axis_angle(values: FloatArray) -> FloatArray:
    return quat_from_rotvec(values[:, :1] * normalized(values[:, 1:]))


def _drawn(
    target: Object, channels: list[Channel], length: int
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Return rotations and locations as the chosen keys draw them."""
    rotations, locations = {}, {}
    for channel in channels:
        if channel.held:
            continue
        values = channel.values
        if channel.rows is not None and channel.slopes is not None:
            rows = channel.rows
            values = evaluate(KeyedCurve(rows, channel.values[rows], channel.slopes), length)
        name = channel.path.rsplit(".", 1)[1]
        if name == "location":
            locations[channel.bone] = values
        elif name == "rotation_euler":
            order = target.pose.bones[channel.bone].rotation_mode
            rotations[channel.bone] = quat_from_euler(values, order)
        elif name == "rotation_axis_angle":
            rotations[channel.bone] = _quat_of_axis_angle(values)
        else:
            rotations[channel.bone] = normalized(values)
    return rotations, locations
