"""Where the figure stands: at its own scale, so that the body lies on the drawing.

Conventions: camera space is x right, y down, z forward, meters; world space is y up. Only the
translation is found here: proportions and pose stay as they are, the drawn joints vote by weight.
"""

from __future__ import annotations

import numpy as np

from ...core.arrays import Array
from ...core.axes import LEVEL_ROTATION
from ...core.camera import Camera

TELE_FOCAL = 10.0
"""Focal length of the camera that stands for a parallel view, in image lengths (perspective < 1
%).
"""
FIGURE_SHARE = 0.8
"""Part of the image height a figure takes when no joint was drawn."""
OUTLIER_SHARE = 0.1
"""Distance, in figure sizes, beyond which a drawn joint votes less (artists' proportions)."""


def pelvis_in_perspective(points: Array, pixels: Array, weight: Array, camera: Camera) -> Array:
    """Camera-space pelvis positions that project figures onto their drawing.

    Every drawn joint asks that its ray pass through the joint; this is linear in the translation.
    Two rounds of reweighting turn it into the pixel error and tame outliers.

    Args:
        points: [N, 24, 3] joints relative to the pelvis, camera axes, meters.
        pixels: [N, 24, 2] drawn joints.
        weight: [N, 24] >= 0.
        camera: the drawing's camera.

    Returns:
        [N, 3] meters, in front of the camera.
    """
    flat = camera.normalized(pixels)
    zero, one = np.zeros(flat.shape[:2]), np.ones(flat.shape[:2])
    rows = np.stack(
        [np.stack([one, zero, -flat[..., 0]], -1), np.stack([zero, one, -flat[..., 1]], -1)],
        axis=-2,
    )
    wanted = flat * points[..., 2:] - points[..., :2]
    size = np.sqrt(np.mean(points**2)) + 1e-9
    share = np.array(weight)
    place = np.zeros((len(points), 3))
    for _ in range(3):
        place = _weighted_least_squares(rows, wanted, share)
        place[:, 2] = np.maximum(place[:, 2], 0.1 - points[..., 2].min(1))
        error = np.linalg.norm((rows @ place[:, None, :, None])[..., 0] - wanted, axis=-1)
        depth = (points[..., 2] + place[:, None, 2]) / place[:, None, 2]
        share = weight / depth**2 / (1 + (error / (OUTLIER_SHARE * size)) ** 2)
    return place


def _weighted_least_squares(rows: Array, wanted: Array, weight: Array) -> Array:
    """The x [N, X] that minimizes the sum of weight |rows x - wanted|^2.

    Rows are [N, 24, R, X], wanted [N, 24, R] and weight [N, 24].
    """
    transposed = np.swapaxes(rows, -1, -2)
    matrix = (weight[..., None, None] * (transposed @ rows)).sum(1)
    matrix += 1e-9 * np.trace(matrix, axis1=-2, axis2=-1)[:, None, None] * np.eye(rows.shape[-1])
    right = (weight[..., None, None] * (transposed @ wanted[..., None])).sum(1)
    return np.linalg.solve(matrix, right)[..., 0]


def pelvis_in_parallel(points: Array, pixels: Array, weight: Array) -> tuple[Array, Array]:
    """Scale and pelvis pixel of figures drawn without perspective.

    Args:
        points: [N, 24, 3] joints relative to the pelvis, camera axes, meters.
        pixels: [N, 24, 2] drawn joints.
        weight: [N, 24] >= 0, at least two joints of each figure above 0.

    Returns:
        Pixels per meter [N] and pelvis [N, 2] px.
    """
    share = weight / weight.sum(1, keepdims=True)
    middle = (share[..., None] * points[..., :2]).sum(1)
    middle_px = (share[..., None] * pixels).sum(1)
    spread = points[..., :2] - middle[:, None]
    spread_px = pixels - middle_px[:, None]
    overlap = (share[..., None] * spread * spread_px).sum((1, 2))
    size = (share[..., None] * spread**2).sum((1, 2))
    size_px = (share[..., None] * spread_px**2).sum((1, 2))
    # figures that overlap badly with their drawing keep its size rather than shrink to a dot
    scale = np.maximum(
        overlap / np.maximum(size, 1e-12), 0.5 * np.sqrt(size_px / np.maximum(size, 1e-12))
    )
    return scale, middle_px - scale[:, None] * middle


