"""Inert stand-ins for the classes and functions that model pickles name.

Every one only stores what it is given and checks it when an array is asked for. They take their
state by `__setstate__`, so a pickle cannot set attributes on them or on their classes.
"""

import math
import re
from typing import Any

import numpy as np

_DTYPE = re.compile(r"^[<>|=]?[biufcSU?]\d*$")
LARGEST_ARRAY = 2 * 1024**3  # bytes of one array


class DtypeStub:
    """`numpy.dtype(name, …)`: only plain kinds."""

    __slots__ = ("name", "order")

    def __init__(self, name: Any = "", *_flags: Any) -> None:
        self.name, self.order = _text(name), "="

    def __setstate__(self, state: Any) -> None:
        order = _text(state[1])
        self.order = order if order in "<>|=" else "="

    def to_dtype(self) -> np.dtype:
        """The real type, or ValueError for objects and records."""
        if not _DTYPE.match(self.name):
            raise ValueError(f"array of unsupported type {self.name[:20]!r}")
        return np.dtype(self.name).newbyteorder("=" if self.order == "|" else self.order)  # type: ignore[arg-type]


class ArrayStub:
    """`numpy.ndarray` as its pickle state describes it."""

    __slots__ = ("state",)

    def __init__(self, *_arguments: Any) -> None:
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def to_array(self) -> Any:
        """The array; a plain list for an array of objects."""
        _version, shape, dtype, fortran, raw = self.state
        if isinstance(raw, list):
            return [plain(item) for item in raw]
        sizes = [int(size) for size in shape]
        kind = dtype.to_dtype()
        raw = raw.encode("latin1") if isinstance(raw, str) else raw
        if min(sizes, default=0) < 0 or math.prod(sizes) * kind.itemsize != len(raw):
            raise ValueError("an array's size does not match its data")
        order = "F" if fortran else "C"
        return np.frombuffer(raw, kind).reshape(sizes, order=order).copy()


