"""Choosing between the readings of a drawing, and correcting what a drawing cannot say.

Each operator changes the pose that a drawing gave to the rig at the current frame (or at the last
drawn one before it), in one undo step and without the backend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
import numpy as np
from bpy.props import EnumProperty, IntProperty, StringProperty

from ...inference.protocol.errors import Sketch2PoseError
from ...rigs import readings
from .. import results
from ..job_operator import show_result
from ..kept_result import KeptResult, keep, kept_at
from ..targets import checked_target, target_rig

if TYPE_CHECKING:
    from collections.abc import Callable

    from bpy.types import Context

LIMBS = (
    ("LEFT_ARM", "Left Arm", "The whole left arm"),
    ("RIGHT_ARM", "Right Arm", "The whole right arm"),
    ("LEFT_LEG", "Left Leg", "The whole left leg"),
    ("RIGHT_LEG", "Right Leg", "The whole right leg"),
    ("LEFT_FOREARM", "Left Forearm", "The left arm below the elbow"),
    ("RIGHT_FOREARM", "Right Forearm", "The right arm below the elbow"),
    ("LEFT_SHIN", "Left Shin", "The left leg below the knee"),
    ("RIGHT_SHIN", "Right Shin", "The right leg below the knee"),
)
CHANGES = (
    ("FRONT_BACK", "Front/Back", "See the figure from behind instead of in front, or back"),
    ("SWAP_SIDES", "Swap L/R", "Exchange the directions of left and right limbs"),
    ("MIRROR", "Mirror", "Mirror the pose"),
)


class _ReadingOperator:
    """Mix-in: changes the kept pose and puts it on the rig."""

    bl_options = {"REGISTER", "UNDO"}

    target: StringProperty(name="Rig", description="Armature; empty: the one in the panel")

    if TYPE_CHECKING:  # come from `bpy.types.Operator`
        report: Callable[[set[str], str], None]
        poll_message_set: Callable[[str], None]

    @classmethod
    def poll(cls, context: Context) -> bool:
        if bpy.app.background:
            return True
        if kept_at(target_rig(context), context.scene.frame_current) is None:
            cls.poll_message_set("The rig has no pose from a drawing at this frame")
            return False
        return True

    def changed(self, kept: KeptResult) -> np.ndarray:
        """The new pose [72]."""
        raise NotImplementedError

    def execute(self, context: Context) -> set[str]:
        try:
            target = checked_target(context, self.target)
            kept = kept_at(target, context.scene.frame_current)
            if kept is None:
                raise _nothing_kept(target.name)
            kept = kept.posed(self.changed(kept))
            applied = results.apply_motion(context, kept.motion(), target, kept.place, kept.frame)
        except Sketch2PoseError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        keep(target, kept)
        show_result(context, results.result_line(applied, 1), "INFO")
        return {"FINISHED"}


class SKETCH2POSE_OT_pick_hypothesis(_ReadingOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.pick_hypothesis"
    bl_label = "Pick Reading"
    bl_description = "Take another reading of the drawing: limbs towards the viewer or away"

    index: IntProperty(name="Reading", description="Number of the reading, from 0", min=0)

    def changed(self, kept: KeptResult) -> np.ndarray:
        if self.index < len(kept.poses):
            return kept.poses[self.index]
        raise Sketch2PoseError(
            "There is no such reading",
            f"the drawing has {len(kept.poses)} and number {self.index} was asked for",
            f"Choose one from 0 to {len(kept.poses) - 1}",
            "reading.index",
        )


class SKETCH2POSE_OT_flip_limb(_ReadingOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.flip_limb"
    bl_label = "Flip Limb"
    bl_description = "Turn a limb from towards the viewer to away, or back; the drawing still fits"

    limb: EnumProperty(name="Limb", items=LIMBS, default="LEFT_ARM")

    @classmethod
    def description(cls, _context: Context, properties: bpy.types.OperatorProperties) -> str:
        name = {item[0]: item[2] for item in LIMBS}[properties.limb]
        return f"{name}: towards the viewer or away. The drawing still fits"

    def changed(self, kept: KeptResult) -> np.ndarray:
        return readings.flip_limb(kept.pose, self.limb, kept.view)


class SKETCH2POSE_OT_change_reading(_ReadingOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.change_reading"
    bl_label = "Change Reading"
    bl_description = "Exchange front and back, left and right, or mirror the pose"

    change: EnumProperty(name="Change", items=CHANGES, default="FRONT_BACK")

    @classmethod
    def description(cls, _context: Context, properties: bpy.types.OperatorProperties) -> str:
        return {item[0]: item[2] for item in CHANGES}[properties.change]

    def changed(self, kept: KeptResult) -> np.ndarray:
        if self.change == "FRONT_BACK":
            return readings.front_back(kept.pose, kept.view)
        if self.change == "SWAP_SIDES":
            return readings.swap_sides(kept.pose)
        return readings.mirror(kept.pose)


def _nothing_kept(name: str) -> Sketch2PoseError:
    return Sketch2PoseError(
        "There is no reading to change",
        f'"{name}" has no pose from a drawing at or before this frame',
        "Use Pose from Drawing or Pose from Image first",
        "reading.none",
    )


classes = (
    SKETCH2POSE_OT_pick_hypothesis,
    SKETCH2POSE_OT_flip_limb,
    SKETCH2POSE_OT_change_reading,
)
