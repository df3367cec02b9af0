"""Says whether everything the add-on needs is in place, in words that can be copied."""

from __future__ import annotations

import platform
import time
from typing import TYPE_CHECKING

import bpy

from ...inference.protocol.errors import Sketch2PoseError
from .. import backend, jobs
from ..preferences import preferences

if TYPE_CHECKING:
    from bpy.types import Context

_TIME_LIMIT = 30.0  # s for the backend to describe itself


class SKETCH2POSE_OT_setup_check(bpy.types.Operator):
    bl_idname = "sketch2pose.setup_check"
    bl_label = "Check Set-up"
    bl_description = "Start the backend once and list device, models and folders"
    bl_options = {"INTERNAL"}

    def execute(self, context: Context) -> set[str]:
        settings = preferences(context)
        lines, complete = _report(context)
        settings.report = "\n".join(lines)
        if not complete:
            self.report({"ERROR"}, next(line[2:] for line in lines if line.startswith("!")))
            return {"CANCELLED"}
        self.report({"INFO"}, "Sketch2Pose is ready")
        return {"FINISHED"}


def _report(context: Context) -> tuple[list[str], bool]:
    """Lines that begin with + (fine) or ! (a problem), and whether all is fine."""
    version = ".".join(platform.python_version_tuple())
    lines = [
        f"+ Blender {bpy.app.version_string}, Python {version}",
        f"+ {platform.system()} {platform.machine()}, {platform.release()}",
        f"+ Log: {backend.log_path()}",
    ]
    jobs.stop()  # settings may have changed behind a warm backend
    start = time.monotonic()
    try:
        ready = jobs.handshake(_TIME_LIMIT)
    except Sketch2PoseError as error:
        return [*lines, f"! {error}"], False
    seconds = time.monotonic() - start
    lines.append(f"+ Backend {ready.version} started in {seconds:.1f} s on {ready.device}")
    lines += [f"+ {model}" for model in ready.models]
    if ready.device_note:
        lines.append(f"+ {ready.device_note}")
    return lines, True


class SKETCH2POSE_OT_copy_report(bpy.types.Operator):
    bl_idname = "sketch2pose.copy_report"
    bl_label = "Copy Report"
    bl_description = "Copy the lines above to the clipboard, for a bug report"
    bl_options = {"INTERNAL"}

    def execute(self, context: Context) -> set[str]:
        context.window_manager.clipboard = preferences(context).report
        return {"FINISHED"}


classes = (SKETCH2POSE_OT_setup_check, SKETCH2POSE_OT_copy_report)