class SparseStub:
    """A SciPy sparse matrix in compressed column, compressed row or coordinate form."""

    __slots__ = ("state",)
    layout = "csc"  # on the class: unpickling makes instances without calling __init__

    def __init__(self, *_arguments: Any) -> None:
        self.state: Any = {}

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def to_array(self) -> np.ndarray:
        """[R, C] dense."""
        state = {str(key).lstrip("_"): value for key, value in self.state.items()}
        rows, columns = (int(size) for size in _sequence(state["shape"]))
        values = state["data"].to_array()
        if rows < 0 or columns < 0 or rows * columns * 8 > LARGEST_ARRAY:
            raise ValueError("a sparse matrix of impossible size")
        row, column = self._places(state)
        dense = np.zeros((rows, columns), np.float64)
        if len(values) and (min(row.min(), column.min()) < 0 or len(row) != len(values)):
            raise ValueError("a sparse matrix with impossible places")
        np.add.at(dense, (row, column), values)
        return dense

    def _places(self, state: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
        if self.layout == "coo":
            if "coords" in state:
                row, column = (part.to_array() for part in state["coords"])
                return row, column
            return state["row"].to_array(), state["col"].to_array()
        indices, bounds = state["indices"].to_array(), state["indptr"].to_array()
        counts = np.diff(bounds)
        if (counts < 0).any() or counts.sum() != len(indices):
            raise ValueError("a sparse matrix with impossible bounds")
        major = np.repeat(np.arange(len(counts)), counts)
        return (indices, major) if self.layout == "csc" else (major, indices)


class RowStub(SparseStub):
    """`scipy.sparse.csr_matrix`."""

    __slots__ = ()
    layout = "csr"


class CoordinateStub(SparseStub):
    """`scipy.sparse.coo_matrix`."""

    __slots__ = ()
    layout = "coo"


class ChumpyStub:
    """`chumpy.Ch` and the few wrappers of it that SMPL's files contain."""

    __slots__ = ("state",)

    def __init__(self, *_arguments: Any) -> None:
        self.state: Any = {}

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def to_array(self) -> Any:
        """The values: `x` of a plain array, or the selected part of another one."""
        if "x" in self.state:
            return self.state["x"].to_array()
        whole = np.asarray(self.state["a"].to_array()).ravel()
        chosen = np.asarray(self.state["idxs"].to_array()).astype(np.int64)
        shape = [int(size) for size in _sequence(self.state["preferred_shape"])]
        return whole[chosen].reshape(shape)


class Maker:
    """A whitelisted function; calling it makes the stand-in of its result."""

    __slots__ = ("make",)

    def __init__(self, make: Any) -> None:
        self.make = make

    def __call__(self, *arguments: Any) -> Any:
        """The stand-in of what the named function would return."""
        return self.make(*arguments)

    def __setstate__(self, state: Any) -> None:
        raise ValueError("the file tries to change a function")


ARRAY_STUBS = (ArrayStub, SparseStub, ChumpyStub)
_STUBS = (*ARRAY_STUBS, DtypeStub)


def _reconstruct(kind: Any, *_shape: Any) -> Any:
    """`numpy…_reconstruct` and `copyreg._reconstructor`: an empty stand-in of the kind."""
    if not (isinstance(kind, type) and issubclass(kind, _STUBS)):
        raise ValueError("the file rebuilds something that is not an array")
    return kind()


def _scalar(dtype: DtypeStub, raw: Any) -> np.generic:
    data = raw.encode("latin1") if isinstance(raw, str) else raw
    return np.frombuffer(data, dtype.to_dtype(), 1)[0]


def _encode(text: Any, _encoding: Any = "latin1") -> bytes:
    return str(text).encode("latin1")


def bytes_of_nothing() -> bytes:
    """How old protocols write an empty buffer; `bytes(n)` would allocate what a file asks."""
    return b""


def _from_buffer(buffer: Any, dtype: DtypeStub, shape: Any, order: str = "C") -> ArrayStub:
    """`numpy._core.numeric._frombuffer` of protocol 5."""
    array = ArrayStub()
    array.state = (1, shape, dtype, order == "F", bytes(buffer))
    return array


_NUMPY_CORES = ("numpy.core", "numpy._core")
_SPARSE = {"csc_matrix": SparseStub, "csr_matrix": RowStub, "coo_matrix": CoordinateStub}
_SPARSE |= {"csc_array": SparseStub, "csr_array": RowStub, "coo_array": CoordinateStub}
_WHITELIST: dict[tuple[str, str], Any] = {
    ("numpy", "ndarray"): ArrayStub,
    ("numpy", "dtype"): DtypeStub,
    ("_codecs", "encode"): Maker(_encode),
    ("__builtin__", "bytes"): Maker(bytes_of_nothing),
    ("copy_reg", "_reconstructor"): Maker(_reconstruct),
    ("copyreg", "_reconstructor"): Maker(_reconstruct),
    ("__builtin__", "object"): "object",
    ("builtins", "object"): "object",
    ("chumpy.ch", "Ch"): ChumpyStub,
    ("chumpy", "Ch"): ChumpyStub,
    ("chumpy.reordering", "Select"): ChumpyStub,
}
_WHITELIST |= {
    (f"{core}.{module}", name): maker
    for core in _NUMPY_CORES
    for module, name, maker in (
        ("multiarray", "_reconstruct", Maker(_reconstruct)),
        ("multiarray", "scalar", Maker(_scalar)),
        ("numeric", "_frombuffer", Maker(_from_buffer)),
    )
}


def resolve(module: str, name: str) -> Any:
    """The stand-in of a name, or None when the name is not on the whitelist."""
    if name in _SPARSE and (module == "scipy.sparse" or module.startswith("scipy.sparse.")):
        return _SPARSE[name]
    return _WHITELIST.get((module, name))


def _text(value: Any) -> str:
    return value.decode("latin1") if isinstance(value, bytes) else str(value)


def _sequence(value: Any) -> list[Any]:
    return list(value.to_array()) if isinstance(value, ArrayStub) else list(value)


def plain(value: Any) -> Any:
    """Stand-ins replaced by the arrays that they describe; lists and dictionaries go deep."""
    if isinstance(value, ARRAY_STUBS):
        return value.to_array()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value if isinstance(value, (str, bytes, int, float, bool, np.generic)) else None
