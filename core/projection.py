"""The perspective of a pinhole: the one place of the product that divides by depth.

Conventions: camera space is OpenCV's (x right, y down, z forward); pixels have their origin top
left. *Normalized* coordinates are those on the plane z = 1. All functions work on stacks: `focal`
and `center` may be numbers of one camera or arrays that broadcast against the points.
"""

from __future__ import annotations

import numpy as np

from .arrays import Array

IN_FRONT = 1e-9
"""Depth from which a point counts as in front of a camera."""


def pixels_from_points(
    points: Array, focal: float | Array, center: Array, nearest: float | None = None
) -> Array:
    """Project points of camera space.

    Args:
        points: [..., 3] camera space.
        focal: px; an array ends in a dimension of 1.
        center: [..., 2] principal point, px.
        nearest: depth to which nearer points are moved; None: points behind the camera give NaN.

    Returns:
        [..., 2] px.
    """
    return _off_center(points, focal, nearest) + center


def normalized_from_points(points: Array, nearest: float | None = None) -> Array:
    """Project points of camera space onto the plane z = 1.

    Args:
        points: [..., 3] camera space.
        nearest: as of `pixels_from_points`.

    Returns:
        [..., 2] normalized coordinates.
    """
    return _off_center(points, 1.0, nearest)


def normalized_from_pixels(pixels: Array, focal: float | Array, center: Array) -> Array:
    """Where the rays through pixels meet the plane z = 1.

    Args:
        pixels: [..., 2] px.
        focal: px; an array ends in a dimension of 1.
        center: [..., 2] principal point, px.

    Returns:
        [..., 2] normalized coordinates.
    """
    return (pixels - center) / focal


def homogeneous(normalized: Array) -> Array:
    """Rays of depth 1.

    Args:
        normalized: [..., 2] normalized coordinates.

    Returns:
        [..., 3] camera space, z = 1.
    """
    return np.concatenate([normalized, np.ones_like(normalized[..., :1])], axis=-1)


def unit_rays(normalized: Array) -> Array:
    """Rays of length 1.

    Args:
        normalized: [..., 2] normalized coordinates.

    Returns:
        [..., 3] unit, camera space.
    """
    rays = homogeneous(normalized)
    return rays / np.linalg.norm(rays, axis=-1, keepdims=True)


def slopes_of_pixels(points: Array, focal: float, nearest: float) -> Array:
    """Derivatives of projected pixels by the points.

    Args:
        points: [..., 3] camera space.
        focal: px.
        nearest: depth to which nearer points are moved.

    Returns:
        [..., 2, 3] px per meter.
    """
    depth = np.maximum(points[..., 2], nearest)
    slope = np.zeros((*points.shape[:-1], 2, 3))
    slope[..., 0, 0] = slope[..., 1, 1] = focal / depth
    slope[..., 2] = -_off_center(points, focal, nearest) / depth[..., None]
    return slope


def camera_from_ray(rays: Array) -> Array:
    """Turn the viewing axis onto rays by the shortest way.

    A drawing of a limb looks as if seen by a camera that points at it; this turns directions of
    that view into the real camera.

    Args:
        rays: [..., 3] unit, camera space.

    Returns:
        [..., 3, 3] rotations that take the z axis to the rays.
    """
    x, y, z = rays[..., 0], rays[..., 1], rays[..., 2]
    shared = 1 / (1 + z)
    columns = np.empty((*rays.shape, 3))
    columns[..., 0, :] = np.stack([1 - x * x * shared, -x * y * shared, x], axis=-1)
    columns[..., 1, :] = np.stack([-x * y * shared, 1 - y * y * shared, y], axis=-1)
    columns[..., 2, :] = np.stack([-x, -y, z], axis=-1)
    return columns


def _off_center(points: Array, focal: float | Array, nearest: float | None) -> Array:
    """[..., 2] px from the principal point."""
    depth = points[..., 2:]
    if nearest is None:
        depth = np.where(depth > IN_FRONT, depth, np.nan)
    else:
        depth = np.maximum(depth, nearest)
    return focal * points[..., :2] / depth
