"""The readings of a drawing as thumbnails, below the buttons that change them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from .kept_result import KeptResult, kept_at
from .reading_pictures import reading_icons, share_text
from .targets import target_rig

if TYPE_CHECKING:
    from bpy.types import Context

_COLUMNS = 2
_SCALE = 3.6  # of a thumbnail, in rows of the interface


def _kept(context: Context) -> KeptResult | None:
    return kept_at(target_rig(context), context.scene.frame_current)


class SKETCH2POSE_PT_reading_thumbnails(bpy.types.Panel):
    bl_label = "Thumbnails"
    bl_parent_id = "SKETCH2POSE_PT_readings"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Sketch2Pose"

    @classmethod
    def poll(cls, context: Context) -> bool:
        return _kept(context) is not None

    def draw(self, context: Context) -> None:
        kept = _kept(context)
        if kept is None:
            return
        layout = self.layout
        layout.operator("sketch2pose.browse_readings", icon="VIEW3D")
        grid = layout.grid_flow(row_major=True, columns=_COLUMNS, even_columns=True, align=True)
        for index in range(len(kept.poses)):
            cell = grid.column(align=True)
            row = cell.row(align=True)
            for icon in reading_icons(kept, index):
                row.template_icon(icon_value=icon, scale=_SCALE)
            text = f"{index + 1}  {share_text(kept, index)}"
            pressed = kept.active == index
            pick = cell.operator("sketch2pose.pick_hypothesis", text=text, depress=pressed)
            pick.index = index


classes = (SKETCH2POSE_PT_reading_thumbnails,)
