"""The pose library's panel: search, thumbnails, how a pose is taken, and saving your own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ...core.errors import Sketch2PoseError
from ...rigs.poses.library import KeyPose
from ..host.layout import SidebarPanel, draw_wrapped
from . import thumbnails
from .library_settings import COLUMNS, library_settings, page_of, shown_poses, understood

if TYPE_CHECKING:
    from bpy.types import Context, UILayout

_SCALE = 4.0  # of a thumbnail, in rows of the interface


class SKETCH2POSE_PT_library(SidebarPanel, bpy.types.Panel):
    bl_label = "Pose Library"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Context) -> None:
        layout = self.layout
        state = library_settings(context)
        row = layout.row(align=True)
        row.prop(state, "search", text="", icon="VIEWZOOM")
        layout.prop(state, "catalog", text="")
        try:
            shown = shown_poses(context)
        except Sketch2PoseError as error:
            draw_wrapped(layout, context, str(error), "ERROR")
            return
        if note := understood(shown.found):
            draw_wrapped(layout, context, note, "INFO")
        poses, page, count = page_of(shown, state.page)
        _draw_grid(layout, poses)
        _draw_pages(layout, page, count)
        row = layout.row(align=True)
        row.prop(state, "blend", slider=True)
        row.prop(state, "mirrored", text="", icon="MOD_MIRROR")
        layout.operator("sketch2pose.browse_library", icon="VIEW3D")


def _draw_grid(layout: UILayout, poses: tuple[KeyPose, ...]) -> None:
    grid = layout.grid_flow(row_major=True, columns=COLUMNS, even_columns=True, align=True)
    for pose in poses:
        cell = grid.column(align=True)
        icon = thumbnails.icon(pose.name, pose.pose)
        cell.template_icon(icon_value=icon, scale=_SCALE)
        cell.operator(
            "sketch2pose.apply_key_pose", text=pose.title, translate=False
        ).name = pose.name


def _draw_pages(layout: UILayout, page: int, count: int) -> None:
    if count == 1:
        return
    row = layout.row(align=True)
    for step, icon in ((-1, "TRIA_LEFT"), (1, "TRIA_RIGHT")):
        part = row.row(align=True)
        part.enabled = 0 <= page + step < count
        part.operator("sketch2pose.library_page", text="", icon=icon).page = page + step
        if step < 0:
            middle = row.row()
            middle.alignment = "CENTER"
            middle.label(text=f"{page + 1} / {count}", translate=False)


class SKETCH2POSE_PT_describe(SidebarPanel, bpy.types.Panel):
    bl_label = "Pose Description"
    bl_parent_id = "SKETCH2POSE_PT_library"

    def draw(self, context: Context) -> None:
        layout = self.layout
        layout.operator("sketch2pose.describe_pose", icon="OUTLINER_DATA_FONT")
        if text := library_settings(context).description:
            draw_wrapped(layout, context, text, "BLANK1")


class SKETCH2POSE_PT_pose_assets(SidebarPanel, bpy.types.Panel):
    bl_label = "Pose Assets"
    bl_parent_id = "SKETCH2POSE_PT_library"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, _context: Context) -> None:
        column = self.layout.column(align=True)
        column.operator("sketch2pose.save_pose_asset", icon="ASSET_MANAGER")
        column.operator("sketch2pose.build_asset_library", icon="FILE_BLEND")


classes = (SKETCH2POSE_PT_library, SKETCH2POSE_PT_describe, SKETCH2POSE_PT_pose_assets)
