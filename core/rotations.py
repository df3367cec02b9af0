"""Rotations in NumPy, batched over any leading axes: the only library of them here.

Conventions: right-handed, active, radians; matrices act on column vectors (`v' = R @ v`);
quaternions are **wxyz** (w first, as Blender); a product `a b` turns by `b` first and then by `a`.
A rotation vector is axis times angle. `b_from_a` converts between forms, `quat_*` and `rotmat_*`
are operations on one form. Conversions keep the floating type of their input; quaternion algebra
answers in double precision. What is turned into what (frames) is the caller's to name.

Conversions
    rotmat_from_rotvec  rotmat_from_quat    rotmat_from_6d      nearest_rotmat
    quat_from_rotvec    quat_from_rotmat    rotvec_from_quat    rotvec_from_rotmat
    sixd_from_rotmat    skew_from_vector
Quaternions
    quat_multiply  quat_inverse  quat_rotate  quat_angle  quat_power  quat_slerp
    quat_between   quat_twist    continuous_quats         QUAT_IDENTITY
Matrices
    rotmat_angle   rotmat_between   rotmat_from_axes
Vectors
    normalized     cross            as_floating
"""

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Array, FloatArray

QUAT_IDENTITY = np.array([1.0, 0.0, 0.0, 0.0])
_TINY_ANGLE = 1e-4  # below this sin(x)/x is replaced by its Taylor series
_TINY_LENGTH = 1e-12
_PARALLEL = 1e-9  # sine below which two directions count as parallel


def as_floating(values: ArrayLike) -> Array:
    """The values as an array [...]: floating types are kept, integers become float64."""
    array = np.asarray(values)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def normalized(vectors: ArrayLike) -> Array:
    """Vectors at unit length; zero vectors stay zero.

    Args:
        vectors: [..., n] of any unit.

    Returns:
        [..., n].
    """
    array = as_floating(vectors)
    length = np.linalg.norm(array, axis=-1, keepdims=True)
    return array / np.maximum(length, _TINY_LENGTH)


