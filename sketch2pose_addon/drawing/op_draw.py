"""Starts a drawing: a sheet that faces the view, where the rig is, ready for the pen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
import numpy as np
from bpy.props import BoolProperty
from mathutils import Matrix

from ...core.camera import Camera
from ...core.errors import Sketch2PoseError
from ..host import grease_pencil
from ..host.armatures import refusal
from ..host.drawing_capture import store_view, stored_view, viewport_area
from ..host.properties import settings
from ..host.targets import target_rig
from ..host.viewport_camera import viewport_camera
from ..results.apply_still import present_hips

if TYPE_CHECKING:
    from bpy.types import Context, Object

_SAME_DIRECTION = np.cos(np.radians(2.0))


class SKETCH2POSE_OT_draw(bpy.types.Operator):
    bl_idname = "sketch2pose.draw"
    bl_label = "Draw"
    bl_description = (
        "Draw a figure in this view, at the depth of the rig, or of the 3D cursor if there "
        "is no rig. On a frame without a drawing, a new one is added. Drawings on other "
        "frames are kept"
    )
    bl_options = {"REGISTER", "UNDO"}

    new: BoolProperty(
        name="New Drawing Plane",
        description="Create a new Grease Pencil object even if the current one faces this view",
    )

    @classmethod
    def poll(cls, context: Context) -> bool:
        if viewport_area(context) is None:
            cls.poll_message_set("A 3D viewport is needed to draw in")
            return False
        if context.scene.library is not None:
            cls.poll_message_set("The scene is linked from another file and cannot be changed")
            return False
        return True

    def execute(self, context: Context) -> set[str]:
        _remember_target(context)
        pivot = _pivot(context)
        view = _view(context, pivot)
        drawing = None if self.new else _present_sheet(context, view)
        if drawing is None:
            drawing = _new_sheet(context, view, pivot)
        else:
            grease_pencil.ensure_frame(drawing, context.scene.frame_current)
        settings(context).drawing = drawing
        _enter_draw_mode(context, drawing)
        return {"FINISHED"}


def _remember_target(context: Context) -> None:
    """Drawing makes another object the active one; the rig must not be lost by that."""
    if settings(context).target is None:
        settings(context).target = target_rig(context)


def _pivot(context: Context) -> np.ndarray:
    """Where the sheet stands: through the rig's hips, or at the 3D cursor."""
    target = target_rig(context)
    if refusal(target) is not None or target is None:
        return np.array(context.scene.cursor.location)
    try:
        return present_hips(target)
    except Sketch2PoseError:  # a rig nobody knows can still be drawn next to
        return np.array(target.matrix_world.translation)


def _view(context: Context, pivot: np.ndarray) -> Camera:
    area = viewport_area(context)
    assert area is not None
    region = next(region for region in area.regions if region.type == "WINDOW")
    return viewport_camera(region, area.spaces.active.region_3d, pivot)


def _present_sheet(context: Context, view: Camera) -> Object | None:
    """The present drawing, if it still faces the view: then drawing goes on there."""
    drawing = settings(context).drawing
    if drawing is None or drawing.name not in context.view_layer.objects:
        return None
    stored = stored_view(drawing)
    if stored is None or stored.rotation[2] @ view.rotation[2] < _SAME_DIRECTION:
        return None
    return drawing


def _new_sheet(context: Context, view: Camera, pivot: np.ndarray) -> Object:
    drawing = grease_pencil.new_drawing("Figure Drawing")
    context.scene.collection.objects.link(drawing)
    right, down, forward = view.rotation
    matrix = np.eye(4)
    matrix[:3, :3] = np.stack([right, forward, -down], axis=1)  # local X-Z is the sheet
    matrix[:3, 3] = pivot
    drawing.matrix_world = Matrix(matrix.tolist())
    context.view_layer.update()
    store_view(drawing, view)
    return drawing


def _enter_draw_mode(context: Context, drawing: Object) -> None:
    active = context.view_layer.objects.active
    if active is not None and active.mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")
    for selected in context.selected_objects:
        selected.select_set(False)
    drawing.hide_set(False)
    drawing.select_set(True)
    context.view_layer.objects.active = drawing
    bpy.ops.object.mode_set(mode=grease_pencil.PAINT_MODE)
    tools = context.scene.tool_settings
    tools.gpencil_stroke_placement_view3d = "ORIGIN"
    tools.gpencil_sculpt.lock_axis = "AXIS_Y"  # stay on the sheet when the view is turned


classes = (SKETCH2POSE_OT_draw,)
