"""The facts of SKEL: its 24 bones, 46 degrees of freedom, their axes and limits.

Conventions: radians. An axis is given in its bone's own frame as OpenSim has it (x forward, y up,
z to the right while the body stands). A joint with three degrees of freedom turns by
`R3 @ R2 @ R1`, R1 being the first in the list. Limits are SKEL's published ones; for the hips,
which have none there, the reach of trained dancers and gymnasts is allowed. Two published ranges
are opened, because they break motion that the model can otherwise follow: the lift of the scapulae
(below) and the right shoulder's y, whose ±90° (there is none on the left) make the arm's angles
jump by half a turn when it is raised forward past the horizontal. A shoulder's angles may go half
a turn either way, which every rotation can be written with, but not wind up (`unwinding`).
"""

from dataclasses import dataclass

import numpy as np

from ....core.rotations import rotmat_from_rotvec

BONE_NAMES = (
    "pelvis", "femur_r", "tibia_r", "talus_r", "calcn_r", "toes_r", "femur_l", "tibia_l",
    "talus_l", "calcn_l", "toes_l", "lumbar_body", "thorax", "head", "scapula_r", "humerus_r",
    "ulna_r", "radius_r", "hand_r", "scapula_l", "humerus_l", "ulna_l", "radius_l", "hand_l",
)  # fmt: skip
PARENTS = (-1, 0, 1, 2, 3, 4, 0, 6, 7, 8, 9, 0, 11, 12, 12, 14, 15, 16, 17, 12, 19, 20, 21, 22)
BONE_COUNT, DOF_COUNT = 24, 46

SPINE_BONES = (11, 12, 13)  # slide along an arc when they bend
SCAPULAE = (14, 19)  # glide over the rib cage
FREE = (-np.inf, np.inf)
SHOULDER_REACH = np.pi
SHOULDERS = (15, 20)


@dataclass(frozen=True)
class Dof:
    """One degree of freedom.

    Attributes:
        name: SKEL's parameter name.
        coordinate: its name in OpenSim files (Rajagopal/BSM family).
        bone: index of the bone that it turns.
        axis: [3] unit vector in the bone's frame.
        limits: (lowest, highest) in radians.
    """

    name: str
    coordinate: str
    bone: int
    axis: tuple[float, float, float]
    limits: tuple[float, float]


def pin_axis(x: float, y: float, z: float) -> tuple[float, float, float]:
    """The z axis turned by intrinsic x-y-z Euler angles, as OpenSim orients its pin joints."""
    turns = rotmat_from_rotvec(np.diag([x, y, z]))
    axis = turns[0] @ turns[1] @ turns[2] @ np.array([0.0, 0.0, 1.0])
    return (float(axis[0]), float(axis[1]), float(axis[2]))


X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
MINUS_X, MINUS_Y, MINUS_Z = (-1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, -1.0)
ANKLE = pin_axis(0.175895, -0.105208, 0.0186622)
SUBTALAR_R = pin_axis(-1.76818999, 0.906223, 1.8196)
SUBTALAR_L = pin_axis(1.76818999, -0.906223, 1.8196)
MTP_R = pin_axis(-3.14158999, 0.619901, 0.0)
MTP_L = pin_axis(-3.14158999, -0.619901, 0.0)
ELBOW_R, ELBOW_L = (0.0494, 0.0366, 0.99810825), (-0.0494, -0.0366, 0.99810825)
FOREARM_R = (-0.01716099, 0.99266564, -0.11966796)
FOREARM_L = (0.01716099, -0.99266564, -0.11966796)

_HALF, _QUARTER, _SIXTH = np.pi / 2, np.pi / 4, np.pi / 6
_HINGE = (0.0, 3 * np.pi / 4)
_FOOT = (-_QUARTER, _QUARTER)
# Published: -0.4 to -0.1 on the right and the same numbers on the left, where the axis is mirrored.
# That excludes the rest pose and lets the left shoulder only sink: mirrored and opened here.
_LIFT_R, _LIFT_L = (-0.4, 0.3), (-0.3, 0.4)
_HIP_FLEXION, _HIP_SIDE = np.radians((-60.0, 160.0)), np.radians((-90.0, 90.0))


