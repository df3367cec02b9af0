"""Result files of PyTorch programs (`.pt`, as GVHMR writes them), read without PyTorch.

A `.pt` file is a zip archive with a pickle, which is a program, and raw tensors. This reader
knows the handful of names tensors need and refuses any other, by name. Layout as in PyTorch's
documented zip serialisation format; tensors are rebuilt from storage, offset, size, stride.
"""

import io
import pickle
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np

from ...core.untrusted_numbers import (
    ByteBudget,
    check_within,
    exact_int,
    exact_sizes,
    product,
)
from ..body.pickle_stubs import PlainContent
from ..guarded_unpickler import ORDERED_DICT, GuardedUnpickler
from .imported import Imported
from .npz_kinds import imported_params
from .refusal import damaged, refused

_OLD_MAGIC = 0x1950A86A20F9469CFC6C
FREE_BYTES = 256 << 20  # that a file of any size may unpack to: strides of 0 claim any size
GROWTH = 4  # and as many times its own size
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
    except (zipfile.BadZipFile, EOFError, AttributeError, RuntimeError) as error:
        raise damaged(name, error) from error
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
    budget = ByteBudget(FREE_BYTES + GROWTH * len(data))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = next(name for name in archive.namelist() if name.endswith("/data.pkl"))
        root = entry.removesuffix("data.pkl")

        def unpacked(name: str) -> bytes:
            budget.take(archive.getinfo(name).file_size)
            return archive.read(name)

        program = unpacked(entry)
        reader = _TorchUnpickler(program, lambda key: unpacked(f"{root}data/{key}"), budget)
        return PlainContent(len(program), budget).of(reader.load())


class _TorchUnpickler(GuardedUnpickler):
    """Unpickler that knows tensors and nothing else."""

    beyond = "not a tensor"

    def __init__(
        self, program: bytes, read_storage: Callable[[str], bytes], budget: ByteBudget
    ) -> None:
        super().__init__(io.BytesIO(program))
        self._read_storage = read_storage
        self._storages: dict[tuple[str, str], np.ndarray] = {}
        self._known = {
            ("collections", "OrderedDict"): ORDERED_DICT,
            ("torch._utils", "_rebuild_tensor_v2"): TensorReader(budget).rebuild,
        }

    def find_class(self, module_name: str, global_name: str) -> Any:
        """The stand-in of a known name."""
        if module_name == "torch" and global_name in _STORAGES:
            return _STORAGES[global_name]
        known = self._known.get((module_name, global_name))
        return super().find_class(module_name, global_name) if known is None else known

    def persistent_load(self, pid: Any) -> np.ndarray:
        """A storage: ("storage", type, key, device, count)."""
        dtype, key = _storage_kind(pid), pid[2]
        if not isinstance(key, str):
            raise pickle.UnpicklingError("it has a storage without a name")
        if (key, dtype) not in self._storages:
            self._storages[key, dtype] = np.frombuffer(self._read_storage(key), dtype=dtype)
        return self._storages[key, dtype]


def _storage_kind(pid: Any) -> str:
    """The NumPy type of a reference to a storage.

    Raises:
        pickle.UnpicklingError: it is of another kind.
    """
    parts = list(pid) if isinstance(pid, tuple) else []
    if parts[:1] != ["storage"] or len(parts) < 3 or parts[1] not in _STORAGES.values():
        raise pickle.UnpicklingError("it has a reference of unknown kind")
    return parts[1]


class TensorReader:
    """Makes the tensors of one file, which share a budget."""

    def __init__(self, budget: ByteBudget) -> None:
        """Start with the whole budget.

        Args:
            budget: bytes of all tensors together.
        """
        self._budget = budget

    def rebuild(self, storage: Any, offset: Any, size: Any, stride: Any, *_: object) -> np.ndarray:
        """The tensor as an array of its own, after checking that it lies within its storage.

        Args:
            storage: the numbers.
            offset: of the tensor in it, elements.
            size: of the tensor along each axis, elements.
            stride: from one element to the next along each axis, elements.

        Raises:
            ValueError: it lies outside, or is too large.
        """
        if not isinstance(storage, np.ndarray) or storage.ndim != 1:
            raise ValueError("a tensor has no storage")
        start, sizes, steps = exact_int(offset), exact_sizes(size), exact_sizes(stride)
        check_within(start, sizes, steps, len(storage))
        self._budget.take(product(sizes) * storage.itemsize)
        apart = [step * storage.itemsize for step in steps]
        return np.lib.stride_tricks.as_strided(storage[start:], sizes, apart).copy()


class _StorageReader(GuardedUnpickler):
    """Unpickler of the description of one storage."""

    beyond = "not a tensor"

    def find_class(self, module_name: str, global_name: str) -> Any:
        """The type of a storage."""
        if module_name == "torch" and global_name in _STORAGES:
            return _STORAGES[global_name]
        return super().find_class(module_name, global_name)

    def persistent_load(self, pid: Any) -> str:
        """The NumPy type of a storage ("storage", type, key, device, count, view)."""
        return _storage_kind(pid)


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
    if not isinstance(data, bytes):
        raise ValueError("a tensor in an unknown format")
    stream = io.BytesIO(data)
    magic, _version, _system = (_StorageReader(stream).load() for _ in range(3))
    if magic != _OLD_MAGIC:
        raise ValueError("a tensor in an unknown format")
    described = _StorageReader(stream).load()
    if described not in _STORAGES.values():
        raise ValueError("a tensor in an unknown format")
    kind = np.dtype(described)
    _StorageReader(stream).load()  # the keys: one
    count = int.from_bytes(stream.read(8), "little")
    return np.frombuffer(stream.read(), kind, count)
