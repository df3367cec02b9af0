"""The camera of a clip as a file: how it moved, so that people land in its world.

Conventions: camera from world with OpenCV axes (x right, y down, z forward); the world is y up with
its floor at y = 0, meters; px have their origin top left.
"""

import json
from pathlib import Path
from typing import Any, cast

import numpy as np

from .camera import CameraPath
from .errors import Sketch2PoseError
from .whole_file import write_whole

FORMAT_NAME = "sketch2pose-camera"
VERSION = 1
_ROTATION_ERROR = 1e-3  # of R R^T from the identity
_FIX = "Export it again, or see docs/video.md for what a camera file holds"


def write_camera(path: Path, camera: CameraPath) -> None:
    """Write a camera file, whole or not at all.

    Raises:
        Sketch2PoseError: the place cannot be written.
    """
    document = {
        "format": FORMAT_NAME,
        "version": VERSION,
        "image_size": [int(side) for side in camera.size],
        "focal": float(camera.focal),
        "center": np.asarray(camera.center, float).tolist(),
        "first": int(camera.first),
        "framerate": camera.framerate,
        "rotation": np.asarray(camera.rotation, float).tolist(),
        "translation": np.asarray(camera.translation, float).tolist(),
    }
    write_whole(path, json.dumps(document).encode("utf-8"))


def read_camera(path: str | Path) -> CameraPath:
    """Read a camera file.

    Raises:
        Sketch2PoseError: missing, of another kind, or with a bad field (named).
    """
    path = Path(path)
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise _refused(path, (error.strerror or "the system refused it").lower()) from error
    except (ValueError, RecursionError) as error:
        raise _refused(path, "it is not valid JSON") from error
    fields = cast("dict[str, Any]", document) if isinstance(document, dict) else {}
    if fields.get("format") != FORMAT_NAME:
        raise _refused(path, f'its "format" is not "{FORMAT_NAME}"')
    if fields.get("version") != VERSION:
        raise _refused(path, f"its version is {fields.get('version')}, not {VERSION}")
    try:
        camera = _from_document(fields)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _refused(path, f"a field is missing or is not a number ({error})") from error
    problem = _problem(camera)
    if problem:
        raise _refused(path, problem)
    return camera


def _from_document(document: dict[str, Any]) -> CameraPath:
    width, height = (int(side) for side in document["image_size"])
    rate = document.get("framerate")
    return CameraPath(
        np.asarray(document["rotation"], np.float64),
        np.asarray(document["translation"], np.float64),
        float(document["focal"]),
        np.asarray(document.get("center", (width / 2, height / 2)), np.float64),
        (width, height),
        int(document.get("first", 0)),
        None if rate is None else float(rate),
    )


def _problem(camera: CameraPath) -> str:
    """What is wrong with a camera; empty when nothing is."""
    rotation, count = camera.rotation, len(np.atleast_1d(camera.translation))
    if not count or rotation.shape != (count, 3, 3) or camera.translation.shape != (count, 3):
        return "rotation and translation are not [N, 3, 3] and [N, 3]"
    if camera.center.shape != (2,) or min(camera.size) <= 0:
        return "center and image_size are not two numbers each"
    numbers = (rotation, camera.translation, camera.center, camera.focal, camera.framerate or 1.0)
    if not all(np.isfinite(values).all() for values in numbers):
        return "it holds numbers that are not finite"
    if camera.focal <= 0 or (camera.framerate is not None and camera.framerate <= 0):
        return "focal and framerate are not above 0"
    off = np.abs(rotation @ np.swapaxes(rotation, -1, -2) - np.eye(3)).max()
    if off > _ROTATION_ERROR or np.linalg.det(rotation).min() < 0:
        return "a rotation matrix is invalid (mirrored, scaled or skewed)"
    return ""


def _refused(path: Path, why: str) -> Sketch2PoseError:
    what = f'The camera file "{path.name}" could not be used'
    return Sketch2PoseError(what, why, _FIX, "video.camera")