def equivalent_camera(
    points: Array,
    pixels: Array,
    weight: Array,
    sole_depth: float,
    image_size: tuple[int, int] | None,
) -> Camera:
    """A level, distant pinhole camera that sees a figure as it was drawn without perspective.

    The figure stands with its lowest joint `sole_depth` meters above y = 0, its pelvis at x = z =
    0.

    Args:
        points: [24, 3] joints relative to the pelvis, axes of the level camera, meters.
        pixels: [24, 2] drawn joints.
        weight: [24] >= 0.
        sole_depth: meters from the lowest joint to the ground.
        image_size: (width, height) px, or None to take the extent of the drawn joints.
    """
    drawn = weight > 0
    if image_size is None:
        extent = pixels[drawn].max(0) if drawn.any() else np.array([1024.0, 1024.0])
        image_size = (int(np.ceil(extent[0])) + 1, int(np.ceil(extent[1])) + 1)
    if drawn.sum() >= 2:
        scales, pelvis = pelvis_in_parallel(points[None], pixels[None], weight[None])
        scale, pelvis_px = float(scales[0]), pelvis[0]
    else:
        height = np.ptp(points[:, 1]) + 1e-9
        scale, pelvis_px = FIGURE_SHARE * image_size[1] / height, np.array(image_size) / 2
    center = np.array(image_size) / 2
    focal = TELE_FOCAL * max(image_size)
    distance = focal / scale
    pelvis_camera = np.append((pelvis_px - center) / scale, distance)
    pelvis_world = np.array([0.0, points[:, 1].max() + sole_depth, 0.0])
    translation = pelvis_camera - LEVEL_ROTATION @ pelvis_world
    return Camera(LEVEL_ROTATION, translation, focal, center, image_size)


def pelvis_beside(
    points: Array, pixels: Array, weight: Array, camera: Camera, pelvis_depth: float
) -> Array:
    """Camera-space pelvis positions [N, 3] at a given depth, for a distant camera.

    From far away the size of a figure says nothing about its depth; hypotheses stay where the best
    one is.
    """
    pelvis = np.tile([0.0, 0.0, pelvis_depth], (len(points), 1))
    if (weight[0] > 0).sum() < 2:
        sole = np.array([0.0, points[0, :, 1].max(), 0.0])
        pelvis[:, :2] = (camera.rotation @ sole + camera.translation)[:2]
        return pelvis
    share = weight / weight.sum(1, keepdims=True)
    wanted = camera.normalized(pixels) * pelvis_depth - points[..., :2]
    pelvis[:, :2] = (share[..., None] * wanted).sum(1)
    return pelvis


def place(
    points: Array,
    pixels: Array,
    weight: Array,
    sole_depth: float,
    camera: Camera | None,
    image_size: tuple[int, int] | None,
) -> tuple[Array, Camera]:
    """World positions of the pelvis and the camera that sees the figures where they were drawn.

    Args:
        points: [H, 24, 3] joints relative to the pelvis, camera axes, the best hypothesis first.
        pixels: [H, 24, 2] drawn joints in each hypothesis' own naming.
        weight: [H, 24] >= 0.
        sole_depth: meters from the lowest joint of a standing body to the ground.
        camera: the drawing's camera, or None to make a distant one.
        image_size: (width, height) px, for the distant camera.

    Returns:
        [H, 3] meters, and the camera.
    """
    if camera is None:
        camera = equivalent_camera(points[0], pixels[0], weight[0], sole_depth, image_size)
        best = camera.rotation[2] @ np.array([0.0, points[0, :, 1].max() + sole_depth, 0.0])
        pelvis = pelvis_beside(points, pixels, weight, camera, float(best + camera.translation[2]))
    else:
        pelvis = pelvis_in_perspective(points, pixels, weight, camera)
    return camera.to_world(pelvis), camera
