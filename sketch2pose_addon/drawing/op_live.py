"""Live drawing: on, keep, or back to the old pose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ...core.errors import Sketch2PoseError
from ..backend.job_operator import show_result
from ..host.targets import checked_drawing, checked_target, drawing_is_missing, target_is_refused
from ..results import apply_still
from ..results.stored_still import store_still
from . import live_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from bpy.types import Context, KeyMap, KeyMapItem


class SKETCH2POSE_OT_live(bpy.types.Operator):
    bl_idname = "sketch2pose.live"
    bl_label = "Live"
    bl_description = (
        "Pose the rig while you draw. Every finished stroke updates the pose without "
        "inserting keyframes. Press Enter to key the pose or Esc to restore the previous "
        "one"
    )
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context: Context) -> bool:
        return not (drawing_is_missing(cls, context) or target_is_refused(cls, context))

    def execute(self, context: Context) -> set[str]:
        try:
            live_session.start(context, checked_target(context), checked_drawing(context))
        except Sketch2PoseError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


class _LiveEnd:
    """Mix-in: only while live drawing is on, so that Enter and Esc keep their use otherwise."""

    if TYPE_CHECKING:  # comes from `bpy.types.Operator`
        poll_message_set: Callable[[str], None]

    @classmethod
    def poll(cls, _context: Context) -> bool:
        if live_session.session() is None:
            cls.poll_message_set("Live drawing is not running")
            return False
        return True


class SKETCH2POSE_OT_live_accept(_LiveEnd, bpy.types.Operator):
    bl_idname = "sketch2pose.live_accept"
    bl_label = "Key Live Pose"
    bl_description = "Insert keyframes for the current pose of the rig and continue live drawing"
    bl_options = {"UNDO"}

    def execute(self, context: Context) -> set[str]:
        session, shown = live_session.session(), live_session.take_result()
        if session is None or shown is None:
            self.report({"INFO"}, "There is no new pose to key yet")
            return {"CANCELLED"}
        motion, stored = shown
        try:
            target = checked_target(context, session.rig)
            applied = apply_still.apply_motion(context, motion, target, stored.place, stored.frame)
        except Sketch2PoseError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        store_still(target, stored)
        show_result(context, apply_still.result_line(applied, 1), "INFO")
        return {"FINISHED"}


class SKETCH2POSE_OT_live_restore(_LiveEnd, bpy.types.Operator):
    bl_idname = "sketch2pose.live_restore"
    bl_label = "End Live Drawing"
    bl_description = (
        "Restore the previous pose, or the last one that was keyed, and end live drawing"
    )
    bl_options = {"UNDO"}

    def execute(self, context: Context) -> set[str]:
        live_session.restore()
        show_result(context, "Live drawing ended", "INFO")
        return {"FINISHED"}


classes = (SKETCH2POSE_OT_live, SKETCH2POSE_OT_live_accept, SKETCH2POSE_OT_live_restore)

_shortcuts: list[tuple[KeyMap, KeyMapItem]] = []


def register() -> None:
    keymaps = bpy.context.window_manager.keyconfigs.addon
    if keymaps is None:  # background mode has no shortcuts
        return
    keymap = keymaps.keymaps.new(name="3D View", space_type="VIEW_3D")
    for operator, key in (("live_accept", "RET"), ("live_restore", "ESC")):
        item = keymap.keymap_items.new(f"sketch2pose.{operator}", key, "PRESS")
        _shortcuts.append((keymap, item))


def unregister() -> None:
    while _shortcuts:
        keymap, item = _shortcuts.pop()
        keymap.keymap_items.remove(item)
