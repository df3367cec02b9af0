"""The way every job operator runs: modal in a window, blocking in background mode.

A subclass says what to ask the backend (`begin`) and what to do with the answer (`complete`). The
scene is touched in `complete` only, so a job that fails or is cancelled leaves no trace, and one
job is one undo step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy

from ...core.errors import Sketch2PoseError
from ..host.properties import status
from ..host.redraw import redraw_panels
from . import jobs

if TYPE_CHECKING:
    from collections.abc import Callable

    from bpy.types import Context, Event

_INTERVAL = 0.03  # s between two looks at the job in a window
_AFTERWARDS = 0.1  # s


class JobOperator:
    """Mix-in of operators that wait for the backend."""

    bl_options = {"UNDO"}

    _job: jobs.Job
    _timer: Any = None

    if TYPE_CHECKING:  # comes from `bpy.types.Operator`
        report: Callable[[set[str], str], None]

    def begin(self, context: Context) -> jobs.Job:
        """Reads what is needed from the scene and submits a job."""
        raise NotImplementedError(f"{type(self).__name__} does not say what to ask the backend")

    def advance(self, context: Context) -> bool:
        """Does the next piece of what Blender itself does for a job; False when nothing is left."""
        return False

    def complete(self, context: Context, job: jobs.Job) -> str:
        """Applies the result to the scene and returns the line the panel shows."""
        raise NotImplementedError(f"{type(self).__name__} does not say what to do with a result")

    def execute(self, context: Context) -> set[str]:
        if not self._submit(context):
            return {"CANCELLED"}
        try:
            while not self._job.finished and self._advanced(context):
                pass
        except KeyboardInterrupt:
            jobs.cancel(self._job)
        jobs.wait(self._job)
        return self._conclude(context)

    def invoke(self, context: Context, _event: Event | None) -> set[str]:
        if bpy.app.background:
            return self.execute(context)
        if not self._submit(context):
            return {"CANCELLED"}
        manager = context.window_manager
        self._timer = manager.event_timer_add(_INTERVAL, window=context.window)
        manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: Context, event: Event) -> set[str]:
        if event.type == "ESC" and event.value == "PRESS":
            jobs.cancel(self._job)
        elif event.type == "TIMER":
            if not self._job.finished:
                self._advanced(context)
            jobs.pump()
        elif not self._job.finished:
            return {"PASS_THROUGH"}
        if not self._job.finished:
            return {"RUNNING_MODAL"} if event.type == "ESC" else {"PASS_THROUGH"}
        context.window_manager.event_timer_remove(self._timer)
        return self._conclude(context)

    def cancel(self, context: Context) -> None:
        """Blender ends the operator: the window closes or another file is loaded."""
        jobs.cancel(self._job)
        self.finish_here()
        if self._timer is not None:
            context.window_manager.event_timer_remove(self._timer)

    def _submit(self, context: Context) -> bool:
        show_result(context, "", "INFO")
        try:
            self._job = self.begin(context)
        except Sketch2PoseError as error:
            self._fail(context, error)
            return False
        return True

    def _advanced(self, context: Context) -> bool:
        try:
            return self.advance(context)
        except Sketch2PoseError as error:
            jobs.give_up(self._job, error)
            return False

    def finish_here(self) -> None:
        """Puts away what `advance` needed; called when the operator ends; safe to call twice."""

    def _conclude(self, context: Context) -> set[str]:
        job = self._job
        self.finish_here()
        try:
            if job.state is jobs.JobState.CANCELLED:
                show_result(context, "Cancelled", "INFO")
                return {"CANCELLED"}
            if job.error is not None:
                return self._fail(context, job.error)
            return self._succeed(context, job)
        finally:
            job.discard()

    def _succeed(self, context: Context, job: jobs.Job) -> set[str]:
        try:
            line = self.complete(context, job)
        except Sketch2PoseError as error:
            return self._fail(context, error)
        for warning in job.warnings:
            self.report({"WARNING"}, warning)
        level = "WARNING" if job.warnings else "INFO"
        show_result(context, " ".join([line, *job.warnings]), level)
        self.report({"INFO"}, line)
        return {"FINISHED"}

    def _fail(self, context: Context, error: Sketch2PoseError) -> set[str]:
        show_result(context, str(error), "ERROR")
        self.report({"ERROR"}, str(error))
        return {"CANCELLED"}


def show_result(context: Context, text: str, level: str) -> None:
    """Puts a line under the buttons of the panel."""
    state = status(context)
    state.result, state.level = text, level
    redraw_panels()
    if not bpy.app.background:  # once more when the operator has ended: its buttons are free again
        bpy.app.timers.register(redraw_panels, first_interval=_AFTERWARDS)
