"""Every drawing of a grease pencil object becomes a pose key: an animatic becomes blocking."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy
from bpy.props import EnumProperty, StringProperty

from ...inference.protocol.body_motion import read_body_motion
from ...inference.protocol.errors import Sketch2PoseError
from ...inference.protocol.messages import SketchRequest
from ...inference.protocol.strokes import write_strokes
from ...rigs.readings import likeliest_after
from .. import jobs, results
from ..capture import CapturedDrawing, capture_drawing
from ..grease_pencil import key_frames, read_strokes
from ..job_operator import JobOperator
from ..kept_result import KeptResult, keep, result_of
from ..targets import checked_drawing, checked_target, drawing_is_missing, target_is_refused

if TYPE_CHECKING:
    from bpy.types import Context, Object

    from ...inference.protocol.summary import InputSummary

IN_BETWEENS = (
    ("CONSTANT", "Stepped", "Hold every pose until the next drawing, as in blocking"),
    ("BEZIER", "Eased", "Move from pose to pose"),
)


class SKETCH2POSE_OT_pose_from_frames(JobOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.pose_from_frames"
    bl_label = "Pose All Drawings"
    bl_description = (
        "Key one pose for each frame of the drawing, at that frame. "
        "Left and right are kept from drawing to drawing. Esc cancels"
    )

    target: StringProperty(name="Rig", description="Armature to pose; empty: the one in the panel")
    drawing: StringProperty(
        name="Drawing", description="Grease pencil object; empty: the active one"
    )
    in_betweens: EnumProperty(name="In-betweens", items=IN_BETWEENS, default="CONSTANT")

    @classmethod
    def poll(cls, context: Context) -> bool:
        if jobs.running() is not None:
            cls.poll_message_set("Another pose is being estimated: wait for it or cancel it")
            return False
        return not (drawing_is_missing(cls, context) or target_is_refused(cls, context))

    def begin(self, context: Context) -> jobs.Job:
        target = checked_target(context, self.target)
        drawing = checked_drawing(context, self.drawing)
        frames = [frame for frame in key_frames(drawing) if read_strokes(drawing, frame)]
        if not frames:
            raise Sketch2PoseError(
                f'"{drawing.name}" could not be read',
                "none of its frames has visible strokes",
                "Draw a figure first",
                "drawing.unreadable",
            )
        self._target = target.name
        self._pages = {frame: capture_drawing(context, drawing, frame) for frame in frames}
        return jobs.submit(f"Reading {len(frames)} drawings", self._request)

    def _request(self, folder: Path) -> SketchRequest:
        pages = [folder / f"frame_{frame}.json" for frame in self._pages]
        for path, captured in zip(pages, self._pages.values(), strict=True):
            write_strokes(path, captured.page)
        return SketchRequest(inputs=[str(path) for path in pages], out_dir=str(folder))

    def complete(self, context: Context, job: jobs.Job) -> str:
        target = checked_target(context, self._target)
        outcomes = list(zip(self._pages.items(), job.summaries, strict=True))
        readable = [(page, summary) for page, summary in outcomes if summary.files]
        problems = [
            f"Frame {frame}: {summary.exception()}"
            for (frame, _), summary in outcomes
            if not summary.files
        ]
        if not readable:
            raise Sketch2PoseError(
                "No drawing gave a pose",
                problems[0].rstrip("."),
                "Draw the figures again",
                "frames",
            )
        previous = None
        for (frame, captured), summary in readable:
            previous = self._key(context, target, frame, captured, summary, previous)
        context.scene.frame_set(context.scene.frame_current)
        return ". ".join([f"Keyed {len(readable)} poses on {target.name}", *problems])

    def _key(
        self,
        context: Context,
        target: Object,
        frame: int,
        captured: CapturedDrawing,
        summary: InputSummary,
        previous: KeptResult | None,
    ) -> KeptResult:
        motion = read_body_motion(Path(summary.files[0]))
        place = results.place_of_drawing(context, captured, target, motion)
        kept = result_of(motion, place, frame, results.drawn_joints(captured, motion))
        if previous is not None:
            best = likeliest_after(previous.pose, kept.poses, kept.scores)
            kept = kept.posed(kept.poses[best])
        still = kept.motion()
        results.apply_motion(
            context, still, target, place, frame, key=True, interpolation=self.in_betweens
        )
        keep(target, kept)
        return kept


classes = (SKETCH2POSE_OT_pose_from_frames,)
