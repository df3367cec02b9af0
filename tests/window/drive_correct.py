"""Correcting in a real window: a joint is dragged, a limb redrawn, the wheel turned, all undone."""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import bpy
import numpy as np
from figure import addon_module, polylines, prepare
from window_steps import (
    Steps,
    area,
    button,
    click,
    hover,
    move,
    press,
    redraw,
    region,
    run,
    shot,
    until,
    window,
)
from window_steps import stroke as drag

LEFT_WRIST, RIGHT_WRIST, LEFT_SHOULDER = 20, 21, 16


def directions(rig: bpy.types.Object) -> dict[str, np.ndarray]:
    return {bone.name: np.array(bone.vector.normalized()) for bone in rig.pose.bones}


def degrees(before: dict, after: dict, name: str) -> float:
    return float(np.degrees(np.arccos(np.clip(before[name] @ after[name], -1, 1))))


def handle(joint: int) -> np.ndarray:
    """Where the handle of a joint is, in window px."""
    part, view = region("WINDOW"), area().spaces.active.region_3d
    places = addon_module("correction.handles").places_in(part, view)
    assert places is not None, "there are no handles"
    return places[joint] + [part.x, part.y]


def settled() -> Steps:
    session = addon_module("correction.edit_session").session()
    yield 0.3
    yield from until(lambda: session.gesture is None and session.job is None, 30, "the correction")
    yield 0.5


def layer(rig: bpy.types.Object):
    stored = addon_module("results.stored_still").stored_still_at(rig, 1)
    return addon_module("correction.correction_layer").layer_over(rig, stored)


def drawn_and_posed(rig: bpy.types.Object) -> Steps:
    """The running figure, drawn by script and posed by the backend."""
    grease_pencil, scene = addon_module("host.grease_pencil"), bpy.context.scene
    drawing = grease_pencil.new_drawing("Figure")
    scene.collection.objects.link(drawing)
    scene.sketch2pose.drawing, scene.sketch2pose.target = drawing, rig
    lines = [np.array([(x, 0.0, z) for x, z in line]) for line in polylines(0.0, detail=6)]
    grease_pencil.add_strokes(drawing, lines, 1)
    redraw()
    yield 0.8
    state = bpy.context.window_manager.sketch2pose
    part = region("UI")
    yield from click(part.x + part.width * 0.45, part.y + part.height - 107)
    yield from until(lambda: state.result and not state.running, 90, "the pose")
    assert state.level != "ERROR", state.result
    yield 0.5


def start_tool() -> Steps:
    part = region("WINDOW")
    with bpy.context.temp_override(window=window(), area=area(), region=part):
        bpy.ops.sketch2pose.correct("INVOKE_DEFAULT")
    redraw()
    yield from until(
        lambda: addon_module("correction.edit_session").session() is not None, 5, "the tool"
    )
    yield 0.8


def steps() -> Steps:
    rig = yield from prepare()
    yield from drawn_and_posed(rig)
    original = directions(rig)
    yield from start_tool()
    yield from hover(*handle(LEFT_WRIST), 0.6)
    shot("correct_1_handles")

    start = handle(LEFT_WRIST)
    yield from drag([tuple(start + share * np.array([-45, 40])) for share in np.linspace(0, 1, 9)])
    yield from settled()
    shot("correct_2_dragged")
    dragged = directions(rig)
    assert degrees(original, dragged, "left_elbow") > 8, "the forearm did not follow the handle"
    assert degrees(original, dragged, "right_knee") < 1, "another limb moved"
    assert np.linalg.norm(handle(LEFT_WRIST) - start - [-45, 40]) < 8, "the handle is elsewhere"
    assert [edit.label for edit in layer(rig).edits] == ["Left wrist moved"]

    root = handle(LEFT_SHOULDER)
    corners = [root, root + [75, 5], root + [80, 80]]
    line = [
        a + (b - a) * share
        for a, b in zip(corners, corners[1:], strict=False)
        for share in np.linspace(0.1, 1, 8)
    ]
    yield from drag([tuple(point) for point in line])
    yield from settled()
    move(*(root + [200, -150]))
    redraw()
    yield 0.8
    shot("correct_3_limb")
    redrawn = directions(rig)
    assert degrees(dragged, redrawn, "left_shoulder") > 15, "the arm did not follow the stroke"
    assert degrees(dragged, redrawn, "left_knee") < 1, "another limb moved"
    assert len(layer(rig).edits) == 2, layer(rig).edits

    place = handle(RIGHT_WRIST)
    yield from hover(*place, 0.4)
    window().event_simulate(
        type="WHEELUPMOUSE", value="PRESS", x=round(place[0]), y=round(place[1])
    )
    yield from settled()
    assert layer(rig).edits[-1].label == "Right wrist away", "the wheel did not nudge"
    yield from drag([tuple(handle(RIGHT_WRIST))])  # a click without a drag changes nothing
    yield from settled()
    assert len(layer(rig).edits) == 3
    button("RELEASE", *place)

    for _ in range(3):
        yield from press("Z", ctrl=True)
        yield 0.8
    rig = bpy.data.objects["Body"]
    assert layer(rig).edits == (), f"three undos left {layer(rig).edits}"
    back = directions(rig)
    assert max(degrees(original, back, name) for name in original) < 0.1, "undo left a pose"
    yield from press("ESC")
    yield 0.5
    assert addon_module("correction.edit_session").session() is None, "Esc did not end the tool"
    shot("correct_4_undone")


run(steps)
