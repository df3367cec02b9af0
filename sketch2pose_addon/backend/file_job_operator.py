"""Base of job operators that read one file, chosen in the file browser or given by a script."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy

from ...core.errors import Sketch2PoseError
from ..host.targets import target_is_refused
from .job_operator import JobOperator
from .jobs import job_is_running

if TYPE_CHECKING:
    from bpy.types import Context, Event


class FileJobOperator(JobOperator):
    """Opens the file browser when no file is given; subclasses declare `filepath` and `target`."""

    if TYPE_CHECKING:  # what the Blender operator that inherits brings
        filepath: str

        @classmethod
        def poll_message_set(cls, message: str) -> None: ...

    _chosen_in_browser = False

    @classmethod
    def poll(cls, context: Context) -> bool:
        return not (job_is_running(cls) or target_is_refused(cls, context))

    def invoke(self, context: Context, event: Event) -> set[str]:
        if self.filepath or bpy.app.background:
            return super().invoke(context, event)
        self._chosen_in_browser = True
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: Context) -> set[str]:
        # The file browser ends in execute(), too; from there the job goes on modally.
        if self._chosen_in_browser:
            return super().invoke(context, None)
        return super().execute(context)


def existing_file(filepath: str, noun: str, code: str) -> Path:
    """The file a user chose.

    Raises:
        Sketch2PoseError: none was given, or it is not there; `noun` names it ("picture").
    """
    path = Path(bpy.path.abspath(filepath))
    if filepath and path.is_file():
        return path
    why = f'there is no file "{path}"' if filepath else "no file was chosen"
    raise Sketch2PoseError(f"The {noun} could not be opened", why, f"Choose a {noun}", code)
