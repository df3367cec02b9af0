"""The first minute and what was understood, in a real window: Try It, ghost, look through it."""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import bpy
from bpy_extras.object_utils import world_to_camera_view
from figure import addon_module, keyed_frames, prepare
from mathutils import Vector
from window_steps import (
    Steps,
    area,
    click,
    only_subpanel,
    press,
    redraw,
    region,
    run,
    settle,
    shot,
    until,
)

TRY_IT = 188  # px below the sidebar's upper edge
CHECK_HEADER, LOOK_THROUGH, GHOST = 211, 242, 268


def at(below: float, share: float = 0.45) -> tuple[float, float]:
    part = region("UI")
    return part.x + part.width * share, part.y + part.height - below


def perspective() -> str:
    return area().spaces.active.region_3d.view_perspective


def try_it() -> Steps:
    """One click in an empty scene."""
    rig = yield from prepare()
    bpy.data.batch_remove([*bpy.data.objects, *bpy.data.actions])
    del rig
    bpy.ops.ed.undo_push(message="Empty")
    redraw()
    yield 1.0
    shot("check_1_empty")
    state = bpy.context.window_manager.sketch2pose
    yield from click(*at(TRY_IT))
    yield from until(lambda: state.result and not state.running, 60, "Try It")
    yield from settle()
    chosen = bpy.context.scene.sketch2pose
    assert chosen.target is not None, state.result
    assert keyed_frames(chosen.target) == {1.0}, state.result
    shot("check_2_tried")


def look_through() -> Steps:
    """From where the figure was drawn, its joints lie where they were seen; then back."""
    view = perspective()
    yield from click(*at(CHECK_HEADER))
    yield 0.8
    yield from click(*at(GHOST, 0.2))
    yield 0.6
    shot("check_4_ghost")
    yield from click(*at(LOOK_THROUGH))
    yield 1.0
    yield from settle()
    shot("check_5_look_through")
    scene = bpy.context.scene
    assert perspective() == "CAMERA", "the viewport does not look through the camera"
    assert scene.camera is not None, "the scene has no camera"
    stored = addon_module("results.stored_still").stored_still_at(scene.sketch2pose.target, 1)
    seen = [world_to_camera_view(scene, scene.camera, Vector(joint)) for joint in stored.drawn]
    assert all(0 <= point.x <= 1 and 0 <= point.y <= 1 for point in seen), "the figure is cut off"
    yield from press("Z", ctrl=True)
    yield 0.8
    assert perspective() == view, f"undo left the view {perspective()}"
    assert bpy.context.scene.camera is None, "undo left the camera"


def steps() -> Steps:
    yield from try_it()
    yield from only_subpanel("SKETCH2POSE_PT_review")
    yield from look_through()


run(steps)