def cross(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the cross products [..., 3] of arrays that broadcast.

    numpy's own spends ten times longer on the single vectors of a still than on the arithmetic,
    and a rig that follows the pen turns hundreds of them at every stroke.
    """
    product = np.empty(np.broadcast(a, b).shape, np.result_type(a, b))
    product[..., 0] = a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1]
    product[..., 1] = a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2]
    product[..., 2] = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return product


def skew_from_vector(vector: ArrayLike) -> Array:
    """Cross-product matrix: `skew_from_vector(a) @ b == cross(a, b)`.

    Args:
        vector: [..., 3].

    Returns:
        [..., 3, 3] skew-symmetric matrices.
    """
    vec = as_floating(vector)
    skew = np.zeros((*vec.shape[:-1], 3, 3), dtype=vec.dtype)
    skew[..., 2, 1], skew[..., 1, 2] = vec[..., 0], -vec[..., 0]
    skew[..., 0, 2], skew[..., 2, 0] = vec[..., 1], -vec[..., 1]
    skew[..., 1, 0], skew[..., 0, 1] = vec[..., 2], -vec[..., 2]
    return skew


def rotmat_from_rotvec(rotvec: ArrayLike) -> Array:
    """Rotation matrices from rotation vectors (axis times angle) by Rodrigues' formula.

    Args:
        rotvec: [..., 3] radians.

    Returns:
        [..., 3, 3] rotation matrices.
    """
    vec = as_floating(rotvec)
    angle = np.linalg.norm(vec, axis=-1)[..., None, None]
    tiny = angle < _TINY_ANGLE
    safe = np.where(tiny, 1.0, angle)
    sine_term = np.where(tiny, 1.0 - angle**2 / 6.0, np.sin(safe) / safe)
    # 1 - cos x = 2 sin²(x/2) keeps the digits that 1 - cos loses at small angles
    cosine_term = np.where(tiny, 0.5 - angle**2 / 24.0, 2.0 * (np.sin(safe / 2.0) / safe) ** 2)
    skew = skew_from_vector(vec)
    matrix = np.eye(3, dtype=vec.dtype) + sine_term * skew + cosine_term * (skew @ skew)
    return matrix.astype(vec.dtype, copy=False)


def rotmat_from_quat(quat: ArrayLike) -> Array:
    """Rotation matrices from quaternions of any length; zero counts as no turn.

    Args:
        quat: [..., 4] wxyz.

    Returns:
        [..., 3, 3].
    """
    q = normalized(quat)
    w, vec = q[..., :1, None], q[..., 1:]
    skew = skew_from_vector(vec)
    return np.eye(3, dtype=q.dtype) + 2.0 * (w * skew + skew @ skew)


def rotmat_from_6d(six: ArrayLike) -> Array:
    """Rotation matrices from the continuous 6D form of Zhou et al. 2019.

    Args:
        six: [..., 6] the first column of the matrix, then the second (concatenated, not
            interleaved), before Gram-Schmidt.

    Returns:
        [..., 3, 3].
    """
    values = as_floating(six)
    return rotmat_from_axes(values[..., :3], values[..., 3:])


def nearest_rotmat(matrix: ArrayLike) -> Array:
    """Rotation matrix nearest in the Frobenius norm (orthogonal Procrustes by SVD).

    Args:
        matrix: [..., 3, 3], any invertible matrix.

    Returns:
        [..., 3, 3] with determinant +1.
    """
    u, _, vt = np.linalg.svd(as_floating(matrix))
    sign = np.sign(np.linalg.det(u @ vt))
    u[..., :, 2] *= sign[..., None]
    return as_floating(u @ vt)


def quat_from_rotvec(rotvec: ArrayLike) -> Array:
    """Unit quaternions (wxyz) from rotation vectors.

    Args:
        rotvec: [..., 3] radians.

    Returns:
        [..., 4] wxyz; w is negative for angles in (pi, 3 pi).
    """
    vec = as_floating(rotvec)
    half = np.linalg.norm(vec, axis=-1, keepdims=True) / 2.0
    tiny = half < _TINY_ANGLE
    safe = np.where(tiny, 1.0, half)
    factor = np.where(tiny, 0.5 - half**2 / 12.0, np.sin(safe) / (2.0 * safe))
    return np.concatenate([np.cos(half), vec * factor], axis=-1).astype(vec.dtype, copy=False)


def quat_from_rotmat(rotmat: ArrayLike) -> Array:
    """Unit quaternions (wxyz, w >= 0) from rotation matrices.

    Every column of the 4x4 matrix below is the quaternion times one of its components;
    taking the column of the largest component never divides by a small number
    (Shepperd 1978; symmetric form of Bar-Itzhack 2000).

    Args:
        rotmat: [..., 3, 3].

    Returns:
        [..., 4] wxyz.
    """
    mat = as_floating(rotmat)
    outer = _quaternion_outer_product(mat)
    largest = np.argmax(np.diagonal(outer, axis1=-2, axis2=-1), axis=-1)
    quat = np.take_along_axis(outer, largest[..., None, None], axis=-1)[..., 0]
    quat = normalized(quat)
    return np.where(quat[..., :1] < 0.0, -quat, quat)


def _quaternion_outer_product(mat: Array) -> Array:
    """[..., 4, 4] matrix 4 q qᵀ of the quaternion of `mat`."""
    xx, yy, zz = mat[..., 0, 0], mat[..., 1, 1], mat[..., 2, 2]
    outer = np.empty((*mat.shape[:-2], 4, 4), dtype=mat.dtype)
    outer[..., 0, 0] = 1.0 + xx + yy + zz
    outer[..., 1, 1] = 1.0 + xx - yy - zz
    outer[..., 2, 2] = 1.0 - xx + yy - zz
    outer[..., 3, 3] = 1.0 - xx - yy + zz
    for a, b, value in (
        (0, 1, mat[..., 2, 1] - mat[..., 1, 2]),
        (0, 2, mat[..., 0, 2] - mat[..., 2, 0]),
        (0, 3, mat[..., 1, 0] - mat[..., 0, 1]),
        (1, 2, mat[..., 1, 0] + mat[..., 0, 1]),
        (1, 3, mat[..., 0, 2] + mat[..., 2, 0]),
        (2, 3, mat[..., 2, 1] + mat[..., 1, 2]),
    ):
        outer[..., a, b] = outer[..., b, a] = value
    return outer


def rotvec_from_quat(quat: ArrayLike) -> Array:
    """Rotation vectors of angle in [0, pi] from quaternions.

    Args:
        quat: [..., 4] wxyz of any length; q and -q give the same vector, zero gives zero.

    Returns:
        [..., 3] radians.
    """
    q = normalized(quat)
    q = np.where(q[..., :1] < 0.0, -q, q)
    sine = np.linalg.norm(q[..., 1:], axis=-1, keepdims=True)
    tiny = sine < _TINY_ANGLE
    safe = np.where(tiny, 1.0, sine)
    factor = np.where(tiny, 2.0 + sine**2 / 3.0, 2.0 * np.arctan2(sine, q[..., :1]) / safe)
    return (q[..., 1:] * factor).astype(q.dtype, copy=False)


def rotvec_from_rotmat(rotmat: ArrayLike) -> Array:
    """Rotation vectors of angle in [0, pi] from rotation matrices.

    Goes through the quaternion, which stays well conditioned near pi, where the usual
    antisymmetric part of the matrix vanishes.

    Args:
        rotmat: [..., 3, 3].

    Returns:
        [..., 3] radians.
    """
    return rotvec_from_quat(quat_from_rotmat(rotmat))


def sixd_from_rotmat(rotmat: ArrayLike) -> Array:
    """Continuous 6D form (Zhou et al. 2019): first column, then second column.

    Args:
        rotmat: [..., 3, 3].

    Returns:
        [..., 6].
    """
    mat = as_floating(rotmat)
    return np.concatenate([mat[..., :, 0], mat[..., :, 1]], axis=-1)


def quat_multiply(a: ArrayLike, b: ArrayLike) -> FloatArray:
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


def quat_inverse(quaternions: ArrayLike) -> FloatArray:
    """Return the opposite turns of unit ``quaternions`` [..., 4]."""
    return np.asarray(quaternions, dtype=np.float64) * np.array([1.0, -1.0, -1.0, -1.0])


def quat_rotate(quaternions: ArrayLike, vectors: ArrayLike) -> FloatArray:
    """Turn ``vectors`` [..., 3] by unit ``quaternions`` [..., 4] (the leading axes broadcast)."""
    q = np.asarray(quaternions, dtype=np.float64)
    v = np.asarray(vectors, dtype=np.float64)
    w, axis = q[..., :1], q[..., 1:]
    across = 2.0 * cross(axis, v)
    return v + w * across + cross(axis, across)


def quat_angle(quaternions: ArrayLike) -> FloatArray:
    """Return the turning angles [...] in [0, pi] of unit ``quaternions`` [..., 4]."""
    q = np.asarray(quaternions, dtype=np.float64)
    sine = np.linalg.norm(q[..., 1:], axis=-1)
    return np.asarray(2.0 * np.arctan2(sine, np.abs(q[..., 0])), dtype=np.float64)


def quat_power(quaternions: ArrayLike, exponent: ArrayLike) -> FloatArray:
    """Return the fraction ``exponent`` [...] of each turn [..., 4], along its shortest way."""
    scale = np.asarray(exponent, dtype=np.float64)[..., None]
    return quat_from_rotvec(rotvec_from_quat(quaternions) * scale)


def quat_slerp(a: ArrayLike, b: ArrayLike, fraction: ArrayLike) -> FloatArray:
    """Interpolate from ``a`` to ``b`` [..., 4] on the shortest arc (Shoemake 1985)."""
    return quat_multiply(a, quat_power(quat_multiply(quat_inverse(a), b), fraction))


def quat_between(start: ArrayLike, end: ArrayLike, fallback_axis: ArrayLike) -> FloatArray:
    """Return the smallest turn [..., 4] taking direction ``start`` to ``end`` [..., 3].

    ``fallback_axis`` [3] is turned about (made perpendicular first) when the two are opposite.
    """
    a, b = normalized(start), normalized(end)
    cosine = np.sum(a * b, axis=-1, keepdims=True)
    regular = np.concatenate((1.0 + cosine, np.cross(a, b)), axis=-1)
    axis = np.asarray(fallback_axis, dtype=np.float64)
    axis = normalized(axis - np.sum(a * axis, axis=-1, keepdims=True) * a)
    # (1 + cos, sin * axis) is the turn's quaternion but for its length, zero at a half turn
    half_turn = np.concatenate((np.zeros_like(cosine), axis), axis=-1)
    return normalized(np.where(1.0 + cosine < 1e-9, half_turn, regular))


def quat_twist(quaternions: ArrayLike, axis: ArrayLike) -> FloatArray:
    """Return the twist part [..., 4] about unit ``axis`` [..., 3]: ``q = swing * twist``.

    Where the swing is a half turn the twist is undefined and comes out as the identity.
    """
    q = np.asarray(quaternions, dtype=np.float64)
    line = np.asarray(axis, dtype=np.float64)
    along = np.sum(q[..., 1:] * line, axis=-1, keepdims=True)
    twist = np.concatenate((q[..., :1], along * line), axis=-1)
    length = np.linalg.norm(twist, axis=-1, keepdims=True)
    return np.where(length < 1e-9, QUAT_IDENTITY, twist / np.maximum(length, _TINY_LENGTH))


def continuous_quats(quaternions: ArrayLike) -> FloatArray:
    """Flip signs along the first axis so that neighbors [T, 4] never jump to the antipode."""
    q = np.array(quaternions, dtype=np.float64)
    dots = np.sum(q[1:] * q[:-1], axis=-1)
    signs = np.cumprod(np.where(dots < 0.0, -1.0, 1.0), axis=0)
    q[1:] *= signs[..., None]
    return q


def rotmat_angle(a: ArrayLike, b: ArrayLike) -> Array:
    """Geodesic angle between rotation matrices.

    Args:
        a: [..., 3, 3].
        b: [..., 3, 3], broadcast against `a`.

    Returns:
        [...] radians in [0, pi].
    """
    relative = np.swapaxes(as_floating(a), -1, -2) @ as_floating(b)
    return np.linalg.norm(rotvec_from_rotmat(relative), axis=-1)


def rotmat_between(start: ArrayLike, end: ArrayLike) -> Array:
    """Smallest rotations that turn directions into others.

    Opposite directions, where any axis would do, are turned half about one across them.

    Args:
        start: [..., 3], any length but 0.
        end: [..., 3], any length but 0.

    Returns:
        [..., 3, 3].
    """
    start, end = normalized(start), normalized(end)
    axis = np.cross(start, end)
    sine = np.linalg.norm(axis, axis=-1, keepdims=True)
    cosine = np.sum(start * end, axis=-1, keepdims=True)
    across = np.cross(start, np.eye(3)[np.argmin(np.abs(start), axis=-1)])
    parallel = sine < _PARALLEL
    angle = np.where(parallel & (cosine > 0), 0.0, np.arctan2(sine, cosine))
    return rotmat_from_rotvec(normalized(np.where(parallel, across, axis)) * angle)


def rotmat_from_axes(first: ArrayLike, second: ArrayLike) -> Array:
    """Rotations whose columns are `first`, `second` made square to it, and their cross product.

    Args:
        first: [..., 3], its direction is kept.
        second: [..., 3], not parallel to `first`.

    Returns:
        [..., 3, 3].
    """
    first, second = normalized(first), as_floating(second)
    second = normalized(second - first * np.sum(first * second, axis=-1, keepdims=True))
    return np.stack([first, second, np.cross(first, second)], axis=-1)
