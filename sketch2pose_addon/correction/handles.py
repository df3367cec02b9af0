"""The joints as handles in the viewport, and the stroke that is being drawn.

`screen_places()` and `handle_at()` are plain arithmetic; only `draw()` needs a window.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import bpy
import numpy as np

from ...core.corrections import edits
from ..host.viewport_drawing import ViewportHandler, draw_lines
from . import edit_session

if TYPE_CHECKING:
    from bpy.types import Context, Region, RegionView3D

    from .correction_layer import CorrectionLayer

REACH = 14.0  # px at interface scale 1 from which a handle is taken hold of
_RADIUS, _HOVERED = 5.0, 7.5
_CORNERS = 20
_INK = (1.0, 1.0, 1.0, 0.95)
_RIM = (0.05, 0.05, 0.05, 0.9)
_PINNED = (1.0, 0.75, 0.2, 1.0)
_IGNORED = (0.6, 0.6, 0.6, 0.4)
_STROKE, _STROKE_WIDTH = (1.0, 0.45, 0.2, 0.95), 3.0


@dataclass
class Pointer:
    """What the mouse does, for drawing.

    Attributes:
        hovered: joint under the mouse.
        stroke: points in region px of the stroke that is being drawn.
    """

    hovered: int | None = None
    stroke: list[tuple[float, float]] = field(default_factory=list)


pointer = Pointer()


def screen_places(points: np.ndarray, region_3d: RegionView3D, size: tuple[int, int]) -> np.ndarray:
    """Region px [N, 2], origin bottom left, of world points [N, 3]; NaN behind the viewer."""
    clip = np.c_[points, np.ones(len(points))] @ np.array(region_3d.perspective_matrix).T
    depth = np.where(clip[:, 3:] > 1e-9, clip[:, 3:], np.nan)
    return (clip[:, :2] / depth * 0.5 + 0.5) * np.array(size, float)


def handle_at(places: np.ndarray, mouse: tuple[float, float], reach: float) -> int | None:
    """The joint whose handle is under the mouse.

    Args:
        places: [24, 2] region px.
        mouse: region px.
        reach: px.
    """
    joints = np.array(edits.HANDLES)
    apart = np.linalg.norm(places[joints] - np.array(mouse, float), axis=1)
    apart = np.where(np.isfinite(apart), apart, np.inf)
    nearest = int(apart.argmin())
    return int(joints[nearest]) if apart[nearest] <= reach else None


def places_in(region: Region, region_3d: RegionView3D) -> np.ndarray | None:
    """Where the handles are in a viewport; None while there are none."""
    session = edit_session.session()
    if session is None or session.plane is None:
        return None
    return screen_places(session.plane.handles, region_3d, (region.width, region.height))


def draw() -> None:
    """Draws into the present viewport."""
    context = bpy.context
    region, region_3d = context.region, context.region_data
    session = edit_session.session()
    if session is None or region is None or region_3d is None:
        return
    import gpu

    places = places_in(region, region_3d)
    gpu.state.blend_set("ALPHA")
    if places is not None:
        _draw_handles(context, places, session.layer)
    if len(pointer.stroke) > 1:
        line = np.c_[np.array(pointer.stroke, float), np.zeros(len(pointer.stroke))]
        draw_lines(context, line, _STROKE, _STROKE_WIDTH, "LINE_STRIP")
    gpu.state.blend_set("NONE")


def _draw_handles(context: Context, places: np.ndarray, layer: CorrectionLayer | None) -> None:
    scale = context.preferences.system.ui_scale
    pinned, ignored = _marked(layer, edits.PIN), _marked(layer, edits.IGNORE)
    for joint in edits.HANDLES:
        if not np.isfinite(places[joint]).all():
            continue
        radius = scale * (_HOVERED if joint == pointer.hovered else _RADIUS)
        color = _PINNED if joint in pinned else _IGNORED if joint in ignored else _INK
        _draw_disc(places[joint], radius + 1.5 * scale, _RIM)
        _draw_disc(places[joint], radius, color)


def _marked(layer: CorrectionLayer | None, kind: str) -> set[int]:
    listed = layer.edits if layer is not None else ()
    return {edit.joint for edit in listed if edit.kind == kind and edit.enabled}


def _draw_disc(center: np.ndarray, radius: float, color: tuple[float, ...]) -> None:
    import gpu
    from gpu_extras.batch import batch_for_shader  # pyright: ignore[reportMissingImports]

    turns = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
    rim = center + radius * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    fan = [(0, i, i + 1) for i in range(1, _CORNERS - 1)]
    shader = gpu.shader.from_builtin("UNIFORM_COLOR")
    points = np.c_[rim, np.zeros(_CORNERS)].astype("f4")
    batch = batch_for_shader(shader, "TRIS", {"pos": points}, indices=fan)
    shader.bind()
    shader.uniform_float("color", color)
    batch.draw(shader)


_handler = ViewportHandler(draw, "POST_PIXEL")


def register() -> None:
    _handler.add()


def unregister() -> None:
    _handler.remove()
