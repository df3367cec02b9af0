"""Blender armatures as `rigs` values, and the bone map kept with each rig.

Frames: rig space is the armature object's own space; the world is Blender's (z up, meters).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ...core.errors import Sketch2PoseError
from ...rigs import BoneMap, Skeleton, detect_bone_map, make_skeleton
from ...rigs.bone_maps.bone_map import bone_map_from_json, bone_map_to_json

if TYPE_CHECKING:
    from bpy.types import Object

MAP_KEY = "sketch2pose_bone_map"


def refusal(target: Object | None) -> Sketch2PoseError | None:
    """Return why ``target`` cannot be posed, or None when it can."""
    if target is None or target.type != "ARMATURE":
        return _refused("no armature is chosen", "Choose the rig to pose", "target.none")
    if not target.data.bones:
        return _refused(f'"{target.name}" has no bones', "Choose a rig with bones", "target.bones")
    if target.library is not None:
        fix = "Make a library override first (Object > Library Override > Make)"
        return _refused(f'"{target.name}" is linked from another file', fix, "target.linked")
    override = target.override_library
    if override is not None and override.is_system_override:
        fix = "Make it editable in the Outliner (Library Override > Make > Selected & Content)"
        return _refused(f'"{target.name}" is a locked library override', fix, "target.override")
    if target.data.is_editmode:
        return _refused(f'"{target.name}" is in Edit Mode', "Leave Edit Mode", "target.edit_mode")
    return None


def _refused(why: str, fix: str, code: str) -> Sketch2PoseError:
    return Sketch2PoseError("The rig cannot be posed", why, fix, code)


def read_skeleton(armature: Object) -> Skeleton:
    """Return the armature's bones at rest.

    A control rig has hundreds of bones, and following a pen reads them many times a second: bones
    that are as they were are not read again.
    """
    bones = armature.data.bones
    rest, tails, flags = _rest_values(bones)
    names = tuple(bone.name for bone in bones)
    parents = tuple(bone.parent.name if bone.parent else "" for bone in bones)
    as_read = (names, parents, rest.tobytes(), tails.tobytes(), flags.tobytes())
    known = _known.get(as_read)
    if known is None:
        known = _skeleton_of(names, parents, rest, tails, flags)
        while len(_known) >= _KNOWN_RIGS:
            _known.pop(next(iter(_known)))
        _known[as_read] = known
    return replace(known, world_from_rig=np.array(armature.matrix_world, dtype=np.float64))


_KNOWN_RIGS = 4  # rigs that are followed at the same time
_known: dict[tuple, Skeleton] = {}
_FLAGS = ("use_inherit_rotation", "use_local_location", "use_connect")


def _rest_values(bones: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rest matrices [N, 4, 4], tails [N, 3] and flags [3, N] in bulk."""
    count = len(bones)
    rest, tails = np.empty(16 * count, np.float32), np.empty(3 * count, np.float32)
    flags = np.empty((len(_FLAGS), count), bool)
    bones.foreach_get("matrix_local", rest)
    bones.foreach_get("tail_local", tails)
    for row, name in zip(flags, _FLAGS, strict=True):
        bones.foreach_get(name, row)
    matrices = rest.reshape(count, 4, 4).swapaxes(1, 2)  # Blender stores columns
    return np.ascontiguousarray(matrices), tails.reshape(count, 3), flags


def _skeleton_of(
    names: tuple[str, ...],
    parents: tuple[str, ...],
    rest: np.ndarray,
    tails: np.ndarray,
    flags: np.ndarray,
) -> Skeleton:
    index = {name: number for number, name in enumerate(names)}
    matrices = rest.astype(np.float64)
    matrices[:, :3, :3] /= np.linalg.norm(matrices[:, :3, :3], axis=1, keepdims=True)
    inherits, own_location, connected = flags
    return make_skeleton(
        names=names,
        parents=[index.get(parent, -1) for parent in parents],
        rest=matrices,
        tails=tails.astype(np.float64),
        inherits_rotation=inherits,
        own_location=own_location,
        fixed_location=[
            name
            for name, parent, joined in zip(names, parents, connected, strict=True)
            if parent and joined
        ],
    )


def saved_bone_map(armature: Object) -> BoneMap | None:
    """Return the map the user saved with this rig, if any.

    Raises:
        Sketch2PoseError: what is saved there is no bone map.
    """
    text = armature.get(MAP_KEY)
    if not text:
        return None
    return bone_map_from_json(str(text))


def save_bone_map(armature: Object, bone_map: BoneMap) -> None:
    """Keep ``bone_map`` with the rig, in the .blend file."""
    armature[MAP_KEY] = bone_map_to_json(bone_map)


def bone_map_of(armature: Object, skeleton: Skeleton | None = None) -> BoneMap:
    """Return the rig's saved map, or the detected one.

    Raises:
        Sketch2PoseError: the rig is not recognized, or the saved map does not fit any more.
    """
    skeleton = skeleton or read_skeleton(armature)
    saved = saved_bone_map(armature)
    return saved.checked(skeleton) if saved is not None else _detected(skeleton)


def _detected(skeleton: Skeleton) -> BoneMap:
    """The detected map; it depends on the bones alone, so it is found once for each rig."""
    return _detected_of(_ByBones(skeleton))


@dataclass(frozen=True, eq=False)
class _ByBones:
    """A skeleton that is equal to another one with the same bones, wherever the two stand."""

    skeleton: Skeleton

    def __hash__(self) -> int:
        return id(self.skeleton.rest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByBones) and other.skeleton.rest is self.skeleton.rest


@lru_cache(maxsize=_KNOWN_RIGS)
def _detected_of(bones: _ByBones) -> BoneMap:
    return detect_bone_map(bones.skeleton)
