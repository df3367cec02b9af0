"""What the temporal lifter sees of a track: rays instead of pixels, in the view of the person.

Conventions: camera axes (x right, y down, z forward), meters, radians. The *view* of a frame is
the camera turned by the shortest way until it points at the middle of the hips, so that the same
pose looks the same wherever in the picture it stands (perspective encoding after PersPose, 2025).
"""

import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array
from ....core.projection import (
    camera_from_ray,
    homogeneous,
    normalized_from_pixels,
    normalized_from_points,
    unit_rays,
)
from ..observing.landmarks import LANDMARKS, NUMBER

POINTS = len(LANDMARKS)
EXTRAS = 6
FEATURES = POINTS * (2 + 3 + 1) + EXTRAS
SMALLEST = 1e-3  # rad, size of somebody in the picture
USUAL_SIZE = 0.35  # rad
FARTHEST = 3.0  # sizes from the hips; landmarks beyond are errors of the detector
_HIPS = [NUMBER["left_hip"], NUMBER["right_hip"]]


def view_rotations(points: Array, focal: Array, center: Array) -> Array:
    """Camera from view [..., 3, 3] of landmarks [..., 33, 2] px.

    Args:
        points: px.
        focal: px, with the leading dimensions of `points` or none.
        center: [..., 2].

    Returns:
        Rotations that take the z axis to the ray through the middle of the hips.
    """
    hips = points[..., _HIPS, :].mean(-2)
    return camera_from_ray(unit_rays(normalized_from_pixels(hips, focal[..., None], center)))


def encode(
    points: Array, world: Array, visibility: Array, focal: Array, center: Array
) -> NDArray[np.float32]:
    """Features of tracks.

    Args:
        points: [..., T, 33, 2] px.
        world: [..., T, 33, 3] meters, in the axes of the network.
        visibility: [..., T, 33] in 0..1, all 0 where a frame was filled in.
        focal: [...] px.
        center: [..., 2] px.

    Returns:
        [..., T, FEATURES].
    """
    focal, center = np.asarray(focal, np.float64), np.asarray(center, np.float64)
    turn = view_rotations(points, focal[..., None], center[..., None, :])
    middle, length = center[..., None, None, :], focal[..., None, None, None]
    rays = homogeneous(normalized_from_pixels(points, length, middle)) @ turn
    seen = normalized_from_points(rays, nearest=0.1)
    size = usual_size(seen)[..., None]
    ray = turn[..., :2, 2]
    moved = (ray - ray.mean(-2, keepdims=True)) / size[..., None]
    extras = [ray, moved, np.log(size / USUAL_SIZE)[..., None] + 0 * ray[..., :1],
              visibility.max(-1, keepdims=True) > 0]  # fmt: skip
    lead = points.shape[:-2]
    parts = [
        np.clip(seen / size[..., None, None], -FARTHEST, FARTHEST).reshape(*lead, -1),
        world.reshape(*lead, -1),
        visibility,
        *extras,
    ]
    return np.concatenate(parts, axis=-1).astype(np.float32)


def usual_size(seen: Array) -> Array:
    """[...] usual extent of landmarks [..., T, 33, 2] over time."""
    return np.maximum(np.median(np.ptp(seen, axis=-2).max(-1), axis=-1), SMALLEST)
