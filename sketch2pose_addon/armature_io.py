"""Blender armatures as `rigs` values, and the bone map kept with each rig.

Frames: rig space is the armature object's own space; the world is Blender's (z up, metres).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..inference.protocol.errors import Sketch2PoseError
from ..rigs import BoneMap, RigError, Skeleton, detect_bone_map, make_skeleton
from ..rigs.bone_map import bone_map_from_json, bone_map_to_json

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
    """Return the armature's bones at rest."""
    bones = list(armature.data.bones)
    index = {bone.name: i for i, bone in enumerate(bones)}
    rest = np.array([bone.matrix_local for bone in bones], dtype=np.float64)
    rest[:, :3, :3] /= np.linalg.norm(rest[:, :3, :3], axis=1, keepdims=True)
    return make_skeleton(
        names=index,
        parents=[index[bone.parent.name] if bone.parent else -1 for bone in bones],
        rest=rest,
        tails=np.array([bone.tail_local for bone in bones], dtype=np.float64),
        world_from_rig=np.array(armature.matrix_world, dtype=np.float64),
        inherits_rotation=np.array([bone.use_inherit_rotation for bone in bones]),
        own_location=np.array([bone.use_local_location for bone in bones]),
        fixed_location=[bone.name for bone in bones if bone.parent and bone.use_connect],
    )


def saved_bone_map(armature: Object) -> BoneMap | None:
    """Return the map the user saved with this rig, if any.

    Raises:
        Sketch2PoseError: what is saved there is no bone map.
    """
    text = armature.get(MAP_KEY)
    if not text:
        return None
    try:
        return bone_map_from_json(str(text))
    except RigError as error:
        raise explained(error) from error


def save_bone_map(armature: Object, bone_map: BoneMap) -> None:
    """Keep ``bone_map`` with the rig, in the .blend file."""
    armature[MAP_KEY] = bone_map_to_json(bone_map)


def bone_map_of(armature: Object, skeleton: Skeleton | None = None) -> BoneMap:
    """Return the rig's saved map, or the detected one.

    Raises:
        Sketch2PoseError: the rig is not recognised, or the saved map does not fit any more.
    """
    skeleton = skeleton or read_skeleton(armature)
    try:
        saved = saved_bone_map(armature)
        return saved.checked(skeleton) if saved is not None else detect_bone_map(skeleton)
    except RigError as error:
        raise explained(error) from error


def explained(error: RigError) -> Sketch2PoseError:
    """Return a `rigs` error as the one kind that operators report."""
    return Sketch2PoseError(error.what, error.why, error.fix, "rig")
