"""Makes the default body: armature, skinned mesh and shape sliders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import BoolProperty

from .body import create_armature, create_skin, load_body_data
from .body_shape import drive_shape_keys

if TYPE_CHECKING:
    from bpy.types import Context, Object

    from .body import BodyData


class SKETCH2POSE_OT_create_body(bpy.types.Operator):
    bl_idname = "sketch2pose.create_body"
    bl_label = "Create Body"
    bl_description = (
        "Add the default body at the 3D cursor as an armature with a skinned mesh and shape sliders"
    )
    bl_options = {"REGISTER", "UNDO"}

    with_skin: BoolProperty(
        name="Mesh", description="Add the skinned mesh in addition to the armature", default=True
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


classes = (SKETCH2POSE_OT_create_body,)
