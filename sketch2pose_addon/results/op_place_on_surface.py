"""Standing the posed figure somewhere else: on the surface that is clicked in the viewport."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import bpy
import numpy as np
from bpy.props import FloatVectorProperty, StringProperty
from bpy_extras.view3d_utils import (  # pyright: ignore[reportMissingImports]
    region_2d_to_origin_3d,
    region_2d_to_vector_3d,
)

from ...core.errors import Sketch2PoseError
from ..backend.job_operator import show_result
from ..host.drawing_capture import viewport_area
from ..host.targets import checked_target, target_rig
from . import apply_still
from .placing import is_figure, rig_heading
from .stored_still import StoredStill, store_still, stored_still_at

if TYPE_CHECKING:
    from bpy.types import Context, Event, Object
    from mathutils import Vector

_MOST_LAYERS = 64
_BEHIND = 1e-3  # m, to go on behind a surface that does not count
_HELP = "Click a surface to place the figure on it. Esc: cancel"


class SKETCH2POSE_OT_place_on_surface(bpy.types.Operator):
    bl_idname = "sketch2pose.place_on_surface"
    bl_label = "Place on Surface"
    bl_description = "Place the figure of this frame on a surface clicked in the viewport"
    bl_options = {"REGISTER", "UNDO"}

    target: StringProperty(
        name="Rig", description="Armature to use. If empty, the one chosen in the panel is used"
    )
    location: FloatVectorProperty(
        name="Location", description="Surface on which the soles stand", subtype="TRANSLATION"
    )

    @classmethod
    def poll(cls, context: Context) -> bool:
        if bpy.app.background or stored_still_at(target_rig(context), context.scene.frame_current):
            return True
        cls.poll_message_set("The rig has no pose from a drawing or image at this frame")
        return False

    def invoke(self, context: Context, _event: Event) -> set[str]:
        if bpy.app.background or viewport_area(context) is None:
            return self.execute(context)
        context.window.cursor_modal_set("CROSSHAIR")
        context.workspace.status_text_set(_HELP)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: Context, event: Event) -> set[str]:
        if event.type in {"ESC", "RIGHTMOUSE"} and event.value == "PRESS":
            self._end(context)
            return {"CANCELLED"}
        if event.type != "LEFTMOUSE" or event.value != "PRESS":
            return {"PASS_THROUGH"}
        spot = surface_under_mouse(context, event)
        if spot is None:
            self.report({"INFO"}, "There is no surface under the cursor")
            return {"RUNNING_MODAL"}
        self._end(context)
        self.location = spot
        return self.execute(context)

    def execute(self, context: Context) -> set[str]:
        try:
            target = checked_target(context, self.target)
            stored = stored_still_at(target, context.scene.frame_current)
            if stored is None:
                raise _nothing_placed(target.name)
            moved = standing_on(stored, target, np.array(self.location))
            applied = apply_still.apply_motion(
                context, moved.motion(), target, moved.place, stored.frame
            )
        except Sketch2PoseError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        store_still(target, moved)
        show_result(context, apply_still.result_line(applied, 1), "INFO")
        return {"FINISHED"}

    def _end(self, context: Context) -> None:
        context.window.cursor_modal_restore()
        context.workspace.status_text_set(None)


def standing_on(stored: StoredStill, target: Object, spot: np.ndarray) -> StoredStill:
    """The same figure with its soles on a point of Blender's world.

    Raises:
        Sketch2PoseError: it stood at its rig, and that is not recognized.
    """
    heading = stored.place.heading if stored.place.hips is not None else rig_heading(target)
    hips = np.array([spot[0], spot[1], apply_still.present_hips(target)[2]])
    return replace(stored, place=apply_still.Place(hips, True, heading, float(spot[2])))


def surface_under_mouse(context: Context, event: Event) -> Vector | None:
    """Where the mouse meets a surface or else the ground plane; figures are looked through."""
    area = viewport_area(context)
    region = next(part for part in area.regions if part.type == "WINDOW") if area else None
    if area is None or region is None:
        return None
    mouse = (event.mouse_x - region.x, event.mouse_y - region.y)
    if not (0 <= mouse[0] < region.width and 0 <= mouse[1] < region.height):
        return None
    view = area.spaces.active.region_3d
    origin = region_2d_to_origin_3d(region, view, mouse)
    return surface_along(context, origin, region_2d_to_vector_3d(region, view, mouse))


def surface_along(context: Context, origin: Vector, direction: Vector) -> Vector | None:
    """First point of a surface along a ray, or where the ray meets the ground plane."""
    graph, start = context.evaluated_depsgraph_get(), origin
    for _ in range(_MOST_LAYERS):
        hit, place, _normal, _face, found, _matrix = context.scene.ray_cast(graph, start, direction)
        if not hit:
            break
        if not is_figure(found):
            return place
        start = place + _BEHIND * direction
    reach = -origin.z / direction.z if abs(direction.z) > 1e-6 else -1.0
    return origin + reach * direction if reach > 0.0 else None


def _nothing_placed(name: str) -> Sketch2PoseError:
    return Sketch2PoseError(
        "There is no figure to place",
        f'"{name}" has no pose from a drawing or image at or before this frame',
        "Use Pose from Drawing or Pose from Image first",
        "place.none",
    )


classes = (SKETCH2POSE_OT_place_on_surface,)
