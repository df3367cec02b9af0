"""The hypotheses of a drawing as thumbnails, below the buttons that change them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ..host.layout import SidebarPanel
from ..host.properties import settings
from ..host.targets import target_rig
from ..results.stored_still import StoredStill, stored_still_at
from .alternative_pictures import alternative_icons, share_text
from .op_alternatives import CHANGES, LIMBS

if TYPE_CHECKING:
    from bpy.types import Context

_COLUMNS = 2
_SCALE = 3.6  # of a thumbnail, in rows of the interface


def _stored(context: Context) -> StoredStill | None:
    return stored_still_at(target_rig(context), context.scene.frame_current)


class SKETCH2POSE_PT_alternatives(SidebarPanel, bpy.types.Panel):
    bl_label = "Alternatives"
    bl_parent_id = "SKETCH2POSE_PT_main"

    @classmethod
    def poll(cls, context: Context) -> bool:
        return stored_still_at(target_rig(context), context.scene.frame_current) is not None

    def draw(self, context: Context) -> None:
        stored = stored_still_at(target_rig(context), context.scene.frame_current)
        if stored is None:
            return
        layout = self.layout
        row = layout.row(align=True)
        for index in range(len(stored.poses)):
            pressed = stored.active == index
            text = str(index + 1)
            pick = row.operator("sketch2pose.pick_hypothesis", text=text, depress=pressed)
            pick.index = index
        layout.label(text="Flip Limb Depth")
        grid = layout.grid_flow(row_major=True, columns=2, even_columns=True, align=True)
        for limb, label, _description in LIMBS[:4]:
            grid.operator("sketch2pose.flip_limb", text=label).limb = limb
        row = layout.row(align=True)
        for change, label, _description in CHANGES:
            row.operator("sketch2pose.change_reading", text=label).change = change
        layout.prop(settings(context), "show_overlay")


class SKETCH2POSE_PT_alternative_thumbnails(SidebarPanel, bpy.types.Panel):
    bl_label = "Thumbnails"
    bl_parent_id = "SKETCH2POSE_PT_alternatives"

    @classmethod
    def poll(cls, context: Context) -> bool:
        return _stored(context) is not None

    def draw(self, context: Context) -> None:
        stored = _stored(context)
        if stored is None:
            return
        layout = self.layout
        layout.operator("sketch2pose.browse_readings", icon="VIEW3D")
        grid = layout.grid_flow(row_major=True, columns=_COLUMNS, even_columns=True, align=True)
        for index in range(len(stored.poses)):
            cell = grid.column(align=True)
            row = cell.row(align=True)
            for icon in alternative_icons(stored, index):
                row.template_icon(icon_value=icon, scale=_SCALE)
            text = f"{index + 1}  {share_text(stored, index)}"
            pressed = stored.active == index
            pick = cell.operator("sketch2pose.pick_hypothesis", text=text, depress=pressed)
            pick.index = index


classes = (SKETCH2POSE_PT_alternatives, SKETCH2POSE_PT_alternative_thumbnails)
