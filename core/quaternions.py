"""Quaternion arithmetic in numpy, batched over any leading axes.

Conventions: unit quaternions **wxyz** (w first, as Blender), right-handed, active rotations acting
on column vectors; ``multiply(a, b)`` turns by ``b`` first and then by ``a``, as matrix products do.
Angles are radians. Functions are named ``b_from_a``. Only numpy is imported.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

IDENTITY = np.array([1.0, 0.0, 0.0, 0.0])
_TINY = 1e-12
EULER_ORDERS = ("XYZ", "XZY", "YXZ", "YZX", "ZXY", "ZYX")


def normalized(vectors: ArrayLike) -> FloatArray:
    """Return ``vectors`` [..., n] at unit length; zero vectors stay zero."""
    array = np.asarray(vectors, dtype=np.float64)
    length = np.linalg.norm(array, axis=-1, keepdims=True)
    return array / np.maximum(length, _TINY)


def multiply(a: ArrayLike, b: ArrayLike) -> FloatArray:
    """Return the Hamilton product ``a b`` [..., 4]: the turn ``b`` followed by the turn ``a``."""
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    aw, ax, ay, az = a[..., 0], a[..., 1], a[..., 2], a[..., 3]
    bw, bx, by, bz = b[..., 0], b[..., 1], b[..., 2], b[..., 3]
    product = np.empty(np.broadcast(a, b).shape)
    product[..., 0] = aw * bw - ax * bx - ay * by - az * bz
    product[..., 1] = aw * bx + ax * bw + ay * bz - az * by
    product[..., 2] = aw * by - ax * bz + ay * bw + az * bx
    product[..., 3] = aw * bz + ax * by - ay * bx + az * bw
    return product


def inverse(quaternions: ArrayLike) -> FloatArray:
    """Return the opposite turns of unit ``quaternions`` [..., 4]."""
    return np.asarray(quaternions, dtype=np.float64) * np.array([1.0, -1.0, -1.0, -1.0])


def rotate(quaternions: ArrayLike, vectors: ArrayLike) -> FloatArray:
    """Turn ``vectors`` [..., 3] by unit ``quaternions`` [..., 4] (the leading axes broadcast)."""
    q = np.asarray(quaternions, dtype=np.float64)
    v = np.asarray(vectors, dtype=np.float64)
    w, axis = q[..., :1], q[..., 1:]
    across = 2.0 * cross(axis, v)
    return v + w * across + cross(axis, across)


def cross(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the cross products [..., 3] of arrays that broadcast.

    numpy's own spends ten times longer on the single vectors of a still than on the arithmetic,
    and a rig that follows the pen turns hundreds of them at every stroke.
    """
    product = np.empty(np.broadcast(a, b).shape)
    product[..., 0] = a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1]
    product[..., 1] = a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2]
    product[..., 2] = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return product


def matrix_from_quat(quaternions: ArrayLike) -> FloatArray:
    """Return the rotation matrices [..., 3, 3] of unit ``quaternions`` [..., 4]."""
    q = np.asarray(quaternions, dtype=np.float64)
    return np.stack([rotate(q, axis) for axis in np.eye(3)], axis=-1)


def quat_from_matrix(matrices: ArrayLike) -> FloatArray:
    """Return unit quaternions [..., 4] of rotation ``matrices`` [..., 3, 3].

    Uses the largest of the four squared components, so it is exact near half turns
    (Shepperd 1978, "Quaternion from rotation matrix").
    """
    m = np.asarray(matrices, dtype=np.float64)
    d0, d1, d2 = m[..., 0, 0], m[..., 1, 1], m[..., 2, 2]
    squares = np.stack((1 + d0 + d1 + d2, 1 + d0 - d1 - d2, 1 - d0 + d1 - d2, 1 - d0 - d1 + d2), -1)
    wx, wy, wz = (m[..., i, j] - m[..., j, i] for i, j in ((2, 1), (0, 2), (1, 0)))
    xy, xz, yz = (m[..., i, j] + m[..., j, i] for i, j in ((0, 1), (0, 2), (1, 2)))
    rows = np.stack(
        (
            np.stack((squares[..., 0], wx, wy, wz), -1),
            np.stack((wx, squares[..., 1], xy, xz), -1),
            np.stack((wy, xy, squares[..., 2], yz), -1),
            np.stack((wz, xz, yz, squares[..., 3]), -1),
        ),
        axis=-2,
    )
    best = np.argmax(squares, axis=-1)
    return normalized(np.take_along_axis(rows, best[..., None, None], axis=-2)[..., 0, :])


