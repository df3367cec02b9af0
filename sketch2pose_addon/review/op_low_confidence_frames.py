"""Low-confidence frames on the timeline: mark them, go to the next one, take the markers away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import StringProperty

from ...core.errors import Sketch2PoseError
from ..backend.job_operator import show_result
from ..host.properties import settings
from ..host.targets import checked_target, target_is_refused
from ..results import low_confidence_frames

if TYPE_CHECKING:
    from collections.abc import Callable

    from bpy.types import Context


class _WeakFrames:
    """Mix-in: finds the low-confidence frames of the rig."""

    target: StringProperty(
        name="Rig", description="Armature to use. If empty, the one chosen in the panel is used"
    )

    if TYPE_CHECKING:  # comes from `bpy.types.Operator`
        report: Callable[[set[str], str], None]

    @classmethod
    def poll(cls, context: Context) -> bool:
        return not target_is_refused(cls, context)

    def spans(self, context: Context) -> list[tuple[int, int, float]] | None:
        """The weak spans; None when there is no rig, which is then reported."""
        try:
            target = checked_target(context, self.target)
        except Sketch2PoseError as error:
            self.report({"ERROR"}, str(error))
            return None
        return low_confidence_frames.low_confidence_spans(
            target, settings(context).low_confidence_threshold
        )


class SKETCH2POSE_OT_mark_weak_frames(_WeakFrames, bpy.types.Operator):
    bl_idname = "sketch2pose.mark_weak_frames"
    bl_label = "Mark Low-Confidence Frames"
    bl_description = "Add a timeline marker wherever the pose has low confidence"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Context) -> set[str]:
        spans = self.spans(context)
        if spans is None:
            return {"CANCELLED"}
        low_confidence_frames.mark(context.scene, spans)
        line = (
            f"Marked {len(spans)} low-confidence ranges" if spans else "No frame has low confidence"
        )
        show_result(context, line, "INFO")
        return {"FINISHED"}


class SKETCH2POSE_OT_next_weak_frame(_WeakFrames, bpy.types.Operator):
    bl_idname = "sketch2pose.next_weak_frame"
    bl_label = "Next Low-Confidence Frame"
    bl_description = (
        "Jump to the next low-confidence frame. After the last one, start again at the first"
    )
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Context) -> set[str]:
        spans = self.spans(context)
        if spans is None:
            return {"CANCELLED"}
        frame = low_confidence_frames.next_low_confidence(spans, context.scene.frame_current)
        if frame is None:
            self.report({"INFO"}, "No frame has low confidence")
            return {"CANCELLED"}
        context.scene.frame_set(frame)
        return {"FINISHED"}


class SKETCH2POSE_OT_clear_weak_frames(bpy.types.Operator):
    bl_idname = "sketch2pose.clear_weak_frames"
    bl_label = "Clear Low-Confidence Markers"
    bl_description = "Remove the markers of low-confidence frames. Other markers are kept"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Context) -> set[str]:
        return {"FINISHED"} if low_confidence_frames.clear_marks(context.scene) else {"CANCELLED"}


classes = (
    SKETCH2POSE_OT_mark_weak_frames,
    SKETCH2POSE_OT_next_weak_frame,
    SKETCH2POSE_OT_clear_weak_frames,
)
