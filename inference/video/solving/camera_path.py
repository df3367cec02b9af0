"""Where a known camera stands in the world, frame by frame.

Conventions: camera from world with OpenCV axes (x right, y down, z forward); the world is y up
with its floor at y = 0; metres.
"""

from dataclasses import dataclass

import numpy as np

from ....core.arrays import Array

LEAST_ABOVE = 0.3  # metres of the camera above feet; from lower down the floor shows no distance
LARGEST_SCALE = 1.3  # of people against the mean; beyond, the scene has another scale


@dataclass(frozen=True)
class CameraPath:
    """Camera from world of T frames: `rotation` [T, 3, 3] and `translation` [T, 3]."""

    rotation: Array
    translation: Array

    @property
    def eyes(self) -> Array:
        """[T, 3] where the camera is in the world."""
        return -np.einsum("tji,tj->ti", self.rotation, self.translation)

    def part(self, frames: slice) -> "CameraPath":
        """The same of some frames."""
        return CameraPath(self.rotation[frames], self.translation[frames])

    def seen(self, points: Array) -> Array:
        """Points [T, M, 3] of the world in camera space."""
        return points @ np.swapaxes(self.rotation, -1, -2) + self.translation[:, None]

    def seen_vectors(self, vectors: Array) -> Array:
        """Vectors [T, M, 3] of the world in the camera's axes."""
        return vectors @ np.swapaxes(self.rotation, -1, -2)

    def placed(self, points: Array) -> Array:
        """Points [T, M, 3] of camera space in the world; the inverse of `seen`."""
        return self.placed_vectors(points - self.translation[:, None])

    def placed_vectors(self, vectors: Array) -> Array:
        """Vectors [T, M, 3] in the camera's axes in those of the world."""
        return vectors @ self.rotation

    def placed_turns(self, turns: Array) -> Array:
        """Rotations [T, …, 3, 3] camera from anything as rotations world from it."""
        extra = (1,) * (turns.ndim - 3)
        return np.swapaxes(self.rotation, -1, -2).reshape(-1, *extra, 3, 3) @ turns


def scale_on_floor(lowest: Array, eyes: Array) -> float:
    """How much larger people are than they were taken for, as they stand on the floor.

    One picture cannot tell a large person from a near one; a known camera above a known floor can:
    the ray through a foot ends where it meets the floor.

    Args:
        lowest: [T, 3] the lowest point of the person, world.
        eyes: [T, 3] the camera.

    Returns:
        The factor about the camera that puts most frames on the floor, within what people vary;
        1 when the camera is too low to tell.
    """
    above = eyes[:, 1] - lowest[:, 1]
    tells = (above > LEAST_ABOVE) & (eyes[:, 1] > LEAST_ABOVE)
    if not tells.any():
        return 1.0
    scale = float(np.median(eyes[tells, 1] / above[tells]))
    return float(np.clip(scale, 1 / LARGEST_SCALE, LARGEST_SCALE))
