"""NumPy archives: our own BodyMotion files and those of other SMPL programs.

Known layouts, from the programs' own documentation: AMASS (`poses` of 72, 156 or 165 numbers;
z up), AMASS parts (`root_orient`, `pose_body`, `pose_hand`), the smplx package's names
(`global_orient`, `body_pose`, …, as GVHMR and 4D-Humans use them, with rotation vectors or
matrices), and WHAM's (`pose_world`, `trans_world`).
"""

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ...core.body_motion.file import motion_from_arrays, read_arrays
from ..skel.motion import is_skel
from .imported import Imported
from .refusal import refused
from .smpl_params import SmplParams, axis_angles, motion_from_params

GROUPS = ("smpl_params_global", "smpl_params_incam", "smpl_params", "smpl", "smplx")
_RATES = ("mocap_framerate", "mocap_frame_rate", "framerate", "frame_rate", "fps")
_HAND_PARTS = ("left_hand_pose", "right_hand_pose")
SHAPE_NAMES = ("betas", "shape", "smpl_betas")
SMALLEST_SHAPE = 1e-3  # standard deviations; less is the mean person
# number of joints in `poses` → the first of the 30 hand joints (SMPL-H, SMPL-X)
_FIRST_HAND_JOINT = {52: 22, 55: 25}

Arrays = Mapping[str, Any]


def motions_from_npz(data: bytes, name: str) -> Imported:
    """Motions of an `.npz` file.

    Args:
        data: the file.
        name: its name for sentences.

    Returns:
        The motion.

    Raises:
        Sketch2PoseError: damaged, pickled, of no known kind, or a bad field.
    """
    arrays = read_arrays(io.BytesIO(data), name)
    if is_skel(arrays):
        from ..skel.importing import motion_from_skel

        return motion_from_skel(arrays)
    if "format_version" in arrays:
        return Imported((motion_from_arrays(arrays),), ours=True)
    return imported_params(arrays, name)


def params_from_arrays(arrays: Arrays) -> SmplParams | None:
    """Pose parameters from the names other programs use.

    Args:
        arrays: name → array.

    Returns:
        The parameters; None when no layout fits.

    Raises:
        ValueError: a known array has an impossible shape.
    """
    arrays = _ungrouped(arrays)
    for layout in (_amass, _amass_parts, _smplx_package, _wham):
        params = layout(arrays)
        if params is not None:
            return replace(_checked(params), has_shape=has_shape(arrays))
    return None


def has_shape(arrays: Arrays) -> bool:
    """Whether arrays hold a person's proportions that differ from the mean."""
    found = next((arrays[name] for name in SHAPE_NAMES if name in arrays), None)
    if found is None:
        return False
    values = np.asarray(found)
    return bool(values.dtype.kind == "f" and np.abs(values).max(initial=0.0) > SMALLEST_SHAPE)


def _ungrouped(arrays: Arrays) -> Arrays:
    """Names without a group in front ("smpl_params_global.body_pose"); the first group wins."""
    for group in GROUPS:
        inner = arrays.get(group)
        if isinstance(inner, Mapping):
            return {**arrays, **inner}
        found = {
            key[len(group) + 1 :]: value
            for key, value in arrays.items()
            if key.startswith(group) and key[len(group) : len(group) + 1] in (".", "/", "_")
        }
        if "body_pose" in found:
            return {**arrays, **found}
    return arrays


def imported_params(arrays: Arrays, name: str) -> Imported:
    """The motion of arrays that are known to be another program's.

    Args:
        arrays: name → array.
        name: of the file, for sentences.

    Returns:
        The motion.

    Raises:
        Sketch2PoseError: of no known kind.
    """
    from .sam3d_body import is_sam3d_body, motion_from_sam3d_body

    if is_sam3d_body(arrays):
        return motion_from_sam3d_body(arrays)
    params = params_from_arrays(arrays)
    if params is None:
        found = ", ".join(sorted(map(str, arrays))[:8]) or "nothing"
        raise refused(
            name, f"its arrays ({found}) are not in a known format", code="import.unknown"
        )
    motion, warnings = motion_from_params(params)
    return Imported((motion,), tuple(warnings))