def quat_from_rotvec(rotvecs: ArrayLike) -> FloatArray:
    """Return unit quaternions [..., 4] of rotation vectors [..., 3] (axis times angle)."""
    v = np.asarray(rotvecs, dtype=np.float64)
    half = 0.5 * np.linalg.norm(v, axis=-1, keepdims=True)
    return np.concatenate((np.cos(half), 0.5 * v * np.sinc(half / np.pi)), axis=-1)


def rotvec_from_quat(quaternions: ArrayLike) -> FloatArray:
    """Return the shortest rotation vectors [..., 3] of unit ``quaternions`` [..., 4]."""
    q = np.asarray(quaternions, dtype=np.float64)
    q = q * np.where(q[..., :1] < 0, -1.0, 1.0)
    length = np.linalg.norm(q[..., 1:], axis=-1, keepdims=True)
    angle = 2.0 * np.arctan2(length, q[..., :1])
    scale = np.where(length > 1e-9, angle / np.maximum(length, _TINY), 2.0)
    return q[..., 1:] * scale


def angle_of(quaternions: ArrayLike) -> FloatArray:
    """Return the turning angles [...] in [0, pi] of unit ``quaternions`` [..., 4]."""
    q = np.asarray(quaternions, dtype=np.float64)
    sine = np.linalg.norm(q[..., 1:], axis=-1)
    return np.asarray(2.0 * np.arctan2(sine, np.abs(q[..., 0])), dtype=np.float64)


def power(quaternions: ArrayLike, exponent: ArrayLike) -> FloatArray:
    """Return the fraction ``exponent`` [...] of each turn [..., 4], along its shortest way."""
    scale = np.asarray(exponent, dtype=np.float64)[..., None]
    return quat_from_rotvec(rotvec_from_quat(quaternions) * scale)


def slerp(a: ArrayLike, b: ArrayLike, fraction: ArrayLike) -> FloatArray:
    """Interpolate from ``a`` to ``b`` [..., 4] on the shortest arc (Shoemake 1985)."""
    return multiply(a, power(multiply(inverse(a), b), fraction))


def swing_between(start: ArrayLike, end: ArrayLike, fallback_axis: ArrayLike) -> FloatArray:
    """Return the smallest turn [..., 4] taking direction ``start`` to ``end`` [..., 3].

    ``fallback_axis`` [3] is turned about (made perpendicular first) when the two are opposite.
    """
    a, b = normalized(start), normalized(end)
    cosine = np.sum(a * b, axis=-1, keepdims=True)
    regular = np.concatenate((1.0 + cosine, np.cross(a, b)), axis=-1)
    axis = np.asarray(fallback_axis, dtype=np.float64)
    axis = normalized(axis - np.sum(a * axis, axis=-1, keepdims=True) * a)
    half_turn = np.concatenate((np.zeros_like(cosine), axis), axis=-1)
    return normalized(np.where(1.0 + cosine < 1e-9, half_turn, regular))


def twist_about(quaternions: ArrayLike, axis: ArrayLike) -> FloatArray:
    """Return the twist part [..., 4] about unit ``axis`` [..., 3]: ``q = swing * twist``.

    Where the swing is a half turn the twist is undefined and comes out as the identity.
    """
    q = np.asarray(quaternions, dtype=np.float64)
    line = np.asarray(axis, dtype=np.float64)
    along = np.sum(q[..., 1:] * line, axis=-1, keepdims=True)
    twist = np.concatenate((q[..., :1], along * line), axis=-1)
    length = np.linalg.norm(twist, axis=-1, keepdims=True)
    return np.where(length < 1e-9, IDENTITY, twist / np.maximum(length, _TINY))


def continuous_quats(quaternions: ArrayLike) -> FloatArray:
    """Flip signs along the first axis so that neighbours [T, 4] never jump to the antipode."""
    q = np.array(quaternions, dtype=np.float64)
    dots = np.sum(q[1:] * q[:-1], axis=-1)
    signs = np.cumprod(np.where(dots < 0.0, -1.0, 1.0), axis=0)
    q[1:] *= signs[..., None]
    return q
