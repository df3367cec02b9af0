"""Looking through the camera of the picture or drawing that gave the pose, and back again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import StringProperty

from ...core.errors import Sketch2PoseError
from ..backend.job_operator import show_result
from ..host.drawing_capture import viewport_area
from ..host.targets import checked_target, target_rig
from ..results.source_view import SourceView, view_in_world
from ..results.stored_still import StoredStill, stored_still_at
from . import source_camera

if TYPE_CHECKING:
    from bpy.types import Context, Object, RegionView3D

    from ...core.camera import Camera

_views: dict[int, str] = {}  # perspective before, by the viewport's address; gone with the session


class SKETCH2POSE_OT_look_through(bpy.types.Operator):
    bl_idname = "sketch2pose.look_through"
    bl_label = "View Through Source Camera"
    bl_description = (
        "View the rig from where the figure was seen, with the image behind it. A camera "
        "is added and stays the active scene camera until you exit this view"
    )
    bl_options = {"REGISTER", "UNDO"}

    target: StringProperty(
        name="Rig", description="Armature to use. If empty, the one chosen in the panel is used"
    )

    @classmethod
    def poll(cls, context: Context) -> bool:
        stored = stored_still_at(target_rig(context), context.scene.frame_current)
        if bpy.app.background or (stored is not None and stored.seen is not None):
            return True
        cls.poll_message_set("The rig has no pose from a drawing or image at this frame")
        return False

    def execute(self, context: Context) -> set[str]:
        try:
            target = checked_target(context, self.target)
            stored = stored_still_at(target, context.scene.frame_current)
            if stored is None or stored.seen is None:
                raise _nothing_seen(target.name)
            view = _view(stored, stored.seen, target)
        except Sketch2PoseError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        image = source_camera.load_picture(stored.seen.picture)
        source_camera.show_picture(source_camera.place_camera(context, view), image)
        if stored.seen.picture and image is None:
            lost = f'The image "{stored.seen.picture}" cannot be shown'
            show_result(context, f"{lost}; the view is shown without it", "WARNING")
        _enter_camera_view(context)
        return {"FINISHED"}


class SKETCH2POSE_OT_look_back(bpy.types.Operator):
    bl_idname = "sketch2pose.look_back"
    bl_label = "Exit Source Camera"
    bl_description = "Return to the previous view and scene camera"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Context) -> bool:
        if source_camera.our_camera(context.scene) is not None:
            return True
        cls.poll_message_set("The view is not through a source camera")
        return False

    def execute(self, context: Context) -> set[str]:
        source_camera.look_back(context.scene)
        leave_camera_view()
        return {"FINISHED"}


def _view(stored: StoredStill, seen: SourceView, target: Object) -> Camera:
    motion = stored.motion()
    assert motion.joints3d is not None
    return view_in_world(seen, motion.joints3d[0], target)


def _viewports() -> list[RegionView3D]:
    windows = bpy.context.window_manager.windows
    areas = [area for window in windows for area in window.screen.areas]
    return [area.spaces.active.region_3d for area in areas if area.type == "VIEW_3D"]


def _enter_camera_view(context: Context) -> None:
    area = viewport_area(context)
    if area is None:
        return
    region_3d = area.spaces.active.region_3d
    if region_3d.view_perspective != "CAMERA":
        _views[region_3d.as_pointer()] = region_3d.view_perspective
    region_3d.view_perspective = "CAMERA"


def leave_camera_view() -> None:
    """Gives every viewport that we turned to the camera its own view again."""
    for region_3d in _viewports():
        before = _views.pop(region_3d.as_pointer(), None)
        if before is not None and region_3d.view_perspective == "CAMERA":
            region_3d.view_perspective = before


@bpy.app.handlers.persistent
def _after_undo(*_args: object) -> None:
    """Viewports are no part of undo: without our camera they show their own view again."""
    if _views and source_camera.our_camera(bpy.context.scene) is None:
        leave_camera_view()


def _nothing_seen(name: str) -> Sketch2PoseError:
    return Sketch2PoseError(
        "There is no source camera",
        f'"{name}" has no pose with a known camera at or before this frame',
        "Use Pose from Drawing or Pose from Image first",
        "look_through.none",
    )


classes = (SKETCH2POSE_OT_look_through, SKETCH2POSE_OT_look_back)


def register() -> None:
    bpy.app.handlers.undo_post.append(_after_undo)


def unregister() -> None:
    _views.clear()
    if _after_undo in bpy.app.handlers.undo_post:
        bpy.app.handlers.undo_post.remove(_after_undo)
