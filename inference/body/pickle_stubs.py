"""Inert stand-ins for the classes and functions that model pickles name.

Every one only stores what it is given and checks it when an array is asked for. They take their
state by `__setstate__`, so a pickle cannot set attributes on them or on their classes.
"""

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from ...core.untrusted_numbers import ByteBudget, exact_sizes, product
from ..guarded_unpickler import ORDERED_DICT, StandIn

_DTYPE = re.compile(r"^[<>|=]?[biufcSU?]\d*$")
_SOME_OBJECTS = 100_000  # that a file of any size may hold

Content = Callable[[Any], Any]  # the content of a stand-in inside of another one


class DtypeStub(StandIn):
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


class ArrayStub(StandIn):
    """`numpy.ndarray` as its pickle state describes it."""

    __slots__ = ("state",)

    def __init__(self, *_arguments: Any) -> None:
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def to_array(self, content: Content, budget: ByteBudget) -> Any:
        """The array; a plain list for an array of objects."""
        _version, shape, dtype, fortran, raw = self.state
        if isinstance(raw, list):
            return content(raw)
        sizes, kind = exact_sizes(shape), dtype.to_dtype()
        raw = raw.encode("latin1") if isinstance(raw, str) else raw
        if kind.itemsize < 1 or product(sizes) * kind.itemsize != len(raw):
            raise ValueError("an array's size does not match its data")
        budget.take(len(raw))
        order = "F" if fortran else "C"
        return np.frombuffer(raw, kind).reshape(sizes, order=order).copy()


class SparseStub(StandIn):
    """A SciPy sparse matrix in compressed column, compressed row or coordinate form."""

    __slots__ = ("state",)
    layout = "csc"  # on the class: unpickling makes instances without calling __init__

    def __init__(self, *_arguments: Any) -> None:
        self.state: Any = {}

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def to_array(self, content: Content, budget: ByteBudget) -> np.ndarray:
        """[R, C] dense."""
        state = {str(key).lstrip("_"): value for key, value in self.state.items()}
        rows, columns = exact_sizes(content(state["shape"]))
        values = content(state["data"])
        budget.take(rows * columns * np.dtype(np.float64).itemsize)
        row, column = self._places(state, content)
        dense = np.zeros((rows, columns), np.float64)
        if len(values) and (min(row.min(), column.min()) < 0 or len(row) != len(values)):
            raise ValueError("a sparse matrix with impossible places")
        np.add.at(dense, (row, column), values)
        return dense

    def _places(self, state: dict[str, Any], content: Content) -> tuple[np.ndarray, np.ndarray]:
        if self.layout == "coo":
            if "coords" in state:
                row, column = (content(part) for part in state["coords"])
                return row, column
            return content(state["row"]), content(state["col"])
        indices, bounds = content(state["indices"]), content(state["indptr"])
        counts = np.diff(np.asarray(bounds, np.int64))
        if (counts < 0).any() or sum(counts.tolist()) != len(indices):
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


class ChumpyStub(StandIn):
    """`chumpy.Ch` and the few wrappers of it that SMPL's files contain."""

    __slots__ = ("state",)

    def __init__(self, *_arguments: Any) -> None:
        self.state: Any = {}

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def to_array(self, content: Content, budget: ByteBudget) -> Any:
        """The values: `x` of a plain array, or the selected part of another one."""
        if "x" in self.state:
            return content(self.state["x"])
        whole = np.asarray(content(self.state["a"])).ravel()
        chosen = np.asarray(content(self.state["idxs"])).astype(np.int64)
        budget.take(chosen.size * whole.itemsize)
        return whole[chosen].reshape(exact_sizes(content(self.state["preferred_shape"])))


class Maker:
    """A whitelisted function; calling it makes the stand-in of its result."""

    __slots__ = ("make",)

    def __init__(self, make: Any) -> None:
        self.make = make

    def __call__(self, *arguments: Any) -> Any:
        """The stand-in of what the named function would return."""
        return self.make(*arguments)


