"""Several people of one clip in one world: they were seen by one camera.

Conventions: metres, radians; camera from world with OpenCV axes, the world y up.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from inference.protocol.body_motion import BodyMotion
from inference.rotations import rotmat_from_rotvec, rotvec_from_rotmat


def in_one_world(motions: Sequence[BodyMotion]) -> list[BodyMotion]:
    """The motions in the world of the one that was seen longest.

    Each person's solve finds the camera's tilt and height anew; through the common camera
    everybody still appears where they were seen.

    Args:
        motions: of one clip, with cameras that stand still.

    Returns:
        The same people, in the same order, all with the same camera.
    """
    if len(motions) < 2:
        return list(motions)
    common = max(motions, key=lambda motion: motion.frame_count)
    return [motion if motion is common else _moved(motion, common) for motion in motions]


def _moved(motion: BodyMotion, common: BodyMotion) -> BodyMotion:
    """A motion in another one's world: through its own camera and back through the other's."""
    own, other = (np.asarray(m.camera_rotation, np.float64) for m in (motion, common))
    turn = other.T @ own
    shift = other.T @ (
        np.asarray(motion.camera_translation, np.float64)
        - np.asarray(common.camera_translation, np.float64)
    )
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
        camera_rotation=common.camera_rotation,
        camera_translation=common.camera_translation,
    )
