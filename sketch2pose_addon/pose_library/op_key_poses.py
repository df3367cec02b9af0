"""Taking poses of the library, paging through it, and saying the rig's pose in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import BoolProperty, FloatProperty, IntProperty, StringProperty

from ...core.errors import Sketch2PoseError
from ...core.kinematics import posed_joints
from ...rigs.poses.describe import describe
from ..backend.job_operator import show_result
from ..host.targets import checked_target, target_is_refused
from ..results import apply_still
from ..retargeting.rig_pose import result_of_rig
from .key_pose import PoseChoice, apply_key_pose, key_pose
from .library_settings import library_settings

if TYPE_CHECKING:
    from bpy.types import Context, Event


class SKETCH2POSE_OT_apply_key_pose(bpy.types.Operator):
    bl_idname = "sketch2pose.apply_key_pose"
    bl_label = "Apply Key Pose"
    bl_description = "Apply this pose to the rig, keeping its position and facing direction"
    bl_options = {"REGISTER", "UNDO"}

    name: StringProperty(name="Pose", description="Name of the key pose", options={"SKIP_SAVE"})
    target: StringProperty(
        name="Rig",
        description="Armature to use. If empty, the one chosen in the panel is used",
        options={"SKIP_SAVE"},
    )
    blend: FloatProperty(
        name="Blend",
        description=(
            "Amount of blending from the current pose of the rig to the pose of the library"
        ),
        default=1.0,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
    )
    mirrored: BoolProperty(name="Mirror", description="Swap left and right")
    key: BoolProperty(
        name="Insert Keyframes",
        description="Insert keyframes for the pose at the current frame",
        default=True,
    )

    @classmethod
    def poll(cls, context: Context) -> bool:
        return not target_is_refused(cls, context)

    @classmethod
    def description(cls, _context: Context, properties: bpy.types.OperatorProperties) -> str:
        try:
            pose = key_pose(properties.name)[1]
            return f"{pose.title} ({', '.join(pose.tags)}): {describe(pose.joints)}"
        except Sketch2PoseError:
            return cls.bl_description

    def invoke(self, context: Context, _event: Event) -> set[str]:
        state = library_settings(context)
        self.blend, self.mirrored = state.blend, state.mirrored
        self.key = apply_still.keys_wanted(context)
        return self.execute(context)

    def execute(self, context: Context) -> set[str]:
        choice = PoseChoice(self.name, self.blend, self.mirrored)
        try:
            target = checked_target(context, self.target)
            applied = apply_key_pose(context, target, choice, key=self.key)
        except Sketch2PoseError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        show_result(context, apply_still.result_line(applied, 1), "INFO")
        return {"FINISHED"}


class SKETCH2POSE_OT_library_page(bpy.types.Operator):
    bl_idname = "sketch2pose.library_page"
    bl_label = "Turn Page"
    bl_description = "Show other poses of the library"
    bl_options = {"INTERNAL"}

    page: IntProperty(name="Page", min=0)

    def execute(self, context: Context) -> set[str]:
        library_settings(context).page = self.page
        return {"FINISHED"}


class SKETCH2POSE_OT_describe_pose(bpy.types.Operator):
    bl_idname = "sketch2pose.describe_pose"
    bl_label = "Describe Pose"
    bl_description = (
        "Describe the current pose of the rig in words and copy the text to the clipboard"
    )

    target: StringProperty(
        name="Rig",
        description="Armature to use. If empty, the one chosen in the panel is used",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: Context) -> bool:
        return not target_is_refused(cls, context)

    def execute(self, context: Context) -> set[str]:
        try:
            seen = result_of_rig(context, checked_target(context, self.target))
            text = describe(posed_joints(seen.pose, seen.offsets, seen.pelvis))
        except Sketch2PoseError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        library_settings(context).description = text
        context.window_manager.clipboard = text
        self.report({"INFO"}, text)
        return {"FINISHED"}


classes = (
    SKETCH2POSE_OT_apply_key_pose,
    SKETCH2POSE_OT_library_page,
    SKETCH2POSE_OT_describe_pose,
)
