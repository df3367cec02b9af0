"""SVG attributes: lengths, colors, transforms and the simple style rules programs write."""

import re

import numpy as np
from numpy.typing import NDArray

Affine = NDArray[np.float64]  # [3, 3], acts on column vectors (x, y, 1)

PX_PER_UNIT = {"": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54,
               "mm": 96 / 25.4, "Q": 96 / 101.6}  # fmt: skip
UNKNOWN_PAINT_GRAY = 0  # a color this file does not know is ink
GRADIENT_GRAY = 128
_LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601, as OpenCV's gray
# each of these takes time in proportion to its text, whatever the text is: no part of a pattern can
# take what the part behind it could take as well
_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_LENGTH = re.compile(rf"({_NUMBER})\s*([a-zA-Z]*)")
_TRANSFORM = re.compile(r"(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]*)\)")
_LONGEST_LENGTH = 256  # letters of one length
_PROPERTIES = (
    "fill", "stroke", "stroke-width", "visibility", "display", "opacity", "fill-opacity",
    "stroke-opacity",
)  # fmt: skip
_NAMED = {
    "black": (0, 0, 0), "white": (255, 255, 255), "red": (255, 0, 0), "lime": (0, 255, 0),
    "blue": (0, 0, 255), "yellow": (255, 255, 0), "cyan": (0, 255, 255), "aqua": (0, 255, 255),
    "magenta": (255, 0, 255), "fuchsia": (255, 0, 255), "green": (0, 128, 0), "navy": (0, 0, 128),
    "maroon": (128, 0, 0), "olive": (128, 128, 0), "purple": (128, 0, 128), "teal": (0, 128, 128),
    "gray": (128, 128, 128), "grey": (128, 128, 128), "silver": (192, 192, 192),
    "orange": (255, 165, 0), "pink": (255, 192, 203), "brown": (165, 42, 42),
    "lightgray": (211, 211, 211), "lightgrey": (211, 211, 211), "darkgray": (169, 169, 169),
    "darkgrey": (169, 169, 169), "ivory": (255, 255, 240), "beige": (245, 245, 220),
}  # fmt: skip


def px_from_length(text: str | None, default: float | None = None) -> float | None:
    """Length in CSS pixels (96 an inch); relative and broken ones give the default."""
    text = (text or "").strip()
    match = _LENGTH.fullmatch(text) if len(text) <= _LONGEST_LENGTH else None
    if match is None or match.group(2) not in PX_PER_UNIT:
        return default
    return float(match.group(1)) * PX_PER_UNIT[match.group(2)]


def numbers(text: str | None) -> list[float]:
    """All numbers in a list such as `points` or `viewBox`."""
    return [float(value) for value in re.findall(_NUMBER, text or "")]


def gray_from_paint(paint: str) -> int | None:
    """Grey level 0-255 of a `fill` or `stroke`; None when nothing is painted."""
    paint = paint.strip().lower()
    if paint in ("none", "transparent", ""):
        return None
    if paint.startswith("url("):
        return GRADIENT_GRAY
    rgb = _rgb(paint)
    return UNKNOWN_PAINT_GRAY if rgb is None else round(float(np.clip(rgb, 0, 255) @ _LUMA))


def _rgb(paint: str) -> tuple[float, ...] | None:
    if re.fullmatch(r"#[0-9a-f]{3,4}", paint):
        return tuple(int(digit * 2, 16) for digit in paint[1:4])
    if re.fullmatch(r"#(?:[0-9a-f]{6}|[0-9a-f]{8})", paint):
        return tuple(int(paint[i : i + 2], 16) for i in (1, 3, 5))
    if paint.startswith("rgb"):
        values = numbers(paint)[:3]
        share = 2.55 if "%" in paint else 1.0
        return tuple(value * share for value in values) if len(values) == 3 else None
    return _NAMED.get(paint)


def affine_from_transform(text: str | None) -> Affine:
    """[3, 3] matrix of a `transform` attribute (applied right to left)."""
    result = np.eye(3)
    for name, arguments in _TRANSFORM.findall(text or ""):
        result = result @ _affine(name, numbers(arguments))
    return result


def _affine(name: str, v: list[float]) -> Affine:
    matrix = np.eye(3)
    if name == "matrix" and len(v) == 6:
        matrix[:2] = np.array(v).reshape(3, 2).T
    elif name == "translate" and v:
        matrix[:2, 2] = v[0], v[1] if len(v) > 1 else 0.0
    elif name == "scale" and v:
        matrix[0, 0], matrix[1, 1] = v[0], v[1] if len(v) > 1 else v[0]
    elif name == "rotate" and v:
        return _rotation_about(v)
    elif name in ("skewX", "skewY") and v:
        matrix[(0, 1) if name == "skewX" else (1, 0)] = np.tan(np.radians(v[0]))
    return matrix


def _rotation_about(v: list[float]) -> Affine:
    angle = np.radians(v[0])
    center = np.array(v[1:3]) if len(v) >= 3 else np.zeros(2)
    matrix = np.eye(3)
    matrix[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    matrix[:2, 2] = center - matrix[:2, :2] @ center
    return matrix


def declarations(text: str | None) -> dict[str, str]:
    """Properties that are drawn, of a `style` attribute or a rule's body."""
    pairs = (item.split(":", 1) for item in (text or "").split(";") if ":" in item)
    found = ((key.strip(), value) for key, value in pairs)
    return {
        key: value.replace("!important", "").strip() for key, value in found if key in _PROPERTIES
    }


def rules_from_css(css: str) -> dict[str, dict[str, str]]:
    """Simple selectors (`tag`, `.class`, `#id`) → properties; others are ignored."""
    rules: dict[str, dict[str, str]] = {}
    for block in _without_comments(css).split("}")[:-1]:
        head, brace, body = block.rpartition("{")
        if brace:
            found = declarations(body)
            for selector in head.rpartition("{")[2].split(","):
                rules.setdefault(selector.strip(), {}).update(found)
    return rules


def _without_comments(css: str) -> str:
    """A style sheet without `/* … */`; one that is not closed stays, as it hides nothing."""
    kept, at = [], 0
    while (start := css.find("/*", at)) >= 0 and (end := css.find("*/", start + 2)) >= 0:
        kept.append(css[at:start])
        at = end + 2
    return "".join([*kept, css[at:]])
