"""The user's own bone maps: saved once, recognized on every rig with the same bones.

They are JSON files in the extension's user folder, the only place an extension may write to.
"""

from __future__ import annotations

import re
from pathlib import Path

import bpy

from ...core.errors import Sketch2PoseError
from ...rigs import BoneMap, RigError, Skeleton, bone_map_from_json, bone_map_to_json
from ..backend.addon import ADDON_ID

_FOLDER = "bone_maps"


def library_folder(create: bool = False) -> Path:
    """Return the folder of saved maps."""
    return Path(bpy.utils.extension_path_user(ADDON_ID, path=_FOLDER, create=create))


def save_to_library(bone_map: BoneMap, name: str) -> Path:
    """Save a map under ``name`` and return its file.

    Raises:
        Sketch2PoseError: the folder cannot be written.
    """
    stem = re.sub(r'[\\\\/:*?"<>|]+', "_", name).strip() or "rig"
    try:
        path = library_folder(create=True) / f"{stem}.json"
        path.write_text(bone_map_to_json(bone_map), encoding="utf-8")
    except OSError as error:
        raise Sketch2PoseError(
            "The bone map was not saved", str(error), "Check the folder's permissions", "map.save"
        ) from error
    return path


def find_in_library(skeleton: Skeleton) -> BoneMap | None:
    """Return the saved map that fits ``skeleton`` with most bones, if any."""
    fitting = [m for m in _readable_maps() if _fits(m, skeleton)]
    return max(fitting, key=lambda m: len(m.bones), default=None)


def _readable_maps() -> list[BoneMap]:
    maps = []
    for path in sorted(library_folder().glob("*.json")):
        try:
            maps.append(bone_map_from_json(path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, RigError):
            continue  # a file of somebody else's does not stop the others
    return maps


def _fits(bone_map: BoneMap, skeleton: Skeleton) -> bool:
    return all(bone in skeleton.index for bone in bone_map.bones.values())
