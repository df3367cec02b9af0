"""Makes the default body: armature, skinned mesh and shape sliders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import BoolProperty, PointerProperty

from ..body import create_armature, create_skin, load_body_data
from ..body_shape import Sketch2PoseBodyShape, drive_shape_keys
from ..preferences import preferences
from ..rest_bones import rest_bones_of

if TYPE_CHECKING:
    from bpy.types import Context, Object

    from ..body import BodyData


class SKETCH2POSE_OT_create_body(bpy.types.Operator):
    bl_idname = "sketch2pose.create_body"
    bl_label = "Create Body"
    bl_description = (
        "Add the default body at the 3D cursor: an armature with a skinned mesh and shape sliders"
    )
    bl_options = {"REGISTER", "UNDO"}

    with_skin: BoolProperty(
        name="Mesh", description="Add the skinned mesh, not only the armature", default=True
    )

    @classmethod
    def poll(cls, context: Context) -> bool:
        if context.scene.library is not None:
            cls.poll_message_set("The scene is linked from another file and cannot be changed")
            return False
        return True

    def execute(self, context: Context) -> set[str]:
        try:
            data = load_body_data()
        except OSError as error:
            self.report(
                {"ERROR"},
                f"The default body could not be read: {error}. Install the extension again.",
            )
            return {"CANCELLED"}
        add_body(context, data, "Body", self.with_skin)
        return {"FINISHED"}


def add_body(context: Context, data: BodyData, name: str, with_skin: bool) -> Object:
    """Adds a body at the 3D cursor and makes it active; returns its armature."""
    leave_other_modes(context)
    rig = create_armature(data, name)
    rig.location = context.scene.cursor.location
    rig.sketch2pose_body.is_body = True
    if with_skin:
        drive_shape_keys(create_skin(data, rig, f"{name} Mesh"), rig)
    select_only(context, rig)
    return rig


class SKETCH2POSE_PT_bodies(bpy.types.Panel):
    bl_label = "Bodies"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Sketch2Pose"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Context) -> None:
        column = self.layout.column(align=True)
        column.operator("sketch2pose.create_body", icon="OUTLINER_OB_ARMATURE")
        if preferences(context).body_file:
            column.operator("sketch2pose.create_own_body", icon="FILE_FOLDER")
        column.operator("sketch2pose.fit_skel", icon="BONE_DATA")


class SKETCH2POSE_PT_body_shape(bpy.types.Panel):
    bl_label = "Shape"
    bl_parent_id = "SKETCH2POSE_PT_bodies"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"

    @classmethod
    def poll(cls, context: Context) -> bool:
        rig = active_rig(context)
        return rig is not None and rig.sketch2pose_body.is_body

    def draw(self, context: Context) -> None:
        rig = active_rig(context)
        if rig is None:  # poll() has seen one
            return
        shape = rig.sketch2pose_body
        column = self.layout.column(align=True)
        for index, trait in enumerate(slider_traits(rig)):
            column.prop(shape, "betas", index=index, text=slider_label(index, trait), slider=True)
        if shape.model_name:
            self.layout.operator("sketch2pose.add_correctives", icon="SHAPEKEY_DATA")
        if shape.joints_late:
            self.layout.label(text="Show the armature: its joints are late", icon="ERROR")


def slider_traits(rig: Object) -> tuple[str, ...]:
    """What each shape parameter of a body does; empty words where its file does not say."""
    if rig.sketch2pose_body.model_name:
        return ("",) * rest_bones_of(rig).shape_count
    return load_body_data().beta_traits


def slider_label(index: int, traits: str) -> str:
    """What a slider does mostly, in the file's own words: "1  +height -gender"."""
    words = " ".join(traits.split()[:2])
    return f"{index + 1}  {words}" if words else f"{index + 1}"


def active_rig(context: Context) -> Object | None:
    """The active armature, or that of the active mesh."""
    active = context.object
    return active.find_armature() if active is not None and active.type == "MESH" else active


def leave_other_modes(context: Context) -> None:
    active = context.view_layer.objects.active
    if active is not None and active.mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")


def select_only(context: Context, rig: Object) -> None:
    """Selects it, nothing else, and makes it active."""
    for item in context.selected_objects:
        item.select_set(False)
    rig.select_set(True)
    context.view_layer.objects.active = rig


def register() -> None:
    bpy.types.Object.sketch2pose_body = PointerProperty(type=Sketch2PoseBodyShape)


def unregister() -> None:
    del bpy.types.Object.sketch2pose_body


classes = (
    Sketch2PoseBodyShape,
    SKETCH2POSE_OT_create_body,
    SKETCH2POSE_PT_bodies,
    SKETCH2POSE_PT_body_shape,
)
