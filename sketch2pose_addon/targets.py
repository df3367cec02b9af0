"""Which rig receives a pose and which drawing is read, and why not when there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ..inference.protocol.errors import Sketch2PoseError
from .grease_pencil import is_drawing
from .properties import settings

if TYPE_CHECKING:
    from bpy.types import Context, Object


def target_rig(context: Context, name: str = "") -> Object | None:
    """The armature of that name, else the one picked in the panel, else the active one."""
    if name:
        return bpy.data.objects.get(name)
    picked = settings(context).target
    if picked is not None and picked.name in context.scene.objects:
        return picked
    active = context.view_layer.objects.active
    return active if active is not None and active.type == "ARMATURE" else None


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


def problem_of_target(target: Object | None) -> Sketch2PoseError | None:
    """Why the object cannot be posed, or None when it can."""
    if target is None:
        return _no_target("no rig is chosen", "Choose an armature in the field Rig")
    if target.type != "ARMATURE":
        return _no_target(f'"{target.name}" is not an armature', "Choose an armature as Rig")
    if not target.data.bones:
        return _no_target(f'"{target.name}" has no bones', "Choose an armature with bones")
    if target.library is not None:
        fix = "Select it and use Object > Library Override > Make"
        return _no_target(f'"{target.name}" is linked from another file', fix)
    return None


def checked_target(context: Context, name: str = "") -> Object:
    """The rig that receives the pose.

    Raises:
        Sketch2PoseError: there is none, or it cannot be posed.
    """
    target = target_rig(context, name)
    if target is None and name:
        raise _no_target(f'there is no object "{name}"', "Choose an armature of this file")
    problem = problem_of_target(target)
    if problem is not None:
        raise problem
    assert target is not None
    return target


def checked_drawing(context: Context, name: str = "") -> Object:
    """The drawing to read.

    Raises:
        Sketch2PoseError: there is none.
    """
    drawing = drawing_object(context, name)
    if not is_drawing(drawing):
        what = f'"{name}" is not a grease pencil drawing' if name else "there is no drawing"
        fix = "Press Draw in the Sketch2Pose panel and draw a figure"
        raise Sketch2PoseError("Nothing to read", what, fix, "drawing.none")
    assert drawing is not None
    return drawing


def _no_target(why: str, fix: str) -> Sketch2PoseError:
    return Sketch2PoseError("Nothing to pose", why, fix, "target.unusable")
