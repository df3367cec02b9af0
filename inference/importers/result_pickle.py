"""Pickles in which other programs leave results (`.pkl`, also joblib's), read without their code.

A pickle is a program. Only the names that arrays need are known here, each as an inert
stand-in; anything else is refused, by name. joblib writes the bytes of an array right behind
the pickled description of it, so that the unpickler reads on there.
"""

import io
import pickle
import zlib
from typing import Any

import numpy as np

from ...core.untrusted_numbers import ByteBudget, exact_sizes, product
from ..body.pickle_stubs import DtypeStub, PlainContent, resolve
from ..guarded_unpickler import GuardedUnpickler, StandIn
from .torch_file import TensorReader, storage_from_bytes

FREE_BYTES = 256 << 20  # that a file of any size may unpack to
GROWTH = 4  # and as many times its own size
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
    most = FREE_BYTES + GROWTH * len(data)
    budget = ByteBudget(most)
    if not data.startswith(_PICKLE_START):
        data = _decompressed(data, most)
    content = _ResultUnpickler(io.BytesIO(data), budget).load()
    return PlainContent(len(data), budget).of(content)


def _decompressed(data: bytes, most: int) -> bytes:
    stream = zlib.decompressobj()
    content = stream.decompress(data, most)
    if stream.unconsumed_tail:
        raise pickle.UnpicklingError(f"it unpacks to more than {most >> 20} MiB")
    return content


class _JoblibArray(StandIn):
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
        sizes = exact_sizes(shape)
        raw = stream.read(min(product(sizes) * kind.itemsize, len(stream.getbuffer())))
        if kind.itemsize < 1 or len(raw) != product(sizes) * kind.itemsize:
            raise ValueError("an array's size does not match its data")
        order = "F" if self.state.get("order") == "F" else "C"
        return np.frombuffer(raw, kind).reshape(sizes, order=order)


_NAMES: dict[tuple[str, str], Any] = {
    ("joblib.numpy_pickle", "NumpyArrayWrapper"): _JoblibArray,
    ("torch.storage", "_load_from_bytes"): storage_from_bytes,
}


class _ResultUnpickler(GuardedUnpickler):
    """Unpickler that knows arrays and nothing else."""

    dispatch: dict[int, Any] = dict(GuardedUnpickler.dispatch)

    def __init__(self, stream: io.BytesIO, budget: ByteBudget) -> None:
        super().__init__(stream)
        self._stream = stream
        self._tensors = TensorReader(budget)

    def find_class(self, module_name: str, global_name: str) -> Any:
        """The stand-in of a known name."""
        if (module_name, global_name) == ("torch._utils", "_rebuild_tensor_v2"):
            return self._tensors.rebuild
        stand_in = _NAMES.get((module_name, global_name)) or resolve(module_name, global_name)
        return super().find_class(module_name, global_name) if stand_in is None else stand_in

    def load_build(self) -> None:
        """As always, but a joblib array takes its bytes from behind its description."""
        super().load_build()
        if isinstance(self.stack[-1], _JoblibArray):
            self.stack[-1] = self.stack[-1].read(self._stream)

    dispatch[pickle.BUILD[0]] = load_build
