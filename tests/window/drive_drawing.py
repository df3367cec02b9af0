"""An animator's first minute: open the panel, press Draw, draw a figure, pose the rig, undo.

Everything is pressed and drawn with the mouse; the backend is the one in the installed zip.
Debian's Blender 4.3 ships without brushes, so there the strokes are added by script instead.
"""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import bpy
import numpy as np
from figure import addon_module, draw_figure, keyed_frames, prepare
from window_steps import (
    Steps,
    click,
    hover,
    middle,
    move,
    press,
    redraw,
    region,
    run,
    shot,
    until,
)

BUTTONS = {"draw": 75, "pose": 107, "image": 137}  # px below the sidebar's upper edge


def at(name: str) -> tuple[float, float]:
    part = region("UI")
    return part.x + part.width * 0.45, part.y + part.height - BUTTONS[name]


def head_of(rig: bpy.types.Object, bone: str) -> np.ndarray:
    return np.array(rig.matrix_world @ rig.pose.bones[bone].head)


def steps() -> Steps:
    rig = yield from prepare()
    shot("1_panel")
    yield from hover(*at("pose"))
    shot("2_why_greyed")

    yield from click(*at("draw"))
    yield 0.5
    assert "PAINT" in bpy.context.mode, f"Draw left the mode {bpy.context.mode}"
    drawing = bpy.context.scene.sketch2pose.drawing
    yield from draw_figure(-0.9)
    strokes = addon_module("host.grease_pencil").read_strokes(
        drawing, bpy.context.scene.frame_current
    )
    assert len(strokes) == 6, f"{len(strokes)} strokes were drawn instead of 6"
    shot("3_drawn")

    before = head_of(rig, "pelvis")
    state = bpy.context.window_manager.sketch2pose
    yield from click(*at("pose"))
    yield from until(lambda: state.result, what="a result")
    move(*middle())  # away from the button, as one looks at the result
    redraw()
    yield 1.5
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
