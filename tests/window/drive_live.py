"""Live drawing in a real window: the rig follows the pen, Enter keys, readings are one click away.

Debian's Blender 4.3 ships without brushes; nothing can be drawn with the mouse there.
"""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import bpy
import numpy as np
from figure import CAN_DRAW, addon_module, draw_figure, keyed_frames, prepare
from window_steps import Steps, click, press, region, run, shot, until

ACCEPT, PLAY, FIRST_READING = 107, 107, 242  # px below the sidebar's upper edge


def at(below: float, share: float) -> tuple[float, float]:
    part = region("UI")
    return part.x + part.width * share, part.y + part.height - below


def bases(rig: bpy.types.Object) -> np.ndarray:
    return np.array([bone.matrix_basis for bone in rig.pose.bones])


def steps() -> Steps:
    if not CAN_DRAW:
        print("skipped: this Blender has no brushes to draw with")
        return
    rig = yield from prepare()
    yield from click(*at(75, 0.45))
    yield 0.5
    rest = bases(rig)
    live = addon_module("drawing.live_session")
    yield from click(*at(PLAY, 0.83))
    yield from until(lambda: live.session() is not None, 3, "live drawing")
    yield from draw_figure(-0.9, detail=2)
    yield from until(lambda: live.session().result is not None, 30, "the rig to follow")
    yield 0.5
    shot("live_1_follows")
    assert not keyed_frames(rig), "live drawing keyed without being asked"
    assert not np.allclose(bases(rig), rest, atol=1e-2), "the rig did not follow"

    yield from press("RET")
    yield 0.6
    assert keyed_frames(rig) == {1.0}, "Enter did not key the pose"
    keyed = bases(rig)
    yield from press("ESC")
    yield 0.6
    assert live.session() is None, "Esc did not end live drawing"
    assert np.allclose(bases(rig), keyed, atol=1e-5), "Esc lost the keyed pose"
    shot("live_2_keyed")

    yield from click(*at(FIRST_READING, 0.30))
    yield 0.6
    shot("live_3_other_reading")
    stored = addon_module("results.stored_still").stored_still_at(rig, 1)
    assert len(stored.poses) > 1, "the drawing has only one reading"
    assert stored.active not in (None, 0), f"the second reading was not taken: {stored.active}"
    yield from press("Z", ctrl=True)
    yield 0.8
    rig = bpy.data.objects["Body"]
    assert np.allclose(bases(rig), keyed, atol=1e-4), "one undo did not bring the reading back"


run(steps)
