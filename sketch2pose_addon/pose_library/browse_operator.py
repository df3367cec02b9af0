"""The way poses are browsed: a strip in the viewport, the rig shows what the mouse is over.

Hovering, the wheel and the arrow keys preview a pose on the rig without keys; a click or Enter
takes it, Esc or the right mouse button brings back what was there. Taking is one undo step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy

from ...core.errors import Sketch2PoseError
from ..host.pose_snapshot import PoseSnapshot, take_snapshot
from ..host.redraw import redraw_panels
from ..host.targets import checked_target
from ..host.viewport_drawing import ViewportHandler
from . import thumbnails
from .pose_strip import Strip, StripPainter, Tile

if TYPE_CHECKING:
    from collections.abc import Callable

    from bpy.types import Area, Context, Event, Object, Region

_INTERVAL = 0.1  # s between two looks at pictures that are being drawn
_STEPS = {
    "WHEELDOWNMOUSE": 1, "RIGHT_ARROW": 1, "DOWN_ARROW": 1,
    "WHEELUPMOUSE": -1, "LEFT_ARROW": -1, "UP_ARROW": -1,
}  # fmt: skip
_NAVIGATION = {"MIDDLEMOUSE", "NUMPAD_1", "NUMPAD_3", "NUMPAD_7", "NUMPAD_5", "NUMPAD_9"}
_HELP = "Hover, wheel or arrows: preview · Click or Enter: apply · Esc: cancel"


class BrowseOperator:
    """Mix-in of modal operators that offer poses."""

    bl_options = {"UNDO"}

    _strip: Strip
    _painter: StripPainter
    _before: PoseSnapshot
    _rig: str
    _place: tuple[Any, Any]
    _chosen: int | None = None
    _handler: ViewportHandler | None = None
    _timer: Any = None

    if TYPE_CHECKING:  # come from `bpy.types.Operator`
        report: Callable[[set[str], str], None]

    def offered(self, context: Context, target: Object) -> int:
        """Collects what is offered and returns how many poses that are.

        Raises:
            Sketch2PoseError: there is nothing to offer.
        """
        raise NotImplementedError(f"{type(self).__name__} does not say what it offers")

    def tile(self, index: int) -> Tile:
        """Pictures and label of a pose."""
        raise NotImplementedError(f"{type(self).__name__} does not draw its poses")

    def put(self, context: Context, target: Object, index: int, *, final: bool) -> None:
        """Puts a pose onto the rig: a preview without keys, or for good.

        Raises:
            Sketch2PoseError: the rig cannot take it.
        """
        raise NotImplementedError(f"{type(self).__name__} does not say how a pose is taken")

    def invoke(self, context: Context, _event: Event | None) -> set[str]:
        area, region = _viewport(context)
        try:
            target = checked_target(context)
            count = self.offered(context, target)
        except Sketch2PoseError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        scale = context.preferences.system.ui_scale
        pictures = len(self.tile(0).pictures)
        self._strip = Strip(count, pictures, region.width, _covered(area), scale)
        self._painter, self._before, self._chosen = StripPainter(), take_snapshot(target), None
        self._rig, self._place = target.name, (area, region)
        self._handler = ViewportHandler(self._draw, "POST_PIXEL")
        self._handler.add()
        self._timer = context.window_manager.event_timer_add(_INTERVAL, window=context.window)
        context.workspace.status_text_set(_HELP)
        context.window_manager.modal_handler_add(self)
        redraw_panels()
        return {"RUNNING_MODAL"}

    def modal(self, context: Context, event: Event) -> set[str]:
        if event.type == "TIMER":
            return self._look_at_pictures()
        if event.type in _NAVIGATION:
            return {"PASS_THROUGH"}
        if event.type == "MOUSEMOVE":
            self._preview(context, self._under(event))
        elif event.value == "PRESS":
            return self._pressed(context, event)
        return {"RUNNING_MODAL"}

    def cancel(self, context: Context) -> None:
        """Blender ends the operator: the window closes or another file is loaded."""
        self._leave(context)

    def _pressed(self, context: Context, event: Event) -> set[str]:
        if event.type in {"ESC", "RIGHTMOUSE"}:
            self._before.restore()
            self._leave(context)
            return {"CANCELLED"}
        if event.type == "LEFTMOUSE":
            self._preview(context, self._under(event))
            return self._take(context) if self._under(event) is not None else {"RUNNING_MODAL"}
        if event.type in {"RET", "NUMPAD_ENTER"} and self._chosen is not None:
            return self._take(context)
        if event.type in _STEPS:
            self._preview(context, self._strip.stepped(self._chosen, _STEPS[event.type]))
        return {"RUNNING_MODAL"}

    def _preview(self, context: Context, index: int | None) -> None:
        if index is None or index == self._chosen:
            return
        self._chosen = index
        target = bpy.data.objects.get(self._rig)
        if target is not None and self._before.restore():
            try:
                self.put(context, target, index, final=False)
            except Sketch2PoseError as error:
                self.report({"WARNING"}, str(error))
        redraw_panels()

    def _take(self, context: Context) -> set[str]:
        self._before.restore()
        self._leave(context)
        target = bpy.data.objects.get(self._rig)
        if target is None or self._chosen is None:
            return {"CANCELLED"}
        context.view_layer.update()
        try:
            self.put(context, target, self._chosen, final=True)
        except Sketch2PoseError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}

    def _under(self, event: Event) -> int | None:
        """The tile under the mouse."""
        region = self._place[1]
        return self._strip.hit(event.mouse_x - region.x, event.mouse_y - region.y)

    def _look_at_pictures(self) -> set[str]:
        thumbnails.pump()
        return {"RUNNING_MODAL"}

    def _draw(self) -> None:
        if bpy.context.area == self._place[0]:
            tiles = {index: self.tile(index) for index in self._strip.visible()}
            self._painter.draw(self._strip, tiles, self._chosen)

    def _leave(self, context: Context) -> None:
        if self._handler is not None:
            self._handler.remove()
        if self._timer is not None:
            context.window_manager.event_timer_remove(self._timer)
            self._timer = None
        if context.workspace is not None:
            context.workspace.status_text_set(None)
        redraw_panels()


def _viewport(context: Context) -> tuple[Area, Region]:
    """The 3D viewport of the context, or the largest one of the window."""
    areas = [area for area in context.window.screen.areas if area.type == "VIEW_3D"]
    area = context.area if context.area in areas else max(areas, key=lambda a: a.width * a.height)
    return area, next(region for region in area.regions if region.type == "WINDOW")


def _covered(area: Area) -> float:
    """Pixels of the viewport's left edge that lie under its toolbar."""
    return sum(
        region.width for region in area.regions if region.type == "TOOLS" and region.width > 1
    )


def viewport_is_missing(operator: type[bpy.types.Operator], context: Context) -> bool:
    """For `poll()`: whether there is no 3D viewport to browse in."""
    window = context.window
    if window is not None and any(area.type == "VIEW_3D" for area in window.screen.areas):
        return False
    operator.poll_message_set("There is no 3D viewport to show the poses in")
    return True
