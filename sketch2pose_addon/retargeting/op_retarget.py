"""A motion file or another armature's action goes onto the rig."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy
import numpy as np
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, StringProperty

from ...core.body_motion import BodyMotion, read_body_motion
from ...core.errors import Sketch2PoseError
from ...rigs import HumanMotion, RetargetOptions
from ..host.armatures import refusal
from ..host.targets import checked_target, target_rig
from ..results.apply import AppliedMotion, ApplyOptions, apply_human_motion
from ..results.key_choice import KeyOptions
from ..results.stored_clip import store_clip
from .source_motion import action_range, find_source, motion_of_armature, motion_of_body

if TYPE_CHECKING:
    from bpy.types import Context, Event, Object

_PLACES = (
    ("RIG", "At Rig", "Keep the position and the facing direction of the rig"),
    ("WORLD", "As in Scene", "Place the figure where the motion takes place in the scene"),
)
_KEYS = (
    ("EVERY", "Every Frame", "Insert a keyframe on every frame"),
    ("REDUCED", "Few", "Insert as few keyframes as the tolerance allows"),
    (
        "POSES",
        "Best Poses",
        "Insert keyframes for whole poses at the key frames that describe the motion best",
    ),
)


class SKETCH2POSE_OT_retarget(bpy.types.Operator):
    bl_idname = "sketch2pose.retarget"
    bl_label = "Retarget"
    bl_description = (
        "Transfer a motion to the rig from a BodyMotion file or from another armature. "
        "Keyframes are added to a new action; the current action is kept"
    )
    bl_options = {"REGISTER", "UNDO"}

    source: StringProperty(
        name="Source",
        description=(
            "Animated armature or path of a motion file (.npz). If empty, the other selected "
            "armature is used"
        ),
    )
    target: StringProperty(
        name="Rig", description="Armature to drive. If empty, the one chosen in the panel is used"
    )
    place: EnumProperty(name="Placement", items=_PLACES)
    feet_on_ground: BoolProperty(
        name="Feet on Ground", default=True, description="Make the feet touch the ground"
    )
    lock_contacts: BoolProperty(
        name="Lock Feet", description="Hold planted feet still by bending the legs"
    )
    use_ik: BoolProperty(
        name="IK Controls", description="Drive the limbs of a control rig by IK instead of FK"
    )
    use_root_bone: BoolProperty(
        name="Root Bone", description="Transfer path and heading to the root bone"
    )
    in_place: BoolProperty(name="In Place", description="Remove the travel of the root")
    mirror: BoolProperty(name="Mirror", description="Swap left and right")
    keys: EnumProperty(name="Keyframes", items=_KEYS)
    tolerance: FloatProperty(
        name="Tolerance",
        description="Largest error allowed for any bone when keyframes are reduced",
        default=float(np.radians(1.0)),
        min=float(np.radians(0.05)),
        max=float(np.radians(15.0)),
        subtype="ANGLE",
    )
    pose_count: IntProperty(
        name="Poses", description="Number of key frames to use", default=8, min=2
    )
    as_strip: BoolProperty(name="NLA Strip", description="Add the action to a new NLA track")
    use_range: BoolProperty(name="Range", description="Only use a range of the source frames")
    range_start: IntProperty(name="Start", default=1)
    range_end: IntProperty(name="End", default=250)
    frame_start: IntProperty(
        name="From Frame",
        description=("Frame of the first keyframe. -1 uses the first frame of the source"),
        default=-1,
        min=-1,
    )
    preview: BoolProperty(
        name="Preview",
        description="Pose the rig at the current frame without inserting keyframes",
    )

    @classmethod
    def poll(cls, context: Context) -> bool:
        target = target_rig(context)
        problem = refusal(target) if target is not None else None
        if problem is not None:
            cls.poll_message_set(str(problem))
        elif not any(item.type == "ARMATURE" for item in context.scene.objects):
            cls.poll_message_set("There is no armature in the scene")
            return False
        return problem is None

    def invoke(self, context: Context, event: Event) -> set[str]:
        self.source = self.source or _other_armature(context, target_rig(context))
        return context.window_manager.invoke_props_dialog(self)

    def execute(self, context: Context) -> set[str]:
        try:
            target = checked_target(context, self.target)
            applied = self._apply(context, target)
        except Sketch2PoseError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        for note in applied.notes:
            self.report({"INFO"}, note)
        self.report({"INFO"}, _line(applied))
        return {"FINISHED"}

    def _apply(self, context: Context, target: Object) -> AppliedMotion:
        name = self.source or _other_armature(context, target)
        found = find_source(name)
        if found == target:
            raise Sketch2PoseError(
                "There is no motion to retarget",
                "source and rig are the same armature",
                "Choose another armature as the source",
                "source.same",
            )
        source = read_body_motion(found) if isinstance(found, Path) else found
        human, start = self._motion(context, source)
        if self.frame_start >= 0:
            start = self.frame_start
        if self.preview:
            row = int(np.clip(context.scene.frame_current - start, 0, human.frame_count - 1))
            human, start = human.frames([row]), context.scene.frame_current
        stem = found.stem if isinstance(found, Path) else found.name
        applied = apply_human_motion(context, human, target, start, self._options(), stem)
        if isinstance(source, BodyMotion) and self._plays_all():
            store_clip(context, target, source, start)
        return applied

    def _plays_all(self) -> bool:
        """Whether the rig does the whole of a file's motion, as it was seen."""
        return not (self.preview or self.use_range or self.mirror or self.in_place)

    def _motion(self, context: Context, source: Object | BodyMotion) -> tuple[HumanMotion, int]:
        if isinstance(source, BodyMotion):
            human = motion_of_body(context, source)
            if self.use_range:
                human = _cut(human, self.range_start - 1, self.range_end)
            return human, context.scene.frame_current
        first, last = action_range(source)
        if self.use_range:
            first, last = self.range_start, max(self.range_start, self.range_end)
        return motion_of_armature(context, source, first, last), first

    def _options(self) -> ApplyOptions:
        placement = RetargetOptions(
            in_world=self.place == "WORLD",
            feet_on_ground=self.feet_on_ground,
            lock_contacts=self.lock_contacts,
            in_place=self.in_place,
            use_root_bone=self.use_root_bone,
            use_ik=self.use_ik,
            mirror=self.mirror,
        )
        keys = KeyOptions(self.keys, self.tolerance, self.pose_count)
        return ApplyOptions(placement, not self.preview, keys, self.as_strip)


def _cut(human: HumanMotion, first: int, last: int) -> HumanMotion:
    rows = np.arange(max(first, 0), min(max(last, first + 1), human.frame_count))
    if not len(rows):
        raise Sketch2PoseError(
            "There is no motion to retarget",
            f"the range starts after the motion's {human.frame_count} frames",
            "Choose a range within the motion",
            "source.range",
        )
    return human.frames(rows)


def _other_armature(context: Context, target: Object | None) -> str:
    others = [o for o in context.selected_objects if o.type == "ARMATURE" and o != target]
    return others[0].name if others else ""


def _line(applied: AppliedMotion) -> str:
    if not applied.action:
        return f"Posed {applied.target} without keyframes"
    span = f"frames {applied.frame_start} to {applied.frame_end}"
    return (
        f"{applied.key_count} keyframes on {applied.bone_count} bones of {applied.target}, {span}"
    )


classes = (SKETCH2POSE_OT_retarget,)
