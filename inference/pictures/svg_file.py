"""SVG drawings to shapes, with the standard library's parser and no XML entities.

Conventions: px of the drawing at 96 an inch, origin top left, x right, y down.
Read: paths, lines, polylines, polygons, rectangles, circles, ellipses, groups, `use`,
transforms, view boxes, presentation attributes and simple style rules. Text, embedded
pictures, masks and filters are not drawn and named in a warning.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray

from ...core.errors import Sketch2PoseError
from .stroke_raster import PAPER, Shape
from .svg_path import arc_points, polylines_from_path
from .svg_style import (
    Affine,
    affine_from_transform,
    declarations,
    gray_from_paint,
    numbers,
    px_from_length,
    rules_from_css,
)

SMALLEST_SIDE, LARGEST_SIDE = 1e-3, 1e6  # px
FARTHEST = 1e9  # user units; what lies beyond is a mistake, and its square is lost
MOST_SHAPES = 20_000  # `use` can multiply a small file without bound
MOST_REPEATS = 40_000  # visits of elements, drawn or not, beside one for each in the file
MOST_CLASSES = 100  # of one element
MOST_POINTS = 4_000_000
MOST_DEFAULTS = 100  # attribute declarations, whose defaults every element would get
DEEPEST_GROUP = 200
_HREF = ("href", "http://www.w3.org/1999/xlink}href")
_NOT_DRAWN = {"text": "text", "image": "embedded pictures", "foreignObject": "foreign objects"}
_CONTAINERS = ("svg", "g", "a", "switch")
_INHERITED = {"fill": "black", "stroke": "none", "stroke-width": "1", "visibility": "visible"}
_OWN = ("display", "opacity", "fill-opacity", "stroke-opacity")


@dataclass(frozen=True)
class SvgDrawing:
    """Shapes of a drawing of `width` x `height` px, and what could not be drawn."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    warnings: tuple[str, ...]


def read_svg(data: bytes, name: str) -> SvgDrawing:
    """Shapes of an SVG document.

    Args:
        data: the file.
        name: file name for error sentences.

    Returns:
        The drawing.

    Raises:
        Sketch2PoseError: no XML, entities, no SVG, too large, or nothing drawn.
    """
    root = _parse(data, name)
    if _tag(root) != "svg":
        raise _refused(name, f"it is XML but not SVG (its root is <{_tag(root)}>)")
    walker = _Walker(root, name)
    walker.draw(root, np.eye(3), dict(_INHERITED), 0)
    shapes = walker.shapes
    if not shapes:
        raise _refused(name, "it holds no lines or shapes" + walker.left_out_clause())
    width, height, affine = _canvas(root, shapes)
    if not all(SMALLEST_SIDE <= side <= LARGEST_SIDE for side in (width, height)):
        raise _refused(name, f"its size is {width:g} x {height:g} px")
    return SvgDrawing(width, height, tuple(_moved(s, affine) for s in shapes), walker.warnings())


def _refused(name: str, why: str) -> Sketch2PoseError:
    return Sketch2PoseError(
        f'The drawing "{name}" could not be read', why,
        "Save it as a plain SVG with strokes, or export it as PNG", "page.svg",
    )  # fmt: skip


def _parse(data: bytes, name: str) -> ET.Element:
    """Parse without entities: they can grow without bound or name files."""
    builder = ET.TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True

    def refuse_entities(entity: str, *_: object) -> None:
        raise _refused(name, f'it declares the XML entity "{entity}", which is not safe to read')

    def start(tag: str, attributes: dict[str, str]) -> None:
        builder.start(tag, attributes)

    declared: list[str] = []

    def count_defaults(element: str, *_: object) -> None:
        declared.append(element)
        if len(declared) > MOST_DEFAULTS:
            raise _refused(name, f"it declares more than {MOST_DEFAULTS} attributes")

    parser.specified_attributes = True
    parser.AttlistDeclHandler = count_defaults
    parser.EntityDeclHandler = refuse_entities
    parser.StartElementHandler = start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(data, True)
        return builder.close()
    except (expat.ExpatError, ValueError, LookupError, AssertionError) as error:
        raise _refused(name, f"it is not well-formed XML ({error})") from error


