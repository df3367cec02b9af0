"""Reads the pickles in which body models are distributed, without running what is in them.

A pickle is a program. This reader knows exactly the few names that such files need (NumPy arrays,
SciPy sparse matrices, chumpy arrays) and gives each its own inert stand-in, so neither NumPy's nor
SciPy's unpickling code is ever reached; any other name is refused, by name. Sizes that a file
only claims are checked against its bytes before anything is allocated.
"""

import io
import pickle
import struct
from pathlib import Path
from typing import Any

from ...core.errors import Sketch2PoseError
from ...core.untrusted_numbers import ByteBudget
from ..guarded_unpickler import GuardedUnpickler, RefusedName
from .pickle_stubs import PlainContent, resolve

LARGEST_FILE = 2 * 1024**3
MOST_CONTENT = 1 << 30  # bytes; SMPL-X with all its components is about half a gigabyte
_FIX = "Use the file as you downloaded it from the model's own site"
_FORGED = (
    pickle.UnpicklingError, MemoryError, RecursionError, OverflowError, struct.error,
    NotImplementedError,
)  # fmt: skip


def load_pickle(path: Path) -> dict[str, Any]:
    """The dictionary in a model's pickle, with plain NumPy arrays as values.

    Args:
        path: a `.pkl` of Python 2 or 3.

    Returns:
        key → array (sparse ones dense), number, string or list.

    Raises:
        Sketch2PoseError: when the file is missing, too large, truncated, damaged, not a dictionary
            or asks for anything but arrays. Nothing of the file is executed.
    """
    data = _read(path)
    try:
        content = PlainContent(len(data), ByteBudget(MOST_CONTENT))
        value = content.of(_ModelUnpickler(io.BytesIO(data)).load())
    except RefusedName as error:
        raise _refused(path, str(error), "model.pickle_name") from error
    except (ValueError, TypeError, EOFError, KeyError, IndexError, AttributeError) as error:
        raise _refused(path, f"it is damaged or cut short ({error})", "model.damaged") from error
    except _FORGED as error:
        raise _refused(path, f"it is damaged or forged ({error})", "model.damaged") from error
    if not isinstance(value, dict):
        raise _refused(path, "it does not hold a dictionary", "model.content")
    return {key if isinstance(key, str) else repr(key): item for key, item in value.items()}


class _ModelUnpickler(GuardedUnpickler):
    beyond = "not needed by any body model"

    def find_class(self, module_name: str, global_name: str) -> Any:
        """The inert stand-in of a whitelisted name."""
        stand_in = resolve(module_name, global_name)
        return super().find_class(module_name, global_name) if stand_in is None else stand_in


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise _refused(path, "it is larger than 2 GB", "model.size")
        return path.read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        raise Sketch2PoseError(
            f"The model file {path.name} could not be opened",
            why[:1].lower() + why[1:],
            "Choose an existing file that you may read",
            "model.open",
        ) from error


def _refused(path: Path, why: str, code: str) -> Sketch2PoseError:
    return Sketch2PoseError(f"The model file {path.name} was refused", why, _FIX, code)
