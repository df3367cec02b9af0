"""Colors the bones of SKEL armatures whose joints are turned beyond their limits.

The constraint shows a bone at its limit whatever its channels say; a key or a typed value beyond it
would go unnoticed. `beyond_limits()` is plain arithmetic; only `draw()` needs a window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
import numpy as np

from ..host.properties import settings
from ..host.viewport_drawing import ViewportHandler, draw_lines, over_the_scene, overlays_shown

if TYPE_CHECKING:
    from bpy.types import Context, Object, PoseBone

MARK = "sketch2pose_skel"  # custom property of armatures made by Fit Anatomical Skeleton
TOLERANCE = np.radians(0.5)
_COLOUR, _WIDTH = (1.0, 0.1, 0.7, 1.0), 6.0  # told apart without red and green


def beyond_limits(rig: Object) -> list[str]:
    """Names of the bones with a rotation channel outside of its limits."""
    return [bone.name for bone in rig.pose.bones if _is_beyond(bone)]


def _is_beyond(bone: PoseBone) -> bool:
    limit = next((c for c in bone.constraints if c.type == "LIMIT_ROTATION"), None)
    if limit is None or bone.rotation_mode in ("QUATERNION", "AXIS_ANGLE"):
        return False
    return any(
        getattr(limit, f"use_limit_{axis}")
        and not (
            getattr(limit, f"min_{axis}") - TOLERANCE
            <= angle
            <= getattr(limit, f"max_{axis}") + TOLERANCE
        )
        for axis, angle in zip("xyz", bone.rotation_euler, strict=True)
    )


def lines_beyond(context: Context) -> np.ndarray:
    """[2 N, 3] ends, in the world, of all visible bones beyond their limits."""
    ends = [
        point
        for rig in context.visible_objects
        if rig.type == "ARMATURE" and rig.get(MARK)
        for name in beyond_limits(rig)
        for point in _ends(rig, name)
    ]
    return np.array(ends, np.float32).reshape(-1, 3)


def _ends(rig: Object, name: str) -> list[tuple[float, ...]]:
    bone = rig.pose.bones[name]
    return [tuple(rig.matrix_world @ point) for point in (bone.head, bone.tail)]


def draw() -> None:
    """Draws into the present viewport."""
    context = bpy.context
    if not overlays_shown(context) or not settings(context).show_overlay:
        return
    if len(points := lines_beyond(context)):
        with over_the_scene():
            draw_lines(context, points, _COLOUR, _WIDTH)


_handler = ViewportHandler(draw)


def register() -> None:
    _handler.add()


def unregister() -> None:
    _handler.remove()
