"""An animator's first minute: open the panel, press Draw, draw a figure, pose the rig, undo.

Everything is pressed and drawn with the mouse; the backend is the one in the installed zip.
Debian's Blender 4.3 ships without brushes, so there the strokes are added by script instead.
"""

from __future__ import annotations

import math
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import bpy
import numpy as np
from window_steps import (
    Steps,
    click,
    front_view,
    hover,
    open_sidebar,
    press,
    region,
    run,
    shot,
    stroke,
    until,
)

BUTTONS = {"draw": 75, "new": 75, "pose": 107, "image": 137}  # px below the sidebar's upper edge
CAN_DRAW = bpy.app.version >= (5, 0, 0)

# A running figure: limbs in metres right and up of the ground point below the head.
FIGURE = {
    "trunk": [(0.05, 1.45), (0.03, 1.2), (0.0, 0.95)],
    "left arm": [(0.05, 1.43), (0.3, 1.25), (0.5, 1.45)],
    "right arm": [(0.05, 1.43), (-0.2, 1.2), (-0.4, 1.02)],
    "left leg": [(0.0, 0.95), (0.3, 0.75), (0.22, 0.35), (0.34, 0.33)],
    "right leg": [(0.0, 0.95), (-0.15, 0.5), (-0.5, 0.35), (-0.52, 0.25)],
}
HEAD = (0.07, 1.62, 0.14)


def at(name: str) -> tuple[float, float]:
    part = region("UI")
    x = part.x + (part.width - 24 - 20 if name == "new" else part.width * 0.45)
    return x, part.y + part.height - BUTTONS[name]


def polylines(place: float) -> list[list[tuple[float, float]]]:
    """The figure with `place` as its ground point, densely sampled, as (x, z)."""
    lines = []
    for corners in FIGURE.values():
        line = [corners[0]]
        for (ax, az), (bx, bz) in zip(corners, corners[1:], strict=False):
            line += [(ax + (bx - ax) * t / 8, az + (bz - az) * t / 8) for t in range(1, 9)]
        lines.append([(place + x, z) for x, z in line])
    x, z, radius = HEAD
    turns = [2 * math.pi * i / 28 for i in range(29)]
    lines.append([(place + x + radius * math.cos(t), z + radius * math.sin(t)) for t in turns])
    return lines


def to_window(x: float, z: float) -> tuple[float, float]:
    from bpy_extras.view3d_utils import location_3d_to_region_2d
    from mathutils import Vector

    part = region("WINDOW")
    view = next(a for a in part_areas() if a.type == "VIEW_3D").spaces.active.region_3d
    spot = location_3d_to_region_2d(part, view, Vector((x, 0.0, z)))
    return part.x + spot.x, part.y + spot.y


def part_areas() -> list[bpy.types.Area]:
    return list(bpy.context.window_manager.windows[0].screen.areas)


def draw_figure(place: float) -> Steps:
    if CAN_DRAW:
        for line in polylines(place):
            yield from stroke([to_window(x, z) for x, z in line])
        return
    drawing = bpy.context.scene.sketch2pose.drawing
    gp = sys.modules["bl_ext.user_default.sketch2pose.sketch2pose_addon.grease_pencil"]
    own = np.array(drawing.matrix_world.inverted())
    for line in polylines(place):
        world = np.array([(x, 0.0, z, 1.0) for x, z in line])
        gp.add_strokes(drawing, [(world @ own.T)[:, :3]], bpy.context.scene.frame_current)
    yield 0.5


def keyed_frames(rig: bpy.types.Object) -> set[float]:
    data = rig.animation_data
    if data is None or data.action is None:
        return set()
    if hasattr(data.action, "fcurves"):
        curves = data.action.fcurves
    else:
        curves = data.action.layers[0].strips[0].channelbag(data.action_slot).fcurves
    return {point.co.x for curve in curves for point in curve.keyframe_points}


def head_of(rig: bpy.types.Object, bone: str) -> np.ndarray:
    return np.array(rig.matrix_world @ rig.pose.bones[bone].head)


def steps() -> Steps:
    bpy.ops.object.select_all(action="SELECT")
    bpy.ops.object.delete()
    bpy.ops.sketch2pose.create_body()
    rig = bpy.context.object
    front_view()
    yield from open_sidebar()
    shot("1_panel")
    yield from hover(*at("pose"))
    shot("2_why_greyed")

    yield from click(*at("draw"))
    yield 0.5
    assert "PAINT" in bpy.context.mode, f"Draw left the mode {bpy.context.mode}"
    drawing = bpy.context.scene.sketch2pose.drawing
    yield from draw_figure(-0.9)
    gp = sys.modules["bl_ext.user_default.sketch2pose.sketch2pose_addon.grease_pencil"]
    strokes = gp.read_strokes(drawing, bpy.context.scene.frame_current)
    assert len(strokes) == 6, f"{len(strokes)} strokes were drawn instead of 6"
    shot("3_drawn")

    before = head_of(rig, "pelvis")
    state = bpy.context.window_manager.sketch2pose
    yield from click(*at("pose"))
    yield from until(lambda: state.result, what="a result")
    yield 0.8
    shot("4_posed")
    assert state.level != "ERROR", state.result
    assert keyed_frames(rig) == {1.0}, f"keys at {keyed_frames(rig)}, panel says: {state.result}"
    after = head_of(rig, "pelvis")
    assert abs(after[0] + 0.9) < 0.15, f"the figure stands at x = {after[0]:.2f}, drawn at -0.9"
    assert abs(after[1]) < 0.05, f"the figure left its sheet: y = {after[1]:.2f}"

    yield from press("Z", ctrl=True)
    yield 0.8
    rig = bpy.data.objects["Body"]
    assert not keyed_frames(rig), "one undo did not take the keys away"
    assert np.allclose(head_of(rig, "pelvis"), before, atol=1e-4), "one undo left the pose"
    shot("5_undone")


run(steps)
