"""Batched rotations in NumPy.

Conventions: matrices act on column vectors (`v' = R @ v`), right-handed, radians,
quaternions are wxyz. Functions are named `b_from_a(a)`; every function accepts any
number of leading batch dimensions and keeps the floating type of its input.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.floating]

_TINY_ANGLE = 1e-4  # below this sin(x)/x is replaced by its Taylor series


def as_floating(values: ArrayLike) -> Array:
    """The values as an array: floating types are kept, integers become float64."""
    array = np.asarray(values)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


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
    quat = quat / np.linalg.norm(quat, axis=-1, keepdims=True)
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


def rotmat_from_quat(quat: ArrayLike) -> Array:
    """Rotation matrices from quaternions; the quaternion need not be normalised.

    Args:
        quat: [..., 4] wxyz, not zero.

    Returns:
        [..., 3, 3].
    """
    q = as_floating(quat)
    q = q / np.linalg.norm(q, axis=-1, keepdims=True)
    w, vec = q[..., :1, None], q[..., 1:]
    skew = skew_from_vector(vec)
    return np.eye(3, dtype=q.dtype) + 2.0 * (w * skew + skew @ skew)


def rotvec_from_quat(quat: ArrayLike) -> Array:
    """Rotation vectors of angle in [0, pi] from quaternions.

    Args:
        quat: [..., 4] wxyz, not zero; q and -q give the same vector.

    Returns:
        [..., 3] radians.
    """
    q = as_floating(quat)
    q = q / np.linalg.norm(q, axis=-1, keepdims=True)
    q = np.where(q[..., :1] < 0.0, -q, q)
    sine = np.linalg.norm(q[..., 1:], axis=-1, keepdims=True)
    tiny = sine < _TINY_ANGLE
    safe = np.where(tiny, 1.0, sine)
    factor = np.where(tiny, 2.0 + sine**2 / 3.0, 2.0 * np.arctan2(sine, q[..., :1]) / safe)
    return (q[..., 1:] * factor).astype(q.dtype, copy=False)


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


def rotmat_from_6d(six: ArrayLike) -> Array:
    """Rotation matrices from the continuous 6D form of Zhou et al. 2019.

    Args:
        six: [..., 6] the first column of the matrix, then the second (concatenated, not
            interleaved), before Gram-Schmidt.

    Returns:
        [..., 3, 3].
    """
    values = as_floating(six)
    first = _normalized(values[..., :3])
    second = values[..., 3:]
    second = _normalized(second - first * np.sum(first * second, axis=-1, keepdims=True))
    return np.stack([first, second, np.cross(first, second)], axis=-1)


def sixd_from_rotmat(rotmat: ArrayLike) -> Array:
    """Continuous 6D form (Zhou et al. 2019): first column, then second column.

    Args:
        rotmat: [..., 3, 3].

    Returns:
        [..., 6].
    """
    mat = as_floating(rotmat)
    return np.concatenate([mat[..., :, 0], mat[..., :, 1]], axis=-1)


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


def angle_between(a: ArrayLike, b: ArrayLike) -> Array:
    """Geodesic angle between rotation matrices.

    Args:
        a: [..., 3, 3].
        b: [..., 3, 3], broadcast against `a`.

    Returns:
        [...] radians in [0, pi].
    """
    relative = np.swapaxes(as_floating(a), -1, -2) @ as_floating(b)
    return np.linalg.norm(rotvec_from_rotmat(relative), axis=-1)


def _normalized(vector: Array) -> Array:
    return vector / np.linalg.norm(vector, axis=-1, keepdims=True)
