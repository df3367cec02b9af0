"""How a hand draws a line: wobble, overshoot, repeated strokes, gaps, pressure.

All functions draw on an ink map (uint8 [S, S], 0 = paper, 255 = ink); points are px.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

SHIFT = 4  # sub-pixel bits of cv2's line drawing
UNIT = 1 << SHIFT


@dataclass(frozen=True)
class Pen:
    """One drawing tool in one hand.

    Attributes:
        width: line width, px (1 or more).
        ink: 1..255, darkness of the line.
        wobble: px of random walk along a line of typical length.
        overshoot: lines run past their ends by up to this share of their length.
        repeats: chance that a line is drawn once more.
        gaps: chance that a line is interrupted.
    """

    width: int = 2
    ink: int = 255
    wobble: float = 0.8
    overshoot: float = 0.0
    repeats: float = 0.0
    gaps: float = 0.0


def random_pen(rng: np.random.Generator, size: int) -> Pen:
    """A pen for a canvas of ``size`` px: from hard pencil to felt pen."""
    width = int(np.clip(rng.gamma(2.6, 0.75) * size / 160, 1, 7))
    return Pen(
        width=width,
        ink=int(rng.integers(110, 256)) if rng.random() < 0.4 else 255,
        wobble=rng.choice([0.0, rng.gamma(1.6, 0.55)], p=[0.15, 0.85]) * size / 160,
        overshoot=rng.choice([0.0, rng.uniform(0, 0.12)]),
        repeats=rng.choice([0.0, rng.uniform(0.1, 0.9)], p=[0.7, 0.3]),
        gaps=rng.choice([0.0, rng.uniform(0, 0.3)], p=[0.8, 0.2]),
    )


def thinner(pen: Pen) -> Pen:
    """The same pen for details."""
    return replace(pen, width=max(1, pen.width - 1), repeats=0.0)


def smooth(points: np.ndarray, samples: int = 12) -> np.ndarray:
    """Catmull-Rom curve through ``points`` [N, 2]."""
    if len(points) < 3:
        return np.linspace(points[0], points[-1], samples)
    ends = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    t = np.linspace(0, 1, max(2, samples // (len(points) - 1)), endpoint=False)[:, None]
    a, b, c, d = ends[:-3, None], ends[1:-2, None], ends[2:-1, None], ends[3:, None]
    curve = 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )
    return np.concatenate([curve.reshape(-1, 2), points[-1:]])


def subdivide(points: np.ndarray, per_segment: int = 5) -> np.ndarray:
    """Straight segments with points in between, so that they can wobble."""
    t = np.linspace(0, 1, per_segment, endpoint=False)[:, None]
    inner = points[:-1, None] * (1 - t) + points[1:, None] * t
    return np.concatenate([inner.reshape(-1, 2), points[-1:]])


def shaky(points: np.ndarray, amount: float, rng: np.random.Generator) -> np.ndarray:
    """A random walk pinned at both ends: what an unsteady hand adds."""
    if amount <= 0 or len(points) < 3:
        return points
    walk = np.cumsum(rng.normal(0, amount / np.sqrt(len(points)), points.shape), 0)
    t = np.linspace(0, 1, len(points))[:, None]
    return points + walk - walk[:1] * (1 - t) - walk[-1:] * t


def polyline(
    ink: np.ndarray, points: np.ndarray, width: int, value: int, closed: bool = False
) -> None:
    """Anti-aliased line through ``points`` [N, 2] px."""
    fixed = np.round(np.clip(points, -2000, 2000) * UNIT).astype(np.int32)
    cv2.polylines(ink, [fixed], closed, (int(value),), int(width), cv2.LINE_AA, SHIFT)


def fill(ink: np.ndarray, points: np.ndarray, value: int) -> None:
    """Filled polygon."""
    fixed = np.round(np.clip(points, -2000, 2000) * UNIT).astype(np.int32)
    cv2.fillPoly(ink, [fixed], (int(value),), cv2.LINE_AA, SHIFT)


def line(ink: np.ndarray, points: np.ndarray, pen: Pen, rng: np.random.Generator) -> None:
    """Draws one line as the pen would, perhaps twice, perhaps with a gap."""
    if pen.overshoot and len(points) > 1:
        points = points.copy()
        points[-1] += (points[-1] - points[-2]) * rng.uniform(0, pen.overshoot) * len(points)
    rounds = 1 + (rng.random() < pen.repeats) + (rng.random() < pen.repeats * 0.6)
    for turn in range(rounds):
        drawn = shaky(points, pen.wobble * (1 + 0.6 * turn), rng)
        if turn:
            drawn = drawn + rng.normal(0, 0.6 + 0.4 * pen.width, 2)
        if len(drawn) > 6 and rng.random() < pen.gaps:
            cut = rng.integers(2, len(drawn) - 2)
            polyline(ink, drawn[:cut], pen.width, pen.ink)
            drawn = drawn[min(cut + 1, len(drawn) - 2) :]
        polyline(ink, drawn, pen.width, pen.ink)


def loop(ink: np.ndarray, outline: np.ndarray, pen: Pen, rng: np.random.Generator) -> None:
    """Draws a closed shape whose end may miss its start or run past it."""
    turned = np.roll(outline, rng.integers(len(outline)), axis=0)
    extra = rng.integers(-1, 3)
    closed = np.concatenate([turned, turned[: 1 + max(0, extra)]])
    line(ink, closed[: len(closed) + min(0, extra)], pen, rng)


def scribble(ink: np.ndarray, outline: np.ndarray, pen: Pen, rng: np.random.Generator) -> None:
    """Fills a shape with one zigzag stroke, not quite inside the lines."""
    angle = rng.uniform(0, np.pi)
    across = np.array([np.cos(angle), np.sin(angle)])
    along = np.array([-across[1], across[0]])
    u, v = outline @ across, outline @ along
    steps = int(np.clip((v.max() - v.min()) / rng.uniform(1.2, 4.5), 3, 60))
    levels = np.linspace(v.min(), v.max(), steps)
    spans = _spans(u, v, levels)
    ends = np.where(np.arange(steps)[:, None] % 2, spans[:, ::-1], spans)
    ends = ends + rng.normal(0, 0.8, ends.shape)
    zigzag = np.stack([ends.ravel(), np.repeat(levels, 2)], 1)
    points = zigzag[:, :1] * across + zigzag[:, 1:] * along
    polyline(ink, points, pen.width, pen.ink)


def _spans(u: np.ndarray, v: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Where lines at height ``levels`` enter and leave the outline (u, v): [L, 2]."""
    u2, v2 = np.roll(u, -1), np.roll(v, -1)
    crosses = (v[None] - levels[:, None]) * (v2[None] - levels[:, None]) <= 0
    t = (levels[:, None] - v) / np.where(np.abs(v2 - v) < 1e-6, 1e-6, v2 - v)
    at = u + np.clip(t, 0, 1) * (u2 - u)
    low = np.where(crosses, at, np.inf).min(1)
    high = np.where(crosses, at, -np.inf).max(1)
    middle = 0.5 * (u.min() + u.max())
    return np.stack(
        [np.where(np.isfinite(low), low, middle), np.where(np.isfinite(high), high, middle)], 1
    )


