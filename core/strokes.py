"""Strokes of a drawing as they travel from the add-on to the backend.

Conventions: pixels with the origin top left, x right, y down; the camera is "camera from
world" with OpenCV axes (x right, y down, z forward), the world is y up, meters.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from .arrays import FloatArray
from .camera import Camera
from .errors import Sketch2PoseError
from .whole_file import write_whole

FORMAT_NAME = "sketch2pose-strokes"
FORMAT_VERSION = 1
LARGEST_SIDE = 65536  # px; anything larger is a unit mistake, not a drawing
ORTHONORMAL_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Stroke:
    """One polyline: `points` [N, 2] px, `width` px."""

    points: FloatArray
    width: float


@dataclass(frozen=True)
class StrokeDrawing:
    """A drawing of `width` x `height` px made of strokes, with the camera it was drawn in."""

    width: float
    height: float
    strokes: tuple[Stroke, ...]
    camera: Camera | None = None


def read_strokes(path: str | os.PathLike[str]) -> StrokeDrawing:
    """Read and check a stroke file.

    Args:
        path: a stroke JSON file, UTF-8.

    Returns:
        The drawing.

    Raises:
        Sketch2PoseError: the file cannot be read or holds something else (named).
    """
    name = Path(path).name
    try:
        document = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise _refused(name, error.strerror or "the system refused it") from error
    except (ValueError, RecursionError) as error:
        raise _refused(name, "it is not JSON text") from error
    return strokes_from_json(document, name)


def write_strokes(path: str | os.PathLike[str], drawing: StrokeDrawing) -> None:
    """Write a drawing as a stroke file.

    Args:
        path: the JSON file to write.
        drawing: the drawing.
    """
    text = json.dumps(json_from_strokes(drawing), allow_nan=False)
    write_whole(path, text.encode("utf-8"))


def json_from_strokes(drawing: StrokeDrawing) -> dict[str, Any]:
    """The JSON document of a drawing.

    Args:
        drawing: the drawing.

    Returns:
        Plain lists, numbers and strings.
    """
    return {
        "format": FORMAT_NAME,
        "version": FORMAT_VERSION,
        "width": drawing.width,
        "height": drawing.height,
        "strokes": [
            {"points": np.asarray(stroke.points).tolist(), "width": float(stroke.width)}
            for stroke in drawing.strokes
        ],
        "camera": None if drawing.camera is None else drawing.camera.to_plain(),
    }


def strokes_from_json(document: object, name: str = "drawing") -> StrokeDrawing:
    """Check a JSON document and make the drawing it describes.

    Args:
        document: what `json.loads` gave.
        name: name of the drawing for error sentences.

    Returns:
        The drawing; strokes without a single point are left out.

    Raises:
        Sketch2PoseError: something is missing, not finite or out of range (named).
    """
    fields = _fields(document)
    if fields is None or fields.get("format") != FORMAT_NAME:
        raise _refused(name, f'its "format" is not "{FORMAT_NAME}"')
    if fields.get("version") != FORMAT_VERSION:
        raise _refused(name, f'its "version" is {fields.get("version")}, not {FORMAT_VERSION}')
    strokes = fields.get("strokes")
    if not isinstance(strokes, list):
        raise _refused(name, '"strokes" is not a list')
    items = cast("list[object]", strokes)
    parsed = [_stroke(item, index, name) for index, item in enumerate(items)]
    width = _side(fields.get("width"), "width", name)
    height = _side(fields.get("height"), "height", name)
    return StrokeDrawing(
        width=width,
        height=height,
        strokes=tuple(stroke for stroke in parsed if len(stroke.points)),
        camera=_camera(fields.get("camera"), (width, height), name),
    )


def _fields(item: object) -> Mapping[str, object] | None:
    """What a JSON object holds; None when it is something else."""
    return cast("dict[str, object]", item) if isinstance(item, dict) else None


def _stroke(item: object, index: int, name: str) -> Stroke:
    label = f"stroke {index + 1}"
    fields = _fields(item)
    if fields is None:
        raise _refused(name, f"{label} is not an object")
    points = fields.get("points")
    array = np.zeros((0, 2)) if points == [] else _array(points, f"{label} points", name)
    if array.ndim != 2 or array.shape[1] != 2:
        raise _refused(name, f"the points of {label} are not pairs of numbers")
    width = float(_array(fields.get("width", 1.0), f"{label} width", name, shape=()))
    if width < 0:
        raise _refused(name, f"the width of {label} is negative")
    return Stroke(array, width)


def _camera(item: object, size: tuple[float, float], name: str) -> Camera | None:
    if item is None:
        return None
    fields = _fields(item)
    if fields is None:
        raise _refused(name, '"camera" is not an object')
    rotation = _array(fields.get("rotation"), "camera rotation", name, shape=(3, 3))
    if not np.allclose(rotation @ rotation.T, np.eye(3), atol=ORTHONORMAL_TOLERANCE):
        raise _refused(name, "the camera rotation is not a rotation matrix")
    focal = float(_array(fields.get("focal"), "camera focal", name, shape=()))
    if focal <= 0:
        raise _refused(name, "the camera focal length is not positive")
    center = _array(fields.get("center"), "camera center", name, shape=(2,))
    translation = _array(fields.get("translation"), "camera translation", name, shape=(3,))
    return Camera(rotation, translation, focal, center, size)


def _side(value: object, label: str, name: str) -> float:
    side = float(_array(value, label, name, shape=()))
    if not 0 < side <= LARGEST_SIDE:
        raise _refused(name, f"its {label} is {side:g} px, expected 1 to {LARGEST_SIDE}")
    return side


def _array(
    value: object, label: str, name: str, shape: tuple[int, ...] | None = None
) -> FloatArray:
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise _refused(name, f"{label}: not numbers") from error
    if shape is not None and array.shape != shape:
        raise _refused(name, f"{label}: shape {list(array.shape)}, expected {list(shape)}")
    if not np.all(np.isfinite(array)):
        raise _refused(name, f"{label}: a value is not finite (NaN or infinity)")
    return array


def _refused(name: str, why: str) -> Sketch2PoseError:
    return Sketch2PoseError(
        f'The strokes of "{name}" could not be used', why, "Draw or export the strokes again",
        "strokes.bad",
    )  # fmt: skip
