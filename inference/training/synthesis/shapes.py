"""Small vocabulary of shapes that drawings of things are built from.

Convention: a drawing lives in its own frame, x to the right, y down, about [-1, 1] on both axes;
`placed` carries it to the pixels of a page.
"""

from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike


class Path(NamedTuple):
    """One line or region of a drawing.

    Attributes:
        points: [N, 2] the line, or the outline of the region.
        closed: whether the line returns to its start (a region).
        detail: an inner line (eye, stripe, window), never part of the silhouette.
        spine: [M, 2] centre line of a limb-like region, what a stick drawing shows of it.
    """

    points: np.ndarray
    closed: bool = False
    detail: bool = False
    spine: np.ndarray | None = None


# A round end between the two sides of a limb: shares of (side, ahead).
_CAP = np.array([[0.75, 0.66], [0.0, 1.0], [-0.75, 0.66]])
_QUARTERS = np.array([[0.0], [0.25], [0.5], [0.75]])


@lru_cache(maxsize=512)
def _spline_matrix(controls: int, samples: int, closed: bool) -> np.ndarray:
    """Catmull-Rom weights [samples, controls] (Catmull & Rom 1974), uniform in the parameter."""
    spans = controls if closed else controls - 1
    t = np.linspace(0.0, spans, samples, endpoint=not closed)
    first = np.minimum(t.astype(int), spans - 1)
    u = t - first
    basis = 0.5 * np.stack(
        [
            -u + 2 * u**2 - u**3,
            2 - 5 * u**2 + 3 * u**3,
            u + 4 * u**2 - 3 * u**3,
            u**3 - u**2,
        ]
    )
    matrix = np.zeros((samples, controls))
    for offset, weight in zip((-1, 0, 1, 2), basis, strict=True):
        index = first + offset
        index = index % controls if closed else np.clip(index, 0, controls - 1)
        np.add.at(matrix, (np.arange(samples), index), weight)
    return matrix


def smooth(controls: ArrayLike, samples: int, closed: bool = False) -> np.ndarray:
    """Points [samples, D] of the smooth curve through `controls` [N, D]."""
    controls = np.asarray(controls, float)
    return _spline_matrix(len(controls), samples, closed) @ controls


def line(*points: ArrayLike, detail: bool = False) -> Path:
    """Straight strokes from corner to corner, with points between for a wobbling hand."""
    corners = np.array(points, float)
    between = corners[:-1, None] + _QUARTERS * (corners[1:] - corners[:-1])[:, None]
    return Path(np.concatenate([between.reshape(-1, 2), corners[-1:]]), detail=detail)


def polygon(*points: ArrayLike, detail: bool = False) -> Path:
    """A region with corners."""
    outline = line(*points, points[0]).points[:-1]
    return Path(outline, closed=True, detail=detail)


def box(left: float, top: float, right: float, bottom: float, detail: bool = False) -> Path:
    """An upright rectangle."""
    return polygon((left, top), (right, top), (right, bottom), (left, bottom), detail=detail)


def curve(*points: ArrayLike, detail: bool = False, samples: int = 0) -> Path:
    """A smooth line through the points."""
    return Path(smooth(np.array(points, float), samples or 5 * len(points)), detail=detail)


def blob(*points: ArrayLike, detail: bool = False) -> Path:
    """A smooth region whose outline passes through the points."""
    return Path(smooth(np.array(points, float), 6 * len(points), True), True, detail)


@lru_cache(maxsize=64)
def _circle(samples: int) -> np.ndarray:
    angles = np.linspace(0.0, 2 * np.pi, samples, endpoint=False)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def ellipse(
    x: float, y: float, rx: float, ry: float | None = None, tilt: float = 0.0, detail: bool = False
) -> Path:
    """An ellipse about (x, y); `tilt` in radians, clockwise on the page."""
    ring = _circle(18) * (rx, rx if ry is None else ry)
    return Path(turned(ring, tilt) + (x, y), True, detail)


