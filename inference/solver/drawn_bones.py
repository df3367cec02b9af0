"""What the drawn joints say about the bones: picture planes, tangents, shortening and scale.

Conventions: view space of bone j is x right, y down, z along the ray through joint j; without a
camera all rays are parallel and view space is camera space. Lengths in px come from the drawing,
in meters from the body; their ratio is the figure's scale, which is a robust one as artists are not
proportional.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Array
from ...core.projection import camera_from_ray
from ...core.smpl import SMPL_OWNER
from .observation import DirectionObservation
from .tree import RestBody

LIMB_BONES = np.array([4, 5, 7, 8, 18, 19, 20, 21])
"""Bones whose drawn length tells about depth; heads, necks, hips and shoulders are drawn as one
likes.
"""
DEAD_ZONE = np.sin(np.deg2rad(3.0))
SHORTENING_DEVIATION = 0.3
"""Deviation of drawn over full length of a limb bone in artists' figures, whatever its depth."""
UNSEEN_DIRECTION_DEVIATION = 0.6
"""Radians of doubt in a direction made up from the drawn length alone."""
FULL_LENGTH_PERCENTILE = 85
PLANE_DEVIATION_FLOOR = np.deg2rad(2.0)


@dataclass(frozen=True)
class DrawnBones:
    """Bones of one figure as drawn, rows as in DirectionObservation.

    Attributes:
        directions: [24, 3] unit view-space directions, zero where nothing is known.
        weight: [24] 1/rad^2.
        camera_from_view: [24, 3, 3] the view space of each bone.
        plane_normal: [24, 3] camera space, unit.
        plane_weight: [24] 1/rad^2.
        tangent: [24, 3] camera space, unit.
        shortening: [24] drawn over full length, 0..1.
        shortening_weight: [24].
        pixels_per_metre: the figure's scale, NaN without drawn joints.
    """

    directions: Array
    weight: Array
    camera_from_view: Array
    plane_normal: Array
    plane_weight: Array
    tangent: Array
    shortening: Array
    shortening_weight: Array
    pixels_per_metre: float


def drawn_bones(observation: DirectionObservation, rest: RestBody) -> DrawnBones:
    """Reads the bones of a checked observation for a body."""
    seen = observation.directions
    weight = observation.direction_weight * observation.presence
    step = observation.joints2d - observation.joints2d[SMPL_OWNER]
    length = np.linalg.norm(step, axis=-1)
    drawn = (
        (observation.joints2d_weight > 0)
        & (observation.joints2d_weight[SMPL_OWNER] > 0)
        & (length > 0)
    )
    drawn[0] = False
    camera_from_view = _view_spaces(observation)
    scale = _scale(length, seen, weight, drawn, rest)
    shortening = np.where(drawn, np.clip(length / np.maximum(scale * rest.lengths, 1e-9), 0, 1), 0)
    tangent_view = np.where(drawn, step.T / np.maximum(length, 1e-9), 0).T
    directions, weight = _completed(observation, weight, drawn, tangent_view, shortening)
    tangent = np.concatenate([tangent_view, np.zeros((24, 1))], axis=-1)
    tangent = (camera_from_view @ tangent[..., None])[..., 0]
    is_limb = np.isin(np.arange(24), LIMB_BONES)
    return DrawnBones(
        directions,
        weight,
        camera_from_view,
        _plane_normals(observation, tangent_view),
        _plane_weights(observation, drawn, scale, rest),
        tangent,
        shortening,
        np.where(drawn & is_limb, SHORTENING_DEVIATION**-2, 0) * observation.presence,
        scale,
    )


def _view_spaces(observation: DirectionObservation) -> Array:
    if observation.camera is None:
        return np.tile(np.eye(3), (24, 1, 1))
    known = observation.joints2d_weight > 0
    middle = observation.joints2d[known].mean(0) if known.any() else observation.camera.center
    pixels = np.where(known[:, None], observation.joints2d, middle)
    return camera_from_ray(observation.camera.rays(pixels))


def _scale(
    length: Array, seen: Array, weight: Array, drawn: NDArray[np.bool_], rest: RestBody
) -> float:
    """Pixels per meter: weighted median over bones of known slant, else by the longest limbs."""
    flat = np.linalg.norm(seen[:, :2], axis=-1)
    slanted = drawn & (weight > 0) & (flat > 0.3)
    if slanted.sum() >= 3:
        ratio = length[slanted] / (rest.lengths * flat)[slanted]
        return _weighted_median(ratio, (rest.lengths * flat)[slanted])
    limbs = drawn & np.isin(np.arange(24), LIMB_BONES)
    usable = limbs if limbs.any() else drawn
    if not usable.any():
        return float("nan")
    return float(
        np.percentile((length / np.maximum(rest.lengths, 1e-9))[usable], FULL_LENGTH_PERCENTILE)
    )


def _weighted_median(values: Array, weights: Array) -> float:
    order = np.argsort(values)
    mass = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(mass, mass[-1] / 2)])


def _completed(
    observation: DirectionObservation,
    weight: Array,
    drawn: NDArray[np.bool_],
    tangent: Array,
    shortening: Array,
) -> tuple[Array, Array]:
    """Directions from the drawn lengths for bones whose direction nobody has estimated."""
    made_up = drawn & (weight == 0)
    sign = np.where(observation.away_probability >= 0.5, 1, -1)
    depth = sign * np.sqrt(1 - shortening**2)
    from_length = np.concatenate([tangent * shortening[:, None], depth[:, None]], axis=-1)
    directions = np.where(made_up[:, None], from_length, observation.directions)
    is_limb = np.isin(np.arange(24), LIMB_BONES)
    doubt = UNSEEN_DIRECTION_DEVIATION * np.where(is_limb, 1, 2)
    return directions, np.where(made_up, doubt**-2.0 * observation.presence, weight)


def _plane_normals(observation: DirectionObservation, tangent: Array) -> Array:
    if observation.camera is None:
        return np.stack([-tangent[:, 1], tangent[:, 0], np.zeros(24)], axis=-1)
    rays = observation.camera.rays(observation.joints2d)
    normals = np.cross(rays[SMPL_OWNER], rays)
    return normals / np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-12)


def _plane_weights(
    observation: DirectionObservation, drawn: NDArray[np.bool_], scale: float, rest: RestBody
) -> Array:
    """Inverse variance of a bone's distance from its picture plane.

    A joint that is off by s px moves a bone of full length l px out of its plane by s / l radians,
    however short the bone is drawn.
    """
    weight2d = np.where(drawn, observation.joints2d_weight, 1)
    variance_px = 1 / weight2d + 1 / np.where(drawn, observation.joints2d_weight[SMPL_OWNER], 1)
    full = np.where(drawn, scale * rest.lengths, 1)
    variance = variance_px / np.maximum(full, 1e-9) ** 2 + PLANE_DEVIATION_FLOOR**2
    return np.where(drawn, observation.presence / variance, 0)
