"""Drawing over the 3D viewport: being called when it is drawn, and lines in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np

if TYPE_CHECKING:
    from bpy.types import Context


class ViewportHandler:
    """Calls a function whenever a 3D viewport is drawn, from `add()` to `remove()`."""

    def __init__(self, draw: Callable[[], None], when: str = "POST_VIEW") -> None:
        self._draw, self._when = draw, when
        self._handle: Any = None

    def add(self) -> None:
        """Starts; without a window there is nothing to draw into."""
        if not bpy.app.background:
            self._handle = bpy.types.SpaceView3D.draw_handler_add(
                self._draw, (), "WINDOW", self._when
            )

    def remove(self) -> None:
        """Ends. Safe to call twice."""
        if self._handle is not None:
            bpy.types.SpaceView3D.draw_handler_remove(self._handle, "WINDOW")
            self._handle = None


def overlays_shown(context: Context) -> bool:
    """Whether the present viewport shows overlays at all."""
    overlay = getattr(context.space_data, "overlay", None)
    return context.region is not None and getattr(overlay, "show_overlays", False)


@contextmanager
def over_the_scene() -> Iterator[None]:
    """What is drawn meanwhile is transparent and hidden by nothing."""
    import gpu

    gpu.state.blend_set("ALPHA")
    gpu.state.depth_test_set("NONE")
    try:
        yield
    finally:
        gpu.state.blend_set("NONE")
        gpu.state.depth_test_set("LESS_EQUAL")


def draw_lines(
    context: Context,
    points: np.ndarray,
    color: tuple[float, ...],
    width: float,
    kind: str = "LINES",
) -> None:
    """Draws lines into the present viewport.

    Args:
        context: of the viewport.
        points: [N, 3] in the viewport's world or, after it, its pixels.
        color: RGBA.
        width: px at interface scale 1.
        kind: LINES joins pairs of points, LINE_STRIP all of them.
    """
    import gpu
    from gpu_extras.batch import batch_for_shader  # pyright: ignore[reportMissingImports]

    shader = gpu.shader.from_builtin("POLYLINE_UNIFORM_COLOR")
    batch = batch_for_shader(shader, kind, {"pos": points.astype("f4")})
    shader.bind()
    shader.uniform_float("viewportSize", (context.region.width, context.region.height))
    shader.uniform_float("lineWidth", width * context.preferences.system.ui_scale)
    shader.uniform_float("color", color)
    batch.draw(shader)
