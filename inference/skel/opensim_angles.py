"""Joint angles as OpenSim's full-body models define them (Rajagopal 2016 and its family).

SKEL turns the hip by R(rotation) R(adduction) R(flexion): flexion is counted about the thigh's own
axis. OpenSim's models turn it by R(flexion) R(adduction) R(rotation): flexion is counted in the
pelvis. Both name it `hip_flexion`, and they are the same for a thigh that is not turned otherwise.
This module gives OpenSim's.

Conventions: radians; frames of bones as OpenSim has them (x forward, y up, z right) while the body
stands at rest. Zero is our rest pose.
"""

import numpy as np
from numpy.typing import NDArray

from .kinematics import SkelPose
from .layout import BONE_NAMES, DOF_NAMES
from .osim_frame import GROUND_FROM_BODY

Array = NDArray[np.floating]

SAME = ("knee_angle_r", "knee_angle_l", "elbow_flexion_r", "elbow_flexion_l")  # hinges


def opensim_angles(pose: SkelPose, q: Array) -> dict[str, Array]:
    """Angles of hips, knees and elbows by OpenSim's definition.

    Args:
        pose: T posed frames. q: [T, 46] SKEL's angles of the same frames, radians.

    Returns:
        coordinate name → [T] radians.
    """
    angles = {name: q[:, DOF_NAMES.index(name)] for name in SAME}
    pelvis = pose.rotations[:, 0]
    for letter, mirror in (("r", 1.0), ("l", -1.0)):
        femur = pose.rotations[:, BONE_NAMES.index(f"femur_{letter}")]
        turn = GROUND_FROM_BODY @ pelvis.swapaxes(1, 2) @ femur @ GROUND_FROM_BODY.T
        flexion, adduction, rotation = angles_zxy(turn)
        angles[f"hip_flexion_{letter}"] = flexion
        angles[f"hip_adduction_{letter}"] = mirror * adduction
        angles[f"hip_rotation_{letter}"] = mirror * rotation
    return angles


def angles_zxy(turns: Array) -> tuple[Array, Array, Array]:
    """Angles [T] about z, x and y with turns [T, 3, 3] = Rz Rx Ry."""
    about_x = np.arcsin(np.clip(turns[:, 2, 1], -1, 1))
    about_z = np.arctan2(-turns[:, 0, 1], turns[:, 1, 1])
    about_y = np.arctan2(-turns[:, 2, 0], turns[:, 2, 2])
    return about_z, about_x, about_y
