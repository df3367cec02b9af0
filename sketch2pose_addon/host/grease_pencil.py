"""Reading and making drawings, the same for both generations of Grease Pencil.

Blender 4.2 has the old data (`GPENCIL` objects, strokes with a `co` per point); 4.3 and later have
Grease Pencil v3 (`GREASEPENCIL` objects, attributes over all points of a drawing).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np

if TYPE_CHECKING:
    from bpy.types import Object

IS_V3 = bpy.app.version >= (4, 3, 0)
OBJECT_TYPE = "GREASEPENCIL" if IS_V3 else "GPENCIL"
PAINT_MODE = "PAINT_GREASE_PENCIL" if IS_V3 else "PAINT_GPENCIL"
LAYER_NAME = "Figure"
_LEGACY_UNITS_PER_WIDTH = 1 / 2000  # radius of the old data in Blender units per unit of width


@dataclass(frozen=True)
class WorldStroke:
    """One polyline: `points` [N, 3] in the world, `radius` [N] in Blender units."""

    points: np.ndarray
    radius: np.ndarray
    cyclic: bool = False


def is_drawing(candidate: Object | None) -> bool:
    """Whether the object is Grease Pencil that this Blender can draw in."""
    return candidate is not None and candidate.type == OBJECT_TYPE


def new_drawing(name: str) -> Object:
    """A Grease Pencil object with one ink and one empty layer, not yet linked to a scene."""
    collection: Any = getattr(bpy.data, "grease_pencils_v3", bpy.data.grease_pencils)
    data = collection.new(name)
    ink = bpy.data.materials.new(f"{name} Ink")
    bpy.data.materials.create_gpencil_data(ink)
    data.materials.append(ink)
    layer = data.layers.new(LAYER_NAME, set_active=True)
    layer.frames.new(bpy.context.scene.frame_current)
    return bpy.data.objects.new(name, data)


def key_frames(drawing: Object) -> list[int]:
    """The frames at which the visible layers of a drawing change, in order."""
    layers = [layer for layer in drawing.data.layers if not layer.hide]
    return sorted({frame.frame_number for layer in layers for frame in layer.frames})


def read_strokes(drawing: Object, frame: int) -> list[WorldStroke]:
    """The strokes that are visible at a frame of the scene, in drawing order.

    Args:
        drawing: a Grease Pencil object.
        frame: frame of the scene; each layer shows its last drawing at or before it.
    """
    strokes: list[WorldStroke] = []
    for layer in drawing.data.layers:
        shown = None if layer.hide else _shown_frame(layer, frame)
        if shown is not None:
            matrix = _world_from_layer(drawing, layer)
            strokes += [_to_world(stroke, matrix) for stroke in _layer_strokes(shown)]
    return [stroke for stroke in strokes if _has_ink(stroke)]


def add_strokes(
    drawing: Object, polylines: Sequence[np.ndarray], frame: int, radius: float = 0.01
) -> None:
    """Adds polylines [N, 3] in the object's own space to its first layer.

    Args:
        drawing: a Grease Pencil object.
        polylines: points of each stroke.
        frame: frame that receives them; its drawing is made when missing.
        radius: half the width of the ink in Blender units.
    """
    target = ensure_frame(drawing, frame)
    if IS_V3:
        _add_v3(target.drawing, polylines, radius)
    else:
        _add_legacy(target, polylines, radius)


def ensure_frame(drawing: Object, frame: int) -> Any:
    """The frame of the drawing's first layer at a frame of the scene; an empty one if missing."""
    layers = drawing.data.layers
    layer = layers[0] if len(layers) else layers.new(LAYER_NAME, set_active=True)
    at_frame = [item for item in layer.frames if item.frame_number == frame]
    return at_frame[0] if at_frame else layer.frames.new(frame)


def _has_ink(stroke: WorldStroke) -> bool:
    """A pen that hovers over its tablet leaves points without pressure: nothing is to be seen."""
    return not len(stroke.radius) or bool(stroke.radius.max() > 0.0)


