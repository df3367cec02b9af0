"""Result files of PyTorch programs (`.pt`, as GVHMR writes them), read without PyTorch.

A `.pt` file is a zip archive with a pickle, which is a program, and raw tensors. This reader
knows the handful of names tensors need and refuses any other, by name. Layout as in PyTorch's
documented zip serialisation format; tensors are rebuilt from storage, offset, size, stride.
"""

import io
import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .imported import Imported
from .npz_kinds import imported_params
from .refusal import refused

_OLD_MAGIC = 0x1950A86A20F9469CFC6C
MOST_NUMBERS = 1 << 28  # in one tensor; strides of 0 can claim any size
_STORAGES = {
    "FloatStorage": "<f4", "DoubleStorage": "<f8", "HalfStorage": "<f2", "LongStorage": "<i8",
    "IntStorage": "<i4", "ShortStorage": "<i2", "CharStorage": "i1", "ByteStorage": "u1",
    "BoolStorage": "?",
}  # fmt: skip


def is_torch_archive(data: bytes) -> bool:
    """Whether a file is a `.pt` of PyTorch 1.6 or newer."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(entry.endswith("/data.pkl") for entry in archive.namelist())
    except zipfile.BadZipFile:
        return False


def motions_from_torch(data: bytes, name: str) -> Imported:
    """Motion of a `.pt` file.

    Args:
        data: the file.
        name: its name for sentences.

    Returns:
        The motion.

    Raises:
        Sketch2PoseError: damaged, asks for code, or of no known kind.
    """
    try:
        content = load_torch_archive(data)
    except pickle.UnpicklingError as error:
        fix = "Only import result files of programs you trust and know"
        raise refused(name, str(error), fix, "import.pickle") from error
    except (zipfile.BadZipFile, EOFError, AttributeError) as error:
        raise refused(name, f"it is damaged ({error})") from error
    if not isinstance(content, dict):
        raise refused(name, "it does not hold a dictionary", code="import.unknown")
    return imported_params(content, name)


def load_torch_archive(data: bytes) -> Any:
    """The content of a `.pt` file with NumPy arrays in the place of tensors.

    Args:
        data: the file.

    Returns:
        Dictionaries, lists, numbers, strings and arrays.

    Raises:
        pickle.UnpicklingError: it asks for anything but tensors.
        ValueError: a tensor that does not fit its storage.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = next(name for name in archive.namelist() if name.endswith("/data.pkl"))
        root = entry.removesuffix("data.pkl")
        with archive.open(entry) as stream:
            return _TorchUnpickler(stream, lambda key: archive.read(f"{root}data/{key}")).load()


class _TorchUnpickler(pickle.Unpickler):
    """Unpickler that knows tensors and nothing else."""

    def __init__(self, stream: Any, read_storage: Callable[[str], bytes]) -> None:
        super().__init__(stream)
        self._read_storage = read_storage

    def find_class(self, module: str, name: str) -> Any:
        """The stand-in of a known name."""
        if module == "torch" and name in _STORAGES:
            return _STORAGES[name]
        known = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): rebuild_tensor,
        }
        if (module, name) in known:
            return known[module, name]
        raise pickle.UnpicklingError(f'it asks for "{module}.{name}", which is no tensor')

    def persistent_load(self, pid: Any) -> np.ndarray:
        """A storage: ("storage", type, key, device, count)."""
        kind, dtype, key = pid[:3]
        if kind != "storage" or dtype not in _STORAGES.values():
            raise pickle.UnpicklingError(f"it has a reference of unknown kind {kind!r}")
        return np.frombuffer(self._read_storage(str(key)), dtype=dtype)


def rebuild_tensor(
    storage: np.ndarray, offset: int, size: Sequence[int], stride: Sequence[int], *_: object
) -> np.ndarray:
    """The tensor as an array of its own, after checking that it lies within its storage."""
    if len(size) != len(stride) or min([offset, *size, *stride]) < 0:
        raise ValueError("a tensor has impossible sizes")
    count = int(np.prod(size, dtype=object)) if size else 1
    reach = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    if count > MOST_NUMBERS or (count and reach >= len(storage)):
        raise ValueError("a tensor is larger than its storage")
    steps = [step * storage.itemsize for step in stride]
    return np.lib.stride_tricks.as_strided(storage[offset:], size, steps).copy()


class _StorageReader(pickle.Unpickler):
    """Unpickler of the description of one storage."""

    def find_class(self, module: str, name: str) -> Any:
        """The type of a storage."""
        if module == "torch" and name in _STORAGES:
            return _STORAGES[name]
        raise pickle.UnpicklingError(f'it asks for "{module}.{name}", which is no tensor')

    def persistent_load(self, pid: Any) -> str:
        """The NumPy type of a storage ("storage", type, key, device, count, view)."""
        if pid[0] != "storage" or pid[1] not in _STORAGES.values():
            raise pickle.UnpicklingError(f"it has a reference of unknown kind {pid[0]!r}")
        return pid[1]


def storage_from_bytes(data: bytes) -> np.ndarray:
    """A storage as PyTorch writes it into plain pickles: its format before 1.6.

    Args:
        data: magic number, version, system, the storage's description, its key, its numbers.

    Returns:
        The numbers.

    Raises:
        pickle.UnpicklingError: it asks for anything else.
        ValueError: damaged.
    """
    stream = io.BytesIO(data)
    magic, _version, _system = (_StorageReader(stream).load() for _ in range(3))
    if magic != _OLD_MAGIC:
        raise ValueError("a tensor in an unknown format")
    kind = np.dtype(_StorageReader(stream).load())
    _StorageReader(stream).load()  # the keys: one
    count = int.from_bytes(stream.read(8), "little")
    return np.frombuffer(stream.read(), kind, count)
