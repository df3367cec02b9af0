"""Ends the job that is running: without a result, or with what it has so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ..host.properties import status
from . import jobs

if TYPE_CHECKING:
    from bpy.types import Context


class SKETCH2POSE_OT_cancel(bpy.types.Operator):
    bl_idname = "sketch2pose.cancel"
    bl_label = "Cancel"
    bl_description = "Stop the estimation without changing the scene"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, _context: Context) -> bool:
        if jobs.running() is None:
            cls.poll_message_set("No job is running")
            return False
        return True

    def execute(self, context: Context) -> set[str]:
        job = jobs.running()
        if job is not None:
            jobs.cancel(job)
        state = status(context)
        state.result, state.level = "Cancelled", "INFO"
        return {"FINISHED"}


class SKETCH2POSE_OT_keep_so_far(bpy.types.Operator):
    bl_idname = "sketch2pose.keep_so_far"
    bl_label = "Stop and Keep Result"
    bl_description = (
        "Stop processing the clip here and insert keyframes for the frames processed so far"
    )
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, _context: Context) -> bool:
        job = jobs.running()
        if job is None or not job.may_stop_early:
            cls.poll_message_set("No clip is being processed")
            return False
        return True

    def execute(self, _context: Context) -> set[str]:
        job = jobs.running()
        if job is not None:
            jobs.stop_early(job)
        return {"FINISHED"}


classes = (SKETCH2POSE_OT_cancel, SKETCH2POSE_OT_keep_so_far)
