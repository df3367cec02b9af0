"""Which rig receives a pose and which drawing is read, and why not when there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ...core.errors import Sketch2PoseError
from .armatures import refusal
from .grease_pencil import is_drawing
from .properties import settings

if TYPE_CHECKING:
    from bpy.types import Context, Object


def target_rig(context: Context, name: str = "") -> Object | None:
    """The armature of that name, else the picked one, else the active one, else the only one."""
    if name:
        return bpy.data.objects.get(name)
    picked = settings(context).target
    if picked is not None and picked.name in context.scene.objects:
        return picked
    active = context.view_layer.objects.active
    if active is not None and active.type == "ARMATURE":
        return active
    rigs = [item for item in context.scene.objects if item.type == "ARMATURE"]
    return rigs[0] if len(rigs) == 1 else None


def drawing_object(context: Context, name: str = "") -> Object | None:
    """The drawing of that name, else the active one, else the one picked in the panel."""
    if name:
        return bpy.data.objects.get(name)
    active = context.view_layer.objects.active
    if is_drawing(active):
        return active
    picked = settings(context).drawing
    present = picked is not None and picked.name in context.scene.objects
    return picked if present and is_drawing(picked) else None


def checked_target(context: Context, name: str = "") -> Object:
    """The rig that receives the pose.

    Raises:
        Sketch2PoseError: there is none, or it cannot be posed.
    """
    target = target_rig(context, name)
    if target is None and name:
        raise Sketch2PoseError(
            "Nothing to pose",
            f'there is no object "{name}" in this file',
            "Choose an armature in this file",
            "target.none",
        )
    problem = refusal(target)
    if problem is not None:
        raise problem
    assert target is not None
    return target


def scene_is_linked(operator: type[bpy.types.Operator], context: Context) -> bool:
    """For `poll()`: whether nothing can be added to the scene; the grayed button then says so."""
    if context.scene.library is None:
        return False
    operator.poll_message_set("The scene is linked from another file and cannot be changed")
    return True


def target_is_refused(operator: type[bpy.types.Operator], context: Context) -> bool:
    """For `poll()`: whether there is nothing to pose; the grayed button then says why.

    Scripts may name any rig when they call the operator, which `poll()` cannot see: where nothing
    is picked but something could be, it lets them through.
    """
    picked = target_rig(context)
    problem = refusal(picked)
    open_choice = picked is None and any(refusal(item) is None for item in bpy.data.objects)
    if problem is None or open_choice or bpy.app.background:
        return False
    operator.poll_message_set(str(problem))
    return True


def drawing_is_missing(operator: type[bpy.types.Operator], context: Context) -> bool:
    """The same for the drawing."""
    open_choice = any(is_drawing(item) for item in bpy.data.objects)
    if drawing_object(context) is not None or open_choice or bpy.app.background:
        return False
    operator.poll_message_set("There is no drawing yet. Press Draw and draw a figure")
    return True


def checked_drawing(context: Context, name: str = "") -> Object:
    """The drawing to read.

    Raises:
        Sketch2PoseError: there is none.
    """
    drawing = drawing_object(context, name)
    if drawing is None or not is_drawing(drawing):
        why = f'"{name}" is not a Grease Pencil object' if name else "there is no drawing"
        fix = "Press Draw in the Sketch2Pose panel and draw a figure"
        raise Sketch2PoseError("There is no drawing to estimate", why, fix, "drawing.none")
    return drawing
