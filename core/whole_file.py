"""Writing files whole or not at all."""

import contextlib
import os
from pathlib import Path

from .errors import Sketch2PoseError


def write_whole(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file through a temporary one beside it, so that nobody sees half of it.

    Args:
        path: the file to write; an existing file is replaced.
        data: its content.

    Raises:
        Sketch2PoseError: the folder is missing, read-only or full.
    """
    target = Path(path)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, target)
    except OSError as error:
        raise Sketch2PoseError(
            f'The file "{target.name}" could not be written',
            f'the folder "{target.parent}" refused it ({error.strerror})',
            "Choose a folder that exists, may be written to and has space left",
            "file.unwritable",
        ) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
