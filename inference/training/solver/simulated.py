"""Simulated observations: what a sketch net might see of a known pose, with known errors.

Conventions: camera space is x right, y down, z forward; world is y up; local rotations parent from
joint. Used to fit the confidence (training poses) and to measure the solver (validation poses).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....core.arrays import Array
from ....core.axes import LEVEL_ROTATION
from ....core.rotations import rotmat_from_rotvec
from ...solver import tree
from ...solver.observation import DirectionObservation

PIXELS_PER_METRE = 300.0
PAGE = (1000, 1000)
SURE = np.deg2rad(2.0)
"""Deviation that an exact direction claims, radians."""


@dataclass(frozen=True)
class Eyesight:
    """How well a simulated net sees.

    Attributes:
        noise: deviation of the directions, radians; NaN for a net that sees 2D joints only.
        sign: separation of the depth evidence of the two signs, in deviations; 0 for no idea, inf
            for sure.
        pixel_noise: deviation of the 2D joints, px, of a figure about 500 px tall.
    """

    noise: float
    sign: float
    pixel_noise: float = 0.0


@dataclass(frozen=True)
class Scene:
    """A pose as the camera sees it: camera-from-part [24, 3, 3], bones [24, 3], joints [24, 3]
    m.
    """

    local: Array
    bones: Array
    joints: Array


def random_scene(local: Array, rest: tree.RestBody, random: np.random.Generator) -> Scene:
    """A pose [24, 3, 3] seen by a nearly level camera from a random side."""
    pitch, yaw = random.normal(0, 0.2), random.uniform(-np.pi, np.pi)
    turn = rotmat_from_rotvec(np.array([[pitch, 0, 0], [0, yaw, 0]]))
    seen = local.copy()
    seen[0] = LEVEL_ROTATION @ turn[0] @ turn[1] @ local[0]
    world = tree.world_from_local(seen[None])
    bones = tree.bone_vectors(world, rest.directions)[0]
    return Scene(seen, bones, tree.positions(world, rest)[0])


def observe(scene: Scene, eyes: Eyesight, random: np.random.Generator) -> DirectionObservation:
    """What a net with these eyes sees of a scene; its weights and probabilities are honest."""
    sees_depth = np.isfinite(eyes.noise)
    noise = eyes.noise if sees_depth else 0.0
    # two tangential components make up the angle, so each has 1/sqrt(2) of its deviation
    seen = scene.bones + random.normal(0, 1, (24, 3)) * noise / np.sqrt(2)
    seen /= np.maximum(np.linalg.norm(seen, axis=-1, keepdims=True), 1e-9)
    away = _away_probability(scene.bones[:, 2], eyes.sign, random)
    seen[:, 2] = np.abs(seen[:, 2]) * np.where(away >= 0.5, 1, -1)
    pixels = scene.joints[:, :2] * PIXELS_PER_METRE + np.array(PAGE) / 2
    pixels += random.normal(0, 1, (24, 2)) * eyes.pixel_noise
    return DirectionObservation(
        directions=seen,
        direction_weight=np.full(24, float(sees_depth) / max(noise, SURE) ** 2),
        away_probability=away,
        joints2d=pixels,
        joints2d_weight=np.full(24, 1 / max(eyes.pixel_noise, 1.0) ** 2),
        presence=np.ones(24),
        image_size=PAGE,
    )


def _away_probability(depth: Array, separation: float, random: np.random.Generator) -> Array:
    """Posterior of z > 0 from a Gaussian measurement whose two means are `separation` deviations
    apart.
    """
    if np.isinf(separation):
        return np.where(depth > 0, 0.999, 0.001)
    if separation == 0:
        return np.where(random.random(len(depth)) < 0.5, 0.4999, 0.5001)
    measured = np.sign(depth) * separation / 2 + random.normal(0, 1, len(depth))
    return 1 / (1 + np.exp(-separation * measured))
