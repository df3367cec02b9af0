"""The table of people of a result that has several: a rig for each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ..host.layout import SidebarPanel
from ..host.properties import settings

if TYPE_CHECKING:
    from bpy.types import Context


class SKETCH2POSE_PT_people(SidebarPanel, bpy.types.Panel):
    bl_label = "People"
    bl_parent_id = "SKETCH2POSE_PT_main"

    @classmethod
    def poll(cls, context: Context) -> bool:
        return len(settings(context).people) > 0

    def draw(self, context: Context) -> None:
        column = self.layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        for row in settings(context).people:
            column.prop(row, "rig", text=row.label)
        row = self.layout.row(align=True)
        row.operator("sketch2pose.assign_people", icon="COMMUNITY")
        row.operator("sketch2pose.forget_people", text="", icon="X")


classes = (SKETCH2POSE_PT_people,)
