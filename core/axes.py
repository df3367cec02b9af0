"""Axes of worlds and of cameras, and the conversions between them.

Conventions: the *body* world is right-handed, y up, a figure at rest faces +z with its left at +x
(SMPL); *Blender's* is z up, such a figure faces -y with its left at +x. Both are in meters. So
Blender's (x, y, z) is the body's (x, -z, y), a quarter turn about x. A camera's own axes are
OpenCV's, `cv` (x right, y down, z forward), or OpenGL's and Blender's, `gl` (x right, y up, looking
along -z). Quaternions are wxyz.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Array, FloatArray

BLENDER_FROM_BODY: FloatArray = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
BLENDER_FROM_BODY_QUAT: FloatArray = np.array([np.sqrt(0.5), np.sqrt(0.5), 0.0, 0.0])
CV_FROM_GL: FloatArray = np.diag([1.0, -1.0, -1.0])
"""Its own inverse."""
LEVEL_ROTATION = CV_FROM_GL
"""Camera from body world of a level camera: a figure that faces +z faces the viewer."""


def blender_from_body(points: ArrayLike) -> FloatArray:
    """Carry points or directions from the body's world to Blender's.

    Args:
        points: [..., 3] in the body's world.

    Returns:
        [..., 3] the same in Blender's world.
    """
    return np.asarray(points, dtype=np.float64) @ BLENDER_FROM_BODY.T


def body_from_blender(points: ArrayLike) -> FloatArray:
    """Carry points or directions from Blender's world to the body's.

    Args:
        points: [..., 3] in Blender's world.

    Returns:
        [..., 3] the same in the body's world.
    """
    return np.asarray(points, dtype=np.float64) @ BLENDER_FROM_BODY


def matrices_from_poses(rotation: Array, translation: Array) -> Array:
    """World matrices of a Blender camera.

    Args:
        rotation: [..., 3, 3] camera from world.
        translation: [..., 3] camera from world.

    Returns:
        [..., 4, 4] world from gl.
    """
    back = np.swapaxes(rotation, -1, -2)
    matrices = np.zeros((*rotation.shape[:-2], 4, 4))
    matrices[..., :3, :3] = back @ CV_FROM_GL
    matrices[..., :3, 3] = -(back @ translation[..., None])[..., 0]
    matrices[..., 3, 3] = 1.0
    return matrices


def poses_from_matrices(matrices: Array) -> tuple[Array, Array]:
    """Inverse of `matrices_from_poses`.

    Args:
        matrices: [..., 4, 4] world from gl, without scale.

    Returns:
        Rotation [..., 3, 3] and translation [..., 3], camera from world.
    """
    rotation = CV_FROM_GL @ np.swapaxes(matrices[..., :3, :3], -1, -2)
    return rotation, -(rotation @ matrices[..., :3, 3:])[..., 0]
