"""Reads `.npz` model files without pickle and without believing sizes that they only claim."""

import math
import zipfile
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy_format

from ...core.errors import Sketch2PoseError

LARGEST_FILE = 2 * 1024**3
_FIX = "Use the file as you downloaded it from the model's own site"


def load_npz(path: Path) -> dict[str, np.ndarray]:
    """All plain arrays of an archive; arrays of Python objects are left out, as they need pickle.

    Args:
        path: a `.npz`.

    Returns:
        key → array.

    Raises:
        Sketch2PoseError: when the file is missing, damaged, or an array's header asks for more
            than the file contains.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > LARGEST_FILE:
                raise ValueError("it unpacks to more than 2 GB")
            members = archive.infolist()
            arrays = {m.filename.removesuffix(".npy"): _read(archive, m) for m in members}
    except FileNotFoundError as error:
        raise _refused(path, "there is no such file", "model.open") from error
    except OSError as error:
        raise _refused(path, error.strerror or str(error), "model.open") from error
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile, NotImplementedError) as error:
        raise _refused(path, str(error), "model.damaged") from error
    return {key: array for key, array in arrays.items() if array is not None}


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> np.ndarray | None:
    with archive.open(member) as stream:
        shape, dtype = _header(stream)
        if dtype.hasobject:
            return None
        body = member.file_size - stream.tell()
        if math.prod(shape) * dtype.itemsize != body:
            raise ValueError(f"the size of {member.filename} does not match its data")
    with archive.open(member) as stream:
        return npy_format.read_array(stream, allow_pickle=False)


def _header(stream: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    version = npy_format.read_magic(stream)
    if version == (1, 0):
        shape, _fortran, dtype = npy_format.read_array_header_1_0(stream)
    elif version == (2, 0):
        shape, _fortran, dtype = npy_format.read_array_header_2_0(stream)
    else:
        raise ValueError(f"unknown npy version {version}")
    return shape, dtype


def _refused(path: Path, why: str, code: str) -> Sketch2PoseError:
    return Sketch2PoseError(f"The model file {path.name} was refused", why, _FIX, code)
