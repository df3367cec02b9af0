"""Reads the landmarks of one person from a region of a picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...devices import Session
from .landmarks import LANDMARKS, Landmarks
from .region import Region, region_about

SIZE = 256
POINTS = len(LANDMARKS)
HIPS, FARTHEST = 33, 34  # two more points, from which the next region follows


@dataclass(frozen=True)
class LandmarkOutput:
    """What the network saw: `presence` of a person (0..1), landmarks, region to look at next."""

    presence: float
    landmarks: Landmarks
    next_region: Region


def read_landmarks(session: Session, rgb: NDArray[np.uint8], region: Region) -> LandmarkOutput:
    """Run the landmark network on a region.

    Args:
        session: the landmark network.
        rgb: [H, W, 3].
        region: where the person is.

    Returns:
        Landmarks in px of the picture and meters in the camera's axes.
    """
    image = (region.crop(rgb, SIZE).astype(np.float32) / 255).transpose(2, 0, 1)[None]
    raw, presence, world = session.run(
        ["landmarks", "presence", "world_landmarks"], {"image": image}
    )
    raw = raw.reshape(-1, 5).astype(np.float64)
    points = region.to_picture(raw[:, :2] / SIZE)
    seen = 1 / (1 + np.exp(-np.clip(raw[:POINTS, 3:5], -50, 50)))
    landmarks = Landmarks(
        points[:POINTS],
        region.turned_back(world.reshape(-1, 3)[:POINTS].astype(np.float64)),
        seen[:, 0] * seen[:, 1],
    )
    return LandmarkOutput(
        float(presence[0, 0]), landmarks, region_about(points[HIPS], points[FARTHEST])
    )
