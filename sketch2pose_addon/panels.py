"""The sidebar: few rows for the first job, sub-panels for the rest. Draws state only."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import bpy

from . import live
from .grease_pencil import key_frames
from .kept_result import kept_at
from .operators.change_reading import CHANGES, LIMBS
from .properties import settings, status
from .targets import drawing_object, target_rig

if TYPE_CHECKING:
    from bpy.types import Context, UILayout

_CATEGORY = "Sketch2Pose"
_LEVEL_ICONS = {"INFO": "CHECKMARK", "WARNING": "INFO", "ERROR": "ERROR"}
_CHARACTER_WIDTH = 7.2  # px of an average letter at interface scale 1


class _SidebarPanel:
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = _CATEGORY


class SKETCH2POSE_PT_main(_SidebarPanel, bpy.types.Panel):
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
    if live.session() is None:
        row.operator("sketch2pose.pose_from_sketch", icon="ARMATURE_DATA")
        row.operator("sketch2pose.live", text="", icon="PLAY")
    else:
        row.operator("sketch2pose.live_accept", icon="CHECKMARK")
        row.operator("sketch2pose.live_restore", text="", icon="LOOP_BACK")


class SKETCH2POSE_PT_options(_SidebarPanel, bpy.types.Panel):
    bl_label = "Placement and Keys"
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
            layout.prop(settings(context), "move_frames")


class SKETCH2POSE_PT_readings(_SidebarPanel, bpy.types.Panel):
    bl_label = "Readings"
    bl_parent_id = "SKETCH2POSE_PT_main"

    @classmethod
    def poll(cls, context: Context) -> bool:
        return kept_at(target_rig(context), context.scene.frame_current) is not None

    def draw(self, context: Context) -> None:
        kept = kept_at(target_rig(context), context.scene.frame_current)
        if kept is None:
            return
        layout = self.layout
        row = layout.row(align=True)
        for index in range(len(kept.poses)):
            pressed = kept.active == index
            text = str(index + 1)
            pick = row.operator("sketch2pose.pick_hypothesis", text=text, depress=pressed)
            pick.index = index
        layout.label(text="Towards or Away")
        grid = layout.grid_flow(row_major=True, columns=2, even_columns=True, align=True)
        for limb, label, _description in LIMBS[:4]:
            grid.operator("sketch2pose.flip_limb", text=label).limb = limb
        row = layout.row(align=True)
        for change, label, _description in CHANGES:
            row.operator("sketch2pose.change_reading", text=label).change = change
        layout.prop(settings(context), "show_overlay")


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


def draw_wrapped(layout: UILayout, context: Context, text: str, icon: str) -> None:
    """A sentence in as many lines as the sidebar needs."""
    scale = context.preferences.system.ui_scale or 1.0  # 0 before the first window
    width = context.region.width if context.region else 280
    letters = max(int((width / scale - 60) / _CHARACTER_WIDTH), 16)
    column = layout.column(align=True)
    column.scale_y = 0.8
    for index, line in enumerate(textwrap.wrap(text, letters)):
        column.label(text=line, icon=icon if index == 0 else "BLANK1")


classes = (SKETCH2POSE_PT_main, SKETCH2POSE_PT_readings, SKETCH2POSE_PT_options)
