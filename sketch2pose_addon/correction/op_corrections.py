"""Corrections by script or by the Correct tool: a limb, a joint, a depth; and the list of them.

Places are points of Blender's world, so a script need not know the view: they are read on the
paper of the result (see `plane`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
import numpy as np
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    FloatVectorProperty,
    IntProperty,
    StringProperty,
)

from ...core.corrections import edits
from ...core.corrections.limbs import LIMBS
from ...core.errors import Sketch2PoseError
from .correction_layer import CorrectionLayer
from .edit_plane import edit_plane_of
from .layer_operator import LayerOperator
from .stroke_interpretation import edit_of_stroke, refused

if TYPE_CHECKING:
    from bpy.types import Context, Object

    from ..results.stored_still import StoredStill

LIMB_ITEMS = (
    ("AUTO", "Nearest", "The limb that the stroke fits best"),
    *((name, name.replace("_", " ").title(), "") for name in LIMBS),
)
JOINT_ITEMS = tuple((str(joint), edits.joint_label(joint), "", joint) for joint in edits.HANDLES)
_TARGET = "Armature to use. If empty, the one chosen in the panel is used"


class Sketch2PosePoint(bpy.types.PropertyGroup):
    """A point of a stroke."""

    co: FloatVectorProperty(name="Location", description="Location in world space", size=3)


class SKETCH2POSE_OT_correct_limb(LayerOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.correct_limb"
    bl_label = "Correct Limb"
    bl_description = (
        "Replace one limb of the pose with a stroke, or move the nearest joint with a dot. "
        "The rest of the figure is not changed"
    )

    target: StringProperty(name="Rig", description=_TARGET)
    limb: EnumProperty(name="Limb", items=LIMB_ITEMS, default="AUTO")
    points: CollectionProperty(type=Sketch2PosePoint)

    def changed(
        self, context: Context, target: Object, stored: StoredStill, layer: CorrectionLayer
    ) -> CorrectionLayer:
        points = np.array([tuple(point.co) for point in self.points], float).reshape(-1, 3)
        plane = edit_plane_of(context, stored, target)
        return layer.adding(edit_of_stroke(points, plane, stored, self.limb))


class _JointOperator(LayerOperator):
    """Mix-in of operators that say something of one joint."""

    if TYPE_CHECKING:
        joint: str

    def edit(self, context: Context, stored: StoredStill, target: Object) -> edits.Edit:
        """The correction."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it corrects")

    def changed(
        self, context: Context, target: Object, stored: StoredStill, layer: CorrectionLayer
    ) -> CorrectionLayer:
        return layer.adding(self.edit(context, stored, target))


class SKETCH2POSE_OT_move_joint(_JointOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.move_joint"
    bl_label = "Move Joint"
    bl_description = "Move a joint to where it was drawn and rotate the bones that meet there"

    target: StringProperty(name="Rig", description=_TARGET)
    joint: EnumProperty(name="Joint", items=JOINT_ITEMS)
    location: FloatVectorProperty(name="Location", description="Location in world space", size=3)
    pin: BoolProperty(name="Pin", description="Keep the joint exactly at this place")

    def edit(self, context: Context, stored: StoredStill, target: Object) -> edits.Edit:
        plane, joint = edit_plane_of(context, stored, target), int(self.joint)
        place = np.array(self.location, float)
        if not self.properties.is_property_set("location"):
            place = plane.handles[joint]  # where it is now
        pixel = plane.pixels(place)[0]
        if not np.isfinite(pixel).all():
            raise refused("it is behind the camera from which the figure was seen")
        kind = edits.PIN if self.pin else edits.JOINT
        point = (float(pixel[0]), float(pixel[1]))
        return edits.Edit(kind, joint=joint, points=(point,), view=plane.edit_view())


class SKETCH2POSE_OT_ignore_joint(_JointOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.ignore_joint"
    bl_label = "Ignore Joint"
    bl_description = (
        "Ignore a wrongly detected joint and infer its place from the rest of the figure"
    )

    target: StringProperty(name="Rig", description=_TARGET)
    joint: EnumProperty(name="Joint", items=JOINT_ITEMS)

    def edit(self, context: Context, stored: StoredStill, target: Object) -> edits.Edit:
        return edits.Edit(edits.IGNORE, joint=int(self.joint))


class SKETCH2POSE_OT_nudge_joint(_JointOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.nudge_joint"
    bl_label = "Closer or Farther"
    bl_description = "Tilt the bone that ends in a joint toward the viewer or away"

    target: StringProperty(name="Rig", description=_TARGET)
    joint: EnumProperty(name="Joint", items=JOINT_ITEMS)
    angle: FloatProperty(
        name="Angle",
        description="Angle by which the bone tilts away from the viewer",
        subtype="ANGLE",
        default=0.1,
    )

    def edit(self, context: Context, stored: StoredStill, target: Object) -> edits.Edit:
        view = edit_plane_of(context, stored, target).edit_view()
        return edits.Edit(edits.DEPTH, joint=int(self.joint), radians=self.angle, view=view)


class _ListOperator(LayerOperator):
    """Mix-in of operators on one row of the list."""

    if TYPE_CHECKING:
        index: int

    def row(self, layer: CorrectionLayer) -> int:
        """The row, checked.

        Raises:
            Sketch2PoseError: there is no such row.
        """
        if self.index < len(layer.edits):
            return self.index
        raise Sketch2PoseError(
            "There is no such correction",
            f"the pose has {len(layer.edits)} corrections, so {self.index} does not exist",
            "Choose one from the list",
            "edits.index",
        )


class SKETCH2POSE_OT_toggle_correction(_ListOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.toggle_correction"
    bl_label = "Toggle Correction"
    bl_description = "Enable or disable a correction. The original result is kept"

    target: StringProperty(name="Rig", description=_TARGET)
    index: IntProperty(name="Correction", description="Index in the list, counted from 0", min=0)

    def changed(
        self, context: Context, target: Object, stored: StoredStill, layer: CorrectionLayer
    ) -> CorrectionLayer:
        return layer.toggled(self.row(layer))


class SKETCH2POSE_OT_remove_correction(_ListOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.remove_correction"
    bl_label = "Remove Correction"
    bl_description = "Remove a correction and solve the pose again without it"

    target: StringProperty(name="Rig", description=_TARGET)
    index: IntProperty(name="Correction", description="Index in the list, counted from 0", min=0)
    all: BoolProperty(name="All", description="Remove all corrections of this pose")

    def changed(
        self, context: Context, target: Object, stored: StoredStill, layer: CorrectionLayer
    ) -> CorrectionLayer:
        if self.all:
            return layer.with_edits(())
        row = self.row(layer)
        return layer.with_edits(layer.edits[:row] + layer.edits[row + 1 :])


classes = (
    Sketch2PosePoint,
    SKETCH2POSE_OT_correct_limb,
    SKETCH2POSE_OT_move_joint,
    SKETCH2POSE_OT_ignore_joint,
    SKETCH2POSE_OT_nudge_joint,
    SKETCH2POSE_OT_toggle_correction,
    SKETCH2POSE_OT_remove_correction,
)
