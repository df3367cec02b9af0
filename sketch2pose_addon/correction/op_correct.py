"""The Correct tool: the mouse over the figure, for `correcting` to act on.

It takes the left button in the 3D viewport in which it was started, and the wheel, P and X over a
handle; everything else goes on to Blender, so that one can look around and undo meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy
import numpy as np
from bpy_extras.view3d_utils import (  # pyright: ignore[reportMissingImports]
    region_2d_to_origin_3d,
    region_2d_to_vector_3d,
)

from ...core.errors import Sketch2PoseError
from ..backend.job_operator import show_result
from ..host.redraw import redraw_panels
from ..host.targets import checked_target, target_is_refused
from . import edit_session, handles

if TYPE_CHECKING:
    from bpy.types import Area, Context, Event, Region

_INTERVAL = 0.015  # s between two looks at the backend
_NUDGE = 0.12  # rad a notch of the wheel
_WHEEL = {"WHEELUPMOUSE": _NUDGE, "WHEELDOWNMOUSE": -_NUDGE}  # up pushes away, as it zooms in
_ROOTS = (1, 2, 12, 16, 17)  # where limbs hang: a stroke begins there, only Ctrl drags them
_HELD_STILL = 3.0  # px; a handle that was only clicked is not moved


class SKETCH2POSE_OT_correct(bpy.types.Operator):
    bl_idname = "sketch2pose.correct"
    bl_label = "Correct"
    bl_description = (
        "Correct the pose over the drawing, image or rig. Drag a joint, or draw over a "
        "limb to replace it. Over a joint, the mouse wheel moves it closer or farther, P "
        "pins it and X ignores it"
    )

    _timer: Any = None
    _joint: int | None = None
    _pressed: tuple[float, float] | None = None

    @classmethod
    def poll(cls, context: Context) -> bool:
        return not target_is_refused(cls, context)

    def execute(self, context: Context) -> set[str]:
        if edit_session.session() is not None:
            edit_session.stop()
            show_result(context, "", "INFO")
            return {"FINISHED"}
        try:
            edit_session.start(context, checked_target(context))
        except Sketch2PoseError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}

    def invoke(self, context: Context, _event: Event) -> set[str]:
        was_on = edit_session.session() is not None
        done = self.execute(context)
        if was_on or done != {"FINISHED"} or bpy.app.background:
            return done
        manager = context.window_manager
        self._timer = manager.event_timer_add(_INTERVAL, window=context.window)
        manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: Context, event: Event) -> set[str]:
        if edit_session.session() is None:
            return self._leave(context)
        if event.type == "TIMER":
            if edit_session.step(context):
                redraw_panels()
            return {"PASS_THROUGH"}
        where = _viewport_under(context, event)
        if self._pressed is not None:
            return self._during(context, event, where)
        return self._between(context, event, where) if where is not None else {"PASS_THROUGH"}

    def cancel(self, context: Context) -> None:
        """Blender ends the operator: the window closes or another file is loaded."""
        edit_session.stop()
        self._leave(context)

    def _between(self, context: Context, event: Event, where: Viewport) -> set[str]:
        """The mouse is over the viewport and no button is down."""
        handles.pointer.hovered = where.hovered(context)
        if event.type == "MOUSEMOVE":
            where.area.tag_redraw()
        elif event.type == "LEFTMOUSE" and event.value == "PRESS" and not event.alt:
            return self._press(context, event, where)
        elif event.type in ("ESC", "RET") and event.value == "PRESS":
            edit_session.stop()
            show_result(context, "", "INFO")
            return self._leave(context)
        elif event.value == "PRESS" and handles.pointer.hovered is not None and _plain(event):
            return self._on_handle(context, event, handles.pointer.hovered)
        return {"PASS_THROUGH"}

    def _press(self, context: Context, event: Event, where: Viewport) -> set[str]:
        if edit_session.begin(context) is None:
            return {"RUNNING_MODAL"}
        joint = handles.pointer.hovered
        draws = event.shift or (joint in _ROOTS and not event.ctrl)
        self._pressed, self._joint = where.mouse, None if draws else joint
        handles.pointer.stroke = [where.mouse]
        return {"RUNNING_MODAL"}

    def _on_handle(self, context: Context, event: Event, joint: int) -> set[str]:
        """Wheel and keys over a handle."""
        if event.type not in (*_WHEEL, "P", "X") or edit_session.begin(context) is None:
            return {"RUNNING_MODAL"} if event.type in _WHEEL else {"PASS_THROUGH"}
        session = edit_session.session()
        assert session is not None and session.plane is not None
        if event.type in _WHEEL:
            edit_session.nudge(joint, _WHEEL[event.type])
        elif event.type == "P":
            edit_session.move(joint, session.plane.handles[joint], last=True, pin=True)
        else:
            edit_session.ignore(joint)
        return {"RUNNING_MODAL"}

    def _during(self, context: Context, event: Event, where: Viewport | None) -> set[str]:
        """A button is down: a joint is dragged, or a stroke drawn."""
        if event.type == "ESC" and event.value == "PRESS":
            edit_session.abandon(context)
            self._release()
        elif event.type == "MOUSEMOVE" and where is not None:
            handles.pointer.stroke.append(where.mouse)
            if self._joint is not None and (place := where.on_plane()) is not None:
                edit_session.move(self._joint, place, last=False)
            where.area.tag_redraw()
        elif event.type == "LEFTMOUSE" and event.value == "RELEASE":
            self._finish(context, where)
        return {"RUNNING_MODAL"}

    def _finish(self, context: Context, where: Viewport | None) -> None:
        joint, trail = self._joint, handles.pointer.stroke
        pressed = self._pressed
        self._release()
        if where is None or pressed is None:
            edit_session.abandon(context)
        elif joint is None:
            points = [point for at in trail if (point := where.on_plane(at)) is not None]
            edit_session.draw(context, np.array(points).reshape(-1, 3))
        elif np.hypot(where.mouse[0] - pressed[0], where.mouse[1] - pressed[1]) < _HELD_STILL:
            edit_session.abandon(context)
        elif (place := where.on_plane()) is not None:
            edit_session.move(joint, place, last=True)

    def _release(self) -> None:
        self._pressed = self._joint = None
        handles.pointer.stroke = []

    def _leave(self, context: Context) -> set[str]:
        self._release()
        handles.pointer.hovered = None
        if self._timer is not None:
            context.window_manager.event_timer_remove(self._timer)
            self._timer = None
        redraw_panels()
        return {"FINISHED"}


class Viewport:
    """The 3D viewport under the mouse."""

    def __init__(self, area: Area, region: Region, mouse: tuple[float, float]) -> None:
        self.area, self.region, self.mouse = area, region, mouse
        self.region_3d = area.spaces.active.region_3d

    def hovered(self, context: Context) -> int | None:
        """The joint whose handle is under the mouse."""
        places = handles.places_in(self.region, self.region_3d)
        if places is None:
            return None
        reach = handles.REACH * context.preferences.system.ui_scale
        return handles.handle_at(places, self.mouse, reach)

    def on_plane(self, mouse: tuple[float, float] | None = None) -> np.ndarray | None:
        """Where the mouse points to on the paper, in Blender's world [3]."""
        session = edit_session.session()
        if session is None or session.plane is None:
            return None
        at = mouse or self.mouse
        origin = np.array(region_2d_to_origin_3d(self.region, self.region_3d, at))
        direction = np.array(region_2d_to_vector_3d(self.region, self.region_3d, at))
        return session.plane.on_plane(origin, direction)


def _viewport_under(context: Context, event: Event) -> Viewport | None:
    """The viewport whose drawing area is under the mouse, not one of its bars and panels."""
    screen = context.screen or context.window.screen
    for area in screen.areas:
        if area.type != "VIEW_3D" or not _inside(area, event):
            continue
        if any(_inside(part, event) for part in area.regions if part.type != "WINDOW"):
            return None
        region = next(part for part in area.regions if part.type == "WINDOW")
        return Viewport(area, region, (event.mouse_x - region.x, event.mouse_y - region.y))
    return None


def _inside(part: Area | Region, event: Event) -> bool:
    across, up = event.mouse_x - part.x, event.mouse_y - part.y
    return 0 <= across < part.width and 0 <= up < part.height


def _plain(event: Event) -> bool:
    return not (event.ctrl or event.alt or event.shift or event.oskey)


classes = (SKETCH2POSE_OT_correct,)
