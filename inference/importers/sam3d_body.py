"""SAM 3D Body: the 70 MHR keypoints of a picture or clip to the default body, with fingers.

The program's output names (`pred_keypoints_3d`, `pred_cam_t`, …) and the order of its keypoints are
facts of its public repository (facebookresearch/sam-3d-body). The MHR model's own parameters need
its files and are not used.

Conventions: the source has OpenCV axes (x right, y down, z forward), meters, each frame about the
body; ours are y up.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ...core.arrays import FloatArray
from ...core.axes import CV_FROM_GL
from ...core.body_motion import BodyMotion
from ...core.time_bounds import frame_count_problem
from ..body import load_default_body
from .bvh_smpl import finished_motion
from .imported import Imported
from .pose_from_points import pose_from_points
from .smpl_params import DEFAULT_FRAMERATE, on_ground

KEYPOINTS = 70
ABOVE_EARS = 0.125  # of the trunk's length: the top of the head
_SIDED = {
    "shoulder": (5, 6), "elbow": (7, 8), "wrist": (62, 41), "hip": (9, 10), "knee": (11, 12),
    "ankle": (13, 14), "toe": (15, 18), "heel": (17, 20),
}  # fmt: skip
_FIRST_OF_HAND = (42, 21)  # tip of the thumb; five fingers of four points, each from its tip
_RATES = ("fps", "framerate", "frame_rate")


def is_sam3d_body(arrays: Mapping[str, Any]) -> bool:
    """Whether arrays are SAM 3D Body's."""
    return "pred_keypoints_3d" in arrays


def motion_from_sam3d_body(arrays: Mapping[str, Any]) -> Imported:
    """The motion of one person.

    Args:
        arrays: with `pred_keypoints_3d` [70, 3] or [T, 70, 3]; `pred_cam_t` [3] or [T, 3] and a
            frame rate are used when there.

    Returns:
        The motion on the default body.

    Raises:
        ValueError: another number of keypoints, or frames that do not agree.
    """
    if problem := frame_count_problem(len(arrays["pred_keypoints_3d"])):
        raise ValueError(f'"pred_keypoints_3d" {problem}')
    points = np.asarray(arrays["pred_keypoints_3d"], np.float64)
    points = points[None] if points.ndim == 2 else points
    if points.ndim != 3 or points.shape[1:] != (KEYPOINTS, 3) or not np.isfinite(points).all():
        raise ValueError(f'"pred_keypoints_3d" has shape {list(points.shape)}')
    place = np.asarray(arrays.get("pred_cam_t", np.zeros(3)), np.float64).reshape(-1, 1, 3)
    if len(place) not in (1, len(points)):
        raise ValueError(f"{len(place)} places for {len(points)} frames of keypoints")
    rate = next((float(np.ravel(arrays[name])[0]) for name in _RATES if name in arrays), None)
    poses, trans, scale = pose_from_points(named_points((points + place) @ CV_FROM_GL))
    body = load_default_body()
    motion = finished_motion(poses, trans, np.zeros(10), rate or DEFAULT_FRAMERATE, body)
    warnings = [f"The person was scaled by {scale:.4g} to the default body."]
    if rate is None and len(points) > 1:
        warnings.append(f"The file has no frame rate; {DEFAULT_FRAMERATE:g} is assumed.")
    return Imported((_with_fingers(on_ground(motion, body), points),), tuple(warnings))


def named_points(points: FloatArray) -> dict[str, FloatArray]:
    """Points [T, 70, 3] by the names that `pose_from_points` knows."""
    named = {
        f"{side}_{part}": points[:, numbers[row]]
        for part, numbers in _SIDED.items()
        for row, side in enumerate(("left", "right"))
    }
    shoulders = (named["left_shoulder"] + named["right_shoulder"]) / 2
    hips = (named["left_hip"] + named["right_hip"]) / 2
    top = points[:, [3, 4]].mean(1) + ABOVE_EARS * (shoulders - hips)
    return {**named, "neck": shoulders, "head": top, "nose": points[:, 0]}


def hand_points(points: FloatArray, side: int) -> FloatArray:
    """[T, 21, 3] a hand's points as the hand network orders them: wrist, fingers from the palm."""
    first = _FIRST_OF_HAND[side]
    fingers = [range(first + 4 * n + 3, first + 4 * n - 1, -1) for n in range(5)]
    wrist = _SIDED["wrist"][side]
    return points[:, [wrist, *(number for finger in fingers for number in finger)]]


def _with_fingers(motion: BodyMotion, points: FloatArray) -> BodyMotion:
    from ..video.solving.hand_pose import finger_rotations

    both = [finger_rotations(hand_points(points, side), side) for side in (0, 1)]
    return replace(motion, hands=np.concatenate(both, axis=1).astype(np.float32))