def _tag(element: ET.Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


@dataclass
class _Walker:
    """Walks the document in painter's order and collects shapes in user units."""

    root: ET.Element
    name: str
    shapes: list[Shape] = field(default_factory=list)
    left_out: dict[str, None] = field(default_factory=dict)
    visits: int = 0
    points: int = 0
    _flattened: dict[int, list[NDArray[np.float64]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        elements = list(self.root.iter())
        self._most_visits = len(elements) + MOST_REPEATS
        self._by_id = {e.get("id"): e for e in elements if e.get("id")}
        css = "".join("".join(e.itertext()) for e in elements if _tag(e) == "style")
        self._rules = rules_from_css(css)

    def draw(self, element: ET.Element, affine: Affine, style: dict[str, str], depth: int) -> None:
        if depth > DEEPEST_GROUP:
            raise _refused(self.name, f"its groups are nested more than {DEEPEST_GROUP} deep")
        tag = _tag(element)
        classes = (element.get("class") or "").split(maxsplit=MOST_CLASSES)[:MOST_CLASSES]
        self._count(1, 0)
        style = self._styled(element, style, classes)
        if style.get("display") == "none" or px_from_length(style.get("opacity"), 1.0) == 0:
            return
        affine = affine @ affine_from_transform(element.get("transform"))
        if tag in _CONTAINERS:
            for child in element:
                self.draw(child, affine, style, depth + 1)
        elif tag == "use":
            self._use(element, affine, style, depth)
        elif tag in _OUTLINES:
            self._shape(self._outline(element, tag), affine, style)
        elif tag in _NOT_DRAWN:
            self.left_out[_NOT_DRAWN[tag]] = None

    def _count(self, visits: int, points: int) -> None:
        """Stop where a small file would make more work than a large one."""
        self.visits += visits
        self.points += points
        if self.visits > self._most_visits or self.points > MOST_POINTS:
            raise _refused(self.name, "it repeats its parts too often")

    def _outline(self, element: ET.Element, tag: str) -> list[NDArray[np.float64]]:
        """The lines of an element, flattened once however often it is used."""
        if id(element) not in self._flattened:
            self._flattened[id(element)] = _OUTLINES[tag](element)
        return self._flattened[id(element)]

    def _styled(
        self, element: ET.Element, style: dict[str, str], classes: list[str]
    ) -> dict[str, str]:
        own = {key: value for key, value in style.items() if key not in _OWN}
        own.update({k: v for k in (*_INHERITED, *_OWN) if (v := element.get(k)) is not None})
        own.update(self._rules.get(_tag(element), {}))
        for name in classes:
            own.update(self._rules.get(f".{name}", {}))
        own.update(self._rules.get(f"#{element.get('id')}", {}))
        own.update(declarations(element.get("style")))
        return {
            k: style.get(k, _INHERITED.get(k, "")) if v == "inherit" else v for k, v in own.items()
        }

    def _use(self, element: ET.Element, affine: Affine, style: dict[str, str], depth: int) -> None:
        href = next((element.get(key) for key in _HREF if element.get(key)), "")
        target = self._by_id.get(href.removeprefix("#")) if href else None
        if target is None:
            return
        move = np.eye(3)
        move[:2, 2] = _attribute(element, "x"), _attribute(element, "y")
        children = target if _tag(target) == "symbol" else [target]
        for child in children:
            self.draw(child, affine @ move, style, depth + 1)

    def _shape(
        self, outline: list[NDArray[np.float64]], affine: Affine, style: dict[str, str]
    ) -> None:
        stroke = _paint(style, "stroke")
        fill = _paint(style, "fill")
        if not all(np.all(np.isfinite(line)) for line in (*outline, affine)):
            raise _refused(self.name, "a coordinate is not finite")
        if any(len(line) and np.abs(line).max() > FARTHEST for line in (*outline, affine)):
            raise _refused(self.name, f"a coordinate is beyond {FARTHEST:g}")
        self._count(0, sum(map(len, outline)))
        lines = tuple(_transformed(line, affine) for line in outline if len(line))
        if style.get("visibility", "visible") != "visible" or not lines or (stroke is fill is None):
            return
        width = px_from_length(style.get("stroke-width"), 1.0) or 0.0
        scale = float(np.sqrt(abs(np.linalg.det(affine[:2, :2]))))
        self.shapes.append(Shape(lines, stroke if width > 0 else None, width * scale, fill))
        if len(self.shapes) > MOST_SHAPES:
            raise _refused(self.name, f"it draws more than {MOST_SHAPES} shapes")

    def warnings(self) -> tuple[str, ...]:
        return tuple(f'"{self.name}": {kind} are not drawn.' for kind in self.left_out)

    def left_out_clause(self) -> str:
        return (
            f" (only {' and '.join(self.left_out)}, which are not supported)"
            if self.left_out
            else ""
        )


def _paint(style: dict[str, str], kind: str) -> int | None:
    if px_from_length(style.get(f"{kind}-opacity"), 1.0) == 0:
        return None
    return gray_from_paint(style.get(kind, "none"))


def _attribute(element: ET.Element, name: str, default: float = 0.0) -> float:
    value = px_from_length(element.get(name), default)
    return default if value is None else value


def _path(element: ET.Element) -> list[NDArray[np.float64]]:
    return polylines_from_path(element.get("d") or "")


def _line(element: ET.Element) -> list[NDArray[np.float64]]:
    ends = [[_attribute(element, f"{axis}{end}") for axis in "xy"] for end in (1, 2)]
    return [np.array(ends)]


def _polyline(element: ET.Element) -> list[NDArray[np.float64]]:
    values = numbers(element.get("points"))
    points = np.array(values[: len(values) // 2 * 2]).reshape(-1, 2)
    closed = _tag(element) == "polygon" and len(points)
    return [np.vstack([points, points[:1]]) if closed else points]


def _rect(element: ET.Element) -> list[NDArray[np.float64]]:
    x, y, w, h = (_attribute(element, name) for name in ("x", "y", "width", "height"))
    corners = [[x, y], [x + w, y], [x + w, y + h], [x, y + h], [x, y]]
    return [np.array(corners)] if w > 0 and h > 0 else []


def _ellipse(element: ET.Element) -> list[NDArray[np.float64]]:
    radius = _attribute(element, "r")
    rx, ry = _attribute(element, "rx", radius), _attribute(element, "ry", radius)
    if rx <= 0 or ry <= 0:
        return []
    cx, cy = _attribute(element, "cx"), _attribute(element, "cy")
    left, right = np.array([cx - rx, cy]), np.array([cx + rx, cy])
    lower = arc_points(left, right, (rx, ry), 0.0, False, True)
    return [np.vstack([left, lower, arc_points(right, left, (rx, ry), 0.0, False, True)])]


_OUTLINES: dict[str, Callable[[ET.Element], list[NDArray[np.float64]]]] = {
    "path": _path, "line": _line, "polyline": _polyline, "polygon": _polyline,
    "rect": _rect, "circle": _ellipse, "ellipse": _ellipse,
}  # fmt: skip


def _transformed(points: NDArray[np.float64], affine: Affine) -> NDArray[np.float64]:
    return points @ affine[:2, :2].T + affine[:2, 2]


def _moved(shape: Shape, affine: Affine) -> Shape:
    lines = tuple(_transformed(line, affine) for line in shape.polylines)
    scale = float(np.sqrt(abs(np.linalg.det(affine[:2, :2]))))
    return Shape(lines, shape.stroke_gray, shape.stroke_width * scale, shape.fill_gray)


def _canvas(root: ET.Element, shapes: list[Shape]) -> tuple[float, float, Affine]:
    """Size in px and the matrix px from user units (xMidYMid meet)."""
    box = numbers(root.get("viewBox"))
    width, height = px_from_length(root.get("width")), px_from_length(root.get("height"))
    if len(box) != 4 or box[2] <= 0 or box[3] <= 0:
        box = [0.0, 0.0, width, height] if width and height else _bounds(shapes)
    if width is None or height is None:
        width, height = box[2], box[3]
    scale = min(width / box[2], height / box[3])
    affine = np.diag([scale, scale, 1.0])
    affine[:2, 2] = np.array([width, height]) / 2 - scale * (
        np.array(box[:2]) + np.array(box[2:]) / 2
    )
    return width, height, affine


def _bounds(shapes: list[Shape]) -> list[float]:
    points = np.vstack([line for shape in shapes for line in shape.polylines])
    margin = max(shape.stroke_width for shape in shapes)
    low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
    return [*low, *(high - low)]


def is_line_art(shapes: tuple[Shape, ...]) -> bool:
    """Whether the drawing is made of dark strokes only, so that polylines say it all."""
    return all(
        shape.fill_gray in (None, PAPER)
        and (shape.stroke_gray is None or shape.stroke_gray < PAPER)
        for shape in shapes
    ) and any(shape.stroke_gray is not None for shape in shapes)
