"""BodyMotion files: `.npz` without pickle, written whole or not at all."""

import io
import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import IO

import numpy as np

from ..array_archive import BadArchive, read_archive
from ..arrays import AnyArray
from ..errors import Sketch2PoseError
from ..whole_file import write_whole
from .check import ARRAY_SPECS, bad_field, check
from .value import FORMAT_VERSION, BodyModelNote, BodyMotion, SourceNote

_INTEGER_FIELDS = ("image_size", "frame_index")
_NOTE_TYPES = {"body_model": BodyModelNote, "source": SourceNote}


def read_body_motion(path: str | os.PathLike[str]) -> BodyMotion:
    """Read and check a BodyMotion file.

    Args:
        path: an `.npz` written by `write_body_motion` (or any file with these fields).

    Returns:
        The checked motion.

    Raises:
        Sketch2PoseError: the file is missing, is not such a file, needs pickle, is of a newer
            format, or has a bad field (named).
    """
    return motion_from_arrays(read_arrays(path))


def read_arrays(source: str | os.PathLike[str] | IO[bytes], name: str = "") -> dict[str, AnyArray]:
    """Arrays of an `.npz` file, never unpickling.

    Args:
        source: the file.
        name: for sentences; by default that of the file.

    Returns:
        Name → array [...], of any shape and type.

    Raises:
        Sketch2PoseError: the file cannot be read, is not an `.npz`, or needs pickle.
    """
    name = name or (Path(source).name if isinstance(source, str | os.PathLike) else "")
    try:
        return read_archive(source)
    except OSError as error:
        raise _unreadable(name, error.strerror or "it is damaged") from error
    except BadArchive as error:
        raise _unreadable(name, str(error)) from error


def _unreadable(name: str, why: str) -> Sketch2PoseError:
    return Sketch2PoseError(
        f'The motion file "{name}" could not be read',
        why,
        "Choose a motion file made by Sketch2Pose or by its convert command",
        "body_motion.unreadable",
    )


def motion_from_arrays(arrays: Mapping[str, AnyArray]) -> BodyMotion:
    """BodyMotion from the arrays of its file.

    Args:
        arrays: name → array [...], shapes as of `BodyMotion`; unknown names are ignored.

    Returns:
        The checked motion, arrays as float32 (int64 for pixel sizes and frame numbers).

    Raises:
        Sketch2PoseError: a field is missing, of a newer format, or bad.
    """
    _refuse_newer(arrays)
    values: dict[str, object] = {}
    for field in fields(BodyMotion):
        if field.name not in arrays:
            if field.name in ARRAY_SPECS and ARRAY_SPECS[field.name].required:
                raise bad_field(field.name, "is missing")
            continue
        values[field.name] = _decoded(field.name, arrays[field.name])
    motion = BodyMotion(**values)  # type: ignore[arg-type]
    check(motion)
    return motion


def _refuse_newer(arrays: Mapping[str, AnyArray]) -> None:
    try:
        version = int(arrays["format_version"]) if "format_version" in arrays else FORMAT_VERSION
    except (TypeError, ValueError, OverflowError) as error:
        raise bad_field("format_version", "is not a whole number") from error
    if version > FORMAT_VERSION:
        raise bad_field(
            "format_version", f"is {version}, newer than the supported version {FORMAT_VERSION}"
        )


def _decoded(name: str, array: AnyArray) -> object:
    try:
        if name in ARRAY_SPECS:
            kind = np.int64 if name in _INTEGER_FIELDS else np.float32
            return np.ascontiguousarray(array, dtype=kind)
        if name in _NOTE_TYPES:
            return _NOTE_TYPES[name](*(str(part) for part in array))
        if name == "contact_names":
            return tuple(str(part) for part in array)
        if name == "gender":
            return str(array)
        return int(array) if name == "person_id" else float(array)
    except (TypeError, ValueError, OverflowError) as error:
        raise bad_field(name, "is of the wrong type") from error


def arrays_from_motion(motion: BodyMotion) -> dict[str, AnyArray]:
    """Arrays of the file of a motion; fields that are None are left out.

    Args:
        motion: the motion.

    Returns:
        Name → array [...], shapes as of `BodyMotion`, none of which needs pickle.
    """
    arrays: dict[str, AnyArray] = {"format_version": np.array(FORMAT_VERSION)}
    for field in fields(BodyMotion):
        value = getattr(motion, field.name)
        if value is not None:
            text = field.name in _NOTE_TYPES or field.name == "contact_names"
            arrays[field.name] = np.array(value, dtype=np.str_) if text else np.asarray(value)
    return arrays


def write_body_motion(path: str | os.PathLike[str], motion: BodyMotion) -> None:
    """Check a motion and write its file; the file appears whole or not at all.

    Args:
        path: the `.npz` to write; an existing file is replaced.
        motion: the motion.

    Raises:
        Sketch2PoseError: a field is bad, or the place cannot be written.
    """
    check(motion)
    buffer = io.BytesIO()
    np.savez(buffer, **arrays_from_motion(motion))
    write_whole(path, buffer.getvalue())
