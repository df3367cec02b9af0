"""A stick figure drawn by mouse, and what the drivers ask about the rig."""

from __future__ import annotations

import math
import os
import sys
from types import ModuleType

import bpy
import numpy as np
from bpy_extras.view3d_utils import location_3d_to_region_2d
from mathutils import Vector
from window_steps import Steps, area, front_view, open_sidebar, region, stroke

CAN_DRAW = bpy.app.version >= (5, 0, 0)  # Debian's 4.3 has no brushes
EXTENSION = "bl_ext.user_default.sketch2pose"

# A running figure: joints in metres, right of and above the ground point below its hips.
FIGURE = {
    "trunk": [(0.05, 1.45), (0.03, 1.2), (0.0, 0.95)],
    "left arm": [(0.05, 1.43), (0.3, 1.25), (0.5, 1.45)],
    "right arm": [(0.05, 1.43), (-0.2, 1.2), (-0.4, 1.02)],
    "left leg": [(0.0, 0.95), (0.3, 0.75), (0.22, 0.35), (0.34, 0.33)],
    "right leg": [(0.0, 0.95), (-0.15, 0.5), (-0.5, 0.35), (-0.52, 0.25)],
}
HEAD = (0.07, 1.62, 0.14)


def addon_module(name: str) -> ModuleType:
    return sys.modules[f"{EXTENSION}.sketch2pose_addon.{name}"]


def prepare() -> Steps:
    """A scene with the default body seen from the front; returns its armature object."""
    bpy.ops.object.select_all(action="SELECT")
    bpy.ops.object.delete()
    bpy.ops.sketch2pose.create_body()
    rig = bpy.context.object
    python = os.environ.get("S2P_BACKEND_PYTHON")  # of a light zip
    if python:
        bpy.context.preferences.addons[EXTENSION].preferences.backend_python = python
    bpy.context.preferences.system.viewport_aa = "OFF"  # drawn by the processor in tests
    front_view()
    yield from open_sidebar()
    return rig


def polylines(place: float, detail: int = 4) -> list[list[tuple[float, float]]]:
    """The figure above the ground point `place`, as (x, z)."""
    lines = []
    for corners in FIGURE.values():
        line = [corners[0]]
        for (ax, az), (bx, bz) in zip(corners, corners[1:], strict=False):
            line += [
                (ax + (bx - ax) * t / detail, az + (bz - az) * t / detail)
                for t in range(1, detail + 1)
            ]
        lines.append([(place + x, z) for x, z in line])
    x, z, radius = HEAD
    turns = [2 * math.pi * i / (4 * detail) for i in range(4 * detail + 1)]
    lines.append([(place + x + radius * math.cos(t), z + radius * math.sin(t)) for t in turns])
    return lines


def to_window(x: float, z: float) -> tuple[float, float]:
    part = region("WINDOW")
    view = area().spaces.active.region_3d
    spot = location_3d_to_region_2d(part, view, Vector((x, 0.0, z)))
    return part.x + spot.x, part.y + spot.y


def draw_figure(place: float, detail: int = 4) -> Steps:
    """Draws the figure with the mouse, or by script where there are no brushes.

    Every mouse event costs a redraw, which takes its time without a graphics card: `detail` is the
    number of events for each limb segment.
    """
    if CAN_DRAW:
        for line in polylines(place, detail):
            yield from stroke([to_window(x, z) for x, z in line])
        return
    drawing = bpy.context.scene.sketch2pose.drawing
    own = np.array(drawing.matrix_world.inverted())
    lines = [np.array([(x, 0.0, z, 1.0) for x, z in line]) for line in polylines(place, detail)]
    addon_module("host.grease_pencil").add_strokes(
        drawing, [(line @ own.T)[:, :3] for line in lines], bpy.context.scene.frame_current
    )
    yield 0.5


def keyed_frames(rig: bpy.types.Object) -> set[float]:
    """Frames with keys in the rig's action."""
    data = rig.animation_data
    if data is None or data.action is None:
        return set()
    if bpy.app.version < (4, 4, 0):
        curves = data.action.fcurves
    else:
        curves = data.action.layers[0].strips[0].channelbag(data.action_slot).fcurves
    return {point.co.x for curve in curves for point in curve.keyframe_points}
