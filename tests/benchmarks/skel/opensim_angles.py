"""Joint angles as OpenSim's full-body models define them (Rajagopal 2016 and its family).

SKEL turns the hip by R(rotation) R(adduction) R(flexion): flexion is counted about the thigh's own
axis. OpenSim's models turn it by R(flexion) R(adduction) R(rotation): flexion is counted in the
pelvis. Both name it `hip_flexion`, and they are the same for a thigh that is not turned otherwise.
This module gives OpenSim's.

Elbows, too, count from different zeros: SKEL's from its T-pose, OpenSim's from where the frames of
humerus and ulna are parallel. There the centres of shoulder, elbow and wrist are not in line; by
how much follows from where Rajagopal 2016 places them.

Conventions: radians; frames of bones as OpenSim has them (x forward, y up, z right) while the body
stands at rest. Zero is our rest pose.
"""

import numpy as np

from sketch2pose.core.arrays import Array
from sketch2pose.inference.skel.model.kinematics import SkelPose
from sketch2pose.inference.skel.model.layout import BONE_NAMES, DOF_NAMES
from sketch2pose.inference.skel.opensim.osim_frame import GROUND_FROM_BODY

SAME = ("knee_angle_r", "knee_angle_l")

# the right arm of Rajagopal 2016 at elbow_flex = 0, metres, in the humerus' frame
ELBOW_AXIS = np.array([0.226047, 0.022269, 0.973862])
ELBOW_CENTRE = np.array([0.013144, -0.286273, -0.009595])  # seen from the shoulder's
WRIST_CENTRE = np.array([-0.015524, -0.248848, 0.039693])  # seen from the elbow's


def opensim_angles(pose: SkelPose, q: Array) -> dict[str, Array]:
    """Angles of hips, knees and elbows by OpenSim's definition.

    Args:
        pose: T posed frames. q: [T, 46] SKEL's angles of the same frames, radians.

    Returns:
        coordinate name → [T] radians.
    """
    angles = {name: q[:, DOF_NAMES.index(name)] for name in SAME}
    for letter in "rl":
        angles[f"elbow_flexion_{letter}"] = centre_flexion(pose, letter) + elbow_zero()
    pelvis = pose.rotations[:, 0]
    for letter, mirror in (("r", 1.0), ("l", -1.0)):
        femur = pose.rotations[:, BONE_NAMES.index(f"femur_{letter}")]
        turn = GROUND_FROM_BODY @ pelvis.swapaxes(1, 2) @ femur @ GROUND_FROM_BODY.T
        flexion, adduction, rotation = angles_zxy(turn)
        angles[f"hip_flexion_{letter}"] = flexion
        angles[f"hip_adduction_{letter}"] = mirror * adduction
        angles[f"hip_rotation_{letter}"] = mirror * rotation
    return angles


def elbow_zero() -> float:
    """What OpenSim's elbow angle says (radians) while the three centres of the arm are in line."""
    return -float(turn_about(ELBOW_AXIS, ELBOW_CENTRE, WRIST_CENTRE))


def centre_flexion(pose: SkelPose, letter: str) -> Array:
    """[T] turn about the elbow's axis from shoulder-elbow to elbow-wrist, radians."""
    axis = pose.axes[:, DOF_NAMES.index(f"elbow_flexion_{letter}")]
    shoulder, elbow, wrist = (
        pose.positions[:, BONE_NAMES.index(f"{bone}_{letter}")]
        for bone in ("humerus", "ulna", "hand")
    )
    return turn_about(axis, elbow - shoulder, wrist - elbow)


def turn_about(axis: Array, start: Array, end: Array) -> Array:
    """Signed angle [...] about unit axes [..., 3] from one direction to another, radians."""
    first = start - (start * axis).sum(-1, keepdims=True) * axis
    second = end - (end * axis).sum(-1, keepdims=True) * axis
    sine = (np.cross(first, second) * axis).sum(-1)
    return np.arctan2(sine, (first * second).sum(-1))


def angles_zxy(turns: Array) -> tuple[Array, Array, Array]:
    """Angles [T] about z, x and y with turns [T, 3, 3] = Rz Rx Ry."""
    about_x = np.arcsin(np.clip(turns[:, 2, 1], -1, 1))
    about_z = np.arctan2(-turns[:, 0, 1], turns[:, 1, 1])
    about_y = np.arctan2(-turns[:, 2, 0], turns[:, 2, 2])
    return about_z, about_x, about_y
