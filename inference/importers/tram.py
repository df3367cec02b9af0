"""TRAM's results: a NumPy file of one person (`hps/hps_track_0.npy`), and the camera beside it.

Facts of the format are from its public repository (yufu-wang/tram): a dictionary of PyTorch tensors
`pred_rotmat` [T, 24, 3, 3], `pred_trans` [T, 1, 3], `pred_shape` and `frame` in the camera's axes,
saved as an array of one object; `camera.npy`, one folder up, has `pred_cam_R` and `pred_cam_T`,
which take points of the camera to the world of its first frame.

Conventions: OpenCV axes (x right, y down, z forward), meters; ours are y up.
"""

import io
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ...core.array_archive import array_header
from ...core.arrays import FloatArray
from ...core.rotations import rotmat_from_rotvec, rotvec_from_rotmat
from ...core.time_bounds import frame_count_problem
from ..body import load_default_body
from .imported import Imported
from .refusal import refused
from .result_pickle import load_result_pickle
from .smpl_params import SmplParams, axis_angles, motion_from_params

CAMERA = "camera.npy"
NEEDED = ("pred_rotmat", "pred_trans", "frame")


def motion_from_tram(data: bytes, name: str, folder: Path) -> Imported:
    """The motion of one person.

    Args:
        data: the file.
        name: of it, for sentences.
        folder: where it lies; the camera is looked for there and one folder up.

    Raises:
        Sketch2PoseError: it asks for code, or is no result of TRAM.
        ValueError: damaged.
    """
    person = _dictionary(data, name)
    if any(key not in person for key in NEEDED):
        found = ", ".join(sorted(map(str, person))[:8]) or "nothing"
        why = f"its content ({found}) is not in a known format"
        raise refused(name, why, code="import.unknown")
    if problem := frame_count_problem(len(person["pred_rotmat"])):
        raise ValueError(f'"pred_rotmat" {problem}')
    turns = np.asarray(person["pred_rotmat"], np.float64).reshape(-1, 24, 3, 3)
    place = np.asarray(person["pred_trans"], np.float64).reshape(-1, 3)
    frames = np.asarray(person["frame"], np.int64).reshape(-1)
    if not len(turns) == len(place) == len(frames):
        raise ValueError(f"{len(turns)} poses, {len(place)} places and {len(frames)} frames")
    order = np.unique(frames, return_index=True)[1]
    frames, place = frames[order], place[order]
    poses = axis_angles(turns[order], "pred_rotmat")
    camera, warnings = _camera_near(folder), []
    if camera is None:
        warnings.append(f'"{CAMERA}" is not beside the file: the camera is assumed to stand still.')
    else:
        poses, place = in_world(poses, place, *(part[frames] for part in camera))
    params = SmplParams(poses, place, up="-y", frame_index=frames, has_shape=True)
    motion, said = motion_from_params(params)
    return Imported((motion,), (*said, *warnings))


def in_world(
    poses: FloatArray, place: FloatArray, turns: FloatArray, shifts: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Poses [T, J, 3] and places [T, 3] of the camera's axes in the world of its first frame.

    Args:
        poses: [T, J, 3] axis-angle in the camera, radians.
        place: [T, 3] in the camera, meters.
        turns: [T, 3, 3] world from camera.
        shifts: [T, 3] meters.
    """
    poses = poses.copy()
    poses[:, 0] = rotvec_from_rotmat(turns @ rotmat_from_rotvec(poses[:, 0]))
    pelvis = np.asarray(load_default_body().joints(), np.float64)[0]  # the root turns about it
    placed = np.einsum("tij,tj->ti", turns, place + pelvis) + shifts
    return poses, placed - pelvis


def _camera_near(folder: Path) -> tuple[FloatArray, FloatArray] | None:
    """World from camera of every frame; None when there is no camera file."""
    for place in (folder / CAMERA, folder.parent / CAMERA):
        if place.is_file():
            camera = _dictionary(place.read_bytes(), CAMERA)
            turns = np.asarray(camera["pred_cam_R"], np.float64).reshape(-1, 3, 3)
            return turns, np.asarray(camera["pred_cam_T"], np.float64).reshape(-1, 3)
    return None


def _dictionary(data: bytes, name: str) -> Mapping[str, Any]:
    """The one object of a NumPy file, read without running anything."""
    stream = io.BytesIO(data)
    shape, _, kind = array_header(stream)
    if shape != () or kind != np.dtype(object):
        raise refused(name, "it is a single array without names", code="import.unknown")
    try:
        content = load_result_pickle(stream.read())
    except pickle.UnpicklingError as error:
        fix = "Only import result files of programs you trust and know"
        raise refused(name, str(error), fix, "import.pickle") from error
    content = content[0] if isinstance(content, list) and len(content) == 1 else content
    if not isinstance(content, Mapping):
        raise refused(name, "it does not hold a dictionary", code="import.unknown")
    return content
