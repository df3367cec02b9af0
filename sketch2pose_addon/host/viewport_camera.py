"""The camera a drawing was made through: viewport, camera view or scene camera, as one pinhole.

Frames: `world` is Blender's (z up); `camera` has OpenCV axes (x right, y down, z forward); `gl` is
Blender's camera frame (y up, looking along -z). Pixels have their origin at the top left.
An orthographic view becomes a pinhole so far behind the drawing that its rays are parallel for all
practical purposes; the plane through the pivot keeps its exact scale.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bpy.types import Depsgraph, Object, Region, RegionView3D, Scene

_CAMERA_FROM_GL = np.diag([1.0, -1.0, -1.0])
_ORTHO_DISTANCE = 100.0  # in heights of the view: 0.6 degrees between the outermost rays


@dataclass(frozen=True)
class DrawingView:
    """A pinhole camera in the world.

    Attributes:
        rotation: [3, 3] camera from world.
        translation: [3] camera from world, in Blender units.
        focal: focal length in pixels.
        center: [2] principal point in pixels.
        size: (width, height) of the picture in pixels.
    """

    rotation: np.ndarray
    translation: np.ndarray
    focal: float
    center: np.ndarray
    size: tuple[float, float]

    def depth(self, points: np.ndarray) -> np.ndarray:
        """Distance of world points [N, 3] along the viewing direction, [N]."""
        return points @ self.rotation[2] + self.translation[2]

    def project(self, points: np.ndarray) -> np.ndarray:
        """Pixels [N, 2] of world points [N, 3]; NaN for points behind the camera."""
        local = points @ self.rotation.T + self.translation
        depth = np.where(local[:, 2:] > 1e-9, local[:, 2:], np.nan)
        return self.focal * local[:, :2] / depth + self.center

    def unproject(self, pixels: np.ndarray, depth: float) -> np.ndarray:
        """World points [N, 3] that lie at pixels [N, 2] and at the given depth."""
        local = np.empty((len(pixels), 3))
        local[:, :2] = (np.asarray(pixels) - self.center) * depth / self.focal
        local[:, 2] = depth
        return (local - self.translation) @ self.rotation

    def cropped(self, origin: np.ndarray, scale: float, size: tuple[float, float]) -> DrawingView:
        """The same camera for a cut-out that starts at pixel `origin`, enlarged by `scale`."""
        center = (self.center - origin) * scale
        return replace(self, focal=self.focal * scale, center=center, size=size)

    def transformed(self, world_from_old: np.ndarray) -> DrawingView:
        """The camera after it and its world moved by a similarity [4, 4].

        The picture stays the same: a scaled world is seen from a distance scaled alike.
        """
        scale = float(np.cbrt(np.linalg.det(world_from_old[:3, :3])))
        turn = world_from_old[:3, :3] / scale
        rotation = self.rotation @ turn.T
        translation = self.translation * scale - rotation @ world_from_old[:3, 3]
        return replace(self, rotation=rotation, translation=translation)

    def to_list(self) -> list[float]:
        """Flat numbers for a custom property."""
        parts = (self.rotation.ravel(), self.translation, [self.focal], self.center, self.size)
        return [float(value) for part in parts for value in part]

    @classmethod
    def from_list(cls, values: list[float]) -> DrawingView:
        """Inverse of `to_list`."""
        v = np.asarray(values, float)
        if v.shape != (17,) or not np.isfinite(v).all() or v[12] <= 0:
            raise ValueError("not a stored view")
        return cls(v[:9].reshape(3, 3), v[9:12], float(v[12]), v[13:15], (v[15], v[16]))


def viewport_camera(region: Region, region_3d: RegionView3D, pivot: np.ndarray) -> DrawingView:
    """The camera of a 3D viewport, in perspective, orthographic or camera view.

    Args:
        region: the window region of the viewport.
        region_3d: its view.
        pivot: [3] world point whose plane keeps its scale when the view is orthographic.
    """
    view = np.array(region_3d.view_matrix)
    projection = np.array(region_3d.window_matrix)
    return camera_from_gl(view, projection, (region.width, region.height), pivot)


def scene_camera(camera: Object, scene: Scene, depsgraph: Depsgraph, pivot) -> DrawingView:
    """The camera object of the scene, in the pixels of the rendered picture."""
    render = scene.render
    width = render.resolution_x * render.resolution_percentage // 100
    height = render.resolution_y * render.resolution_percentage // 100
    aspect = {"scale_x": render.pixel_aspect_x, "scale_y": render.pixel_aspect_y}
    projection = np.array(camera.calc_matrix_camera(depsgraph, x=width, y=height, **aspect))
    view = np.array(camera.matrix_world.normalized().inverted())
    return camera_from_gl(view, projection, (width, height), pivot)


def facing_camera(points: np.ndarray) -> DrawingView:
    """A camera that looks straight at a flat drawing, for drawings seen by nobody.

    Args:
        points: [N, 3] world points of the drawing.
    """
    middle = points.mean(0)
    normal = np.linalg.svd(points - middle, full_matrices=False)[2][2]
    forward = normal if (normal[1], normal[0], -normal[2]) > (0, 0, 0) else -normal
    up_hint = np.array([0.0, 0, 1]) if abs(forward[2]) < 0.9 else np.array([0.0, 1, 0])
    right = np.cross(forward, up_hint)
    right /= np.linalg.norm(right)
    rotation = np.stack([right, np.cross(forward, right), forward])
    height = max(float(np.ptp(points, axis=0).max()), 1e-3)
    eye = middle - forward * height * _ORTHO_DISTANCE
    size = (1000.0, 1000.0)
    focal = 0.8 * size[1] * _ORTHO_DISTANCE
    return DrawingView(rotation, -rotation @ eye, focal, np.array(size) / 2, size)


def camera_from_gl(view: np.ndarray, projection: np.ndarray, size, pivot) -> DrawingView:
    """Turns OpenGL matrices into a pinhole.

    Args:
        view: [4, 4] gl from world.
        projection: [4, 4] clip from gl.
        size: (width, height) in pixels.
        pivot: [3] world point whose plane keeps its scale when the view is orthographic.
    """
    width, height = (float(value) for value in size)
    rotation = _CAMERA_FROM_GL @ view[:3, :3]
    translation = _CAMERA_FROM_GL @ view[:3, 3]
    half = np.array([width, height]) / 2
    scale = float(projection[1, 1]) * half[1]
    if projection[3, 3] == 0.0:  # perspective: clip w is the depth
        center = half * [1 - projection[0, 2], 1 + projection[1, 2]]
        return DrawingView(rotation, translation, scale, center, (width, height))
    center = half * [1 + projection[0, 3], 1 - projection[1, 3]]
    distance = _ORTHO_DISTANCE * height / scale
    pivot_depth = float(rotation[2] @ np.asarray(pivot) + translation[2])
    translation = translation + [0.0, 0.0, distance - pivot_depth]
    return DrawingView(rotation, translation, scale * distance, center, (width, height))