def _checked(params: SmplParams) -> SmplParams:
    count = len(params.body)
    for label, array in (("translation", params.trans), ("hands", params.hands)):
        if array is not None and len(array) != count:
            raise ValueError(f"{len(array)} frames of {label} for {count} frames of poses")
    if params.body.shape[1] < 22:
        raise ValueError(f"{params.body.shape[1]} joints, expected at least 22")
    return params


def _amass(arrays: Arrays) -> SmplParams | None:
    if "poses" not in arrays:
        return None
    body = axis_angles(arrays["poses"], "poses")
    first = _FIRST_HAND_JOINT.get(body.shape[1])
    hands = None if first is None else body[:, first : first + 30]
    body = body if first is None else body[:, :22]
    from_amass = first is not None and any(name in arrays for name in _RATES[:2])
    return SmplParams(
        body,
        _translation(arrays, "trans", "transl"),
        _framerate(arrays),
        hands,
        up="z" if from_amass else None,
        gender=_gender(arrays),
    )


def _amass_parts(arrays: Arrays) -> SmplParams | None:
    if "root_orient" not in arrays or "pose_body" not in arrays:
        return None
    root = axis_angles(arrays["root_orient"], "root_orient")
    body = axis_angles(arrays["pose_body"], "pose_body")
    hands = axis_angles(arrays["pose_hand"], "pose_hand") if "pose_hand" in arrays else None
    hands = hands if hands is not None and hands.shape[1] == 30 else None
    trans = _translation(arrays, "trans", "transl")
    whole = np.concatenate([root, body], axis=1)
    return SmplParams(whole, trans, _framerate(arrays), hands, gender=_gender(arrays))


def _smplx_package(arrays: Arrays) -> SmplParams | None:
    if "global_orient" not in arrays or "body_pose" not in arrays:
        return None
    root = axis_angles(arrays["global_orient"], "global_orient")
    body = axis_angles(arrays["body_pose"], "body_pose")
    hands = None
    if all(part in arrays for part in _HAND_PARTS):
        parts = [axis_angles(arrays[part], part) for part in _HAND_PARTS]
        if all(part.shape[1] == 15 for part in parts):  # fewer are principal components
            hands = np.concatenate(parts, axis=1)
    trans = _translation(arrays, "transl", "trans", "cam_t", "pred_cam_t")
    whole = np.concatenate([root, body], axis=1)
    return SmplParams(whole, trans, _framerate(arrays), hands, gender=_gender(arrays))


def _wham(arrays: Arrays) -> SmplParams | None:
    for pose, trans in (("pose_world", "trans_world"), ("pose", "trans")):
        if pose in arrays:
            frames = arrays.get("frame_ids")
            index = None if frames is None else np.asarray(frames, dtype=np.int64)
            body = axis_angles(arrays[pose], pose)
            place = _translation(arrays, trans)
            return SmplParams(body, place, _framerate(arrays), frame_index=index)
    return None


def _translation(arrays: Arrays, *names: str) -> np.ndarray | None:
    for name in names:
        if name in arrays:
            array = np.asarray(arrays[name], dtype=np.float64)
            return array.reshape(-1, 3)
    return None


def _framerate(arrays: Arrays) -> float | None:
    """What the file says, even when it is absurd and refused later; None when it says nothing."""
    rate = next((float(np.ravel(arrays[name])[0]) for name in _RATES if name in arrays), None)
    return rate or None  # some programs write 0 when they do not know


def _gender(arrays: Arrays) -> str:
    value = np.ravel(arrays.get("gender", "neutral"))[0]
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)
    text = text.removeprefix("b'").rstrip("'").lower()
    return text if text in ("female", "male") else "neutral"
