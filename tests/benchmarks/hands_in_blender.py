"""Inside of Blender's module: time live drawing and dragged handles on two kinds of rig.

Run by bench_latency.py: ``hands_in_blender.py ZIP RESULT REPEATS DRAWING``. Without a window no
timer fires, so a loop calls what the timers call, at their pace; what each call costs is what
Blender's main thread is blocked for.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import bpy
import numpy as np

from tools.blender_exit import run_and_leave
from tools.demo_scene import add_body, add_rigify, install

EXTENSION = "bl_ext.user_default.sketch2pose.sketch2pose_addon"
LIVE_PACE, DRAG_PACE = 0.02, 0.015  # s between two calls of the timers unless they ask
LIMIT = 60.0  # s for one answer
WRIST = 20
SHIFT = 0.004  # m a stroke is moved by, so that the drawing is another one


def addon_module(name: str) -> ModuleType:
    return importlib.import_module(f"{EXTENSION}.{name}")


class Pump:
    """Calls a step at the pace it asks for until something is done, and remembers the cost."""

    def __init__(self, step: Callable[[], object], pace: float) -> None:
        self.step, self.pace = step, pace
        self.calls: list[float] = []

    def until(self, done: Callable[[], object]) -> float:
        """Seconds until it was done."""
        start = time.perf_counter()
        while not done():
            begun = time.perf_counter()
            asked = self.step()
            spent = time.perf_counter() - begun
            pace = asked if isinstance(asked, float) else self.pace
            self.calls.append(spent)
            if begun - start > LIMIT:
                raise TimeoutError("no answer")
            if not done():
                time.sleep(pace)  # Blender's timers count from the end of a call
        return time.perf_counter() - start


def live_drawing(rig: bpy.types.Object, drawing: bpy.types.Object, repeats: int) -> dict:
    """Seconds from the end of a stroke to the moved rig, and of each call."""
    live, grease_pencil = addon_module("drawing.live_session"), addon_module("host.grease_pencil")
    scene = bpy.context.scene
    scene.sketch2pose.target, scene.sketch2pose.drawing = rig, drawing
    live.start(bpy.context, rig, drawing)
    pump, taken = Pump(live.step, LIVE_PACE), []
    pump.until(lambda: live.session().result is not None)  # warms up
    pump.calls.clear()
    for number in range(repeats):
        live.session().result = None
        place = np.array([[0.3, 0.0, 0.2], [0.3 + SHIFT * (number + 1), 0.0, 0.1]])
        grease_pencil.add_strokes(drawing, [place], scene.frame_current)
        taken.append(pump.until(lambda: live.session().result is not None))
    live.restore()
    return {"seconds": taken, "calls": pump.calls}


def dragged_handle(rig: bpy.types.Object, drawing: bpy.types.Object, repeats: int) -> dict:
    """Seconds from a move of the mouse to the moved rig, and of each call."""
    correcting = addon_module("correction.edit_session")
    bpy.ops.sketch2pose.pose_from_sketch(target=rig.name, drawing=drawing.name)
    correcting.start(bpy.context, rig)
    pump, taken = Pump(correcting.step, DRAG_PACE), []
    for number in range(repeats + 1):  # the first one warms up
        begun = time.perf_counter()
        gesture = correcting.begin(bpy.context)
        start = gesture.plane.handles[WRIST].copy()
        pump.calls.append(time.perf_counter() - begun)
        if not number:
            pump.calls.clear()
        shown = gesture.shown
        correcting.move(WRIST, start + [0, 0, 0.02 + SHIFT * number], last=False)
        seconds = pump.until(lambda g=gesture, s=shown: g.shown is not s)
        taken += [seconds] if number else []
        correcting.move(WRIST, start, last=True)
        pump.until(lambda: correcting.session().gesture is None)
    correcting.stop()
    return {"seconds": taken, "calls": pump.calls}


def figure_drawing() -> bpy.types.Object:
    """A stick figure as a grease pencil object."""

    def line(*corners: tuple[float, float]) -> np.ndarray:
        pairs = zip(corners, corners[1:], strict=False)
        flat = np.concatenate([np.linspace(a, b, 12) for a, b in pairs])
        return np.c_[flat[:, 0], np.zeros(len(flat)), flat[:, 1]]

    turn = np.linspace(0, 2 * np.pi, 30)
    head = np.c_[0.12 * np.cos(turn), 0 * turn, 1.6 + 0.12 * np.sin(turn)]
    strokes = [
        line((0, 1.45), (0, 0.95)),
        line((0, 1.42), (0.3, 1.25), (0.5, 1.5)),
        line((0, 1.42), (-0.25, 1.2), (-0.35, 0.95)),
        line((0, 0.95), (0.15, 0.5), (0.2, 0.05)),
        line((0, 0.95), (-0.15, 0.5), (-0.2, 0.05)),
        head,
    ]
    grease_pencil = addon_module("host.grease_pencil")
    drawing = grease_pencil.new_drawing("Figure")
    bpy.context.scene.collection.objects.link(drawing)
    grease_pencil.add_strokes(drawing, strokes, bpy.context.scene.frame_current)
    bpy.context.view_layer.update()
    return drawing


def main(zip_file: str, result: str, repeats: str) -> None:
    """Install, make both rigs, time, write the seconds as JSON."""
    for thing in list(bpy.data.objects):
        bpy.data.objects.remove(thing)
    install(Path(zip_file))
    rigs = {"default body": add_body(), "Rigify rig": add_rigify()}
    taken = {}
    for name, rig in rigs.items():
        drawing = figure_drawing()
        taken[name] = {
            "live": live_drawing(rig, drawing, int(repeats)),
            "drag": dragged_handle(rig, drawing, int(repeats)),
        }
        bpy.data.objects.remove(drawing)
    Path(result).write_text(json.dumps(taken))


if __name__ == "__main__":
    run_and_leave(main, *sys.argv[1:])
