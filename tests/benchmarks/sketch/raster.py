"""A z-buffer in plain NumPy: which triangle each pixel sees, and how deep.

Conventions: camera space in OpenCV axes (x right, y down, z forward, metres); pixel (x, y)
has its centre at integer coordinates; a smaller z is nearer.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]

_CHUNK = 4_000_000  # candidate pixels at a time: bounds the memory of close-ups
_ON_EDGE = 1e-9  # rounding must not open seams between neighbours
NOTHING = -1


class Seen(NamedTuple):
    """What a camera sees of a mesh.

    Attributes:
        face: [H, W] triangle index, `NOTHING` where there is none.
        depth: [H, W] metres along z, infinite where there is nothing.
    """

    face: NDArray[np.integer]
    depth: Array


def project(points: Array, focal: float, center: Array) -> Array:
    """Pixels [..., 2] of camera-space points [..., 3] by a pinhole camera."""
    return points[..., :2] / points[..., 2:3] * focal + center


def rasterise(points: Array, faces: NDArray, focal: float, center: Array, size: int) -> Seen:
    """The nearest triangle and its depth at every pixel of a square image.

    Args:
        points: [V, 3] camera space, all in front of the camera.
        faces: [F, 3].
        focal: px.
        center: [2] principal point, px.
        size: side of the image, px.
    """
    corners = project(points, focal, center)[faces]
    planes = _planes(corners, 1.0 / points[faces, 2])  # 1/z is linear over the image
    nearest = np.zeros(size * size)
    face_at = np.full(size * size, NOTHING)
    for part in _parts(corners, size):
        pixel, face, value = _candidates(corners, planes, part, size)
        better = value > nearest[pixel]
        order = np.argsort(value[better])
        pixel, face, value = (array[better][order] for array in (pixel, face, value))
        nearest[pixel], face_at[pixel] = value, face  # of equal pixels the last, nearest, stays
    with np.errstate(divide="ignore"):
        depth = 1.0 / nearest
    return Seen(face_at.reshape(size, size), depth.reshape(size, size))


def _planes(corners: Array, inverse_depth: Array) -> Array:
    """[F, 4, 3] coefficients (of x, of y, constant) of the barycentric shares and of 1/z.

    Degenerate triangles get a share of -1 everywhere, which keeps them out.
    """
    x, y = corners[..., 0], corners[..., 1]
    after, last = [1, 2, 0], [2, 0, 1]
    constant = x[:, after] * y[:, last] - x[:, last] * y[:, after]
    edges = np.stack([y[:, after] - y[:, last], x[:, last] - x[:, after], constant], axis=-1)
    area = edges[..., 2].sum(1)[:, None, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(np.abs(area) > 1e-12, edges / area, [0.0, 0.0, -1.0])
    depth_plane = np.einsum("fc,fck->fk", inverse_depth, shares)
    return np.concatenate([shares, depth_plane[:, None]], axis=1)


def _boxes(corners: Array, size: int) -> tuple[NDArray, NDArray]:
    low = np.clip(np.ceil(corners.min(1)), 0, size - 1).astype(int)
    high = np.clip(np.floor(corners.max(1)), -1, size - 1).astype(int)
    return low, np.maximum(high - low + 1, 0)


def _parts(corners: Array, size: int) -> list[NDArray]:
    extent = _boxes(corners, size)[1].prod(1)
    shown = np.flatnonzero(extent)
    which = np.cumsum(extent[shown]) // _CHUNK
    return [shown[which == part] for part in np.unique(which)]


def _candidates(
    corners: Array, planes: Array, part: NDArray, size: int
) -> tuple[NDArray, NDArray, Array]:
    """Pixels inside triangles `part`: (pixel, face, 1/z), one row for each pair."""
    low, extent = _boxes(corners[part], size)
    count = extent.prod(1)
    row = np.repeat(np.arange(len(part)), count)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    x = low[row, 0] + within % extent[row, 0]
    y = low[row, 1] + within // extent[row, 0]
    face = part[row]
    for corner in range(3):
        inside = _at(planes[:, corner], face, x, y) >= -_ON_EDGE
        face, x, y = face[inside], x[inside], y[inside]
    return y * size + x, face, _at(planes[:, 3], face, x, y)


def _at(planes: Array, face: NDArray, x: NDArray, y: NDArray) -> Array:
    return planes[face, 0] * x + planes[face, 1] * y + planes[face, 2]


def face_normals(points: Array, faces: NDArray) -> Array:
    """[F, 3] unit normals; zero for a degenerate triangle."""
    a, b, c = points[faces].swapaxes(0, 1)
    normal = np.cross(b - a, c - a)
    return normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)


def smooth_normals(points: Array, faces: NDArray) -> Array:
    """[F, 3] normals averaged over the corners of each triangle, area-weighted.

    Vertices at the same place count as one, because files split them at texture seams.
    """
    _, same = np.unique(np.round(points, 5), axis=0, return_inverse=True)
    same = np.ravel(same)
    a, b, c = points[faces].swapaxes(0, 1)
    normal = np.cross(b - a, c - a)
    total = np.zeros((same.max() + 1, 3))
    for corner in range(3):
        np.add.at(total, same[faces[:, corner]], normal)
    unit = total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
    mean = unit[same[faces]].sum(1)
    return mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-12)
