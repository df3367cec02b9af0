"""Cancels the job that is running."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from .. import jobs
from ..properties import status

if TYPE_CHECKING:
    from bpy.types import Context


class SKETCH2POSE_OT_cancel(bpy.types.Operator):
    bl_idname = "sketch2pose.cancel"
    bl_label = "Cancel"
    bl_description = "Stop estimating; nothing in the scene is changed"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, _context: Context) -> bool:
        if jobs.running() is None:
            cls.poll_message_set("Nothing is running")
            return False
        return True

    def execute(self, context: Context) -> set[str]:
        job = jobs.running()
        if job is not None:
            jobs.cancel(job)
        state = status(context)
        state.result, state.level = "Cancelled", "INFO"
        return {"FINISHED"}


classes = (SKETCH2POSE_OT_cancel,)
