"""Catalogs of pose assets: the text file that Blender's asset browser reads beside .blend files."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from pathlib import Path

from ...core.errors import Sketch2PoseError
from ...core.whole_file import write_whole

FILE_NAME = "blender_assets.cats.txt"
ROOT = "Sketch2Pose"
_HEAD = """# This is an Asset Catalog Definition file for Blender.
#
# Empty lines and lines starting with `#` will be ignored.
# The first non-ignored line should be the version indicator.
# Other lines are of the format "UUID:catalog/path/for/assets:simple catalog name"

VERSION 1

"""


def catalog_path(name: str) -> str:
    """Where a catalog of ours lies in the tree of catalogs."""
    clean = "/".join(part.strip().replace(":", "-") for part in name.split("/") if part.strip())
    return f"{ROOT}/{clean}" if clean else ROOT


def catalog_id(path: str) -> str:
    """The same identifier for the same path, on every machine."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"sketch2pose:{path}"))


def add_catalogs(folder: Path, paths: Iterable[str]) -> dict[str, str]:
    """Make sure that the folder's catalog file has these catalogs.

    Args:
        folder: where the .blend file lies.
        paths: paths of catalogs, as from :func:`catalog_path`.

    Returns:
        Identifier of each path; one that the file already has keeps its own.

    Raises:
        Sketch2PoseError: the file cannot be read or written; it is as it was.
    """
    file = folder / FILE_NAME
    try:
        text = file.read_text("utf-8") if file.exists() else _HEAD
        known = {path: identifier for identifier, path in _entries(text)}
        missing = [path for path in dict.fromkeys(paths) if path not in known]
        lines = [f"{catalog_id(path)}:{path}:{path.replace('/', '-')}\n" for path in missing]
        if lines or not file.exists():
            joint = "" if text.endswith("\n") else "\n"
            write_whole(file, (text + joint + "".join(lines)).encode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Sketch2PoseError(
            "The catalogs cannot be saved",
            f"{file.name}: {error}",
            "Choose a folder that you may write to",
            "assets.catalogs",
        ) from error
    return {path: known.get(path, catalog_id(path)) for path in paths}


def _entries(text: str) -> list[tuple[str, str]]:
    rows = [line.split(":") for line in text.splitlines() if not line.startswith(("#", "VERSION"))]
    return [(row[0].strip(), row[1].strip()) for row in rows if len(row) >= 2]
