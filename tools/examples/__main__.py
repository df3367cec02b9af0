"""Draw all examples again: ``.venv/bin/python -m tools.examples``."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.places import EXAMPLES, say, show

from .contour import draw_body_lines
from .figure import posed
from .pen import Pen
from .poses import POSES
from .stick import draw_stick_figure

SIZE = 720
AS_STROKES = ("cheer",)  # also written as SVG and as stroke JSON
STICK_FIGURES = ("wave", "run", "star", "cheer")
BODY_LINES = ("akimbo", "kick", "lunge", "arabesque")


def draw(name: str, kind: str, folder: Path) -> Path:
    """Draw one example.

    Args:
        name: one of ``POSES``.
        kind: ``stick`` or ``lines``.
        folder: where the picture goes.

    Returns:
        The PNG.
    """
    random = np.random.default_rng(zlib.crc32(f"{kind} {name}".encode()))
    figure = posed(POSES[name], SIZE)
    if kind == "stick":
        pen = Pen(SIZE, random, width=5.5, waver=1.8)
        draw_stick_figure(figure, pen)
    else:
        pen = Pen(SIZE, random, width=3.2, waver=0.9)
        draw_body_lines(figure, pen)
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "stick":
        target = folder / f"{kind}_{name}.jpg"
        cv2.imwrite(str(target), pen.scan(), [cv2.IMWRITE_JPEG_QUALITY, 88])
    else:
        target = folder / f"{kind}_{name}.png"
        cv2.imwrite(str(target), pen.tablet(), [cv2.IMWRITE_PNG_COMPRESSION, 9])
    if name in AS_STROKES:
        write_svg(pen, target.with_suffix(".svg"))
        write_strokes(pen, target.with_suffix(".json"))
    return target


def write_svg(pen: Pen, target: Path) -> None:
    """The drawing as an SVG of open paths."""
    paths = "\n".join(f'  <path d="{_path_data(path)}"/>' for path in pen.paths)
    style = f'fill="none" stroke="#262626" stroke-width="{pen.width}" stroke-linecap="round"'
    box = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {pen.size} {pen.size}"'
    size = f'width="{pen.size}" height="{pen.size}"'
    target.write_text(f"<svg {box} {size}>\n <g {style}>\n{paths}\n </g>\n</svg>\n", "utf-8")


def _path_data(path: NDArray) -> str:
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in path)


def write_strokes(pen: Pen, target: Path) -> None:
    """The drawing in Sketch2Pose's stroke format (docs/protocol.md), without a camera."""
    strokes = [{"points": path.round(1).tolist(), "width": pen.width} for path in pen.paths]
    page = {"format": "sketch2pose-strokes", "version": 1, "width": pen.size, "height": pen.size}
    target.write_text(json.dumps({**page, "strokes": strokes, "camera": None}), "utf-8")


def main() -> None:
    """Draw every example."""
    for kind, names in (("stick", STICK_FIGURES), ("lines", BODY_LINES)):
        for name in names:
            say(f"drew {show(draw(name, kind, EXAMPLES))}")


if __name__ == "__main__":
    main()
