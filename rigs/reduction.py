"""Fewer keys: cubic curves through chosen frames, within a stated error.

Keys carry a value and a slope (per frame), so between two keys a curve is the cubic Hermite
polynomial that Blender draws between handles at a third of the way. Splitting goes on where the
error is largest, until every frame is within the tolerance (after Schneider 1990, "An algorithm for
automatically fitting digitized curves").

Conventions: rows are frame numbers from 0; what "error" means is the caller's distance function.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..core.arrays import FloatArray, IntArray
from ..core.rotations import normalized, quat_angle, quat_inverse, quat_multiply
from .eulers import quat_from_euler

Distance = Callable[[FloatArray, FloatArray], FloatArray]


@dataclass(frozen=True)
class KeyedCurve:
    """The kept keys of one channel.

    Attributes:
        rows: [K] frames that keep a key, first and last included.
        values: [K, n].
        slopes: [K, n] change a frame.
    """

    rows: IntArray
    values: FloatArray
    slopes: FloatArray


def quat_distance(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the angles [T] between quaternion rows [T, 4], which need not be of unit length."""
    return quat_angle(quat_multiply(quat_inverse(normalized(a)), normalized(b)))


def euler_distance(order: str) -> Distance:
    """Return the distance function of Euler rows [T, 3] in ``order``."""

    def distance(a: FloatArray, b: FloatArray) -> FloatArray:
        return quat_distance(quat_from_euler(a, order), quat_from_euler(b, order))

    return distance


def point_distance(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the distances [T] between rows [T, n]."""
    return np.asarray(np.linalg.norm(a - b, axis=1), dtype=np.float64)


def reduce_curve(values: FloatArray, distance: Distance, tolerance: float) -> KeyedCurve:
    """Keep as few keys as hold every frame within ``tolerance``.

    Args:
        values: [T, n] one value a frame, continuous.
        distance: error between two [T, n] arrays, [T].
        tolerance: largest error allowed, in the unit of ``distance``.
    """
    values = np.asarray(values, dtype=np.float64)
    last = len(values) - 1
    still = np.repeat(values[:1], len(values), axis=0)
    rows = [0] if distance(values, still).max() <= tolerance else [0, last]
    while len(rows) > 1:
        error = distance(values, evaluate(_keyed(values, rows), len(values)))
        worst = _worst_rows(error, rows, tolerance)
        if not worst:
            break
        rows = sorted({*rows, *worst})
    return _keyed(values, rows)


def _worst_rows(error: FloatArray, rows: Sequence[int], tolerance: float) -> list[int]:
    """Return the worst inner frame of every span that is still beyond the tolerance."""
    found: list[int] = []
    for start, stop in zip(rows[:-1], rows[1:], strict=True):
        if stop - start > 1:
            row = start + 1 + int(np.argmax(error[start + 1 : stop]))
            if error[row] > tolerance:
                found.append(row)
    return found


def best_poses(curves: Sequence[tuple[FloatArray, Distance]], count: int) -> list[int]:
    """Return the ``count`` frames that tell the motion best when keyed on every channel.

    Args:
        curves: values [T, n] and distance function of each channel; distances are compared with
            each other, so they need one scale.
        count: number of frames wanted, at least the first and the last.
    """
    length = len(curves[0][0])
    rows = sorted({0, length - 1})
    while len(rows) < min(count, length):
        error = np.zeros(length)
        for values, distance in curves:
            error += distance(values, evaluate(_keyed(values, rows), length)) ** 2
        error[rows] = -1.0  # so that a frame is never chosen twice
        rows = sorted({*rows, int(np.argmax(error))})
    return rows


def keyed_at(values: FloatArray, rows: Sequence[int]) -> KeyedCurve:
    """Return the curve of ``values`` [T, n] with keys at ``rows``, slopes from key to key."""
    kept = np.asarray(values, dtype=np.float64)[list(rows)]
    if len(rows) < 2:
        return KeyedCurve(np.asarray(rows), kept, np.zeros_like(kept))
    slopes = np.gradient(kept, np.asarray(rows, dtype=np.float64), axis=0)
    return KeyedCurve(np.asarray(rows), kept, slopes)


def _keyed(values: FloatArray, rows: Sequence[int]) -> KeyedCurve:
    if len(values) < 2:
        return KeyedCurve(np.asarray(rows), values[list(rows)], np.zeros_like(values[list(rows)]))
    slopes = np.gradient(values, axis=0)
    return KeyedCurve(np.asarray(rows), values[list(rows)], slopes[list(rows)])


def evaluate(curve: KeyedCurve, length: int) -> FloatArray:
    """Return the curve at every frame [length, n]; before and after the keys it is held."""
    if len(curve.rows) == 1:
        return np.repeat(curve.values, length, axis=0)
    frames = np.arange(length)
    span = np.clip(np.searchsorted(curve.rows, frames, side="right") - 1, 0, len(curve.rows) - 2)
    start, width = curve.rows[span], np.diff(curve.rows)[span]
    t = np.clip((frames - start) / width, 0.0, 1.0)[:, None]
    width = width[:, None]
    t2, t3 = t * t, t * t * t
    return (
        (2 * t3 - 3 * t2 + 1) * curve.values[span]
        + (t3 - 2 * t2 + t) * width * curve.slopes[span]
        + (3 * t2 - 2 * t3) * curve.values[span + 1]
        + (t3 - t2) * width * curve.slopes[span + 1]
    )
