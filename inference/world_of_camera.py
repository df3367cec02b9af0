"""The same motion in another world: the one in which its camera stands elsewhere.

Conventions: meters, radians; camera from world with OpenCV axes.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..core.arrays import Array
from ..core.body_motion import BodyMotion
from ..core.camera import Camera
from ..core.rotations import rotmat_from_rotvec, rotvec_from_rotmat


def in_world_of(motion: BodyMotion, other: Camera) -> BodyMotion:
    """A motion in the world of another camera: through its own and back through that one.

    Through the camera everything stays where it is.

    Args:
        motion: with `joints3d` and a camera that stands still.
        other: the other camera.

    Returns:
        The motion as seen by the other camera.
    """
    own = motion.camera_at(0)
    assert own is not None
    turn = other.rotation.T @ own.rotation
    shift = other.rotation.T @ (own.translation - other.translation)
    joints = np.asarray(motion.joints3d, np.float64)
    rest = joints[:, 0] - motion.trans
    moved = joints @ turn.T + shift
    others = motion.hypothesis_poses
    return replace(
        motion,
        poses=_with_turned_roots(motion.poses, turn),
        trans=(moved[:, 0] - rest).astype(np.float32),
        joints3d=moved.astype(np.float32),
        hypothesis_poses=None if others is None else _with_turned_roots(others, turn),
    ).with_camera(other)


def _with_turned_roots(poses: Array, turn: Array) -> Array:
    """Poses [..., 72] of a body that is turned as a whole, float32."""
    turned = np.array(poses, np.float64)
    turned[..., :3] = rotvec_from_rotmat(turn @ rotmat_from_rotvec(turned[..., :3]))
    return turned.astype(np.float32)
