"""An animatic in a real window: three drawings become three poses, and two people two rigs."""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import bpy
import numpy as np
from figure import addon_module, keyed_frames, polylines, prepare
from window_steps import (
    Steps,
    click,
    front_view,
    only_subpanel,
    press,
    redraw,
    region,
    run,
    settle,
    shot,
    until,
)

FRAMES = (1, 9, 17)
POSE_ALL, APPLY_TO_RIGS = 188, 322  # px below the sidebar's upper edge
STRIDE = 0.9  # m from drawing to drawing


def at(below: float, share: float = 0.45) -> tuple[float, float]:
    part = region("UI")
    return part.x + part.width * share, part.y + part.height - below


def strokes(place: float, *, facing_right: bool = True) -> list[np.ndarray]:
    """The running figure as strokes in the x-z plane, or its mirror image."""
    sign = 1.0 if facing_right else -1.0
    return [
        np.array([(place + sign * x, 0.0, z) for x, z in line]) for line in polylines(0.0, detail=6)
    ]


def new_drawing(name: str) -> bpy.types.Object:
    drawing = addon_module("host.grease_pencil").new_drawing(name)
    bpy.context.scene.collection.objects.link(drawing)
    bpy.context.scene.sketch2pose.drawing = drawing
    return drawing


def bases(rig: bpy.types.Object) -> np.ndarray:
    return np.array([bone.matrix_basis for bone in rig.pose.bones])


def animatic(rig: bpy.types.Object) -> Steps:
    drawing = new_drawing("Animatic")
    for number, frame in enumerate(FRAMES):
        lines = strokes((number - 1) * STRIDE, facing_right=number != 1)
        addon_module("host.grease_pencil").add_strokes(drawing, lines, frame)
    redraw()
    yield 1.0
    shot("frames_1_animatic")
    before, state = bases(rig), bpy.context.window_manager.sketch2pose
    yield from click(*at(POSE_ALL))
    yield from until(lambda: state.result, 60, "the poses")
    assert keyed_frames(rig) == set(FRAMES), f"{keyed_frames(rig)}: {state.result}"
    bpy.context.scene.frame_set(FRAMES[1])
    yield from settle()
    shot("frames_2_blocking")
    yield from press("Z", ctrl=True)  # the frame that was set by script is no step of its own
    yield 0.8
    rig = bpy.data.objects["Body"]
    assert not keyed_frames(rig), "one undo did not take all poses away"
    assert np.allclose(bases(rig), before, atol=1e-4), "one undo left a pose"


def two_people() -> Steps:
    bpy.context.scene.frame_set(1)
    bpy.data.batch_remove([item for item in bpy.data.objects if item.name != "Body"])
    bpy.ops.sketch2pose.create_body()
    bpy.context.object.name = "Other"
    bpy.context.object.location.x = 1.5
    bpy.context.scene.sketch2pose.target = bpy.data.objects["Body"]
    pair = strokes(-0.9) + strokes(0.9, facing_right=False)
    addon_module("host.grease_pencil").add_strokes(new_drawing("Pair"), pair, 1)
    bpy.ops.ed.undo_push(message="Two people")
    front_view(5.0)
    yield from only_subpanel("SKETCH2POSE_PT_people")
    state = bpy.context.window_manager.sketch2pose
    yield from click(*at(107))
    yield from until(lambda: state.result and not state.running, 60, "two people")
    yield from settle()
    table = bpy.context.scene.sketch2pose.people
    assert len(table) == 2, f"{len(table)} people in the table: {state.result}"
    shot("frames_3_people")
    yield from click(*at(APPLY_TO_RIGS))
    yield from settle()
    shot("frames_4_assigned")
    assert keyed_frames(bpy.data.objects["Other"]) == {1.0}, "the second rig has no keys"
    yield from press("Z", ctrl=True)
    yield 0.8
    assert not keyed_frames(bpy.data.objects["Other"]), (
        "one undo did not take the second rig's keys away"
    )


def steps() -> Steps:
    rig = yield from prepare()
    bpy.context.scene.sketch2pose.target = rig
    bpy.ops.ed.undo_push(message="The animatic")
    front_view(5.0)
    yield from animatic(rig)
    yield from two_people()


run(steps)
