"""Cameras that look at moving people, as photographers hold them.

Conventions: OpenCV axes (x right, y down, z forward), metres, radians, px; the world is y up.
A camera stands still while somebody moves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....core.axes import LEVEL_ROTATION

FOCAL = (24.0, 60.0)  # mm on full frame
FULL_FRAME = 36.0  # mm, the longer side
SHAPES = ((360, 640), (640, 360), (480, 480), (480, 640))  # width, height of pictures
FILLS = (0.4, 0.95)  # of the picture's height, by somebody of 1.75 m
TALL = 1.75  # metres
USUAL_PITCH = (0.08, 0.14)  # rad, mean and spread of how far cameras look down
STEEP = 0.5  # share of cameras whose pitch is anything in between:
STEEP_PITCH = (-0.35, 0.8)
ROLL_SPREAD = 0.1  # rad
NEAREST = 1.2  # metres


@dataclass(frozen=True)
class Cameras:
    """N cameras.

    Attributes:
        rotation: [N, 3, 3] camera from world. translation: [N, 3] metres.
        focal: [N] px. size: [N, 2] width and height, px; the centre is the middle.
    """

    rotation: np.ndarray
    translation: np.ndarray
    focal: np.ndarray
    size: np.ndarray

    @property
    def center(self) -> np.ndarray:
        """[N, 2] principal points, px."""
        return self.size / 2


def sample_cameras(rng: np.random.Generator, roots: np.ndarray) -> Cameras:
    """A camera for each motion with pelvis positions [N, T, 3]; it aims near their middle."""
    count = len(roots)
    size = np.array(SHAPES, float)[rng.integers(len(SHAPES), size=count)]
    focal = (
        np.exp(rng.uniform(np.log(FOCAL[0]), np.log(FOCAL[1]), count)) / FULL_FRAME * size.max(1)
    )
    steep = rng.random(count) < STEEP
    pitch = np.where(steep, rng.uniform(*STEEP_PITCH, count), rng.normal(*USUAL_PITCH, count))
    turn = rng.uniform(-np.pi, np.pi, count)
    roll = rng.normal(0, ROLL_SPREAD, count)
    rotation = _rotations(turn, pitch, roll)
    spread = np.ptp(roots, axis=1).max(1)  # those who walk about are filmed from farther away
    fills = rng.uniform(*FILLS, count) * size[:, 1]
    distance = np.maximum(focal * (TALL + 0.7 * spread) / fills, NEAREST + spread)
    aim = (roots.min(1) + roots.max(1)) / 2 + rng.normal(0, 0.12, (count, 3))
    translation = -np.einsum("nij,nj->ni", rotation, aim)
    translation[:, 2] += distance
    return Cameras(rotation, translation, focal, size)


def _rotations(turn: np.ndarray, pitch: np.ndarray, roll: np.ndarray) -> np.ndarray:
    """[N, 3, 3] camera from world: about the vertical, then down, then about the view."""
    zero, one = np.zeros_like(turn), np.ones_like(turn)

    def matrix(*rows: list[np.ndarray]) -> np.ndarray:
        return np.stack([np.stack(row, -1) for row in rows], -2)

    c, s = np.cos(turn), np.sin(turn)
    heading = matrix([c, zero, s], [zero, one, zero], [-s, zero, c])
    c, s = np.cos(pitch), np.sin(pitch)
    down = matrix([one, zero, zero], [zero, c, -s], [zero, s, c])
    c, s = np.cos(roll), np.sin(roll)
    tilted = matrix([c, -s, zero], [s, c, zero], [zero, zero, one])
    return tilted @ down @ LEVEL_ROTATION @ heading


def to_camera(cameras: Cameras, points: np.ndarray) -> np.ndarray:
    """World points [N, ..., 3] in the axes of their cameras."""
    flat = points.reshape(len(points), -1, 3)
    seen = flat @ np.swapaxes(cameras.rotation, 1, 2) + cameras.translation[:, None]
    return seen.reshape(points.shape)
