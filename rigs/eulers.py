"""Euler angles as Blender's rotation modes mean them, and curves of them without jumps.

Conventions: mode ``XYZ`` turns about x first, then y, then z, all in the parent's fixed axes
(Blender's meaning), so the matrix is ``Rz Ry Rx``. Angles are radians and always stored as
(x, y, z) whatever the order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..core.arrays import FloatArray
from ..core.rotations import quat_from_rotvec, quat_multiply, rotmat_from_quat

_AXES = {"X": 0, "Y": 1, "Z": 2}

EULER_ORDERS = ("XYZ", "XZY", "YXZ", "YZX", "ZXY", "ZYX")


def _parity(order: str) -> tuple[int, int, int, float]:
    i, j, k = (_AXES[letter] for letter in order)
    # cyclic orders (XYZ, YZX, ZXY) have the signs of XYZ, the other three its opposite ones
    return i, j, k, 1.0 if (j - i) % 3 == 1 else -1.0


def quat_from_euler(angles: ArrayLike, order: str) -> FloatArray:
    """Return quaternions wxyz [..., 4] of Euler ``angles`` [..., 3] (x, y, z) in ``order``."""
    values = np.asarray(angles, dtype=np.float64)
    turns = [quat_from_rotvec(values[..., [n]] * np.eye(3)[n]) for n in range(3)]
    i, j, k, _ = _parity(order)
    return quat_multiply(turns[k], quat_multiply(turns[j], turns[i]))


def euler_from_quat(quaternions: ArrayLike, order: str) -> FloatArray:
    """Return Euler angles [..., 3] (x, y, z) in ``order`` of unit ``quaternions`` [..., 4].

    The middle angle lies in [-pi/2, pi/2]; at the pole the last angle is set to zero.
    """
    m = rotmat_from_quat(quaternions)
    i, j, k, sign = _parity(order)
    result = np.empty(m.shape[:-2] + (3,))
    sine = np.clip(-sign * m[..., k, i], -1.0, 1.0)
    cosine = np.hypot(m[..., i, i], m[..., j, i])
    pole = cosine < 1e-7
    result[..., j] = np.arctan2(sine, cosine)
    first = np.arctan2(sign * m[..., k, j], m[..., k, k])
    last = np.arctan2(sign * m[..., j, i], m[..., i, i])
    at_pole = np.arctan2(-sign * m[..., j, k], m[..., j, j])
    result[..., i] = np.where(pole, at_pole, first)
    result[..., k] = np.where(pole, 0.0, last)
    return result


def _other_solution(angles: FloatArray, order: str) -> FloatArray:
    i, j, k, _ = _parity(order)
    other = angles.copy()
    other[i] += np.pi
    other[j] = np.pi - other[j]
    other[k] += np.pi
    return other


def _nearest_turn(angles: FloatArray, reference: FloatArray) -> FloatArray:
    return angles - 2.0 * np.pi * np.round((angles - reference) / (2.0 * np.pi))


def continuous_eulers(
    angles: ArrayLike, order: str, start: ArrayLike = (0.0, 0.0, 0.0)
) -> FloatArray:
    """Choose, frame by frame, the equivalent angles [T, 3] nearest to the frame before.

    Every orientation has two Euler triples, each free by whole turns; picking the nearest one
    keeps curves smooth through +-180 degrees. ``start`` [3] is what the first frame should be near.
    """
    result = np.array(angles, dtype=np.float64)
    reference = np.asarray(start, dtype=np.float64)
    for frame in range(len(result)):
        options = (result[frame], _other_solution(result[frame], order))
        nearest = [_nearest_turn(option, reference) for option in options]
        result[frame] = min(nearest, key=lambda option: np.abs(option - reference).sum())
        reference = result[frame]
    return result
