"""Driving Blender's window from inside: a generator of steps, mouse and keys, screenshots.

A driver is a generator that yields seconds to wait; `run()` pumps it by a timer and leaves Blender
with 0, or with 1 and a picture of the failure. Window coordinates have their origin bottom left.
"""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence

import bpy

OUT = os.environ.get("S2P_OUT", ".")
Steps = Iterator[float]


def window() -> bpy.types.Window:
    return bpy.context.window_manager.windows[0]


def area(kind: str = "VIEW_3D") -> bpy.types.Area:
    return next(area for area in window().screen.areas if area.type == kind)


def region(kind: str, area_kind: str = "VIEW_3D") -> bpy.types.Region:
    return next(region for region in area(area_kind).regions if region.type == kind)


def redraw() -> None:
    for each in window().screen.areas:
        for part in each.regions:
            part.tag_redraw()


def shot(name: str) -> None:
    """Saves a picture of the screen; Blender's own screenshot is black on a virtual display."""
    subprocess.run(["import", "-window", "root", f"{OUT}/{name}.png"], check=True)


def move(x: float, y: float) -> None:
    window().event_simulate(type="MOUSEMOVE", value="NOTHING", x=round(x), y=round(y))


def button(value: str, x: float, y: float) -> None:
    window().event_simulate(type="LEFTMOUSE", value=value, x=round(x), y=round(y))


def click(x: float, y: float) -> Steps:
    move(x, y)
    yield 0.25
    button("PRESS", x, y)
    yield 0.08
    button("RELEASE", x, y)
    yield 0.3


def hover(x: float, y: float, seconds: float = 1.5) -> Steps:
    move(x - 3, y)
    yield 0.1
    move(x, y)
    yield seconds


def press(key: str, **modifiers: bool) -> Steps:
    x, y = middle()
    window().event_simulate(type=key, value="PRESS", x=x, y=y, **modifiers)
    yield 0.08
    window().event_simulate(type=key, value="RELEASE", x=x, y=y)
    yield 0.3


def middle() -> tuple[int, int]:
    part = region("WINDOW")
    return part.x + part.width // 2, part.y + part.height // 2


def stroke(points: Sequence[tuple[float, float]]) -> Steps:
    """Drags the mouse along window points."""
    move(*points[0])
    yield 0.06
    button("PRESS", *points[0])
    yield 0.03
    for point in points[1:]:
        move(*point)
        yield 0.015
    button("RELEASE", *points[-1])
    yield 0.15


def until(done: Callable[[], object], seconds: float = 40.0, what: str = "") -> Steps:
    """Waits for something to become true."""
    left = seconds
    while not done():
        assert left > 0, f"still waiting for {what or done} after {seconds} s"
        left -= 0.1
        yield 0.1


def open_sidebar(category: str = "Sketch2Pose") -> Steps:
    area().spaces.active.show_region_ui = True
    yield 0.6
    region("UI").active_panel_category = category
    redraw()
    yield 1.2


def only_subpanel(name: str) -> Steps:
    """Takes the other sub-panels of ours away: its rows then do not depend on theirs."""
    ours = [each for each in dir(bpy.types) if each.startswith("SKETCH2POSE_PT_")]
    kinds = [getattr(bpy.types, each) for each in ours]
    below_main = [k for k in kinds if getattr(k, "bl_parent_id", "") == "SKETCH2POSE_PT_main"]
    gone = {kind.__name__ for kind in below_main} - {name}
    for kind in kinds:  # and what hangs below one of them, or it would stand by itself
        if kind.__name__ in gone or getattr(kind, "bl_parent_id", "") in gone:
            bpy.utils.unregister_class(kind)
    redraw()
    yield 0.8


def settle() -> Steps:
    """Lets the sidebar take its new shape: panels that appear slide in while the mouse moves."""
    part = region("UI")
    for step in range(4):
        move(part.x + part.width // 2 + step, part.y + part.height - 16)  # a title: no tooltip
        yield 0.15
    move(*middle())
    redraw()
    yield 0.8


def front_view(distance: float = 4.0, height: float = 0.95, *, ortho: bool = True) -> None:
    """Looks along +y at the figure, as numpad 1 does."""
    view = area().spaces.active.region_3d
    view.view_rotation = (0.7071068, 0.7071068, 0.0, 0.0)
    view.view_perspective = "ORTHO" if ortho else "PERSP"
    view.view_location = (0.0, 0.0, height)
    view.view_distance = distance
    redraw()


def run(steps: Callable[[], Steps]) -> None:
    """Starts a driver; to be called at the end of its file."""
    bpy.context.preferences.view.show_splash = False
    sequence = steps()

    def tick() -> float | None:
        try:
            return next(sequence)
        except StopIteration:
            _leave(0)
        except BaseException:
            traceback.print_exc()
            shot("failure")
            _leave(1)
        return None

    bpy.app.timers.register(tick, first_interval=1.5, persistent=True)


def _leave(status: int) -> None:
    print("WINDOW OK" if status == 0 else "WINDOW FAILED")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
