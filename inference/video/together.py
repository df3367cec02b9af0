"""Several people of one clip in one world: one camera saw them, on one ground.

Conventions: metres, radians; camera from world with OpenCV axes, the world y up. A positive tilt
looks down, a positive roll turns the camera clockwise as seen from behind it.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from inference.protocol.body_motion import SMPL_JOINT_NAMES, BodyMotion
from inference.rotations import rotmat_from_rotvec, rotvec_from_rotmat

from .world import camera_under

Array = NDArray[np.floating]

STEEPEST = np.deg2rad(50.0)  # tilt of a camera
MOST_ROLL = np.deg2rad(20.0)
FINENESS = np.deg2rad(0.5)  # of the search for both
TILT_SPREAD = np.deg2rad(5.0)  # of the tilts that people show alone
ROLL_SPREAD = np.deg2rad(10.0)  # of the rolls that people show alone
LEVEL_SPREAD = 0.1  # metres between feet on one ground: how far away people are is a guess
LOWEST = 10.0  # percent of the frames of a person who never stands
_FEET = [SMPL_JOINT_NAMES.index(f"{side}_foot") for side in ("left", "right")]


def in_one_world(motions: Sequence[BodyMotion]) -> list[BodyMotion]:
    """The motions in a common world.

    Each person's solve finds the camera's tilt and height anew. Here tilt and roll are those
    that put everybody's standing feet on about one level; through the camera they still appear
    where they were seen.

    Args:
        motions: of one clip, with cameras that stand still.

    Returns:
        The same people, in the same order, all with the same camera.
    """
    if len(motions) < 2:
        return list(motions)
    feet = [_standing_feet(motion) for motion in motions]
    seen = [points @ _turn(motion).T + _shift(motion) for motion, points in
            zip(motions, feet, strict=True)]  # fmt: skip
    tilts = np.array([tilt_of(_turn(motion)) for motion in motions])
    rolls = np.array([roll_of(_turn(motion)) for motion in motions])
    turn = camera_turn(*common_tilt_and_roll(seen, tilts, rolls))
    above = np.median(np.concatenate([points[:, 1] for points in feet]))
    heights = np.concatenate(seen) @ turn[:, 1]
    shift = turn @ np.array([0.0, float(np.median(heights) - above), 0.0])
    return [_moved(motion, turn, shift) for motion in motions]


def common_tilt_and_roll(seen: Sequence[Array], tilts: Array, rolls: Array) -> tuple[float, float]:
    """How the camera is held.

    Args:
        seen: [N, 3] standing feet of each person, camera space.
        tilts, rolls: [P] that each person shows alone.

    Returns:
        The tilt and roll at which the people's levels agree best, held near those.
    """
    tilt, roll = np.meshgrid(
        np.arange(-STEEPEST, STEEPEST, FINENESS), np.arange(-MOST_ROLL, MOST_ROLL, FINENESS)
    )
    tilt, roll = tilt.ravel(), roll.ravel()
    levels = np.stack([np.median(points @ up_of(tilt, roll).T, axis=0) for points in seen])
    apart = ((levels - levels.mean(0)) ** 2).sum(0) / LEVEL_SPREAD**2
    away = ((tilt - tilts[:, None]) ** 2).sum(0) / TILT_SPREAD**2
    best = int(np.argmin(apart + away + ((roll - rolls.mean()) / ROLL_SPREAD) ** 2))
    return float(tilt[best]), float(roll[best])


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


def _standing_feet(motion: BodyMotion) -> Array:
    """[N, 3] places of feet that stand; of somebody who never does, the lowest ones."""
    feet = np.asarray(motion.joints3d, np.float64)[:, _FEET]
    names = [SMPL_JOINT_NAMES[number] for number in _FEET]
    if motion.contacts is not None and motion.contact_names == tuple(names):
        standing = np.asarray(motion.contacts) > 0.5
        if standing.any():
            return feet[standing]
    low = feet[..., 1] <= np.percentile(feet[..., 1], LOWEST)
    return feet[low]


def _turn(motion: BodyMotion) -> Array:
    return np.asarray(motion.camera_rotation, np.float64)


def _shift(motion: BodyMotion) -> Array:
    return np.asarray(motion.camera_translation, np.float64)


def _moved(motion: BodyMotion, other_turn: Array, other_shift: Array) -> BodyMotion:
    """A motion in the world of another camera: through its own and back through that one."""
    turn = other_turn.T @ _turn(motion)
    shift = other_turn.T @ (_shift(motion) - other_shift)
    joints = np.asarray(motion.joints3d, np.float64)
    rest = joints[:, 0] - motion.trans
    moved = joints @ turn.T + shift
    poses = np.array(motion.poses, np.float64)
    poses[:, :3] = rotvec_from_rotmat(turn @ rotmat_from_rotvec(poses[:, :3]))
    return replace(
        motion,
        poses=poses.astype(np.float32),
        trans=(moved[:, 0] - rest).astype(np.float32),
        joints3d=moved.astype(np.float32),
        camera_rotation=other_turn.astype(np.float32),
        camera_translation=other_shift.astype(np.float32),
    )