def _shown_frame(layer: Any, frame: int) -> Any:
    past = [item for item in layer.frames if item.frame_number <= frame]
    return max(past, key=lambda item: item.frame_number) if past else None


def _world_from_layer(drawing: Object, layer: Any) -> np.ndarray:
    local = layer.matrix_local if IS_V3 else layer.matrix_layer
    parent = layer.parent
    if parent is None:
        return np.array(drawing.matrix_world @ local)
    inverse = layer.matrix_parent_inverse if IS_V3 else layer.matrix_inverse
    base = parent.matrix_world
    if layer.parent_bone:
        base = base @ parent.pose.bones[layer.parent_bone].matrix
    return np.array(base @ inverse @ local)


def _to_world(stroke: WorldStroke, matrix: np.ndarray) -> WorldStroke:
    points = stroke.points @ matrix[:3, :3].T + matrix[:3, 3]
    scale = np.cbrt(abs(np.linalg.det(matrix[:3, :3])))
    return WorldStroke(points, stroke.radius * scale, stroke.cyclic)


def _layer_strokes(frame: Any) -> Iterator[WorldStroke]:
    return _strokes_v3(frame.drawing) if IS_V3 else _strokes_legacy(frame)


def _strokes_v3(drawing: Any) -> Iterator[WorldStroke]:
    attributes = drawing.attributes
    count = attributes.domain_size("POINT")
    if count == 0:
        return
    points = np.empty(count * 3, np.float32)
    attributes["position"].data.foreach_get("vector", points)
    points = points.reshape(-1, 3).astype(float)
    radius = np.full(count, 0.01, np.float32)
    if attributes.get("radius") is not None:
        attributes["radius"].data.foreach_get("value", radius)
    offsets = np.empty(len(drawing.curve_offsets), np.int32)
    drawing.curve_offsets.foreach_get("value", offsets)
    for index, (start, end) in enumerate(zip(offsets[:-1], offsets[1:], strict=True)):
        cyclic = bool(drawing.strokes[index].cyclic)
        yield WorldStroke(points[start:end], radius[start:end], cyclic)


def _strokes_legacy(frame: Any) -> Iterator[WorldStroke]:
    for stroke in frame.strokes:
        count = len(stroke.points)
        points = np.empty(count * 3, np.float32)
        pressure = np.empty(count, np.float32)
        stroke.points.foreach_get("co", points)
        stroke.points.foreach_get("pressure", pressure)
        radius = pressure * stroke.line_width * _LEGACY_UNITS_PER_WIDTH
        yield WorldStroke(points.reshape(-1, 3).astype(float), radius, stroke.use_cyclic)


def _add_v3(drawing: Any, polylines: Sequence[np.ndarray], radius: float) -> None:
    attributes = drawing.attributes
    before = attributes.domain_size("POINT")
    drawing.add_strokes([len(polyline) for polyline in polylines])
    count = attributes.domain_size("POINT")
    for name, kind, field, width, added in (
        ("position", "FLOAT_VECTOR", "vector", 3, np.concatenate(polylines)),
        ("radius", "FLOAT", "value", 1, radius),
        ("opacity", "FLOAT", "value", 1, 1.0),
    ):
        attribute = attributes.get(name) or attributes.new(name, kind, "POINT")
        values = np.empty(count * width, np.float32)
        attribute.data.foreach_get(field, values)
        values[before * width :] = np.ravel(added)
        attribute.data.foreach_set(field, values)
    if hasattr(drawing, "tag_positions_changed"):
        drawing.tag_positions_changed()


def _add_legacy(frame: Any, polylines: Sequence[np.ndarray], radius: float) -> None:
    for polyline in polylines:
        stroke = frame.strokes.new()
        stroke.display_mode = "3DSPACE"
        stroke.line_width = max(1, round(radius / _LEGACY_UNITS_PER_WIDTH))
        stroke.points.add(len(polyline))
        stroke.points.foreach_set("co", np.asarray(polyline, np.float32).ravel())
        stroke.points.foreach_set("pressure", np.ones(len(polyline), np.float32))
        stroke.points.foreach_set("strength", np.ones(len(polyline), np.float32))
