"""Poses in a real window: search and take one, the pie menu, browse readings and poses on the rig.

The readings are put on the rig by script: what is tested is choosing among them.
"""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import bpy
import numpy as np
from figure import addon_module, keyed_frames, prepare
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
    window,
)

HEADER, SEARCH, FIRST_POSE = 13, 45, 185  # px below the sidebar's upper edge
PIE = {"readings": (0, -100), "library": (0, 100)}  # px from the middle of the pie


def bases(rig: bpy.types.Object) -> np.ndarray:
    return np.array([bone.matrix_basis for bone in rig.pose.bones])


def only_panel(name: str) -> Steps:
    """Registers one of our panels alone, open, so that its rows do not depend on the others."""
    panels = sorted(each for each in dir(bpy.types) if each.startswith("SKETCH2POSE_PT_"))
    for each in reversed(panels):
        kind = getattr(bpy.types, each)
        if each != name and getattr(kind, "bl_parent_id", "") != name:
            bpy.utils.unregister_class(kind)
    redraw()
    yield 1.0


def type_text(text: str) -> Steps:
    """Types into the field that is being edited."""
    x, y = middle()
    for letter in text:
        kind = "SPACE" if letter == " " else letter.upper()
        window().event_simulate(type=kind, value="PRESS", unicode=letter, x=x, y=y)
        yield 0.04
        window().event_simulate(type=kind, value="RELEASE", x=x, y=y)
        yield 0.04


def side_bar(below: float, share: float = 0.45) -> tuple[float, float]:
    part = region("UI")
    return part.x + part.width * share, part.y + part.height - below


def tile_middle(index: int, pictures: int) -> tuple[float, float]:
    """Window coordinates of a tile of the strip."""
    strip_module = addon_module("pose_library.pose_strip")
    part = region("WINDOW")
    covered = addon_module("pose_library.browse_operator")._covered(
        next(area for area in window().screen.areas if area.type == "VIEW_3D")
    )
    strip = strip_module.Strip(9, pictures, part.width, covered)
    x, y = strip.corner(index)
    width, height = strip.tile_size
    return part.x + x + width / 2, part.y + y + height / 2


def search_and_take(rig: bpy.types.Object) -> Steps:
    """The panel: type a search, click the first pose, undo."""
    yield from click(*side_bar(HEADER))
    yield 1.0
    thumbnails = addon_module("pose_library.thumbnails")
    yield from until(lambda: len(thumbnails._pictures) >= 9, 40, "nine thumbnails")
    yield 0.8
    shot("poses_1_library")
    yield from click(*side_bar(SEARCH))
    yield from type_text("hands on hips")
    yield from press("RET")
    yield from until(lambda: "hands on hips" in thumbnails._pictures, 20, "the found pose")
    yield 0.8
    shot("poses_2_found")
    before = bases(rig)
    yield from click(*side_bar(FIRST_POSE, 0.18))
    yield from until(lambda: keyed_frames(rig), 10, "keys of the key pose")
    yield 0.5
    shot("poses_3_taken")
    assert np.linalg.norm(head_of(rig, "left_hand") - head_of(rig, "left_hip")) < 0.3
    yield from press("Z", ctrl=True)
    yield 0.8
    rig = bpy.data.objects["Body"]
    assert not keyed_frames(rig), "one undo did not take the keys away"
    assert np.allclose(bases(rig), before, atol=1e-4), "one undo left the pose"


def head_of(rig: bpy.types.Object, bone: str) -> np.ndarray:
    return np.array(rig.matrix_world @ rig.pose.bones[bone].head)


def call_pie(item: str) -> Steps:
    """Holds the shortcut over the viewport, goes to an item and lets go."""
    x, y = middle()
    move(x, y)
    yield 0.3
    held = {"shift": True, "alt": True}
    window().event_simulate(type="LEFT_SHIFT", value="PRESS", x=x, y=y, shift=True)
    window().event_simulate(type="LEFT_ALT", value="PRESS", x=x, y=y, **held)
    yield 0.1
    window().event_simulate(type="D", value="PRESS", x=x, y=y, **held)
    yield 1.0
    shot("poses_pie")
    dx, dy = PIE[item]
    move(x + dx / 2, y + dy / 2)
    yield 0.2
    move(x + dx, y + dy)
    yield 0.4
    x, y = x + dx, y + dy
    window().event_simulate(type="D", value="RELEASE", x=x, y=y, **held)
    yield 0.1
    window().event_simulate(type="LEFT_ALT", value="RELEASE", x=x, y=y, shift=True)
    window().event_simulate(type="LEFT_SHIFT", value="RELEASE", x=x, y=y)
    yield 0.6


def browse_readings(rig: bpy.types.Object) -> Steps:
    """The pie menu, the strip of readings, Esc, and a click that takes one."""
    keep_readings(rig)
    before = bases(rig)
    yield from call_pie("readings")
    yield 2.0
    yield from hover(*tile_middle(1, 2), 1.0)
    shot("poses_4_reading_hovered")
    assert not np.allclose(bases(rig), before, atol=0.05), "hovering previewed nothing"
    assert not keyed_frames(rig), "a preview left keys"
    yield from press("ESC")
    yield 0.5
    assert np.allclose(bases(rig), before, atol=1e-4), "Esc left a preview"
    yield from call_pie("readings")
    yield 1.0
    yield from click(*tile_middle(2, 2))
    yield from until(lambda: keyed_frames(rig), 10, "keys of the reading")
    assert addon_module("results.stored_still").stored_still_at(rig, 1).active == 2
    yield 0.5
    shot("poses_5_reading_taken")
    yield from press("Z", ctrl=True)
    yield 0.8
    rig = bpy.data.objects["Body"]
    assert addon_module("results.stored_still").stored_still_at(rig, 1).active == 0, (
        "one undo left the reading"
    )
    assert np.allclose(bases(rig), before, atol=1e-4), "one undo left the pose"


def keep_readings(rig: bpy.types.Object) -> None:
    """Three readings, as a drawing would have left them."""
    from dataclasses import replace

    library = addon_module("pose_library.key_pose").index().library
    seen = addon_module("retargeting.rig_pose").result_of_rig(bpy.context, rig)
    names = ("passe", "warrior two", "hands on hips")
    poses = np.array([library.named(name).pose for name in names])
    stored = replace(seen, poses=poses, scores=np.array([0.6, 0.3, 0.1]), pose=poses[0])
    addon_module("results.stored_still").store_still(rig, stored)
    bpy.ops.ed.undo_push(message="Readings")


def browse_library(rig: bpy.types.Object) -> Steps:
    """The wheel and Enter."""
    yield from call_pie("library")
    yield 1.5
    x, y = middle()
    for _ in range(2):
        window().event_simulate(type="WHEELDOWNMOUSE", value="PRESS", x=x, y=y)
        yield 0.4
    shot("poses_6_library_wheel")
    yield from press("RET")
    yield from until(lambda: keyed_frames(rig), 10, "keys of the key pose")
    yield 0.4


def steps() -> Steps:
    rig = yield from prepare()
    yield from only_panel("SKETCH2POSE_PT_library")
    bpy.ops.ed.undo_push(message="A body")
    yield from search_and_take(rig)
    yield from browse_readings(bpy.data.objects["Body"])
    yield from browse_library(bpy.data.objects["Body"])


run(steps)
