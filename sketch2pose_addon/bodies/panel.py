"""The panel of bodies: making them, and the shape of the active one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ..backend.addon import preferences
from ..host.layout import SidebarPanel
from .body import load_body_data
from .op_create_body import active_rig
from .rest_bones import rest_bones_of

if TYPE_CHECKING:
    from bpy.types import Context, Object


class SKETCH2POSE_PT_bodies(SidebarPanel, bpy.types.Panel):
    bl_label = "Bodies"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Context) -> None:
        column = self.layout.column(align=True)
        column.operator("sketch2pose.create_body", icon="OUTLINER_OB_ARMATURE")
        if preferences(context).body_file:
            column.operator("sketch2pose.create_own_body", icon="FILE_FOLDER")
        column.operator("sketch2pose.fit_skel", icon="BONE_DATA")


class SKETCH2POSE_PT_body_shape(SidebarPanel, bpy.types.Panel):
    bl_label = "Shape"
    bl_parent_id = "SKETCH2POSE_PT_bodies"

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
            self.layout.label(text="Show the armature: its joints are out of date", icon="ERROR")


def slider_traits(rig: Object) -> tuple[str, ...]:
    """What each shape parameter of a body does; empty words where its file does not say."""
    if rig.sketch2pose_body.model_name:
        return ("",) * rest_bones_of(rig).shape_count
    return load_body_data().beta_traits


def slider_label(index: int, traits: str) -> str:
    """What a slider does mostly, in the file's own words: "1  +height -gender"."""
    words = " ".join(traits.split()[:2])
    return f"{index + 1}  {words}" if words else f"{index + 1}"


classes = (SKETCH2POSE_PT_bodies, SKETCH2POSE_PT_body_shape)
