"""The shape sliders of a body made by `sketch2pose.create_body`.

The sliders live on the armature object (`object.sketch2pose_body.betas`). The mesh follows by
drivers on its shape keys. The joints must follow too, or elbows would bend beside the elbow; rest
bones change in edit mode only, so each change of a slider enters it for a moment and comes back to
the mode, object and selection that were there. Where that is not possible (the armature is hidden
or linked from another file) `joints_late` says so and the next change makes up for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import bpy
import numpy as np
from bpy.props import BoolProperty, FloatVectorProperty, PointerProperty, StringProperty

from .body import SHAPE_COUNT, SHAPE_KEY, SHAPE_RANGE, place_bones
from .pose_correctives import renew_correctives
from .rest_bones import rest_bones_of

if TYPE_CHECKING:
    from bpy.types import Context, Object


def shape_changed(shape: Sketch2PoseBodyShape, context: Context) -> None:
    """Takes the rest bones to the new shape (update callback of the sliders)."""
    rig = shape.id_data
    if not shape.is_body or rig.data is None:
        return
    shape.joints_late = not can_enter_edit_mode(rig, context)
    if not shape.joints_late:
        rest = rest_bones_of(rig)
        with edit_mode(rig, context):
            place_bones(rig.data.edit_bones, rest.names, *rest.at(np.array(shape.betas)))
        for skin in skins_of(rig):
            renew_correctives(skin, rig)


class Sketch2PoseBodyShape(bpy.types.PropertyGroup):
    """Shape of a body, at `object.sketch2pose_body` of its armature."""

    is_body: BoolProperty(
        name="Is a Body", description="Whether the armature was made by Create Body", default=False
    )
    betas: FloatVectorProperty(
        name="Shape",
        description="Shape of the body, in standard deviations from the average adult",
        size=SHAPE_COUNT,
        soft_min=-SHAPE_RANGE,
        soft_max=SHAPE_RANGE,
        step=5,
        precision=2,
        update=shape_changed,
        options=set(),  # not animatable: rest bones cannot be keyed
    )
    model_name: StringProperty(
        name="Model", description="SMPL, SMPL-H or SMPL-X. Empty for the default body"
    )
    model_file: StringProperty(
        name="File", description="Your own file from which the body was made"
    )
    joints_late: BoolProperty(
        name="Joints Out of Date",
        description="Whether the bones could not follow the last change of shape",
        default=False,
    )


def can_enter_edit_mode(rig: Object, context: Context) -> bool:
    local = rig.library is None and rig.data.library is None and rig.data.override_library is None
    return local and rig.name in context.view_layer.objects and rig.visible_get()


@contextmanager
def edit_mode(rig: Object, context: Context) -> Iterator[None]:
    """The rig in edit mode; active object, mode and selection are restored by name."""
    if rig.mode == "EDIT":
        yield
        return
    view_layer = context.view_layer
    active = view_layer.objects.active
    active_name, mode = (active.name, active.mode) if active else ("", "OBJECT")
    selected = [item.name for item in context.view_layer.objects if item.select_get()]
    if mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")
    view_layer.objects.active = rig
    bpy.ops.object.mode_set(mode="EDIT")
    try:
        yield
    finally:
        bpy.ops.object.mode_set(mode="OBJECT")
        for item in view_layer.objects:
            item.select_set(item.name in selected)
        view_layer.objects.active = view_layer.objects.get(active_name)
        if mode != "OBJECT" and view_layer.objects.active is not None:
            bpy.ops.object.mode_set(mode=mode)


def skins_of(rig: Object) -> list[Object]:
    """The meshes of a body."""
    return [child for child in rig.children if child.type == "MESH"]


def drive_shape_keys(skin: Object, rig: Object) -> None:
    """Lets the mesh follow the sliders; plain variables only, so no script needs permission."""
    shapes = [key for key in skin.data.shape_keys.key_blocks if key.name.startswith(SHAPE_KEY)]
    for index, key in enumerate(shapes):
        driver = key.driver_add("value").driver
        driver.type = "SUM"
        variable = driver.variables.new()
        variable.type = "SINGLE_PROP"
        variable.targets[0].id = rig
        variable.targets[0].data_path = f"sketch2pose_body.betas[{index}]"


classes = (Sketch2PoseBodyShape,)


def register() -> None:
    bpy.types.Object.sketch2pose_body = PointerProperty(type=Sketch2PoseBodyShape)


def unregister() -> None:
    del bpy.types.Object.sketch2pose_body
