"""BodyMotion as JSON text, for programs without NumPy. Round trips are exact.

The document has the fields of the `.npz` file as (nested) lists, and `format` and
`version`; float32 numbers are written with as many digits as they need.
"""

import json
from typing import Any

import numpy as np

from ...core.body_motion import BodyMotion
from ...core.body_motion.file import arrays_from_motion, motion_from_arrays

FORMAT_NAME = "sketch2pose-motion"
VERSION = 1


def json_from_motion(motion: BodyMotion) -> str:
    """JSON text of a motion.

    Args:
        motion: the motion.

    Returns:
        The text, one line.
    """
    fields: dict[str, Any] = {"format": FORMAT_NAME, "version": VERSION}
    for name, array in arrays_from_motion(motion).items():
        if name != "format_version":
            fields[name] = _plain(array)
    return json.dumps(fields, allow_nan=False)


def _plain(array: np.ndarray) -> Any:
    if array.dtype != np.float32:
        return array.tolist()
    # the shortest decimal that gives the same float32 is half as long as that of the float64
    shortest = [float(str(value)) for value in array.ravel()]
    return np.array(shortest, dtype=np.float64).reshape(array.shape).tolist()


def motion_from_json(document: dict[str, Any]) -> BodyMotion:
    """Motion of a parsed JSON document.

    Args:
        document: with "format" "sketch2pose-motion".

    Returns:
        The checked motion.

    Raises:
        Sketch2PoseError: a field is missing or bad (named).
        ValueError: a field is no regular array, or the version is unknown.
    """
    if document.get("version") != VERSION:
        raise ValueError(f'its "version" is {document.get("version")}, not {VERSION}')
    arrays = {
        name: np.asarray(value)
        for name, value in document.items()
        if name not in ("format", "version")
    }
    return motion_from_arrays(arrays)
