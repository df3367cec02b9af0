"""The way every change of a result runs: corrections are laid anew and put on the rig.

A subclass says what the layer becomes. Plain reflections need no backend and are done at once;
everything else is one job, modal in a window and blocking in background mode. Either way it is one
undo step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core.body_motion import BodyMotion
from ...core.errors import Sketch2PoseError
from ..backend import jobs
from ..backend.job_operator import JobOperator, show_result
from ..backend.jobs import job_is_running
from ..host.targets import checked_target, target_is_refused
from ..results import apply_still, read_result
from ..results.stored_still import StoredStill
from . import solve_corrections
from .correction_layer import CorrectionLayer

if TYPE_CHECKING:
    from collections.abc import Callable

    from bpy.types import Context, Event, Object


class LayerOperator(JobOperator):
    """Mix-in of operators that change the corrections of the result at the current frame."""

    if TYPE_CHECKING:  # what the Blender operator that inherits brings
        target: str

        @classmethod
        def poll_message_set(cls, message: str) -> None: ...

    _stored: StoredStill
    _layer: CorrectionLayer
    _rig: str

    @classmethod
    def poll(cls, context: Context) -> bool:
        return not (job_is_running(cls) or target_is_refused(cls, context))

    def found(self, context: Context, target: Object) -> tuple[StoredStill, CorrectionLayer]:
        """The result that is changed, and its layer."""
        return solve_corrections.correctable(context, target)

    def changed(
        self, context: Context, target: Object, stored: StoredStill, layer: CorrectionLayer
    ) -> CorrectionLayer:
        """What the layer becomes.

        Raises:
            Sketch2PoseError: there is nothing to change in this way; nothing happens.
        """
        raise NotImplementedError(f"{type(self).__name__} does not say what it changes")

    def execute(self, context: Context) -> set[str]:
        return self._run(context, super().execute)

    def invoke(self, context: Context, event: Event | None) -> set[str]:
        return self._run(context, lambda again: super(LayerOperator, self).invoke(again, event))

    def begin(self, context: Context) -> jobs.Job:
        return solve_corrections.submit(self._stored, self._layer)

    def complete(self, context: Context, job: jobs.Job) -> str:
        return self._put_on(context, read_result.read_first_person(job))

    def _run(self, context: Context, ask: Callable[[Context], set[str]]) -> set[str]:
        try:
            target = checked_target(context, self.target)
            self._rig = target.name
            self._stored, layer = self.found(context, target)
            self._layer = self.changed(context, target, self._stored, layer)
            if self._layer.needs_solver:
                return ask(context)
            line = self._put_on(
                context, solve_corrections.reflected_motion(self._stored, self._layer)
            )
        except Sketch2PoseError as error:
            return self._fail(context, error)
        show_result(context, line, "INFO")
        return {"FINISHED"}

    def _put_on(self, context: Context, motion: BodyMotion) -> str:
        target = checked_target(context, self._rig)
        after, layer = solve_corrections.corrected(self._stored, self._layer, motion)
        applied = solve_corrections.put_on(context, target, self._stored, after, layer)
        solve_corrections.remember(target, after, layer)
        return apply_still.result_line(applied, 1)
