"""Observations of clips kept on disk, so that solving again needs no looking again.

A file is found by what the clip contains and how it was looked at, so renaming a clip changes
nothing and editing it changes everything. The folder is the caller's; the least recently used
files leave when it grows too large. A cache never fails: what cannot be kept is looked at again.
"""

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ....core.errors import Sketch2PoseError
from ..clips.frame_sources import numbered_pictures
from .observation import Observation, read_observation, write_observation

VERSION = 2  # of what is observed; changes when the networks or the tracking do
SUFFIX = ".observation.npz"
MOST_BYTES = 512 << 20
_WHOLE = 64 << 20  # bytes up to which a file is hashed whole
_PIECE = 1 << 20  # of larger files, pieces of this size ...
_PIECES = 33  # ... evenly over the file


@dataclass(frozen=True)
class ObservationCache:
    """Kept observations in a folder of at most `most_bytes`."""

    folder: Path
    most_bytes: int = MOST_BYTES

    def find(self, key: str) -> Observation | None:
        """What was kept under a key; None when it is not there."""
        path = self._path(key)
        found = read_observation(path) if path.is_file() else None
        if found is not None:
            with contextlib.suppress(OSError):
                os.utime(path)  # used now: others leave first
        return found

    def keep(self, key: str, seen: Observation) -> None:
        """Keep observations that are whole; make room for them."""
        if not seen.whole:
            return
        with contextlib.suppress(OSError, Sketch2PoseError):
            self.folder.mkdir(parents=True, exist_ok=True)
            write_observation(self._path(key), seen)
            self._make_room()

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{SUFFIX}"

    def _make_room(self) -> None:
        files = sorted(
            ((path.stat().st_mtime, path) for path in self.folder.glob(f"*{SUFFIX}")), reverse=True
        )
        total = 0
        for _, path in files:
            total += path.stat().st_size
            if total > self.most_bytes:
                path.unlink()


def observation_key(path: Path, how: dict[str, Any]) -> str:
    """Name of the observations of a clip.

    Args:
        path: the clip, a folder or pattern of pictures, or one of them.
        how: everything that changes what is seen (part, networks), as plain values.

    Raises:
        OSError: the clip cannot be read.
    """
    digest = hashlib.sha256(json.dumps([VERSION, how], sort_keys=True).encode())
    pictures = numbered_pictures(path)
    for number, file in [(p.number, p.path) for p in pictures] or [(0, path)]:
        size = file.stat().st_size
        digest.update(f"{number}:{size}:".encode())
        _add_content(digest, file, size)
    return digest.hexdigest()[:40]


def _add_content(digest: Any, file: Path, size: int) -> None:
    with file.open("rb") as stream:
        if size <= _WHOLE:
            digest.update(stream.read())
            return
        for number in range(_PIECES):
            stream.seek((size - _PIECE) * number // (_PIECES - 1))
            digest.update(stream.read(_PIECE))
