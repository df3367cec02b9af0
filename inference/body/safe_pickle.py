"""Reads the pickles in which body models are distributed, without running what is in them.

A pickle is a program. This reader knows exactly the few names that such files need (NumPy arrays,
SciPy sparse matrices, chumpy arrays) and gives each its own inert stand-in, so neither NumPy's nor
SciPy's unpickling code is ever reached; any other name is refused, by name. Sizes that a file
only claims are checked against its bytes before anything is allocated.
"""

import io
import pickle
import pickletools
from collections import OrderedDict
from pathlib import Path
from typing import Any

from ...core.errors import Sketch2PoseError
from .pickle_stubs import plain, resolve

LARGEST_FILE = 2 * 1024**3  # SMPL-X with all its components is about half a gigabyte
_STORES = {"PUT", "BINPUT", "LONG_BINPUT"}
_FIX = "Use the file as you downloaded it from the model's own site"


class RefusedName(pickle.UnpicklingError):
    """The pickle asks for something outside of the whitelist."""


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
        _check_claims(data)
        value = plain(_ModelUnpickler(io.BytesIO(data), encoding="latin1").load())
    except RefusedName as error:
        raise _refused(path, str(error), "model.pickle_name") from error
    except (ValueError, TypeError, EOFError, KeyError, IndexError, AttributeError) as error:
        raise _refused(path, f"it is damaged or cut short ({error})", "model.damaged") from error
    except (pickle.UnpicklingError, MemoryError, RecursionError, OverflowError) as error:
        raise _refused(path, f"it is damaged or forged ({error})", "model.damaged") from error
    if not isinstance(value, dict):
        raise _refused(path, "it does not hold a dictionary", "model.content")
    return value


class _ModelUnpickler(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str) -> Any:
        """The inert stand-in of a whitelisted name."""
        if (module_name, global_name) == ("collections", "OrderedDict"):
            return OrderedDict
        stand_in = resolve(module_name, global_name)
        if stand_in is None:
            raise RefusedName(f"it asks for {module_name}.{global_name}, which no model needs")
        return stand_in

    def persistent_load(self, pid: Any) -> Any:
        """Refuses references to things outside of the file."""
        raise RefusedName("it refers to objects outside of the file")


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


def _check_claims(data: bytes) -> None:
    """Walks the opcodes without executing them: lengths and memo slots must be honest.

    The interpreter's unpickler allocates what an opcode claims before it reads; a few bytes can
    ask for gigabytes.
    """
    stored = 0
    for opcode, argument, position in pickletools.genops(io.BytesIO(data)):
        if opcode.name in _STORES:
            stored += 1
            if int(str(argument)) > stored + 1_000_000:
                raise ValueError(f"impossible memo slot at byte {position}")


def _refused(path: Path, why: str, code: str) -> Sketch2PoseError:
    return Sketch2PoseError(f"The model file {path.name} was refused", why, _FIX, code)
