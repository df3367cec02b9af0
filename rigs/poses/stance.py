"""Where a rig stands and faces now, and key poses turned to go on from there.

Conventions: rig space for bones; body space (y up, facing +z) for poses; headings in radians about
the upright, positive to the figure's left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...core.arrays import FloatArray
from ...core.hypotheses.pose_hypotheses import mirror
from ...core.kinematics import posed_joints
from ...core.rotations import (
    QUAT_IDENTITY,
    quat_from_rotmat,
    quat_from_rotvec,
    quat_rotate,
    rotmat_from_quat,
    rotvec_from_quat,
)
from ..landmarks import Positions, body_frame, middle
from .library import KeyPose, PoseLibrary

_LEVEL_ENOUGH = 0.35  # of the hips' breadth; a figure that lies on its side faces nowhere


@dataclass(frozen=True)
class Stance:
    """Where a figure stands.

    Attributes:
        over: [3] point between the hip joints, rig space.
        heading: radians by which it faces to the left of its rest pose.
    """

    over: FloatArray
    heading: float


def stance_of(rest: Positions, posed: Positions) -> Stance:
    """Return the stance of a posed rig.

    Args:
        rest: rest joint positions [3] by role, rig space, thighs and upper arms among them.
        posed: positions now of ``left_thigh`` and ``right_thigh``.

    Raises:
        RigError: the rest joints have no frame.
    """
    across = np.asarray(posed["left_thigh"]) - np.asarray(posed["right_thigh"])
    return Stance(middle(posed, "thigh"), _heading(across, body_frame(rest)))


def placed_pose(
    library: PoseLibrary, pose: KeyPose, heading: float = 0.0, mirrored: bool = False
) -> tuple[FloatArray, FloatArray]:
    """Return a key pose as [72] axis-angle and joints [24, 3] on the ground y = 0.

    Poses are turned by their hips, so that one applied after the other keeps the heading.

    Args:
        library: the pose's library.
        pose: one of its poses.
        heading: radians by which the hips face to the left of +z.
        mirrored: exchange left and right first.
    """
    rotvecs = mirror(pose.pose) if mirrored else pose.pose.copy()
    joints = posed_joints(rotvecs, library.offsets, pose.joints[0])
    own = _heading(joints[1] - joints[2], QUAT_IDENTITY)
    turn = rotmat_from_quat(quat_from_rotvec([0.0, heading - own, 0.0]))
    root = turn @ rotmat_from_quat(quat_from_rotvec(rotvecs[:3]))
    rotvecs[:3] = rotvec_from_quat(quat_from_rotmat(root))
    return rotvecs, posed_joints(rotvecs, library.offsets, pose.joints[0])


def _heading(across: ArrayLike, frame: ArrayLike) -> float:
    """Heading of hips whose left joint lies [3] from the right one, in a body's frame [4]."""
    left, up, front = (quat_rotate(frame, axis) for axis in np.eye(3))
    breadth = np.asarray(across, dtype=np.float64)
    level = breadth - (breadth @ up) * up
    if np.linalg.norm(level) < _LEVEL_ENOUGH * np.linalg.norm(breadth):
        return 0.0
    return float(np.arctan2(-(level @ front), level @ left))
