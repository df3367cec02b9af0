"""The drawing becomes a pose of the rig at the current frame."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy
from bpy.props import StringProperty

from ...core.strokes import write_strokes
from ...inference.protocol.requests import SketchRequest
from ..backend import jobs
from ..backend.job_operator import JobOperator
from ..backend.jobs import job_is_running
from ..host.drawing_capture import capture_drawing
from ..host.targets import checked_drawing, checked_target, drawing_is_missing, target_is_refused
from ..people import person_table
from ..results import apply_still, placing, read_result
from ..results.source_view import view_of_drawing
from ..results.stored_still import StoredStill, result_of, store_still

if TYPE_CHECKING:
    from bpy.types import Context, Object

    from ...core.body_motion import BodyMotion


class SKETCH2POSE_OT_pose_from_sketch(JobOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.pose_from_sketch"
    bl_label = "Pose from Drawing"
    bl_description = (
        "Pose the rig at the current frame like the drawn figure. Keyframes are inserted; "
        "with the option With Auto Keying only while Auto Keying is enabled. Press Esc to "
        "cancel"
    )

    target: StringProperty(
        name="Rig", description="Armature to pose. If empty, the one chosen in the panel is used"
    )
    drawing: StringProperty(
        name="Drawing",
        description=(
            "Grease Pencil object with the drawn figure. If empty, the active one is used"
        ),
    )

    @classmethod
    def poll(cls, context: Context) -> bool:
        return not (
            job_is_running(cls)
            or drawing_is_missing(cls, context)
            or target_is_refused(cls, context)
        )

    def begin(self, context: Context) -> jobs.Job:
        target = checked_target(context, self.target)
        drawing = checked_drawing(context, self.drawing)
        self._captured = capture_drawing(context, drawing)
        self._target, self._frame = target.name, context.scene.frame_current

        def request(folder: Path) -> SketchRequest:
            page = folder / "drawing.json"
            write_strokes(page, self._captured.page)
            return SketchRequest(inputs=(str(page),), out_dir=str(folder))

        return jobs.submit("Estimating the pose", request)

    def complete(self, context: Context, job: jobs.Job) -> str:
        target = checked_target(context, self._target)
        motions = read_result.read_people(job)
        figures = [self._stored(context, target, motion) for motion in motions]
        applied = apply_still.apply_motion(
            context, motions[0], target, figures[0].place, self._frame
        )
        store_still(target, figures[0])
        person_table.remember(
            context, [person_table.StillPerson((stored,)) for stored in figures], target
        )
        return apply_still.result_line(applied, len(figures))

    def _stored(self, context: Context, target: Object, motion: BodyMotion) -> StoredStill:
        place = placing.place_of_drawing(context, self._captured, target, motion)
        drawn = apply_still.drawn_joints(self._captured, motion)
        seen = view_of_drawing(self._captured.view, motion)
        return result_of(motion, place, self._frame, drawn, seen)


classes = (SKETCH2POSE_OT_pose_from_sketch,)
