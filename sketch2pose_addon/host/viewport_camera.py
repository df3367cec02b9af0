"""The camera a drawing was made through: viewport, camera view or scene camera, as one pinhole.

Frames: cameras are `core.camera.Camera` in Blender's world (z up); `gl` is Blender's camera frame
(y up, looking along -z). Pixels have their origin at the top left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ...core.camera import PARALLEL_DISTANCE, Camera

if TYPE_CHECKING:
    from bpy.types import Depsgraph, Object, Region, RegionView3D, Scene


def viewport_camera(region: Region, region_3d: RegionView3D, pivot: np.ndarray) -> Camera:
    """The camera of a 3D viewport, in perspective, orthographic or camera view.

    Args:
        region: the window region of the viewport.
        region_3d: its view.
        pivot: [3] world point whose plane keeps its scale when the view is orthographic.
    """
    view = np.array(region_3d.view_matrix)
    projection = np.array(region_3d.window_matrix)
    return Camera.from_gl(view, projection, (region.width, region.height), pivot)


def scene_camera(camera: Object, scene: Scene, depsgraph: Depsgraph, pivot: ArrayLike) -> Camera:
    """The camera object of the scene, in the pixels of the rendered picture."""
    render = scene.render
    width = render.resolution_x * render.resolution_percentage // 100
    height = render.resolution_y * render.resolution_percentage // 100
    aspect = {"scale_x": render.pixel_aspect_x, "scale_y": render.pixel_aspect_y}
    projection = np.array(camera.calc_matrix_camera(depsgraph, x=width, y=height, **aspect))
    view = np.array(camera.matrix_world.normalized().inverted())
    return Camera.from_gl(view, projection, (width, height), pivot)


def facing_camera(points: np.ndarray) -> Camera:
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
    eye = middle - forward * height * PARALLEL_DISTANCE
    size = (1000.0, 1000.0)
    focal = 0.8 * size[1] * PARALLEL_DISTANCE
    return Camera(rotation, -rotation @ eye, focal, np.array(size) / 2, size)
