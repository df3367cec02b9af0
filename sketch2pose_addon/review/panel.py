"""Seeing what was understood: the camera of the picture, the solved body, low confidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ..host.layout import SidebarPanel
from ..host.properties import settings
from .source_camera import our_camera

if TYPE_CHECKING:
    from bpy.types import Context


class SKETCH2POSE_PT_review(SidebarPanel, bpy.types.Panel):
    bl_label = "Review"
    bl_parent_id = "SKETCH2POSE_PT_main"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Context) -> None:
        layout = self.layout
        looking = our_camera(context.scene) is not None
        row = layout.row(align=True)
        row.operator("sketch2pose.look_through", icon="VIEW_CAMERA", depress=looking)
        if looking:
            row.operator("sketch2pose.look_back", text="", icon="LOOP_BACK")
        layout.prop(settings(context), "show_solved_body")
        row = layout.row(align=True)
        row.operator("sketch2pose.mark_weak_frames", icon="MARKER_HLT")
        row.operator("sketch2pose.next_weak_frame", text="", icon="NEXT_KEYFRAME")
        row.operator("sketch2pose.clear_weak_frames", text="", icon="X")
        layout.prop(settings(context), "low_confidence_threshold")


classes = (SKETCH2POSE_PT_review,)
