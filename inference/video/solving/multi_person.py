"""Several people of one clip in one world: one camera saw them, on one ground.

Conventions: meters, radians; camera from world with OpenCV axes, the world y up. A positive tilt
looks down, a positive roll turns the camera clockwise as seen from behind it.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array
from ....core.body_motion import BodyMotion
from ....core.camera import Camera
from ...body.model import BodyModel
from ...world_of_camera import in_world_of
from .shared_ground import LARGEST_MISFIT, factors_on, level_of_most, misfit, resized, standing_feet
from .world import camera_under

STEEPEST = np.deg2rad(50.0)  # tilt of a camera
MOST_ROLL = np.deg2rad(20.0)
FINENESS = np.deg2rad(0.5)  # of the search for both
TILT_SPREAD = np.deg2rad(3.0)  # of the tilts that people show alone
ROLL_SPREAD = np.deg2rad(5.0)  # of the rolls that people show alone


def in_one_world(motions: Sequence[BodyMotion], body: BodyModel) -> list[BodyMotion]:
    """The motions in a common world.

    Each person's solve finds the camera's tilt and height and the person's size anew. Here tilt,
    roll and sizes are those that put everybody's standing feet on about one level; through the
    camera they still appear where they were seen.

    Args:
        motions: of one clip, with cameras that stand still.
        body: of all of them.

    Returns:
        The same people, in the same order, all with the same camera.
    """
    if len(motions) < 2:
        return list(motions)
    found = [standing_feet(motion, body) for motion in motions]
    cameras = [_still_camera(motion) for motion in motions]
    seen = [camera.to_camera(points) for camera, (points, _) in zip(cameras, found, strict=True)]
    carrying = np.array([carries for _, carries in found])
    tilts = np.array([tilt_of(camera.rotation) for camera in cameras])
    rolls = np.array([roll_of(camera.rotation) for camera in cameras])
    turn = camera_turn(*common_tilt_and_roll(seen, carrying, tilts, rolls))
    below = feet_below(seen, turn[:, 1])
    ground = float(level_of_most(below, carrying))
    above = float(np.median(np.concatenate([points[:, 1] for points, _ in found])))
    shift = -turn @ np.array([0.0, ground + above, 0.0])
    sizes = factors_on(ground, below)
    return [
        in_world_of(
            resized(motion, body, float(size)), replace(camera, rotation=turn, translation=shift)
        )
        for motion, camera, size in zip(motions, cameras, sizes, strict=True)
    ]


def common_tilt_and_roll(
    seen: Sequence[Array], carrying: NDArray[np.bool_], tilts: Array, rolls: Array
) -> tuple[float, float]:
    """How the camera is held.

    Args:
        seen: [N, 3] resting feet of each person, camera space.
        carrying: [P] whether these carry the person; the others do not show the ground.
        tilts: [P] radians that each person shows alone.
        rolls: [P] radians that each person shows alone.

    Returns:
        The tilt and roll at which people whose size may change agree best on a level, held near
        those.
    """
    tilt, roll = np.meshgrid(
        np.arange(-STEEPEST, STEEPEST, FINENESS), np.arange(-MOST_ROLL, MOST_ROLL, FINENESS)
    )
    tilt, roll = tilt.ravel(), roll.ravel()
    below = feet_below(seen, up_of(tilt, roll))
    off = misfit(below, level_of_most(below, carrying))[carrying]
    apart = np.minimum(off, LARGEST_MISFIT**2).sum(0)
    away = ((tilt - tilts[:, None]) / TILT_SPREAD) ** 2
    turned = ((roll - rolls[:, None]) / ROLL_SPREAD) ** 2
    best = int(np.argmin(apart + away.sum(0) + turned.sum(0)))
    return float(tilt[best]), float(roll[best])


def feet_below(seen: Sequence[Array], up: Array) -> Array:
    """[P, …] usual depth under the camera of feet [N, 3] of P people, for ups [..., 3]."""
    return np.stack([-np.median(points @ up.T, axis=0) for points in seen])


def up_of(tilt: Array, roll: Array) -> Array:
    """[..., 3] the world's up in camera space."""
    level = np.stack([0 * tilt, -np.cos(tilt), -np.sin(tilt)], axis=-1)
    across = np.stack([np.ones_like(tilt), 0 * tilt, 0 * tilt], axis=-1)
    return np.cos(roll)[..., None] * level - np.sin(roll)[..., None] * across


def tilt_of(turn: Array) -> float:
    """Tilt of a camera from world [3, 3]."""
    return float(np.arctan2(-turn[2, 1], -turn[1, 1]))


def roll_of(turn: Array) -> float:
    """Roll of a camera from world [3, 3]."""
    return float(np.arcsin(np.clip(-turn[0, 1], -1, 1)))


def camera_turn(tilt: float, roll: float = 0.0) -> Array:
    """[3, 3] camera from world; the camera looks along the world's -z."""
    return camera_under(up_of(np.array(tilt), np.array(roll)))


def _still_camera(motion: BodyMotion) -> Camera:
    camera = motion.camera_at(0)
    assert camera is not None
    return camera
