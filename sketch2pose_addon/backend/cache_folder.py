"""The cache: files that can be made again, in the extension's own user folder.

Only `<user folder>/cache` is ever counted or cleared; links in it are removed, never followed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import bpy

from .addon import ADDON_ID

FOLDER = "cache"


@dataclass(frozen=True)
class CacheSize:
    """How much a cache holds: its files and their bytes."""

    files: int
    size: int

    @property
    def text(self) -> str:
        """For people, as "12 files, 3.4 MB"."""
        if not self.files:
            return "empty"
        return f"{self.files} files, {self.size / 1e6:.1f} MB"


def cache_folder() -> Path | None:
    """The cache's folder, which may not exist yet; None when Blender names none."""
    try:
        return Path(bpy.utils.extension_path_user(ADDON_ID, path=FOLDER))
    except ValueError:  # not installed as an extension
        return None


def cache_size(folder: Path | None) -> CacheSize:
    """Count what lies in the folder."""
    sizes = [_size(path) for path in _files(folder)] if folder is not None else []
    return CacheSize(len(sizes), sum(sizes))


def clear_cache(folder: Path | None) -> CacheSize:
    """Delete what lies in the folder, and the folder stays; what is in use is left.

    Returns:
        What was deleted.
    """
    before = cache_size(folder)
    if folder is None or folder.is_symlink() or not folder.is_dir():
        return CacheSize(0, 0)
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            _remove(path)
    after = cache_size(folder)
    return CacheSize(before.files - after.files, before.size - after.size)


def _files(folder: Path) -> Iterator[Path]:
    for parent, _folders, names in os.walk(folder, followlinks=False):
        yield from (Path(parent) / name for name in names)


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:  # gone meanwhile
        return 0


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError:  # in use, on Windows
        return
