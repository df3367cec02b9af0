"""Cameras of the sketch solver and the rays through drawn joints.

Conventions: camera space is OpenCV's (x right, y down, z forward), world space is y up, metres;
pixels have their origin top left. `rotation` and `translation` take world points to camera space:
`point_camera = rotation @ point_world + translation`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...core.arrays import Array

LEVEL_ROTATION = np.diag([1.0, -1.0, -1.0])
"""camera_from_world of a level camera; a figure that faces +z in the world faces the viewer."""


@dataclass(frozen=True)
class Camera:
    """Pinhole camera, see the module's conventions.

    Attributes:
        rotation: [3, 3] camera from world.
        translation: [3] metres.
        focal: px.
        center: [2] principal point, px.
        image_size: (width, height) in px.
    """

    rotation: Array
    translation: Array
    focal: float
    center: Array
    image_size: tuple[int, int]

    def project(self, world_points: Array) -> Array:
        """World points [..., 3] in metres to pixels [..., 2]; points behind the camera give NaN."""
        points = world_points @ self.rotation.T + self.translation
        depth = np.where(points[..., 2:] > 0, points[..., 2:], np.nan)
        return self.center + self.focal * points[..., :2] / depth


def rays_through(pixels: Array, camera: Camera) -> Array:
    """Unit rays [..., 3] in camera space from the camera through pixels [..., 2]."""
    flat = (pixels - camera.center) / camera.focal
    rays = np.concatenate([flat, np.ones_like(flat[..., :1])], axis=-1)
    return rays / np.linalg.norm(rays, axis=-1, keepdims=True)


def camera_from_ray(rays: Array) -> Array:
    """Rotations [..., 3, 3] that take the z axis to unit rays [..., 3] by the shortest way.

    A drawing of a limb looks as if seen by a camera that points at it; this turns directions of
    that view into the real camera.
    """
    x, y, z = rays[..., 0], rays[..., 1], rays[..., 2]
    shared = 1 / (1 + z)
    columns = np.empty((*rays.shape, 3))
    columns[..., 0, :] = np.stack([1 - x * x * shared, -x * y * shared, x], axis=-1)
    columns[..., 1, :] = np.stack([-x * y * shared, 1 - y * y * shared, y], axis=-1)
    columns[..., 2, :] = np.stack([-x, -y, z], axis=-1)
    return columns
