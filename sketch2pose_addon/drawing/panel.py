"""Where the posed figure stands and when it is keyed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ..host.layout import SidebarPanel
from ..host.properties import settings

if TYPE_CHECKING:
    from bpy.types import Context


class SKETCH2POSE_PT_options(SidebarPanel, bpy.types.Panel):
    bl_label = "Placement and Keyframes"
    bl_parent_id = "SKETCH2POSE_PT_main"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Context) -> None:
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        layout.prop(settings(context), "placement")
        layout.prop(settings(context), "facing")
        layout.operator("sketch2pose.place_on_surface", icon="SNAP_FACE")
        layout.prop(settings(context), "keying")
        layout.prop(settings(context), "image_kind")
        layout.prop(settings(context), "in_betweens")
        if settings(context).in_betweens == "HOLD":
            layout.prop(settings(context), "move_frames", text="Transition")


classes = (SKETCH2POSE_PT_options,)
