"""What was read from the drawing, drawn over it: joints and bones, sure ones firm, guesses faint.

`bone_lines()` is plain arithmetic; only `draw()` needs a window.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np

from ..rigs.human_motion import SMPL_PARENTS
from .kept_result import KeptResult, kept_at
from .properties import settings
from .targets import target_rig

if TYPE_CHECKING:
    from bpy.types import Context

# Sure to unsure; told apart without red and green.
_LEVELS = (
    (0.7, (0.25, 0.65, 1.0, 0.95), 4.0),
    (0.4, (1.0, 0.8, 0.25, 0.9), 3.0),
    (0.0, (1.0, 0.45, 0.2, 0.75), 2.0),
)
_SHADER = "POLYLINE_UNIFORM_COLOR"


@dataclass(frozen=True)
class BoneLines:
    """Lines of one level of confidence.

    Attributes:
        points: [2 N, 3] ends in Blender's world.
        color: RGBA.
        width: px at interface scale 1.
    """

    points: np.ndarray
    color: tuple[float, float, float, float]
    width: float


def bone_lines(kept: KeptResult) -> list[BoneLines]:
    """The observed skeleton of a drawing, grouped by confidence; empty for pictures."""
    if len(kept.drawn) != len(SMPL_PARENTS):
        return []
    children = np.arange(1, len(SMPL_PARENTS))
    parents = np.array(SMPL_PARENTS[1:])
    sure = np.minimum(kept.confidence[children], kept.confidence[parents])
    lines, upper = [], np.inf
    for lower, color, width in _LEVELS:
        chosen = (sure >= lower) & (sure < upper)
        ends = np.stack([kept.drawn[parents[chosen]], kept.drawn[children[chosen]]], axis=1)
        if chosen.any():
            lines.append(BoneLines(ends.reshape(-1, 3), color, width))
        upper = lower
    return lines


def shown_lines(context: Context) -> list[BoneLines]:
    """What the overlay of this context shows now."""
    if not settings(context).show_overlay:
        return []
    kept = kept_at(target_rig(context), context.scene.frame_current)
    return bone_lines(kept) if kept is not None else []


def draw() -> None:
    """Draws into the present viewport."""
    import gpu
    from gpu_extras.batch import batch_for_shader  # pyright: ignore[reportMissingImports]

    context = bpy.context
    space = context.space_data
    if context.region is None or not getattr(space.overlay, "show_overlays", False):
        return
    shader = gpu.shader.from_builtin(_SHADER)
    gpu.state.blend_set("ALPHA")
    gpu.state.depth_test_set("NONE")
    shader.bind()
    shader.uniform_float("viewportSize", (context.region.width, context.region.height))
    scale = context.preferences.system.ui_scale
    for lines in shown_lines(context):
        batch = batch_for_shader(shader, "LINES", {"pos": lines.points.astype("f4")})
        shader.uniform_float("lineWidth", lines.width * scale)
        shader.uniform_float("color", lines.color)
        batch.draw(shader)
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
