"""The sidebar: few rows for the first job, sub-panels for the rest. Draws state only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from .drawing import live_session
from .host.grease_pencil import key_frames
from .host.layout import SidebarPanel, draw_wrapped
from .host.properties import settings, status
from .host.targets import drawing_object

if TYPE_CHECKING:
    from bpy.types import Context, UILayout

_LEVEL_ICONS = {"INFO": "CHECKMARK", "WARNING": "INFO", "ERROR": "ERROR"}


class SKETCH2POSE_PT_main(SidebarPanel, bpy.types.Panel):
    bl_label = "Sketch2Pose"

    def draw(self, context: Context) -> None:
        layout = self.layout
        column = layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        column.prop(settings(context), "target")
        row = layout.row(align=True)
        row.scale_y = 1.2
        row.operator("sketch2pose.draw", icon="GREASEPENCIL")
        row.operator("sketch2pose.draw", text="", icon="ADD").new = True
        _draw_pose_row(layout)
        column = layout.column(align=True)
        column.operator("sketch2pose.pose_from_image", text="Pose from Image...", icon="IMAGE_DATA")
        column.operator(
            "sketch2pose.motion_from_video", text="Motion from Video...", icon="FILE_MOVIE"
        )
        _draw_frames_button(layout, context)
        if not any(item.type == "ARMATURE" for item in context.scene.objects):
            layout.operator("sketch2pose.try_it", icon="USER")
        draw_status(layout, context)


def _draw_frames_button(layout: UILayout, context: Context) -> None:
    """Only for a drawing that has several frames: most have one."""
    drawing = drawing_object(context)
    count = len(key_frames(drawing)) if drawing is not None else 0
    if count > 1:
        text = f"Pose All {count} Drawings"
        pose = layout.operator("sketch2pose.pose_from_frames", text=text, icon="RENDER_ANIMATION")
        chosen = settings(context)
        pose.in_betweens, pose.move_frames = chosen.in_betweens, chosen.move_frames


def _draw_pose_row(layout: UILayout) -> None:
    """The main button; while live drawing is on, the two ways to end it."""
    row = layout.row(align=True)
    row.scale_y = 1.4
    if live_session.session() is None:
        row.operator("sketch2pose.pose_from_sketch", icon="ARMATURE_DATA")
        row.operator("sketch2pose.live", text="", icon="PLAY")
    else:
        row.operator("sketch2pose.live_accept", icon="CHECKMARK")
        row.operator("sketch2pose.live_restore", text="", icon="LOOP_BACK")


def draw_status(layout: UILayout, context: Context) -> None:
    """The progress bar of a running job, or the line that the last one left."""
    state = status(context)
    if state.running:
        row = layout.row(align=True)
        row.progress(factor=state.factor, text=state.text)
        if state.may_stop_early:
            row.operator("sketch2pose.keep_so_far", text="", icon="CHECKMARK")
        row.operator("sketch2pose.cancel", text="", icon="X")
    elif state.result:
        draw_wrapped(layout, context, state.result, _LEVEL_ICONS[state.level])


classes = (SKETCH2POSE_PT_main,)
