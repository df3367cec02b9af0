"""A strip of pose pictures at the foot of the viewport, to be hovered and clicked.

`Strip` is plain arithmetic in pixels of the region (origin at the bottom left); only `draw()` needs
a window.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Float32Array

MARGIN = 12  # px at interface scale 1, like the rest
GAP = 6
TILE = 96
LABEL = 18
_FIELD = (0.12, 0.12, 0.13, 0.88)
_CHOSEN = (0.28, 0.45, 0.70, 0.95)
_TEXT = (0.92, 0.92, 0.92, 1.0)
_CORNERS = ((0, 0), (1, 0), (1, 1), (0, 0), (1, 1), (0, 1))


@dataclass
class Strip:
    """Where the tiles are, and which are in sight.

    Attributes:
        count: number of tiles.
        pictures: pictures side by side in each tile.
        width: of the region. left: px at its left that are covered by the toolbar.
        scale: of the interface.
        first: the leftmost tile in sight.
    """

    count: int
    pictures: int
    width: float
    left: float = 0.0
    scale: float = 1.0
    first: int = field(default=0)

    @property
    def tile_size(self) -> tuple[float, float]:
        """Width and height of a tile."""
        return self.pictures * TILE * self.scale, (TILE + LABEL) * self.scale

    @property
    def in_sight(self) -> int:
        """How many tiles fit, at least one."""
        room = self.width - self.left - (2 * MARGIN - GAP) * self.scale
        return max(min(int(room / (self.tile_size[0] + GAP * self.scale)), self.count), 1)

    def corner(self, index: int) -> tuple[float, float]:
        """Lower left corner of a tile."""
        step = self.tile_size[0] + GAP * self.scale
        x = self.left + MARGIN * self.scale + (index - self.first) * step
        return x, MARGIN * self.scale

    def hit(self, x: float, y: float) -> int | None:
        """The tile in sight at a pixel, None beside them."""
        width, height = self.tile_size
        for index in self.visible():
            left, bottom = self.corner(index)
            if left <= x < left + width and bottom <= y < bottom + height:
                return index
        return None

    def visible(self) -> range:
        """Tiles in sight."""
        return range(self.first, min(self.first + self.in_sight, self.count))

    def show(self, index: int) -> None:
        """Scroll so that a tile is in sight."""
        self.first = min(self.first, index)
        self.first = max(self.first, index - self.in_sight + 1)
        self.first = min(max(self.first, 0), max(self.count - self.in_sight, 0))

    def stepped(self, index: int | None, step: int) -> int:
        """The tile a step away from a chosen one, the ends being ends; scrolls to it."""
        start = (-1 if step > 0 else self.count) if index is None else index
        found = min(max(start + step, 0), self.count - 1)
        self.show(found)
        return found


@dataclass(frozen=True)
class Tile:
    """What is drawn in a tile.

    Attributes:
        label: text below. pictures: side by side; None while they are drawn.
    """

    label: str
    pictures: tuple[Float32Array | None, ...]


class StripPainter:
    """Draws a strip into a viewport; keeps its pictures on the graphics card."""

    def __init__(self) -> None:
        self._textures: dict[int, Any] = {}

    def draw(self, strip: Strip, tiles: dict[int, Tile], chosen: int | None) -> None:
        """Draws the tiles in sight; for a handler of the kind POST_PIXEL."""
        import gpu

        for index in strip.visible():
            gpu.state.blend_set("ALPHA")  # drawing text ends it
            x, y = strip.corner(index)
            _rectangle(x, y, *strip.tile_size, _CHOSEN if index == chosen else _FIELD)
            side = TILE * strip.scale
            for place, drawn in enumerate(tiles[index].pictures):
                if drawn is not None:
                    self._picture(drawn, x + place * side, y + LABEL * strip.scale, side)
            _text(tiles[index].label, x, y, strip)
        gpu.state.blend_set("NONE")

    def _picture(self, drawn: Float32Array, x: float, y: float, side: float) -> None:
        from gpu_extras.presets import draw_texture_2d  # pyright: ignore[reportMissingImports]

        draw_texture_2d(self._texture(drawn), (x, y), side, side)

    def _texture(self, drawn: Float32Array) -> Any:
        import gpu

        key = id(drawn)  # pictures live as long as the strip
        if key not in self._textures:
            height, width = drawn.shape[:2]
            numbers: NDArray[np.float32] = np.ascontiguousarray(drawn[::-1], np.float32).ravel()
            buffer = gpu.types.Buffer("FLOAT", len(numbers), numbers)
            texture = gpu.types.GPUTexture((width, height), format="RGBA16F", data=buffer)
            self._textures[key] = texture
        return self._textures[key]


def _rectangle(x: float, y: float, width: float, height: float, color: tuple) -> None:
    import gpu
    from gpu_extras.batch import batch_for_shader  # pyright: ignore[reportMissingImports]

    corners = [(x + width * right, y + height * up) for right, up in _CORNERS]
    shader = gpu.shader.from_builtin("UNIFORM_COLOR")
    shader.uniform_float("color", color)
    batch_for_shader(shader, "TRIS", {"pos": corners}).draw(shader)


def _text(label: str, x: float, y: float, strip: Strip) -> None:
    import blf

    width = strip.tile_size[0] - 8 * strip.scale
    blf.size(0, 11 * strip.scale)
    blf.color(0, *_TEXT)
    while len(label) > 4 and blf.dimensions(0, label)[0] > width:
        label = label[:-2].rstrip("…") + "…"
    blf.position(0, x + 4 * strip.scale, y + 5 * strip.scale, 0)
    blf.draw(0, label)
