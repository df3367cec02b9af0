"""Reads `.npz` model files without pickle and without believing sizes that they only claim."""

from pathlib import Path

import numpy as np

from ...core.array_archive import BadArchive, read_archive
from ...core.errors import Sketch2PoseError

_FIX = "Use the file as you downloaded it from the model's own site"


def load_npz(path: Path) -> dict[str, np.ndarray]:
    """All plain arrays of an archive; arrays of Python objects are left out, as they need pickle.

    Args:
        path: a `.npz`.

    Returns:
        key → array [...] of any shape and type.

    Raises:
        Sketch2PoseError: when the file is missing, damaged, or an array's header asks for more
            than the file contains.
    """
    try:
        return read_archive(path, skip_objects=True)
    except FileNotFoundError as error:
        raise _refused(path, "there is no such file", "model.open") from error
    except OSError as error:
        raise _refused(path, error.strerror or str(error), "model.open") from error
    except BadArchive as error:
        raise _refused(path, str(error), "model.damaged") from error


def _refused(path: Path, why: str, code: str) -> Sketch2PoseError:
    return Sketch2PoseError(f"The model file {path.name} was refused", why, _FIX, code)
