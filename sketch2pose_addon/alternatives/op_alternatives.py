"""Choosing between the hypotheses of a drawing, and correcting what a drawing cannot say.

Each operator changes the pose that a drawing gave to the rig at the current frame (or at the last
drawn one before it), in one undo step. Flips and changes join the list of corrections; the backend
is asked only when limbs were corrected by hand, which then lie on top.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import EnumProperty, IntProperty, StringProperty

from ...core.corrections.edits import CHANGE, FLIP, Edit
from ...core.errors import Sketch2PoseError
from ..correction.correction_layer import CorrectionLayer, layer_over
from ..correction.layer_operator import LayerOperator
from ..host.targets import target_rig
from ..results.stored_still import StoredStill, stored_still_at

if TYPE_CHECKING:
    from bpy.types import Context, Object

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
    (
        "FRONT_BACK",
        "Front/Back",
        "View the figure as seen from behind instead of from the front, or back",
    ),
    ("SWAP_SIDES", "Swap L/R", "Swap the directions of left and right limbs"),
    ("MIRROR", "Mirror", "Mirror the pose"),
)


class _AlternativeOperator(LayerOperator):
    """Mix-in: changes how the drawing is read; corrections by hand stay on top."""

    bl_options = {"REGISTER", "UNDO"}

    target: StringProperty(
        name="Rig", description="Armature to use. If empty, the one chosen in the panel is used"
    )

    @classmethod
    def poll(cls, context: Context) -> bool:
        if bpy.app.background:
            return True
        if stored_still_at(target_rig(context), context.scene.frame_current) is None:
            cls.poll_message_set("The rig has no pose from a drawing at this frame")
            return False
        return super().poll(context)

    def found(self, context: Context, target: Object) -> tuple[StoredStill, CorrectionLayer]:
        stored = stored_still_at(target, context.scene.frame_current)
        if stored is None:
            raise _nothing_stored(target.name)
        return stored, layer_over(target, stored)


class SKETCH2POSE_OT_pick_hypothesis(_AlternativeOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.pick_hypothesis"
    bl_label = "Pick Alternative"
    bl_description = (
        "Apply another possible pose of the drawing, with limbs pointing toward the viewer or away"
    )

    index: IntProperty(
        name="Alternative", description="Index of the alternative, counted from 0", min=0
    )

    def changed(
        self, context: Context, target: Object, stored: StoredStill, layer: CorrectionLayer
    ) -> CorrectionLayer:
        if self.index < len(stored.poses):
            return layer.over_reading(stored.poses[self.index])
        raise Sketch2PoseError(
            "There is no such alternative",
            f"the drawing has {len(stored.poses)} alternatives, so {self.index} does not exist",
            f"Choose one from 0 to {len(stored.poses) - 1}",
            "reading.index",
        )


class SKETCH2POSE_OT_flip_limb(_AlternativeOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.flip_limb"
    bl_label = "Flip Limb"
    bl_description = (
        "Make a limb point away from the viewer instead of toward it, or back. The pose "
        "still fits the drawing"
    )

    limb: EnumProperty(name="Limb", items=LIMBS, default="LEFT_ARM")

    @classmethod
    def description(cls, _context: Context, properties: bpy.types.OperatorProperties) -> str:
        name = {item[0]: item[2] for item in LIMBS}[properties.limb]
        return f"{name}: toward the viewer or away. The pose still fits the drawing"

    def changed(
        self, context: Context, target: Object, stored: StoredStill, layer: CorrectionLayer
    ) -> CorrectionLayer:
        return layer.adding(Edit(FLIP, limb=self.limb))


class SKETCH2POSE_OT_change_reading(_AlternativeOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.change_reading"
    bl_label = "Change Alternative"
    bl_description = "Swap front and back or left and right, or mirror the pose"

    change: EnumProperty(name="Change", items=CHANGES, default="FRONT_BACK")

    @classmethod
    def description(cls, _context: Context, properties: bpy.types.OperatorProperties) -> str:
        return {item[0]: item[2] for item in CHANGES}[properties.change]

    def changed(
        self, context: Context, target: Object, stored: StoredStill, layer: CorrectionLayer
    ) -> CorrectionLayer:
        return layer.adding(Edit(CHANGE, change=self.change))


def _nothing_stored(name: str) -> Sketch2PoseError:
    return Sketch2PoseError(
        "There is no alternative to change",
        f'"{name}" has no pose from a drawing at or before this frame',
        "Use Pose from Drawing or Pose from Image first",
        "reading.none",
    )


classes = (
    SKETCH2POSE_OT_pick_hypothesis,
    SKETCH2POSE_OT_flip_limb,
    SKETCH2POSE_OT_change_reading,
)
