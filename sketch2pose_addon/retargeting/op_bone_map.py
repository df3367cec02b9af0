"""Finds out which bone of the rig is which, and keeps the map with the rig."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import BoolProperty, StringProperty

from ...core.errors import Sketch2PoseError
from ...rigs import BoneMap, detect_bone_map
from ...rigs.human import BODY_ROLES, mirrored, side_of
from ..host.armatures import read_skeleton, saved_bone_map
from ..host.targets import checked_target
from . import bone_map_rows
from .bone_map_library import find_in_library, save_to_library

if TYPE_CHECKING:
    from bpy.types import Context, Object


class _MapOperator:
    report: Any  # these two are of the operator this is mixed into
    poll_message_set: Any
    bl_options = {"REGISTER", "UNDO"}

    target: StringProperty(
        name="Rig", description="Armature to use. If empty, the one chosen in the panel is used"
    )

    @classmethod
    def poll(cls, context: Context) -> bool:
        if any(item.type == "ARMATURE" for item in context.scene.objects):
            return True
        cls.poll_message_set("There is no armature in the scene")
        return False

    def execute(self, context: Context) -> set[str]:
        try:
            line = self.work(checked_target(context, self.target))
        except Sketch2PoseError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self.report({"INFO"}, line)
        return {"FINISHED"}

    def work(self, armature: Object) -> str:
        raise NotImplementedError(f"{type(self).__name__} does not say what to do")


class SKETCH2POSE_OT_detect_bone_map(_MapOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.detect_bone_map"
    bl_label = "Detect Bones"
    bl_description = (
        "Detect the role of each bone by its name or by the shape of the armature. The "
        "list can be edited afterwards"
    )

    use_library: BoolProperty(
        name="Own Maps", default=True, description="Use a saved bone map if it fits"
    )

    def work(self, armature: Object) -> str:
        skeleton = read_skeleton(armature)
        own = find_in_library(skeleton) if self.use_library else None
        bone_map = own or detect_bone_map(skeleton)
        bone_map_rows.show_map(armature, bone_map)
        for warning in bone_map.warnings:
            self.report({"WARNING"}, warning)
        return _summary(bone_map)


class SKETCH2POSE_OT_mirror_bone_map(_MapOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.mirror_bone_map"
    bl_label = "Mirror Bones"
    bl_description = "Fill the right side of the bone list from the left side by bone names"

    def work(self, armature: Object) -> str:
        bone_map = _kept_map(armature)
        for role, bone in list(bone_map.bones.items()):
            twin = bpy.utils.flip_name(bone)
            if side_of(role) == "left" and twin != bone and twin in armature.data.bones:
                bone_map = bone_map.with_bone(mirrored(role), twin)
        bone_map_rows.show_map(armature, bone_map)
        return _summary(bone_map)


class SKETCH2POSE_OT_save_bone_map(_MapOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.save_bone_map"
    bl_label = "Save to My Maps"
    bl_description = "Save the bone list for use on every rig with the same bones"

    def work(self, armature: Object) -> str:
        return f"Saved {save_to_library(_kept_map(armature), armature.data.name).name}"


def _kept_map(armature: Object) -> BoneMap:
    bone_map = saved_bone_map(armature)
    if bone_map is None:
        raise Sketch2PoseError(
            "There is no bone list yet", "nothing was detected", "Press Detect Bones", "map.none"
        )
    return bone_map


def _summary(bone_map: BoneMap) -> str:
    found = sum(role in bone_map.bones for role in BODY_ROLES)
    missing = ", ".join(role.replace("_", " ") for role in bone_map.missing[:4])
    rest = f"; without {missing}" if missing else ""
    return f"{found} of {len(BODY_ROLES)} body bones ({bone_map.preset}){rest}"


classes = (
    SKETCH2POSE_OT_detect_bone_map,
    SKETCH2POSE_OT_mirror_bone_map,
    SKETCH2POSE_OT_save_bone_map,
)
