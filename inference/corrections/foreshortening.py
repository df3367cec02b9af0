"""Drawn steps to directions of bones.

How far a bone is foreshortened says how far it leaves the picture.

Conventions: view space of bone j is x right, y down, z along the ray through joint j; the world is
the body's (y up). Directions are unit vectors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...core.arrays import Array
from ...core.axes import LEVEL_ROTATION
from ...core.camera import Camera
from ...core.projection import camera_from_ray

FLAT = 0.15
"""Depth component below which a bone was as good as in the picture: it may fold to either side."""
FLAT_SHARE = 0.97
"""Share of its full length from which a bone lies in the picture."""
DRAWN_SHARE = 0.9
"""Limbs that lie in the picture are drawn anywhere from this share of their full length on."""
LEAST_SHARE = 0.3
LENGTH_RANGE = (0.6, 1.6)
"""Full length of a drawn bone against that of the body: artists are not proportional."""
STEEPEST = np.deg2rad(85.0)


@dataclass(frozen=True)
class PaperView:
    """A view with the figure in it.

    Attributes:
        camera: only its rotation, focal length and center count.
        seen: [24, 2] px.
        scale: px a meter at the figure.
    """

    camera: Camera
    seen: Array
    scale: float

    def world_from_view(self, joint: int) -> Array:
        """[3, 3] from the view space of the bone that ends in `joint`."""
        ray = self.camera.rays(self.seen[joint])
        return self.camera.rotation.T @ camera_from_ray(ray)

    def metres_between(self, start: ArrayLike, end: ArrayLike, deeper: float) -> Array:
        """[2] m from one place on paper to another that lies deeper by so many meters."""
        depth = self.camera.focal / self.scale
        flat = self.camera.normalized(np.array([start, end], float))
        return flat[1] * (depth + deeper) - flat[0] * depth


def parallel_camera(rotation: Array | None = None) -> Camera:
    """A camera without perspective, level unless turned by [3, 3], camera from world."""
    turn = LEVEL_ROTATION if rotation is None else np.asarray(rotation, float)
    return Camera(turn, np.zeros(3), 1e9, np.zeros(2))


def full_length(drawn_before: float, now: Array, usual: float) -> float:
    """How long a bone would be drawn if it lay in the picture, px.

    Args:
        drawn_before: px of the bone before it was changed.
        now: [3] its present direction in view space.
        usual: px by the body's proportions.
    """
    share = max(float(np.hypot(now[0], now[1])), LEAST_SHARE)
    return float(np.clip(drawn_before / share, LENGTH_RANGE[0] * usual, LENGTH_RANGE[1] * usual))


def folded(step: Array, full: float, now: Array) -> tuple[Array, bool]:
    """Direction of a bone in view space from its step on paper.

    Args:
        step: [2] px.
        full: px of the bone if it lay in the picture.
        now: [3] its present direction, whose side of the picture it keeps.

    Returns:
        [3] unit, and whether the side is a guess.
    """
    length = float(np.linalg.norm(step))
    share = min(length / max(full, 1e-9), 1.0)
    if share >= FLAT_SHARE:
        return np.append(step / length, 0.0), False
    along = step / length if length > 1e-9 else np.array([0.0, 1.0])
    side = 1.0 if now[2] > 0 else -1.0
    direction = np.append(along * share, side * np.sqrt(1 - share**2))
    return direction, bool(abs(now[2]) < FLAT)


def tilted(now: Array, radians: float) -> Array:
    """A direction [3] in view space tilted away from the viewer; below 0 toward them."""
    along = now[:2] / max(float(np.linalg.norm(now[:2])), 1e-9)
    angle = np.clip(np.arcsin(np.clip(now[2], -1, 1)) + radians, -STEEPEST, STEEPEST)
    return np.append(along * np.cos(angle), np.sin(angle))


def reaching(first: Array, second: Array, goal: Array) -> tuple[Array, Array]:
    """Turns the two bones of a limb so that its end lies at a place on paper.

    The bend keeps its plane; the depth of the end is kept as far as the limb reaches.

    Args:
        first: [3] m, upper bone in camera space.
        second: [3] m, lower bone.
        goal: [2] m from the root to the end, in the picture.

    Returns:
        The two bones [3] m, of the same lengths.
    """
    upper, lower = float(np.linalg.norm(first)), float(np.linalg.norm(second))
    reach, end = (upper + lower) * 0.999, first + second
    flat = float(np.linalg.norm(goal))
    depth = np.sqrt(max(reach**2 - flat**2, 0.0))
    target = np.append(goal * min(1.0, reach / max(flat, 1e-9)), np.clip(end[2], -depth, depth))
    distance = max(float(np.linalg.norm(target)), abs(upper - lower) + 1e-6, 1e-6)
    axis = target / max(float(np.linalg.norm(target)), 1e-9)
    pole = first - (first @ axis) * axis
    if np.linalg.norm(pole) < 1e-4 * upper:
        pole = np.cross(axis, [0.0, 0.0, 1.0]) + [1e-6, 0, 0]
        pole -= (pole @ axis) * axis
    pole /= np.linalg.norm(pole)
    along = (upper**2 - lower**2 + distance**2) / (2 * distance)
    bent = along * axis + np.sqrt(max(upper**2 - along**2, 0.0)) * pole
    return bent, distance * axis - bent
