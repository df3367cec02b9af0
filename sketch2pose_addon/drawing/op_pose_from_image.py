"""A picture of a drawn figure becomes a pose of the rig at the current frame."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy
import numpy as np
from bpy.props import StringProperty

from ...inference.protocol.requests import ImageRequest, Request, SketchRequest
from ..backend import jobs
from ..backend.file_job_operator import FileJobOperator, existing_file
from ..host.properties import settings
from ..host.targets import checked_target
from ..people import person_table
from ..results import apply_still, placing, read_result
from ..results.source_view import view_of_camera
from ..results.stored_still import StoredStill, result_of, store_still

if TYPE_CHECKING:
    from bpy.types import Context

    from ...core.body_motion import BodyMotion

_PICTURES = "*.png;*.jpg;*.jpeg;*.webp;*.bmp;*.tif;*.tiff;*.gif;*.svg;*.json"


class SKETCH2POSE_OT_pose_from_image(FileJobOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.pose_from_image"
    bl_label = "Pose from Image"
    bl_description = (
        "Pose the rig at the current frame like the figure in a drawing or photo. The "
        "figure faces the same way as the rig object. Press Esc to cancel"
    )

    filepath: StringProperty(subtype="FILE_PATH", options={"SKIP_SAVE"})
    filter_glob: StringProperty(default=_PICTURES, options={"HIDDEN"})
    target: StringProperty(
        name="Rig", description="Armature to pose. If empty, the one chosen in the panel is used"
    )

    def begin(self, context: Context) -> jobs.Job:
        target = checked_target(context, self.target)
        picture = existing_file(self.filepath, "picture", "image.none")
        self._target, self._frame = target.name, context.scene.frame_current
        self._picture = str(picture)

        kind = settings(context).image_kind

        def request(folder: Path) -> Request:
            return picture_request(picture, folder, kind)

        return jobs.submit(f"Estimating {picture.name}", request)

    def complete(self, context: Context, job: jobs.Job) -> str:
        target = checked_target(context, self._target)
        motions = read_result.read_people(job)
        place = placing.place_of_image(context, target, motions[0])
        applied = apply_still.apply_motion(context, motions[0], target, place, self._frame)
        figures = [self._stored(motion, place) for motion in motions]
        store_still(target, figures[0])
        person_table.remember(
            context, [person_table.StillPerson((stored,)) for stored in figures], target
        )
        return apply_still.result_line(applied, len(figures))

    def _stored(self, motion: BodyMotion, place: apply_still.Place) -> StoredStill:
        seen = view_of_camera(motion, self._picture)
        return result_of(motion, place, self._frame, np.zeros((0, 3)), seen)


def picture_request(picture: Path, folder: Path, kind: str) -> Request:
    """What is asked about a picture.

    Args:
        picture: its file.
        folder: of the job.
        kind: the panel's setting: ``AUTO``, ``DRAWING`` or ``PHOTO``.
    """
    inputs, out_dir = (str(picture),), str(folder)
    if kind == "DRAWING":
        return SketchRequest(inputs, out_dir)
    return ImageRequest(inputs, out_dir, drawings=kind == "AUTO")


classes = (SKETCH2POSE_OT_pose_from_image,)
