"""Figures of which only a part is drawn: busts that end at the waist, legs without a trunk.

The rest is left away as people leave it away: the lines end along a cut across the trunk.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

PELVIS, NECK = 0, 12
BUST_SHARE = 0.65  # of cut figures; the others are legs
BUST_CUTS = (-0.25, 0.45)  # where along pelvis to neck the lines end
LEGS_CUTS = (-0.05, 0.35)
LEAST_TRUNK = 0.15  # of the figure's size: shorter trunks show no side to cut off


@dataclass(frozen=True)
class Part:
    """What is kept: the side of a line on paper towards which ``normal`` points."""

    through: np.ndarray
    normal: np.ndarray

    def keeps(self, points: np.ndarray) -> np.ndarray:
        """Which of the points [N, 2] are kept."""
        return (points - self.through) @ self.normal > 0

    def scaled(self, scale: float, shift: np.ndarray) -> Part:
        """The same after ``p -> p * scale + shift``."""
        return Part(self.through * scale + shift, self.normal)

    def blank(self, ink: np.ndarray) -> None:
        """Rubs out the other side of an ink map, in place."""
        along = np.array([-self.normal[1], self.normal[0]])
        reach = 2.0 * max(ink.shape)
        near = self.through + along * reach, self.through - along * reach
        far = near[1] - self.normal * reach, near[0] - self.normal * reach
        cv2.fillPoly(ink, [np.round(np.array([*near, *far])).astype(np.int32)], (0,))


def random_part(points: np.ndarray, size: float, rng: np.random.Generator) -> Part | None:
    """A bust or legs of the figure with the keypoints [25, 2]; None where no cut makes sense.

    Args:
        points: keypoints on paper, any unit.
        size: the figure's longer side.
        rng: random source.
    """
    trunk = points[NECK] - points[PELVIS]
    length = float(np.linalg.norm(trunk))
    if length < LEAST_TRUNK * size:
        return None
    bust = rng.random() < BUST_SHARE
    at = rng.uniform(*(BUST_CUTS if bust else LEGS_CUTS))
    normal = trunk / length * (1.0 if bust else -1.0)
    return Part(points[PELVIS] + at * trunk, normal)
