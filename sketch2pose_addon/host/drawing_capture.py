"""A Grease Pencil drawing becomes the page the backend reads: strokes in pixels and their camera.

The page is a cut-out around the figure, enlarged to a fixed size: strokes are vectors, so a figure
drawn small in a large viewport reads as well as a large one. Pixels have their origin at the top
left; the page's camera is in the body's y-up world.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import bpy
import numpy as np

from ...core.camera import Camera
from ...core.errors import Sketch2PoseError
from ...core.strokes import Stroke, StrokeDrawing
from .grease_pencil import WorldStroke, read_strokes
from .viewport_camera import facing_camera, scene_camera, viewport_camera

if TYPE_CHECKING:
    from bpy.types import Area, Context, Object

VIEW_KEY = "sketch2pose_view"  # custom property of a drawing: the view it was drawn in, own space
_PAGE_SIDE = 768.0  # px, longer side of the cut-out
_MARGIN = 0.15  # of the figure's longer side, on every side
_FLAT = 0.02  # a drawing is flat when it leaves its plane by less than this share of its size
_WIDTHS = (2.0, 24.0)  # px, thinnest and thickest ink on the page


@dataclass(frozen=True)
class CapturedDrawing:
    """A page together with where it stands in the scene.

    Attributes:
        page: strokes and camera for the backend.
        view: the page's camera in Blender's world.
        depth: distance of the drawing along the viewing direction, Blender units.
    """

    page: StrokeDrawing
    view: Camera
    depth: float

    def world_from_page(self, pixels: np.ndarray) -> np.ndarray:
        """World points [N, 3] on the drawing's plane for page pixels [N, 2]."""
        return self.view.unproject(pixels, self.depth)


def capture_drawing(context: Context, drawing: Object, frame: int | None = None) -> CapturedDrawing:
    """Reads a drawing and the view it was made in.

    Args:
        context: any context; a 3D viewport is used when there is one.
        drawing: a Grease Pencil object.
        frame: frame of the scene, default the current one.

    Raises:
        Sketch2PoseError: the drawing is empty, broken or seen from behind.
    """
    at_frame = context.scene.frame_current if frame is None else frame
    strokes = [stroke for stroke in read_strokes(drawing, at_frame) if len(stroke.points)]
    points = _all_points(drawing, strokes)
    view = drawing_view(context, drawing, points)
    if not np.isfinite(view.project(points)).all():
        raise _refused(drawing, "part of it is behind the view", "Turn the view to the drawing")
    return page_of(strokes, view)


def drawing_view(context: Context, drawing: Object, points: np.ndarray) -> Camera:
    """The view a drawing was made in.

    A drawing started with `Draw` knows its view, and keeps it when the object is moved. For any
    other drawing it is the viewport, then the scene's camera, then a view straight at it.
    """
    stored = _view_of_sheet(drawing, points)
    if stored is not None:
        return stored
    return present_view(context, points) or facing_camera(points)


def present_view(context: Context, points: np.ndarray) -> Camera | None:
    """The viewport's camera; without a window the scene's, if it sees all the points.

    Args:
        context: any context.
        points: [N, 3] in Blender's world.

    Returns:
        The camera; None when there is neither.
    """
    middle, area = points.mean(0), viewport_area(context)
    if area is not None and not bpy.app.background:
        region = next(region for region in area.regions if region.type == "WINDOW")
        return viewport_camera(region, area.spaces.active.region_3d, middle)
    camera = context.scene.camera
    if camera is None or camera.type != "CAMERA":
        return None
    view = scene_camera(camera, context.scene, context.evaluated_depsgraph_get(), middle)
    return view if np.isfinite(view.project(points)).all() else None


def store_view(drawing: Object, view: Camera) -> None:
    """Remembers the view in the drawing, in the object's own space."""
    own_from_world = np.array(drawing.matrix_world.inverted())
    drawing[VIEW_KEY] = view.transformed(own_from_world).to_list()


def stored_view(drawing: Object) -> Camera | None:
    """The view remembered in the drawing, in the world; None when there is none."""
    values = drawing.get(VIEW_KEY)
    if values is None:
        return None
    try:
        view = Camera.from_list(list(values))
    except (TypeError, ValueError):  # edited by hand
        return None
    return view.transformed(np.array(drawing.matrix_world))


def viewport_area(context: Context) -> Area | None:
    """The 3D viewport under the mouse, or else the largest one of the window."""
    if context.area is not None and context.area.type == "VIEW_3D":
        return context.area
    screen = context.screen or (context.window.screen if context.window else None)
    areas = [area for area in screen.areas if area.type == "VIEW_3D"] if screen else []
    return max(areas, key=lambda area: area.width * area.height, default=None)


def _all_points(drawing: Object, strokes: list[WorldStroke]) -> np.ndarray:
    if not strokes:
        raise _refused(drawing, "it has no visible strokes at this frame", "Draw a figure first")
    points = np.concatenate([stroke.points for stroke in strokes])
    if not np.isfinite(points).all():
        fix = "Undo or erase the broken stroke and draw it again"
        raise _refused(drawing, "a stroke has a point without a position (NaN)", fix)
    return points


def _view_of_sheet(drawing: Object, points: np.ndarray) -> Camera | None:
    """The stored view, as long as the strokes lie flat on the sheet it was stored for."""
    view = stored_view(drawing)
    if view is None:
        return None
    depth = view.depth(points)
    size = np.ptp(points, axis=0).max()
    flat = np.ptp(depth) <= _FLAT * max(size, 1e-6)
    return view if flat and depth.min() > 0 else None


def page_of(strokes: list[WorldStroke], view: Camera) -> CapturedDrawing:
    """The cut-out around strokes that all lie in front of a view."""
    points = np.concatenate([stroke.points for stroke in strokes])
    pixels = view.project(points)
    low, high = pixels.min(0), pixels.max(0)
    side = max(float((high - low).max()), 1e-3)
    margin = _MARGIN * side
    scale = _PAGE_SIDE / (side + 2 * margin)
    extent = (high - low + 2 * margin) * scale
    page_view = view.cropped(low - margin, scale, (float(extent[0]), float(extent[1])))
    depth = float(page_view.depth(points).mean())
    page_strokes = tuple(_page_stroke(stroke, page_view, depth) for stroke in strokes)
    page = StrokeDrawing(*page_view.size, page_strokes, page_view.in_body_world())
    return CapturedDrawing(page, page_view, depth)


def _page_stroke(stroke: WorldStroke, view: Camera, depth: float) -> Stroke:
    points = view.project(stroke.points)
    if stroke.cyclic and len(points) > 2:
        points = np.concatenate([points, points[:1]])
    width = 2 * float(np.median(stroke.radius)) * view.scale_at(depth)
    return Stroke(points, float(np.clip(width, *_WIDTHS)))


def _refused(drawing: Object, why: str, fix: str) -> Sketch2PoseError:
    return Sketch2PoseError(f'"{drawing.name}" could not be read', why, fix, "drawing.unreadable")