def ellipse(
    centre: np.ndarray, radii: tuple[float, float], angle: float, count: int = 22
) -> np.ndarray:
    """Outline [count, 2] of an ellipse; ``angle`` in radians."""
    t = np.linspace(0, 2 * np.pi, count, endpoint=False)
    c, s = np.cos(angle), np.sin(angle)
    local = np.stack([np.cos(t) * radii[0], np.sin(t) * radii[1]], 1)
    return centre + local @ np.array([[c, s], [-s, c]])


def capsule(
    a: np.ndarray, b: np.ndarray, radius_a: float, radius_b: float, count: int = 7
) -> np.ndarray:
    """Outline of a tapered limb from ``a`` to ``b`` with round ends."""
    axis = b - a
    angle = np.arctan2(axis[1], axis[0])
    t = np.linspace(np.pi / 2, 1.5 * np.pi, count) + angle
    back = a + radius_a * np.stack([np.cos(t), np.sin(t)], 1)
    front = b - radius_b * np.stack([np.cos(t), np.sin(t)], 1)
    return np.concatenate([back, front])


def ribbon(points: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """Outline of a limb of varying thickness around a path [N, 2], ends rounded."""
    step = np.gradient(points, axis=0)
    step /= np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-6)
    normal = np.stack([-step[:, 1], step[:, 0]], 1) * radii[:, None]
    tip = points[-1] + step[-1] * radii[-1]
    tail = points[0] - step[0] * radii[0] * 0.6
    return np.concatenate([[tail], points + normal, [tip], (points - normal)[::-1]])