def ellipse_at(
    center: np.ndarray, rx: float, ry: float | None = None, tilt: float = 0.0, detail: bool = False
) -> Path:
    """An ellipse about a point [2], otherwise as `ellipse`."""
    return ellipse(float(center[0]), float(center[1]), rx, ry, tilt, detail)


def arc(x: float, y: float, radius: float, start: float, stop: float, detail: bool = False) -> Path:
    """Part of a circle between two angles in radians (0 = right, pi/2 = down)."""
    angles = np.linspace(start, stop, 10)
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1) * radius
    return Path(points + (x, y), detail=detail)


def tube(points: ArrayLike, radii: ArrayLike, samples: int = 8) -> Path:
    """A limb: the region swept by a disc whose radius changes along a smooth line.

    Args:
        points: [N, 2] controls of the centre line.
        radii: [N] radius at each control.
        samples: points along each side.
    """
    controls = np.column_stack([np.asarray(points, float), np.asarray(radii, float)])
    swept = smooth(controls, samples)
    spine, radius = swept[:, :2], np.abs(swept[:, 2:])
    ahead = np.empty_like(spine)
    ahead[1:-1] = spine[2:] - spine[:-2]
    ahead[0], ahead[-1] = spine[1] - spine[0], spine[-1] - spine[-2]
    ahead /= np.sqrt((ahead**2).sum(1, keepdims=True)) + 1e-9
    side = ahead[:, ::-1] * (-1.0, 1.0) * radius
    start = spine[0] - _CAP @ np.stack([side[0], ahead[0] * radius[0]])
    end = spine[-1] + _CAP @ np.stack([side[-1], ahead[-1] * radius[-1]])
    outline = np.concatenate([spine + side, end, (spine - side)[::-1], start])
    return Path(outline, closed=True, spine=spine)


def turned(points: np.ndarray, angle: float) -> np.ndarray:
    """Points [N, 2] turned clockwise on the page about the origin by `angle` radians."""
    c, s = np.cos(angle), np.sin(angle)
    return points @ np.array([[c, s], [-s, c]])


def heading(angle: float, length: float = 1.0) -> np.ndarray:
    """Vector [2] of a length in a direction (0 = right, pi/2 = down)."""
    return np.array([np.cos(angle), np.sin(angle)]) * length


def split(flat: np.ndarray, counts: list[int]) -> list[np.ndarray]:
    """Rows of `flat` as consecutive parts of the given lengths."""
    ends = list(accumulate(counts))
    return [flat[end - count : end] for end, count in zip(ends, counts, strict=True)]


def placed(paths: list[Path], linear: np.ndarray, offset: ArrayLike) -> list[Path]:
    """Every path under x -> linear @ x + offset, `linear` [2, 2]."""
    spines_of = {i: path.spine for i, path in enumerate(paths) if path.spine is not None}
    parts = [path.points for path in paths] + [*spines_of.values()]
    moved = np.concatenate(parts) @ linear.T + np.asarray(offset)
    lines = split(moved, [len(part) for part in parts])
    spines = dict(zip(spines_of, lines[len(paths) :], strict=True))
    return [
        Path(points, path.closed, path.detail, spines.get(i))
        for i, (points, path) in enumerate(zip(lines, paths, strict=False))
    ]


def fit(paths: list[Path], angle: float = 0.0, flip: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """The map (linear [2, 2], offset [2]) that turns, mirrors when `flip`, and fills [-1, 1]."""
    c, s = np.cos(angle), np.sin(angle)
    linear = np.array([[-c if flip else c, -s], [-s if flip else s, c]])
    everything = np.concatenate([path.points for path in paths]) @ linear.T
    low, high = everything.min(0), everything.max(0)
    scale = 2.0 / max(float((high - low).max()), 1e-6)
    return linear * scale, -(low + high) * scale / 2


def fitted(paths: list[Path]) -> list[Path]:
    """The paths scaled and moved so that they just fill [-1, 1]."""
    return placed(paths, *fit(paths))
