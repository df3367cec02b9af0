"""Every drawing of a Grease Pencil object becomes a pose key: an animatic becomes blocking."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy
from bpy.props import EnumProperty, IntProperty, StringProperty

from ...core.errors import Sketch2PoseError
from ...core.strokes import write_strokes
from ...inference.protocol.requests import SketchRequest
from ..backend import jobs
from ..backend.job_operator import JobOperator
from ..backend.jobs import job_is_running
from ..host.drawing_capture import CapturedDrawing, capture_drawing
from ..host.grease_pencil import key_frames, read_strokes
from ..host.properties import IN_BETWEENS
from ..host.targets import checked_drawing, checked_target, drawing_is_missing, target_is_refused
from ..people import person_table
from ..results.poses_from_drawings import ReadDrawing, followed_people, key_blocking, same_drawing

if TYPE_CHECKING:
    from bpy.types import Context, Object


class SKETCH2POSE_OT_pose_from_frames(JobOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.pose_from_frames"
    bl_label = "Pose All Drawings"
    bl_description = (
        "Insert keyframes for one pose on each frame of the drawing. Left and right stay "
        "consistent from drawing to drawing. Press Esc to cancel"
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
    in_betweens: EnumProperty(name="In-Betweens", items=IN_BETWEENS, default="CONSTANT")
    move_frames: IntProperty(
        name="Transition Frames",
        description="Number of frames before the next pose in which the rig moves to it",
        default=4,
        min=1,
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
        frames = [frame for frame in key_frames(drawing) if read_strokes(drawing, frame)]
        if not frames:
            raise _nothing_drawn(drawing)
        self._target = target.name
        self._pages, self._page_of_frame = _different_pages(context, drawing, frames)
        return jobs.submit(f"Estimating {len(frames)} drawings", self._request)

    def _request(self, folder: Path) -> SketchRequest:
        paths = [folder / f"drawing_{number}.json" for number in range(len(self._pages))]
        for path, captured in zip(paths, self._pages, strict=True):
            write_strokes(path, captured.page)
        return SketchRequest(inputs=tuple(str(path) for path in paths), out_dir=str(folder))

    def complete(self, context: Context, job: jobs.Job) -> str:
        target = checked_target(context, self._target)
        drawings, problems = self._read(job)
        if not drawings:
            raise Sketch2PoseError(
                "No drawing gave a pose",
                problems[0].rstrip("."),
                "Draw the figures again",
                "frames",
            )
        figures = followed_people(context, drawings, target)
        key_blocking(context, target, figures[0], self.in_betweens, self.move_frames)
        everybody = [
            person_table.StillPerson(tuple(poses), self.in_betweens, self.move_frames)
            for poses in figures
        ]
        person_table.remember(context, everybody, target)
        context.scene.frame_set(context.scene.frame_current)
        line = f"Keyed {len(figures[0])} poses on {target.name}"
        return ". ".join([line + person_table.others_line(len(figures)), *problems])

    def _read(self, job: jobs.Job) -> tuple[list[ReadDrawing], list[str]]:
        """What could be read, and a sentence for each frame that could not."""
        drawings, problems = [], []
        for frame, page in self._page_of_frame.items():
            summary = job.summaries[page]
            if summary.files:
                files = tuple(Path(name) for name in summary.files)
                drawings.append(ReadDrawing(frame, self._pages[page], files))
            else:
                problems.append(f"Frame {frame}: {summary.exception()}")
        return drawings, problems


def _different_pages(
    context: Context, drawing: Object, frames: list[int]
) -> tuple[list[CapturedDrawing], dict[int, int]]:
    """The pages to read and each frame's page: a drawing that is held is read once."""
    pages: list[CapturedDrawing] = []
    page_of_frame = {}
    for frame in frames:
        captured = capture_drawing(context, drawing, frame)
        if not pages or not same_drawing(pages[-1], captured):
            pages.append(captured)
        page_of_frame[frame] = len(pages) - 1
    return pages, page_of_frame


def _nothing_drawn(drawing: Object) -> Sketch2PoseError:
    return Sketch2PoseError(
        f'"{drawing.name}" could not be read',
        "none of its frames has visible strokes",
        "Draw a figure first",
        "drawing.unreadable",
    )


classes = (SKETCH2POSE_OT_pose_from_frames,)
