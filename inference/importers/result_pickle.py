"""Pickles in which other programs leave results (`.pkl`, also joblib's), read without their code.

A pickle is a program. Only the names that arrays need are known here, each as an inert
stand-in; anything else is refused, by name. joblib writes the bytes of an array right behind
the pickled description of it, which is why the reading is done by Python's own unpickler in
Python, with one more opcode taken over.
"""

import io
import math
import pickle
import zlib
from collections import OrderedDict
from typing import Any

import numpy as np

from ..body.pickle_stubs import ARRAY_STUBS, ArrayStub, DtypeStub, resolve
from .torch_file import rebuild_tensor, storage_from_bytes

LARGEST_CONTENT = 2 << 30  # bytes after decompression
_ZLIB_STARTS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_PICKLE_START = b"\x80"


def is_pickle(data: bytes) -> bool:
    """Whether a file looks like a pickle of protocol 2 or newer, compressed or not."""
    return data.startswith(_PICKLE_START) or data[:2] in _ZLIB_STARTS


def load_result_pickle(data: bytes) -> Any:
    """The content of a result file.

    Args:
        data: the file.

    Returns:
        Dictionaries, lists, numbers, strings and NumPy arrays.

    Raises:
        pickle.UnpicklingError: it asks for anything but arrays (named), or is too large.
        ValueError, EOFError, zlib.error: damaged.
    """
    if not data.startswith(_PICKLE_START):
        data = _decompressed(data)
    return _plain(_ResultUnpickler(io.BytesIO(data)).load())


def _decompressed(data: bytes) -> bytes:
    stream = zlib.decompressobj()
    content = stream.decompress(data, LARGEST_CONTENT)
    if stream.unconsumed_tail:
        raise pickle.UnpicklingError(f"it unpacks to more than {LARGEST_CONTENT >> 30} GiB")
    return content


class _JoblibArray:
    """joblib's description of an array whose bytes follow in the file."""

    __slots__ = ("state",)

    def __init__(self) -> None:
        self.state: dict[str, Any] = {}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.state = dict(state)

    def read(self, stream: io.BytesIO) -> np.ndarray:
        """The array, from where the stream stands."""
        dtype, shape = self.state["dtype"], self.state["shape"]
        if not isinstance(dtype, DtypeStub):
            raise pickle.UnpicklingError("it has an array of unknown type")
        kind = dtype.to_dtype()  # refuses arrays of objects
        if self.state.get("numpy_array_alignment_bytes") is not None:
            stream.read(stream.read(1)[0])
        count = math.prod(int(size) for size in shape)
        raw = stream.read(max(count, 0) * kind.itemsize)
        order = "F" if self.state.get("order") == "F" else "C"
        return np.frombuffer(raw, kind, count).reshape(shape, order=order)


_PythonUnpickler: Any = pickle._Unpickler  # type: ignore[attr-defined]
_NAMES = {
    ("collections", "OrderedDict"): OrderedDict,
    ("joblib.numpy_pickle", "NumpyArrayWrapper"): _JoblibArray,
    ("torch._utils", "_rebuild_tensor_v2"): rebuild_tensor,
    ("torch.storage", "_load_from_bytes"): storage_from_bytes,
}


class _ResultUnpickler(_PythonUnpickler):
    """Unpickler that knows arrays and nothing else."""

    dispatch: dict[int, Any] = dict(_PythonUnpickler.dispatch)
    stack: list[Any]

    def __init__(self, stream: io.BytesIO) -> None:
        super().__init__(stream, encoding="latin1")
        self._stream = stream

    def find_class(self, module_name: str, global_name: str) -> Any:
        """The stand-in of a known name."""
        stand_in = _NAMES.get((module_name, global_name)) or resolve(module_name, global_name)
        if stand_in is None:
            raise pickle.UnpicklingError(
                f'it asks for "{module_name}.{global_name}", which is no array'
            )
        return stand_in

    def persistent_load(self, pid: Any) -> Any:
        """Refuse references to things outside of the file."""
        raise pickle.UnpicklingError("it refers to objects outside of the file")

    def load_build(self) -> None:
        """As always, but a joblib array takes its bytes from behind its description."""
        if not hasattr(self.stack[-2], "__setstate__"):
            raise pickle.UnpicklingError("it changes an object that is no array")
        super().load_build()
        if isinstance(self.stack[-1], _JoblibArray):
            self.stack[-1] = self.stack[-1].read(self._stream)

    dispatch[pickle.BUILD[0]] = load_build


def _plain(value: Any) -> Any:
    """Stand-ins replaced by the arrays they describe, deep; unknown leaves become None."""
    if isinstance(value, ArrayStub) and isinstance(value.state[-1], list):
        return [_plain(item) for item in value.state[-1]]  # an array of objects
    if isinstance(value, ARRAY_STUBS):
        return value.to_array()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    known = (np.ndarray, np.generic, str, bytes, int, float, bool)
    return value if isinstance(value, known) else None
