"""A z-buffer in plain NumPy: which triangle each pixel sees, and how deep.

Conventions: camera space in OpenCV axes (x right, y down, z forward, metres); pixel (x, y)
has its centre at integer coordinates; a smaller z is nearer.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]

_CHUNK = 4_000_000  # candidate pixels at a time: bounds the memory of close-ups
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
    inverse_depth = 1.0 / points[faces, 2]  # linear over the image, unlike the depth itself
    nearest = np.zeros(size * size)
    face_at = np.full(size * size, NOTHING)
    for part in _parts(corners, size):
        pixel, face, value = _candidates(corners, inverse_depth, part, size)
        order = np.argsort(value, kind="stable")  # nearest last, so that it is what stays
        pixel, face, value = pixel[order], face[order], value[order]
        last = len(pixel) - 1 - np.unique(pixel[::-1], return_index=True)[1]
        last = last[value[last] > nearest[pixel[last]]]
        nearest[pixel[last]], face_at[pixel[last]] = value[last], face[last]
    with np.errstate(divide="ignore"):
        depth = 1.0 / nearest
    return Seen(face_at.reshape(size, size), depth.reshape(size, size))


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
    corners: Array, inverse_depth: Array, part: NDArray, size: int
) -> tuple[NDArray, NDArray, Array]:
    """Pixels inside triangles `part`: (pixel, face, 1/z), one row for each pair."""
    low, extent = _boxes(corners[part], size)
    count = extent.prod(1)
    row = np.repeat(np.arange(len(part)), count)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    x = low[row, 0] + within % extent[row, 0]
    y = low[row, 1] + within // extent[row, 0]
    share = _barycentric(corners[part][row], x, y)
    inside = (share >= 0.0).all(1)
    value = np.sum(share * inverse_depth[part][row], axis=1)
    return (y * size + x)[inside], part[row[inside]], value[inside]


def _barycentric(triangle: Array, x: NDArray, y: NDArray) -> Array:
    (ax, ay), (bx, by), (cx, cy) = (triangle[:, corner].T for corner in range(3))
    area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
    with np.errstate(divide="ignore", invalid="ignore"):
        first = ((bx - x) * (cy - y) - (cx - x) * (by - y)) / area
        second = ((cx - x) * (ay - y) - (ax - x) * (cy - y)) / area
    return np.nan_to_num(np.stack([first, second, 1.0 - first - second], axis=1), nan=-1.0)


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
