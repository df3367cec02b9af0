"""Colours the bones of SKEL armatures whose joints are turned beyond their limits.

The constraint shows a bone at its limit whatever its channels say; a key or a typed value beyond it
would go unnoticed. `beyond_limits()` is plain arithmetic; only `draw()` needs a window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy
import numpy as np

from .properties import settings

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
    overlay = getattr(context.space_data, "overlay", None)
    if context.region is None or not getattr(overlay, "show_overlays", False):
        return
    if not settings(context).show_overlay or not len(points := lines_beyond(context)):
        return
    import gpu
    from gpu_extras.batch import batch_for_shader  # pyright: ignore[reportMissingImports]

    shader = gpu.shader.from_builtin("POLYLINE_UNIFORM_COLOR")
    gpu.state.blend_set("ALPHA")
    gpu.state.depth_test_set("NONE")
    shader.bind()
    shader.uniform_float("viewportSize", (context.region.width, context.region.height))
    shader.uniform_float("lineWidth", _WIDTH * context.preferences.system.ui_scale)
    shader.uniform_float("color", _COLOUR)
    batch_for_shader(shader, "LINES", {"pos": points}).draw(shader)
    gpu.state.blend_set("NONE")
    gpu.state.depth_test_set("LESS_EQUAL")


_handles: list[Any] = []


def register() -> None:
    if not bpy.app.background:
        handle = bpy.types.SpaceView3D.draw_handler_add(draw, (), "WINDOW", "POST_VIEW")
        _handles.append(handle)


def unregister() -> None:
    while _handles:
        bpy.types.SpaceView3D.draw_handler_remove(_handles.pop(), "WINDOW")
