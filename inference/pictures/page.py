"""A drawing as the estimator sees it, from any kind of file.

Conventions: source px have their origin top left, x right, y down; page px = `scale` times
source px. The camera is "camera from world" with OpenCV axes and source px.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ...core.camera import Camera
from ...core.strokes import FORMAT_NAME, Stroke, StrokeDrawing, strokes_from_json
from .picture_file import decode_picture, read_file, refused
from .stroke_raster import Shape, rasterize
from .svg_file import SvgDrawing, is_line_art, read_svg

LONGEST_SIDE = 1024  # page px
SMALLEST_SHORT_SIDE = 8  # page px; narrower strips hold no figure
LARGEST_FILE = 256 << 20  # bytes


@dataclass(frozen=True)
class Page:
    """A drawing ready for estimation.

    Attributes:
        gray: [H, W] uint8, 255 = paper, long side at most 1024 px.
        color: [H, W, 3] uint8 RGB of the same size, None for strokes.
        image_size: width and height of the source, px.
        scale: page px per source px.
        camera: the camera the drawing was made in, source px; None when unknown.
        strokes: the polylines in source px; None for pixels and painted shapes.
        name: file name of the source.
        kind: "drawing" (pixels) or "strokes" (polylines or SVG).
        warnings: sentences for the user.
    """

    gray: NDArray[np.uint8]
    color: NDArray[np.uint8] | None
    image_size: tuple[int, int]
    scale: float
    camera: Camera | None = None
    strokes: tuple[Stroke, ...] | None = None
    name: str = ""
    kind: str = "drawing"
    warnings: tuple[str, ...] = ()


def load_page(path: str | os.PathLike[str]) -> Page:
    """Load a drawing; what it is follows from its content, not from its name.

    Args:
        path: PNG, JPEG, WebP, BMP, TIFF or GIF (first frame), SVG, or stroke JSON.

    Returns:
        The page. A blank one is a page too: whether somebody is on it is not decided here.

    Raises:
        Sketch2PoseError: unreadable, empty, not a drawing, too large or too small, or strokes
            that are not finite, absent, only dots, or outside of the page.
    """
    name = Path(path).name
    data = read_file(path, name, LARGEST_FILE)
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{"):
        return _page_from_json(data, name)
    if start.startswith(b"<"):
        return page_from_svg(read_svg(data, name), name)
    return _page_from_picture(data, name)


def _page_from_picture(data: bytes, name: str) -> Page:
    picture = decode_picture(data, name)
    height, width = picture.rgb.shape[:2]
    scale = min(1.0, LONGEST_SIDE / max(width, height))
    size = _page_size(width, height, scale, name)
    rgb = picture.rgb
    if scale < 1.0:
        rgb = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    gray = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    return Page(gray, rgb, (width, height), scale, name=name, warnings=picture.warnings)


def _page_from_json(data: bytes, name: str) -> Page:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        why = "it is neither an image nor a stroke file"
        raise refused(name, why, "Choose a drawing", "page.not_image") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT_NAME:
        why = f'it is JSON, but its "format" is not "{FORMAT_NAME}"'
        raise refused(name, why, "Choose a drawing", "page.not_image")
    return page_from_strokes(strokes_from_json(document, name), name)


def page_from_strokes(drawing: StrokeDrawing, name: str) -> Page:
    """Page of strokes, rasterised so that its long side is 1024 px.

    Args:
        drawing: the checked strokes.
        name: name of the drawing for sentences.

    Returns:
        The page, with the strokes and their camera.

    Raises:
        Sketch2PoseError: no strokes, only dots, or none of them on the page.
    """
    _refuse_undrawn(drawing, name)
    gray, scale = _rasterized(drawing.strokes, drawing.width, drawing.height, name)
    size = (round(drawing.width), round(drawing.height))
    return Page(gray, None, size, scale, drawing.camera, drawing.strokes, name, "strokes")


def page_from_svg(drawing: SvgDrawing, name: str) -> Page:
    """Page of an SVG drawing; line art keeps its polylines.

    Args:
        drawing: the shapes.
        name: name of the drawing for sentences.

    Returns:
        The page.

    Raises:
        Sketch2PoseError: nothing of it lies on the page, or it is too narrow.
    """
    gray, scale = _rasterized(drawing.shapes, drawing.width, drawing.height, name)
    size = (max(1, round(drawing.width)), max(1, round(drawing.height)))
    strokes = None
    if is_line_art(drawing.shapes):
        strokes = tuple(
            Stroke(line, shape.stroke_width)
            for shape in drawing.shapes
            if shape.stroke_gray is not None
            for line in shape.polylines
        )
    return Page(gray, None, size, scale, None, strokes, name, "strokes", drawing.warnings)


def _rasterized(
    shapes: Iterable[Shape | Stroke], width: float, height: float, name: str
) -> tuple[NDArray[np.uint8], float]:
    scale = LONGEST_SIDE / max(width, height)
    return rasterize(shapes, _page_size(width, height, scale, name), scale), scale


def _page_size(width: float, height: float, scale: float, name: str) -> tuple[int, int]:
    size = round(width * scale), round(height * scale)
    if min(size) < SMALLEST_SHORT_SIDE:
        why = f"it is a strip of {width:g} x {height:g} pixels"
        raise refused(name, why, "Choose a picture of a whole figure", "page.too_narrow")
    return size


def _refuse_undrawn(drawing: StrokeDrawing, name: str) -> None:
    if not drawing.strokes:
        raise refused(name, "it has no strokes", "Draw a figure first", "page.no_strokes")
    if all(np.ptp(stroke.points, axis=0).max() < 1.0 for stroke in drawing.strokes):
        why = "its strokes are only dots"
        raise refused(name, why, "Draw the figure with lines", "page.only_dots")
    page = np.array([drawing.width, drawing.height])
    points = np.vstack([stroke.points for stroke in drawing.strokes])
    if not np.any(np.all((points >= 0) & (points <= page), axis=1)):
        why = "all its strokes are outside the view"
        raise refused(name, why, "Bring the drawing into view and try again", "page.outside")