def _dofs() -> tuple[Dof, ...]:
    hip, side = tuple(_HIP_FLEXION), tuple(_HIP_SIDE)
    bend, turn = (-_SIXTH, _SIXTH), (-_QUARTER, _QUARTER)
    arm = (-SHOULDER_REACH, SHOULDER_REACH)
    rows = [
        ("pelvis_tilt", "pelvis_tilt", 0, Z, FREE),
        ("pelvis_list", "pelvis_list", 0, X, FREE),
        ("pelvis_rotation", "pelvis_rotation", 0, Y, FREE),
        ("hip_flexion_r", "hip_flexion_r", 1, Z, hip),
        ("hip_adduction_r", "hip_adduction_r", 1, X, side),
        ("hip_rotation_r", "hip_rotation_r", 1, Y, side),
        ("knee_angle_r", "knee_angle_r", 2, MINUS_Z, _HINGE),
        ("ankle_angle_r", "ankle_angle_r", 3, ANKLE, _FOOT),
        ("subtalar_angle_r", "subtalar_angle_r", 4, SUBTALAR_R, _FOOT),
        ("mtp_angle_r", "mtp_angle_r", 5, MTP_R, _FOOT),
        ("hip_flexion_l", "hip_flexion_l", 6, Z, hip),
        ("hip_adduction_l", "hip_adduction_l", 6, MINUS_X, side),
        ("hip_rotation_l", "hip_rotation_l", 6, MINUS_Y, side),
        ("knee_angle_l", "knee_angle_l", 7, MINUS_Z, _HINGE),
        ("ankle_angle_l", "ankle_angle_l", 8, ANKLE, _FOOT),
        ("subtalar_angle_l", "subtalar_angle_l", 9, SUBTALAR_L, _FOOT),
        ("mtp_angle_l", "mtp_angle_l", 10, MTP_L, _FOOT),
        ("lumbar_bending", "lumbar_bending", 11, X, bend),
        ("lumbar_extension", "lumbar_extension", 11, Z, turn),
        ("lumbar_twist", "lumbar_twist", 11, Y, turn),
        ("thorax_bending", "thorax_bending", 12, X, turn),
        ("thorax_extension", "thorax_extension", 12, Z, turn),
        ("thorax_twist", "thorax_twist", 12, Y, turn),
        ("head_bending", "head_bending", 13, X, turn),
        ("head_extension", "head_extension", 13, Z, turn),
        ("head_twist", "head_twist", 13, Y, turn),
        ("scapula_abduction_r", "scapula_abduction_r", 14, Y, (-0.628, 0.628)),
        ("scapula_elevation_r", "scapula_elevation_r", 14, MINUS_Z, _LIFT_R),
        ("scapula_upward_rot_r", "scapula_upward_rot_r", 14, MINUS_X, (-0.19, 0.319)),
        ("shoulder_r_x", "shoulder_r_x", 15, X, arm),
        ("shoulder_r_y", "shoulder_r_y", 15, Y, arm),
        ("shoulder_r_z", "shoulder_r_z", 15, Z, arm),
        ("elbow_flexion_r", "elbow_flexion_r", 16, ELBOW_R, _HINGE),
        ("pro_sup_r", "pro_sup_r", 17, FOREARM_R, (-3 * np.pi / 8, 3 * np.pi / 8)),
        ("wrist_flexion_r", "wrist_flexion_r", 18, X, (-_HALF, _HALF)),
        ("wrist_deviation_r", "wrist_deviation_r", 18, MINUS_Z, (-_QUARTER, _QUARTER)),
        ("scapula_abduction_l", "scapula_abduction_l", 19, Y, (-0.628, 0.628)),
        ("scapula_elevation_l", "scapula_elevation_l", 19, Z, _LIFT_L),
        ("scapula_upward_rot_l", "scapula_upward_rot_l", 19, X, (-0.21, 0.219)),
        ("shoulder_l_x", "shoulder_l_x", 20, X, arm),
        ("shoulder_l_y", "shoulder_l_y", 20, Y, arm),
        ("shoulder_l_z", "shoulder_l_z", 20, Z, arm),
        ("elbow_flexion_l", "elbow_flexion_l", 21, ELBOW_L, _HINGE),
        ("pro_sup_l", "pro_sup_l", 22, FOREARM_L, (-_HALF, _HALF)),
        ("wrist_flexion_l", "wrist_flexion_l", 23, MINUS_X, (-_HALF, _HALF)),
        ("wrist_deviation_l", "wrist_deviation_l", 23, MINUS_Z, (-_QUARTER, _QUARTER)),
    ]
    return tuple(Dof(*row) for row in rows)


DOFS = _dofs()
DOF_NAMES = tuple(dof.name for dof in DOFS)
DOF_BONES = np.array([dof.bone for dof in DOFS])
DOF_AXES = np.array([dof.axis for dof in DOFS])
LOWEST = np.array([dof.limits[0] for dof in DOFS])
HIGHEST = np.array([dof.limits[1] for dof in DOFS])


def dofs_of(bone: int) -> range:
    """Indices of the degrees of freedom that turn a bone, in order of application."""
    found = np.flatnonzero(bone == DOF_BONES)
    return range(found[0], found[-1] + 1)
