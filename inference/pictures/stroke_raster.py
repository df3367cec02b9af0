"""Ink of strokes and shapes drawn as pixels, anti-aliased.

Conventions: pixels, origin at the top left corner of the top left pixel, x right, y down;
255 is paper, 0 is ink.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ...core.strokes import Stroke

PAPER = 255
INK = 0
SUPERSAMPLING = 3  # OpenCV widens lines in steps of two pixels: two thirds of a page px here
THINNEST_LINE = 1.2  # page px; thinner ones fade below what the net has seen
_BLUR_WIDTH = 1.4  # px that OpenCV's anti-aliasing adds to the width of a line
_SHIFT = 4  # OpenCV's fixed-point bits for sub-pixel coordinates
_FAR = 20000.0  # px; beyond this fixed-point coordinates would overflow


@dataclass(frozen=True)
class Shape:
    """Polylines [N, 2] px painted together: filled even-odd, then stroked; None = not painted."""

    polylines: tuple[NDArray[np.float64], ...]
    stroke_gray: int | None = INK
    stroke_width: float = 1.0
    fill_gray: int | None = None


def rasterize(
    shapes: Iterable[Shape | Stroke],
    size: tuple[int, int],
    scale: float = 1.0,
    origin: tuple[float, float] = (0.0, 0.0),
) -> NDArray[np.uint8]:
    """Paint shapes in order on paper.

    Args:
        shapes: what to paint, in source px; strokes are ink.
        size: width and height of the result, px.
        scale: result px per source px.
        origin: source px that falls on the top left corner of the result.

    Returns:
        [H, W] uint8, 255 = paper.
    """  # fmt: skip
    factor = scale * SUPERSAMPLING
    canvas = np.full((size[1] * SUPERSAMPLING, size[0] * SUPERSAMPLING), PAPER, np.uint8)
    for shape in shapes:
        if isinstance(shape, Stroke):
            polylines, fill, ink, width = (shape.points,), None, INK, shape.width
        else:
            polylines, fill, ink = shape.polylines, shape.fill_gray, shape.stroke_gray
            width = shape.stroke_width
        lines = [_fixed_point((line - origin) * factor) for line in polylines if len(line)]
        if fill is not None and lines:
            cv2.fillPoly(canvas, lines, (fill,), cv2.LINE_AA, _SHIFT)
        if ink is not None:
            wide = max(width * scale, THINNEST_LINE) * SUPERSAMPLING
            _draw_lines(canvas, lines, ink, min(wide, max(canvas.shape)))
    return np.asarray(cv2.resize(canvas, size, interpolation=cv2.INTER_AREA), np.uint8)


def _fixed_point(points: NDArray[np.float64]) -> NDArray[np.int32]:
    # OpenCV's pixel centers lie on whole coordinates, ours on halves
    clipped = np.clip(points - 0.5, -_FAR, _FAR)
    return np.round(clipped * (1 << _SHIFT)).astype(np.int32).reshape(-1, 1, 2)


def _draw_lines(
    canvas: NDArray[np.uint8], lines: Sequence[NDArray[np.int32]], gray: int, width: float
) -> None:
    for line in lines:
        if np.all(line == line[0]):  # a dot; OpenCV would draw nothing
            radius = round((width - _BLUR_WIDTH) / 2.0 * (1 << _SHIFT))
            center = (int(line[0, 0, 0]), int(line[0, 0, 1]))
            cv2.circle(canvas, center, radius, (gray,), cv2.FILLED, cv2.LINE_AA, _SHIFT)
        else:
            # thickness t draws t + (t & 1) + blur, so only even ones are worth asking for
            thickness = max(1, 2 * round((width - _BLUR_WIDTH) / 2.0))
            cv2.polylines(canvas, [line], False, (gray,), thickness, cv2.LINE_AA, _SHIFT)
