"""Parameters of any SMPL-family body to BodyMotion on the default body.

Conventions: axis-angle, radians, meters; the result is y up and stands on y = 0. SMPL,
SMPL-H and SMPL-X share the first 22 joints, so their rotations are taken as they are; the
shape coefficients belong to a body we do not ship and are left behind.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import FloatArray
from ...core.body_motion import BodyMotion
from ...core.rotations import rotmat_from_rotvec, rotvec_from_rotmat
from ...core.smpl import SMPL_JOINT_NAMES
from ...core.time_bounds import frame_count_problem
from ..body import BodyModel, load_default_body
from .bvh_smpl import finished_motion

DEFAULT_FRAMERATE = 30.0
LOWEST_SHARE = 2.0  # percent of frames that may be below the ground (noise, heels)
_FEET = [SMPL_JOINT_NAMES.index(f"{side}_foot") for side in ("left", "right")]
_ANKLES = [SMPL_JOINT_NAMES.index(f"{side}_ankle") for side in ("left", "right")]
_HEAD = SMPL_JOINT_NAMES.index("head")
# rotations about x that bring an up axis to +y
_ANGLE_TO_Y = {"y": 0.0, "z": -np.pi / 2, "-y": np.pi, "-z": np.pi / 2}


@dataclass(frozen=True)
class SmplParams:
    """Pose parameters as another program wrote them.

    Attributes:
        body: [T, J, 3] axis-angle; joint 0 is the root, at least 22 joints.
        trans: [T, 3] meters; None when the file has none.
        framerate: frames a second; None when the file does not tell.
        hands: [T, 30, 3] axis-angle, or None.
        up: "y", "z", "-y" or "-z" of the file's world; None = where the head is.
        gender: of the source's body.
        frame_index: [T] source frames, or None.
        has_shape: the source knows the person's proportions, which are left behind.
    """

    body: FloatArray
    trans: FloatArray | None = None
    framerate: float | None = None
    hands: FloatArray | None = None
    up: str | None = None
    gender: str = "neutral"
    frame_index: NDArray[np.int64] | None = None
    has_shape: bool = False


def motion_from_params(params: SmplParams) -> tuple[BodyMotion, list[str]]:
    """Motion on the default body.

    Args:
        params: of one person.

    Returns:
        The motion, and sentences about what was assumed.
    """
    frames = len(params.body)
    body, warnings = load_default_body(), []
    poses = np.zeros((frames, len(SMPL_JOINT_NAMES), 3))
    shared = params.body[:, : len(SMPL_JOINT_NAMES)]
    poses[:, : shared.shape[1]] = shared
    trans = np.zeros((frames, 3)) if params.trans is None else params.trans
    up = params.up or _up_axis(body, poses, trans)
    if up != "y":
        warnings.append(f"The motion was rotated from {up} up to y up.")
    poses, trans = _turned(poses, trans, up)
    if params.has_shape:
        warnings.append(
            "The person's proportions (betas) belong to a body that is not included: "
            "those of the default body are used."
        )
    if params.framerate is None:
        warnings.append(f"The file has no frame rate; {DEFAULT_FRAMERATE:g} is assumed.")
    framerate = params.framerate or DEFAULT_FRAMERATE
    motion = finished_motion(poses.reshape(frames, -1), trans, np.zeros(10), framerate, body)
    motion = on_ground(motion, body)
    hands = None if params.hands is None else params.hands.astype(np.float32)
    return replace(
        motion, hands=hands, gender=params.gender, frame_index=params.frame_index
    ), warnings


def _up_axis(body: BodyModel, poses: FloatArray, trans: FloatArray) -> str:
    """The world axis along which the head is above the feet, most of the time."""
    joints = body.forward(poses.reshape(len(poses), -1), trans)
    upwards = np.median(joints[:, _HEAD] - joints[:, _ANKLES].mean(axis=1), axis=0)
    axis = 1 if abs(upwards[1]) >= abs(upwards[2]) else 2
    return ("" if upwards[axis] > 0 else "-") + "xyz"[axis]


def _turned(poses: FloatArray, trans: FloatArray, up: str) -> tuple[FloatArray, FloatArray]:
    """Poses and translation in the y-up world."""
    if up == "y":
        return poses, trans
    turn = rotmat_from_rotvec([_ANGLE_TO_Y[up], 0.0, 0.0])
    poses = poses.copy()
    poses[:, 0] = rotvec_from_rotmat(turn @ rotmat_from_rotvec(poses[:, 0]))
    return poses, trans @ turn.T


def on_ground(motion: BodyMotion, body: BodyModel) -> BodyMotion:
    """The motion shifted so that the lower foot of the lowest frames is where it is at rest.

    The source's pelvis height includes legs of another length and a template with another
    origin, neither of which is in the file.

    Args:
        motion: on the body, with `joints3d`.
        body: of the motion.

    Returns:
        The shifted motion.
    """
    assert motion.joints3d is not None
    rest = body.joints()
    lowest_vertex = float(body.vertices()[:, 1].min())
    above_sole = float(rest[_FEET, 1].min()) - lowest_vertex
    lower_foot = motion.joints3d[:, _FEET, 1].min(axis=1)
    shift = np.zeros(3, np.float32)
    shift[1] = above_sole - np.percentile(lower_foot, LOWEST_SHARE)
    return replace(motion, trans=motion.trans + shift, joints3d=motion.joints3d + shift)


def axis_angles(values: NDArray, name: str) -> FloatArray:
    """[T, J, 3] axis-angle from the usual layouts.

    Args:
        values: [T, 3 J], [T, J, 3] or rotation matrices [T, J, 3, 3] or [T, 3, 3].
        name: of the array, for the error.

    Returns:
        [T, J, 3] radians.

    Raises:
        ValueError: another layout.
    """
    if problem := frame_count_problem(len(values)):
        raise ValueError(f'"{name}" {problem}')  # before double precision makes it twice as large
    array = np.asarray(values, dtype=np.float64)
    if array.ndim >= 3 and array.shape[-2:] == (3, 3):
        rotvecs = rotvec_from_rotmat(array)
        return rotvecs.reshape(len(array), -1, 3)
    if array.ndim in (2, 3) and array[0].size % 3 == 0:
        return array.reshape(len(array), -1, 3)
    raise ValueError(f'"{name}" has shape {list(array.shape)}')
