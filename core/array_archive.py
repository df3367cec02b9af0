"""Archives of arrays (`.npz`) and single arrays (`.npy`), read without pickle and without belief.

A header may claim any size; NumPy allocates it before it reads. Here a header has to agree with the
bytes that are there, and all arrays of a file share one budget.
"""

import os
import tokenize
import zipfile
import zlib
from collections.abc import Callable
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy_format

from .arrays import AnyArray
from .untrusted_numbers import ByteBudget, exact_sizes, product

MOST_BYTES = 1 << 30  # of all arrays of a file; the largest body models have half of it
# NumPy has no types for these
_HEADERS: dict[tuple[int, int], Callable[[IO[bytes]], tuple[Any, Any, np.dtype[Any]]]] = {
    (1, 0): npy_format.read_array_header_1_0,  # pyright: ignore[reportUnknownMemberType]
    (2, 0): npy_format.read_array_header_2_0,  # pyright: ignore[reportUnknownMemberType]
}
# what zipfile, its decompressors and NumPy's parser of headers raise for files that are damaged
_DAMAGED: tuple[type[Exception], ...] = (
    ArithmeticError, AttributeError, EOFError, IndexError, LookupError, MemoryError,
    NotImplementedError, RecursionError, RuntimeError, SyntaxError, TypeError, ValueError,
    tokenize.TokenError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


class BadArchive(ValueError):
    """Why an archive cannot be read, as a clause."""


class PickledArchive(BadArchive):
    """It holds objects of Python, which only a pickle could bring back."""


def read_archive(
    source: str | os.PathLike[str] | IO[bytes], *, skip_objects: bool = False
) -> dict[str, AnyArray]:
    """All arrays of an archive.

    Args:
        source: the file.
        skip_objects: leave out arrays of objects, which need pickle, instead of refusing them.

    Returns:
        Name → array [...] of any shape and type.

    Raises:
        OSError: the file cannot be opened.
        BadArchive: it is damaged, claims more than it has, is too large, or needs pickle.
    """
    budget = ByteBudget(MOST_BYTES)
    try:
        with zipfile.ZipFile(source) as archive:
            members = [m for m in archive.infolist() if m.filename.endswith(".npy")]
            read = {m.filename.removesuffix(".npy"): _member(archive, m, budget) for m in members}
    except BadArchive:
        raise
    except OSError as error:
        if error.errno is not None:
            raise
        raise BadArchive("it is damaged") from error
    except Exception as error:  # LZMA and bzip2 have errors of their own
        raise BadArchive(_reason(error)) from error
    if not skip_objects and any(array is None for array in read.values()):
        raise PickledArchive("it holds pickled objects, which could run code")
    return {name: array for name, array in read.items() if array is not None}


def _reason(error: Exception) -> str:
    known = isinstance(error, ValueError) and "unpacks to more" in str(error)
    return str(error) if known else "it is not a complete .npz file"


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: ByteBudget
) -> AnyArray | None:
    """One array; None when it needs pickle."""
    budget.take(member.file_size)
    with archive.open(member) as stream:
        shape, fortran, dtype = array_header(stream)
        if dtype.hasobject:
            return None
        raw = stream.read()
    if dtype.itemsize < 1 or len(raw) != product(shape) * dtype.itemsize:
        raise BadArchive(f"the size of {member.filename[:80]} does not match its data")
    flat = np.frombuffer(bytearray(raw), dtype)
    return flat.reshape(shape, order="F" if fortran else "C")


def array_header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """What the header of a `.npy` file says: sizes, whether Fortran's order, type of the elements.

    Args:
        stream: stands behind the header afterwards.

    Raises:
        BadArchive: it is none, or of an unknown version.
    """
    try:
        version: tuple[int, int] = npy_format.read_magic(stream)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        read = _HEADERS[version]
        shape, fortran, dtype = read(stream)  # at most 10,000 letters by default
        return exact_sizes(shape), bool(fortran), dtype
    except _DAMAGED as error:
        raise BadArchive("the header of an array is damaged") from error
