"""Rows of the Retarget panel: the bone list and the operators. Draws state only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy

from ...rigs.human import REQUIRED_ROLES
from ..host.armatures import saved_bone_map
from ..host.layout import SidebarPanel
from ..host.targets import target_rig

if TYPE_CHECKING:
    from bpy.types import Context, UILayout

_SURE = 0.85


class SKETCH2POSE_UL_bones(bpy.types.UIList):
    """Role, bone, and how sure the map is of it."""

    def draw_item(
        self,
        _context: Any,
        layout: Any,
        armature: Any,
        row: Any,
        _icon: int,
        _active_data: Any,
        _active_property: str,
    ) -> None:
        split = layout.split(factor=0.42)
        split.label(text=row.role.replace("_", " ").title(), icon=_sure_icon(row))
        split.prop_search(row, "bone", armature.data, "bones", text="")


def _sure_icon(row: bpy.types.PropertyGroup) -> str:
    if not row.bone:
        return "ERROR" if row.role in REQUIRED_ROLES else "BLANK1"
    return "CHECKMARK" if row.confidence >= _SURE else "QUESTION"


def draw_retarget(layout: UILayout, context: Context) -> None:
    """Draw the retargeting rows into ``layout`` for the rig that is chosen."""
    armature = target_rig(context)
    row = layout.row(align=True)
    row.operator("sketch2pose.detect_bone_map", icon="VIEWZOOM")
    row.operator("sketch2pose.mirror_bone_map", text="", icon="MOD_MIRROR")
    row.operator("sketch2pose.save_bone_map", text="", icon="FILE_TICK")
    if armature is not None and len(armature.sketch2pose_bones):
        bone_map = saved_bone_map(armature)
        if bone_map is not None:
            layout.label(text=f"Recognized as: {bone_map.preset}")
        layout.template_list(
            "SKETCH2POSE_UL_bones",
            "",
            armature,
            "sketch2pose_bones",
            armature,
            "sketch2pose_bone_index",
            rows=6,
        )
    layout.operator("sketch2pose.retarget", icon="ARMATURE_DATA")
    layout.operator("sketch2pose.import_motion", text="Import Motion...", icon="IMPORT")


class SKETCH2POSE_PT_retarget(SidebarPanel, bpy.types.Panel):
    bl_label = "Retarget"
    bl_parent_id = "SKETCH2POSE_PT_main"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Context) -> None:
        draw_retarget(self.layout, context)


classes = (SKETCH2POSE_UL_bones, SKETCH2POSE_PT_retarget)
