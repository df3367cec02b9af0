"""Lines drawn on the body: faces, collars, belts, backs - what says where front is.

A mark is a polyline of points that lie on the skin in T-pose (metres, y up, facing +z) and move
with it. It is drawn where no other part of the body hides it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from ...body.model import load_default_body
from .body_lines import LowPolyBody

LIFT = 0.004  # metres above the skin
FACE_SHARE, FRONT_SHARE, BACK_SHARE = 0.65, 0.4, 0.35
_HALF_CIRCLE = np.linspace(0, np.pi, 5)


def random_marks(body: LowPolyBody, rng: np.random.Generator) -> LowPolyBody:
    """The body with a face, perhaps, and a few marks on chest, belly and back."""
    names = _names(rng)
    if not names:
        return body
    pieces = [_on_skin()[name] for name in names]
    first = len(body.vertices)
    starts = first + np.cumsum([0] + [len(piece.vertices) for piece in pieces])
    strokes = tuple(np.arange(a, b) for a, b in zip(starts[:-1], starts[1:], strict=True))
    return replace(
        body,
        vertices=np.concatenate([body.vertices, *(piece.vertices for piece in pieces)]),
        shapes=np.concatenate([body.shapes, *(piece.shapes for piece in pieces)]),
        weights=np.concatenate([body.weights, *(piece.weights for piece in pieces)]),
        joints=np.concatenate([body.joints, *(piece.joints for piece in pieces)]),
        region=np.concatenate([body.region, *(piece.region for piece in pieces)]),
        strokes=strokes,
    )


def _names(rng: np.random.Generator) -> list[str]:
    names: list[str] = []
    if rng.random() < FACE_SHARE:
        names += ["left eye", "right eye"]
        names += [n for n in ("left brow", "right brow", "nose", "mouth") if rng.random() < 0.6]
    for share, marks in ((FRONT_SHARE, _FRONT), (BACK_SHARE, _BACK)):
        if rng.random() < share:
            names += [name for name in marks if rng.random() < 0.5]
    return names


def _arc(x: float, y: float, width: float, height: float) -> np.ndarray:
    """A flat arch of [5, 2] points about (x, y); negative height sags."""
    return np.stack([x + width * np.cos(_HALF_CIRCLE), y + height * np.sin(_HALF_CIRCLE)], 1)


def _row(*points: tuple[float, float]) -> np.ndarray:
    """A polyline through points, with points in between."""
    corners = np.asarray(points)
    at = np.linspace(0, len(corners) - 1, 4 * (len(corners) - 1) + 1)
    return np.stack([np.interp(at, np.arange(len(corners)), corners[:, k]) for k in (0, 1)], 1)


_FACE = {
    "left eye": _row((0.02, 0.397), (0.044, 0.399)),
    "right eye": _row((-0.02, 0.397), (-0.044, 0.399)),
    "left brow": _arc(0.034, 0.413, 0.018, 0.006),
    "right brow": _arc(-0.034, 0.413, 0.018, 0.006),
    "nose": _row((0.004, 0.395), (0.012, 0.352), (-0.006, 0.349)),
    "mouth": _arc(0.0, 0.322, 0.026, -0.007),
}
_FRONT = {
    "collar": _row((0.07, 0.235), (0.0, 0.15), (-0.07, 0.235)),
    "placket": _row((0.0, 0.15), (0.0, -0.22)),
    "fly": _row((0.0, -0.17), (0.012, -0.3)),
    "left breast": _arc(0.09, 0.08, 0.06, -0.035),
    "right breast": _arc(-0.09, 0.08, 0.06, -0.035),
    "left pocket": _row((0.08, -0.19), (0.14, -0.26)),
    "right pocket": _row((-0.08, -0.19), (-0.14, -0.26)),
    "left knee": _arc(0.12, -0.69, 0.03, -0.02),
    "right knee": _arc(-0.12, -0.69, 0.03, -0.02),
}
_BACK = {
    "spine": _row((0.0, 0.2), (0.0, -0.15)),
    "seat": _row((0.0, -0.2), (0.0, -0.34)),
    "left seat": _arc(0.08, -0.31, 0.06, -0.03),
    "right seat": _arc(-0.08, -0.31, 0.06, -0.03),
    "left blade": _arc(0.09, 0.1, 0.04, -0.04),
    "right blade": _arc(-0.09, 0.1, 0.04, -0.04),
}


@lru_cache(maxsize=1)
def _on_skin() -> dict[str, LowPolyBody]:
    """Every mark laid on the front or the back of the default body."""
    marks = {name: _lay(path, front=True) for name, path in (_FACE | _FRONT).items()}
    return marks | {name: _lay(path, front=False) for name, path in _BACK.items()}


def _lay(path: np.ndarray, front: bool) -> LowPolyBody:
    """Points of the skin in front of, or behind, a path [N, 2] in the x-y plane."""
    body, side = load_default_body(), 1.0 if front else -1.0
    skin, near = body.v_template, np.empty(len(path), np.int64)
    for k, (x, y) in enumerate(path):
        distance = np.hypot(skin[:, 0] - x, skin[:, 1] - y)
        close = np.flatnonzero(distance < max(0.012, distance.min() + 0.004))
        near[k] = close[np.argmax(side * skin[close, 2])]
    points = np.column_stack([path, skin[near, 2] + side * LIFT])
    none = np.zeros((0, 3), np.int64)
    return LowPolyBody(
        points.astype(np.float32),
        body.shapedirs[near].astype(np.float32),
        body.weight_values[near].astype(np.float32),
        body.weight_joints[near].astype(np.int64),
        none,
        np.full(len(path), -1),
        none,
        none,
    )