ARRAY_STUBS = (ArrayStub, SparseStub, ChumpyStub)
_STUBS = (*ARRAY_STUBS, DtypeStub)


def _reconstruct(kind: Any, *_shape: Any) -> Any:
    """`numpy…_reconstruct` and `copyreg._reconstructor`: an empty stand-in of the kind."""
    if not (isinstance(kind, type) and issubclass(kind, _STUBS)):
        raise ValueError("the file rebuilds something that is not an array")
    return kind()


def _scalar(dtype: DtypeStub, raw: Any) -> np.generic:
    return np.frombuffer(_bytes(raw), dtype.to_dtype(), 1)[0]


def _encode(text: Any, _encoding: Any = "latin1") -> bytes:
    return _text(text).encode("latin1")


def bytes_of_nothing() -> bytes:
    """How old protocols write an empty buffer; `bytes(n)` would allocate what a file asks."""
    return b""


def _from_buffer(buffer: Any, dtype: DtypeStub, shape: Any, order: str = "C") -> ArrayStub:
    """`numpy._core.numeric._frombuffer` of protocol 5."""
    array = ArrayStub()
    array.state = (1, shape, dtype, order == "F", _bytes(buffer))
    return array


_NUMPY_CORES = ("numpy.core", "numpy._core")
_SPARSE = {"csc_matrix": SparseStub, "csr_matrix": RowStub, "coo_matrix": CoordinateStub}
_SPARSE |= {"csc_array": SparseStub, "csr_array": RowStub, "coo_array": CoordinateStub}
_WHITELIST: dict[tuple[str, str], Any] = {
    ("numpy", "ndarray"): ArrayStub,
    ("numpy", "dtype"): DtypeStub,
    ("collections", "OrderedDict"): ORDERED_DICT,
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
    """Text of a file; nothing else is made into text, as nested lists grow without bound."""
    if not isinstance(value, str | bytes):
        raise ValueError("a name is not text")
    return value.decode("latin1") if isinstance(value, bytes) else value


def _bytes(value: Any) -> bytes:
    """Bytes of a file; `bytes(number)` would allocate as many."""
    if not isinstance(value, str | bytes | bytearray):
        raise ValueError("data are not bytes")
    return value.encode("latin1") if isinstance(value, str) else bytes(value)


class PlainContent:
    """Stand-ins replaced by the arrays that they describe; lists and dictionaries go deep.

    A list that a file holds once and names many times is walked as often as it is named, so a few
    bytes can describe more than any computer could walk. The walk therefore ends after twice as
    many steps as the file has bytes, and all arrays share one budget of bytes.
    """

    def __init__(self, file_size: int, budget: ByteBudget) -> None:
        """Start with no step taken.

        Args:
            file_size: bytes of the pickle.
            budget: bytes of all arrays together.
        """
        self._steps = _SOME_OBJECTS + 2 * file_size
        self._budget = budget
        self._arrays: dict[int, Any] = {}

    def of(self, value: Any) -> Any:
        """The content of what an unpickler made; unknown leaves become None.

        Raises:
            ValueError: an array does not fit its data, or there is too much of it.
        """
        self._steps -= 1
        if self._steps < 0:
            raise ValueError("its lists repeat each other without end")
        if isinstance(value, ARRAY_STUBS):
            return self._array(value)
        if isinstance(value, dict):
            return {key: self.of(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.of(item) for item in value]
        known = (np.ndarray, np.generic, str, bytes, int, float, bool)
        return value if isinstance(value, known) else None

    def _array(self, stub: Any) -> Any:
        """The array of a stand-in, made once; each mention counts, as readers copy them."""
        made = self._arrays.get(id(stub))
        if made is None:
            made = self._arrays[id(stub)] = stub.to_array(self.of, self._budget)
        elif isinstance(made, np.ndarray):
            self._budget.take(made.nbytes)
        return made
