"""The bone map as editable rows in the panel.

The map itself is JSON kept with the rig (`armature_io`); the rows are a view of it, and editing a
row writes it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import CollectionProperty, FloatProperty, IntProperty, StringProperty

from ...rigs import BoneMap
from ...rigs.human import BODY_ROLES, FINGER_ROLES, part_of
from ..host.armatures import save_bone_map, saved_bone_map

if TYPE_CHECKING:
    from bpy.types import Context, Object

_filling = False


def _edited(row: Sketch2PoseBone, _context: Context) -> None:
    """Write a row that the user changed back into the rig's map."""
    armature = row.id_data
    bone_map = saved_bone_map(armature)
    if _filling or bone_map is None:
        return
    save_bone_map(armature, bone_map.with_bone(row.role, row.bone or None))
    row["confidence"] = 1.0 if row.bone else 0.0


class Sketch2PoseBone(bpy.types.PropertyGroup):
    """One row: a role of the human body and the bone that plays it."""

    role: StringProperty()
    bone: StringProperty(name="Bone", description="Bone that has this role", update=_edited)
    confidence: FloatProperty(min=0.0, max=1.0)


def show_map(armature: Object, bone_map: BoneMap) -> None:
    """Keep ``bone_map`` with the rig and show it as rows: body first, missing ones included."""
    global _filling
    save_bone_map(armature, bone_map)
    rows = armature.sketch2pose_bones
    _filling = True
    try:
        rows.clear()
        for role in _roles(bone_map):
            row = rows.add()
            row.name = row.role = role
            row.bone = bone_map.bones.get(role, "")
            row.confidence = bone_map.confidence.get(role, 0.0)
    finally:
        _filling = False


def _roles(bone_map: BoneMap) -> list[str]:
    others = [role for role in bone_map.bones if role not in BODY_ROLES]
    fingers = [role for role in others if part_of(role) in FINGER_ROLES]
    return [*BODY_ROLES, *(role for role in others if role not in fingers), *fingers]


classes = (Sketch2PoseBone,)


def register() -> None:
    bpy.types.Object.sketch2pose_bones = CollectionProperty(type=Sketch2PoseBone)
    bpy.types.Object.sketch2pose_bone_index = IntProperty(name="Bone")


def unregister() -> None:
    del bpy.types.Object.sketch2pose_bone_index
    del bpy.types.Object.sketch2pose_bones
