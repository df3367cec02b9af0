"""Line drawings of a mesh: outline, overlaps, creases and part borders, with a pen's hand.

The lines are found where neighbouring pixels of a z-buffer part company (Saito & Takahashi
1990, "Comprehensible rendering of 3-D shapes"), then bent by a slow random field and drawn
with a pen's width and ink: an unsteady hand, not a shaky one.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .raster import NOTHING, Seen

Array = NDArray[np.floating]

_STEP = 0.03  # metres: a jump in depth of more than half a forearm's width is an overlap
_CREASE_COSINE = np.cos(np.radians(50.0))


@dataclass(frozen=True)
class Pen:
    """A way to draw.

    Attributes:
        name: shown in reports.
        width: of the line, px at 512 px.
        ink: grey of the line, 0 = black.
        interior: draw creases and part borders as well as outline and overlaps.
        wobble: amplitude of the hand, px at 512 px.
        passes: how often each line is drawn, each time a little elsewhere.
        fill: grey inside the figure, 255 = paper.
        grain: standard deviation of the paper's and the pencil's noise, grey levels.
    """

    name: str
    width: float
    ink: int
    interior: bool
    wobble: float
    passes: int = 1
    fill: int = 255
    grain: float = 0.0


PENS = (
    Pen("thin outline", width=1.2, ink=0, interior=False, wobble=0.6),
    Pen("thin with creases", width=1.2, ink=20, interior=True, wobble=0.6),
    Pen("thick outline", width=4.5, ink=0, interior=False, wobble=1.2),
    Pen("felt pen with creases", width=3.0, ink=40, interior=True, wobble=1.5),
    Pen("pencil", width=1.6, ink=90, interior=True, wobble=2.0, passes=3, grain=6.0),
    Pen("toned", width=2.0, ink=30, interior=False, wobble=0.8, fill=205, grain=3.0),
)


def find_lines(seen: Seen, normals: Array, groups: NDArray, interior: bool) -> NDArray:
    """[H, W] bool: pixels that carry a line.

    Args:
        seen: z-buffer.
        normals: [F, 3] normals of the triangles.
        groups: [F] part number of the triangles.
        interior: also creases (50° and more) and borders of parts.
    """
    lines = np.zeros(seen.face.shape, bool)
    for axis in (0, 1):
        here, there = _neighbours(axis)
        face_a, face_b = seen.face[here], seen.face[there]
        both = (face_a != NOTHING) & (face_b != NOTHING)
        edge = (face_a != NOTHING) ^ (face_b != NOTHING)
        edge |= both & _overlap(seen.depth, axis)
        if interior:
            bend = np.sum(normals[face_a] * normals[face_b], axis=-1) < _CREASE_COSINE
            edge |= both & (bend | (groups[face_a] != groups[face_b]))
        lines[here] |= edge
    return lines


def _neighbours(axis: int) -> tuple[tuple, tuple]:
    before = [slice(None), slice(None)]
    after = [slice(None), slice(None)]
    before[axis], after[axis] = slice(0, -1), slice(1, None)
    return tuple(before), tuple(after)


def _overlap(depth: Array, axis: int) -> NDArray:
    """Where depth jumps more than its slope on either side explains (between pixels)."""
    padded = np.where(np.isfinite(depth), depth, 0.0)
    jump = np.abs(np.diff(padded, axis=axis))
    slope = np.minimum(np.roll(jump, 1, axis), np.roll(jump, -1, axis))
    return jump - slope > _STEP


def draw(lines: NDArray, figure: NDArray, pen: Pen, size: int, seed: int) -> NDArray:
    """The drawing on white paper, uint8 [size, size].

    Args:
        lines: [H, W] bool at any larger resolution (it is drawn there, then reduced).
        figure: [H, W] bool, the figure's area.
        pen: how to draw.
        size: side of the result, px.
        seed: of the hand.
    """
    rng = np.random.default_rng(seed)
    zoom = lines.shape[0] / size
    page = np.full(lines.shape, 255.0, np.float32)
    ink = np.zeros(lines.shape, np.float32)
    for _ in range(pen.passes):
        pressure = rng.uniform(0.7, 1.0) if pen.passes > 1 else 1.0
        stroke = _thicken(lines, pen.width * zoom)
        ink = np.maximum(ink, pressure * _bend(stroke, pen.wobble * zoom, rng))
    page[_bend(figure.astype(np.float32), pen.wobble * zoom, rng) > 0.5] = pen.fill
    page += (pen.ink - page) * ink
    small = cv2.resize(page, (size, size), interpolation=cv2.INTER_AREA)
    if pen.grain:
        small += rng.normal(0.0, pen.grain, small.shape)
    return np.clip(small, 0, 255).astype(np.uint8)


def _thicken(lines: NDArray, width: float) -> Array:
    side = max(round(width), 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return cv2.dilate(lines.astype(np.uint8), kernel).astype(np.float32)


def _bend(image: Array, amplitude: float, rng: np.random.Generator) -> Array:
    height, width = image.shape
    coarse = rng.normal(0.0, amplitude, (9, 9, 2)).astype(np.float32)
    shift = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    map_x, map_y = (x + shift[..., 0]).astype(np.float32), (y + shift[..., 1]).astype(np.float32)
    bent = cv2.remap(image, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(bent, np.float32)
