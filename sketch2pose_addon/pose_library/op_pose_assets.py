"""Saving poses as assets: the rig's own, or the whole library for the rig."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import BoolProperty, StringProperty

from ...core.errors import Sketch2PoseError
from ...core.kinematics import posed_joints
from ...rigs import RigError
from ...rigs.poses.describe import describe
from ..backend.job_operator import show_result
from ..host.properties import status
from ..host.redraw import redraw_panels
from ..host.targets import checked_target, target_is_refused
from ..retargeting.rig_pose import result_of_rig
from .pose_assets import THUMBNAIL, LibraryBuilder, save_own_pose
from .thumbnails import draw_now

if TYPE_CHECKING:
    from bpy.types import Context, Event, Object

FILE_NAME = "sketch2pose_key_poses.blend"
_STEP = 0.03  # s of work between two redraws


class SKETCH2POSE_OT_save_pose_asset(bpy.types.Operator):
    bl_idname = "sketch2pose.save_pose_asset"
    bl_label = "Save Pose Asset"
    bl_description = (
        "Save the current pose of the rig as a pose asset of this file, with a thumbnail "
        "and a catalog"
    )
    bl_options = {"REGISTER", "UNDO"}

    name: StringProperty(
        name="Name",
        description="Name of the pose asset. If empty, a description of the pose is used",
    )
    catalog: StringProperty(
        name="Catalog",
        description=(
            "Catalog below Sketch2Pose in the Asset Browser. The catalog file is written next "
            "to the blend file"
        ),
        default="My Poses",
    )
    target: StringProperty(
        name="Rig",
        description="Armature to use. If empty, the one chosen in the panel is used",
        options={"HIDDEN", "SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: Context) -> bool:
        return not target_is_refused(cls, context)

    def invoke(self, context: Context, _event: Event) -> set[str]:
        try:
            self.name = _in_words(context, checked_target(context, self.target))
        except Sketch2PoseError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return context.window_manager.invoke_props_dialog(self)

    def execute(self, context: Context) -> set[str]:
        try:
            target = checked_target(context, self.target)
            name = self.name.strip() or _in_words(context, target)
            picture = draw_now(result_of_rig(context, target).pose, size=THUMBNAIL)
            note = save_own_pose(target, name[:63], self.catalog, picture)
        except Sketch2PoseError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        line = f'Saved the pose asset "{name}"'
        show_result(context, f"{line}. {note}" if note else line, "WARNING" if note else "INFO")
        return {"FINISHED"}


def _in_words(context: Context, target: Object) -> str:
    """The pose in words; a name for what has none."""
    seen = result_of_rig(context, target)
    try:
        return describe(posed_joints(seen.pose, seen.offsets, seen.pelvis)) or "Pose"
    except RigError:
        return "Pose"


class SKETCH2POSE_OT_build_asset_library(bpy.types.Operator):
    bl_idname = "sketch2pose.build_asset_library"
    bl_label = "Build Asset Library"
    bl_description = (
        "Save all key poses for this rig as pose assets with catalogs in a blend file, for "
        "use in the Asset Browser and the asset shelf"
    )

    directory: StringProperty(
        name="Folder", description="Folder in which the library is saved", subtype="DIR_PATH"
    )
    add_to_preferences: BoolProperty(
        name="Add to Asset Libraries",
        description="Add the folder to the asset libraries in the preferences",
        default=True,
    )
    target: StringProperty(
        name="Rig",
        description="Armature to use. If empty, the one chosen in the panel is used",
        options={"HIDDEN", "SKIP_SAVE"},
    )
    filter_folder: BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})

    _builder: LibraryBuilder
    _steps: Iterator[int]
    _timer: Any = None

    @classmethod
    def poll(cls, context: Context) -> bool:
        return not target_is_refused(cls, context)

    def invoke(self, context: Context, _event: Event) -> set[str]:
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: Context) -> set[str]:
        try:
            target = checked_target(context, self.target)
            folder = Path(bpy.path.abspath(self.directory or "//"))
            name = f"{bpy.path.clean_name(target.name)}_{FILE_NAME}"
            self._builder = LibraryBuilder(target, folder / name)
        except Sketch2PoseError as error:
            return self._failed(context, error)
        self._steps = self._builder.steps()
        if bpy.app.background:
            return self._work(context, float("inf"))
        manager = context.window_manager
        self._timer = manager.event_timer_add(_STEP, window=context.window)
        manager.modal_handler_add(self)
        status(context).running = True
        return {"RUNNING_MODAL"}

    def modal(self, context: Context, event: Event) -> set[str]:
        if event.type == "ESC" and event.value == "PRESS":
            self._end(context)
            show_result(context, "Cancelled", "INFO")
            return {"CANCELLED"}
        if event.type == "TIMER":
            return self._work(context, _STEP)
        return {"RUNNING_MODAL"}  # nothing else may touch the file meanwhile

    def cancel(self, context: Context) -> None:
        """Blender ends the operator: the window closes or another file is loaded."""
        self._end(context)

    def _work(self, context: Context, seconds: float) -> set[str]:
        """Makes poses for some time."""
        end = time.monotonic() + seconds
        state = status(context)
        try:
            for done in self._steps:
                state.factor = done / self._builder.count
                state.text = f"Key pose {done} of {self._builder.count}"
                if time.monotonic() > end:
                    redraw_panels()
                    return {"RUNNING_MODAL"}
        except (Sketch2PoseError, OSError) as error:
            return self._failed(context, error)
        return self._finished(context)

    def _finished(self, context: Context) -> set[str]:
        file, count = self._builder.file, self._builder.count
        self._end(context)
        if self.add_to_preferences:
            add_asset_library(context, file.parent)
        show_result(context, f'Wrote {count} pose assets to "{file.name}"', "INFO")
        return {"FINISHED"}

    def _failed(self, context: Context, error: Exception) -> set[str]:
        self._end(context)
        show_result(context, str(error), "ERROR")
        self.report({"ERROR"}, str(error))
        return {"CANCELLED"}

    def _end(self, context: Context) -> None:
        if self._timer is not None:
            context.window_manager.event_timer_remove(self._timer)
            self._timer = None
        status(context).running = False
        if hasattr(self, "_builder"):
            self._builder.clear()


def add_asset_library(context: Context, folder: Path) -> None:
    """Makes a folder an asset library of the preferences, unless it is one."""
    libraries = context.preferences.filepaths.asset_libraries
    known = {Path(bpy.path.abspath(each.path)).resolve() for each in libraries if each.path}
    if folder.resolve() not in known:
        libraries.new(name=folder.name or "Sketch2Pose", directory=str(folder))


classes = (SKETCH2POSE_OT_save_pose_asset, SKETCH2POSE_OT_build_asset_library)
