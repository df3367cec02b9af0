"""A picture of a drawn figure becomes a pose of the rig at the current frame."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy
import numpy as np
from bpy.props import StringProperty

from ...inference.protocol.errors import Sketch2PoseError
from ...inference.protocol.messages import ImageRequest, Request, SketchRequest
from .. import jobs, results
from ..job_operator import JobOperator
from ..kept_result import keep, result_of
from ..properties import settings
from ..targets import checked_target, target_is_refused

if TYPE_CHECKING:
    from bpy.types import Context, Event

_PICTURES = "*.png;*.jpg;*.jpeg;*.webp;*.bmp;*.tif;*.tiff;*.gif;*.svg;*.json"


class SKETCH2POSE_OT_pose_from_image(JobOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.pose_from_image"
    bl_label = "Pose from Image"
    bl_description = (
        "Pose the rig like the figure in a drawing or photo, at the current frame. "
        "The figure faces the way the rig's object faces. Esc cancels"
    )

    filepath: StringProperty(subtype="FILE_PATH", options={"SKIP_SAVE"})
    filter_glob: StringProperty(default=_PICTURES, options={"HIDDEN"})
    target: StringProperty(name="Rig", description="Armature to pose; empty: the one in the panel")

    _chosen_in_browser = False

    @classmethod
    def poll(cls, context: Context) -> bool:
        if jobs.running() is not None:
            cls.poll_message_set("Another pose is being estimated: wait for it or cancel it")
            return False
        return not target_is_refused(cls, context)

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

    def begin(self, context: Context) -> jobs.Job:
        target = checked_target(context, self.target)
        picture = _checked_picture(self.filepath)
        self._target, self._frame = target.name, context.scene.frame_current

        kind = settings(context).image_kind

        def request(folder: Path) -> Request:
            if kind == "DRAWING":
                return SketchRequest(inputs=[str(picture)], out_dir=str(folder))
            options = {"drawings": kind == "AUTO"}
            return ImageRequest(inputs=[str(picture)], out_dir=str(folder), options=options)

        return jobs.submit(f"Reading {picture.name}", request)

    def complete(self, context: Context, job: jobs.Job) -> str:
        target = checked_target(context, self._target)
        motion = results.read_first_person(job)
        place = results.place_of_image(context)
        applied = results.apply_motion(context, motion, target, place, self._frame)
        keep(target, result_of(motion, place, self._frame, np.zeros((0, 3))))
        return results.result_line(applied, len(job.files))


def _checked_picture(filepath: str) -> Path:
    picture = Path(bpy.path.abspath(filepath))
    if filepath and picture.is_file():
        return picture
    why = f'there is no file "{picture}"' if filepath else "no file was given"
    raise Sketch2PoseError("The picture could not be opened", why, "Choose a picture", "image.none")


classes = (SKETCH2POSE_OT_pose_from_image,)
