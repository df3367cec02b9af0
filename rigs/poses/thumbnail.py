"""Pictures of poses without a graphics card: the figure's points through a depth buffer.

Left limbs are warm, right limbs cool, as in the contact sheets of the key poses. A picture takes
some 20 ms, so libraries and hypotheses need no picture files.

Conventions: body space (y up, facing +z, left at +x); a view is the direction in which one looks.
Pictures are [H, W, 4] float32 RGBA in [0, 1], the top row first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ...core.arrays import Float32Array, FloatArray, IndexArray
from ...core.rotations import normalized
from .point_figure import PointFigure

FRONT = (0.0, -0.12, -1.0)  # toward a figure that faces +z, from a little above
THREE_QUARTER = (-0.45, -0.15, -1.0)
OVERSAMPLING = 2
MARGIN = 0.06  # of the picture
LEAST_EXTENT = 1.2  # m; crouched figures are not blown up
COLORS = np.array([[0.80, 0.80, 0.82], [0.96, 0.66, 0.40], [0.45, 0.66, 0.95]])
_TO_LIGHT = np.array([-0.37, 0.61, -0.70])  # right, up, forward: over the viewer's left shoulder
_AMBIENT = 0.42
_GRAZING = 0.2
_SPLAT = 3  # px of the oversampled picture that one point covers


def render(
    figure: PointFigure, pose: ArrayLike, view: ArrayLike = FRONT, size: int = 96
) -> Float32Array:
    """Draw a pose.

    Args:
        figure: the body.
        pose: [72] axis-angle.
        view: [3] direction in which the figure is looked at, any length.
        size: width and height of the picture in pixels.

    Returns:
        [size, size, 4] on a transparent ground.
    """
    points, normals = figure.posed(pose)
    axes = view_axes(view)
    pixels, depth = _fitted(points @ axes.T, size * OVERSAMPLING)
    facing = normals @ axes.T
    front = facing[:, 2] < _GRAZING  # the far side would show between the near side's points
    shade = _AMBIENT + (1.0 - _AMBIENT) * np.clip(facing @ _TO_LIGHT, 0.0, 1.0)
    colors = COLORS[figure.sides] * shade[:, None]
    side = size * OVERSAMPLING
    return _averaged(_nearest(pixels[front], depth[front], colors[front], side))


def side_view(view: ArrayLike) -> FloatArray:
    """The view [3] from the figure's side for a view [3]: a quarter turn about the upright."""
    x, _, z = np.asarray(view, dtype=np.float64)
    level = normalized(np.array([x, 0.0, z])) if np.hypot(x, z) > 1e-6 else np.array([0, 0, -1.0])
    return np.array([level[2], -0.12, -level[0]])


def view_axes(view: ArrayLike) -> FloatArray:
    """Rows right, up, forward [3, 3] of a camera that looks along ``view``."""
    forward = normalized(np.asarray(view, dtype=np.float64))
    steep = abs(forward[1]) > 0.98
    hint = np.array([0.0, 0.0, -1.0]) if steep else np.array([0.0, 1.0, 0.0])
    right = normalized(np.cross(forward, hint))
    return np.stack([right, np.cross(right, forward), forward])


def _fitted(seen: FloatArray, side: int) -> tuple[IndexArray, FloatArray]:
    """Pixels [P, 2] (column, row) of points in view axes, and their depth [P]."""
    low, high = seen[:, :2].min(axis=0), seen[:, :2].max(axis=0)
    scale = side * (1.0 - 2.0 * MARGIN) / max(float((high - low).max()), LEAST_EXTENT)
    flat = (seen[:, :2] - (low + high) / 2.0) * scale
    pixels = np.stack([side / 2.0 + flat[:, 0], side / 2.0 - flat[:, 1]], axis=1)
    return np.floor(pixels - (_SPLAT - 1) / 2.0).astype(np.intp), seen[:, 2]


def _nearest(pixels: IndexArray, depth: FloatArray, colors: FloatArray, side: int) -> FloatArray:
    """The nearest point's color in every pixel [side, side, 4]."""
    order = np.argsort(-depth, kind="stable")  # far ones first: the last one written stays
    picture = np.zeros((side, side, 4))
    buffer = np.full((side, side), np.inf)
    columns, rows = pixels[order].T
    for right in range(_SPLAT):
        for down in range(_SPLAT):
            x, y = np.clip(columns + right, 0, side - 1), np.clip(rows + down, 0, side - 1)
            layer = np.full((side, side), -1, dtype=np.intp)
            layer[y, x] = order
            seen = layer >= 0
            nearer = seen & (np.where(seen, depth[layer], np.inf) < buffer)
            buffer[nearer] = depth[layer[nearer]]
            picture[nearer, :3], picture[nearer, 3] = colors[layer[nearer]], 1.0
    return picture


def _averaged(picture: FloatArray) -> Float32Array:
    """The picture at half the size, edges softened; colors weighted by their coverage."""
    side = len(picture) // OVERSAMPLING
    blocks = picture.reshape(side, OVERSAMPLING, side, OVERSAMPLING, 4)
    cover = blocks[..., 3:].sum(axis=(1, 3))
    color = (blocks[..., :3] * blocks[..., 3:]).sum(axis=(1, 3)) / np.maximum(cover, 1e-9)
    return np.concatenate([color, cover / OVERSAMPLING**2], axis=-1).astype(np.float32)
