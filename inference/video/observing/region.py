"""Turned square regions of a picture: where the landmark network looks.

Conventions: px, origin top left; the turn is radians, 0 = upright, positive clockwise as seen.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array

MARGIN = 1.25  # of the circle about hips and farthest point; as MediaPipe trained its network


@dataclass(frozen=True)
class Region:
    """A turned square: `center` [2] px, `side` px, `turn` radians."""

    center: Array
    side: float
    turn: float

    def to_picture(self, points: Array) -> Array:
        """Points [..., 2] in shares of the region's side (0..1 inside) as px of the picture."""
        return self.center + (points - 0.5) * self.side @ self._turned().T

    def turned_back(self, vectors: Array) -> Array:
        """Vectors [..., 3] of the upright region in the axes of the picture."""
        turn = np.eye(3)
        turn[:2, :2] = self._turned()
        return vectors @ turn.T

    def crop(self, rgb: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
        """The region's pixels [size, size, 3]; black outside of the picture."""
        corners = self.to_picture(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
        to_picture = np.stack(
            [(corners[1] - corners[0]) / size, (corners[2] - corners[0]) / size, corners[0]], axis=1
        )
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpAffine(rgb, to_picture, (size, size), flags=flags), np.uint8)

    def _turned(self) -> Array:
        cosine, sine = np.cos(self.turn), np.sin(self.turn)
        return np.array([[cosine, -sine], [sine, cosine]])


def region_about(hips: Array, farthest: Array) -> Region:
    """The region of a person from two points that both networks give.

    Args:
        hips: [2] middle of the hips, px.
        farthest: [2] point on the circle about the whole body, above the hips along the trunk.

    Returns:
        The square about that circle with a margin, turned so that the trunk is upright.
    """
    along = farthest - hips
    radius = float(np.linalg.norm(along))
    turn = float(np.arctan2(along[0], -along[1]))
    return Region(np.asarray(hips, np.float64), max(2 * radius * MARGIN, 1.0), turn)


def between(before: Region, after: Region, share: float) -> Region:
    """The region a share of the way from one to another; the turn takes the short way."""
    turn = (after.turn - before.turn + np.pi) % (2 * np.pi) - np.pi
    return Region(
        before.center + share * (after.center - before.center),
        before.side + share * (after.side - before.side),
        before.turn + share * turn,
    )


def overlap(a: Region, b: Region) -> float:
    """Intersection over union of the two squares, their turn left out."""
    low = np.maximum(a.center - a.side / 2, b.center - b.side / 2)
    high = np.minimum(a.center + a.side / 2, b.center + b.side / 2)
    shared = float(np.prod(np.maximum(high - low, 0)))
    return shared / (a.side**2 + b.side**2 - shared)
