"""The 33 points of MediaPipe's pose network, and one person's track of them.

Conventions: `points` are source px, origin top left; `world` is meters about the middle of the
hips in the axes of the camera (x right, y down, z away); visibility is in [0, 1].
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array

LANDMARKS = (
    "nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye",
    "right_eye_outer", "left_ear", "right_ear", "mouth_left", "mouth_right", "left_shoulder",
    "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_pinky",
    "right_pinky", "left_index", "right_index", "left_thumb", "right_thumb", "left_hip",
    "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle", "left_heel",
    "right_heel", "left_foot_index", "right_foot_index",
)  # fmt: skip
NUMBER = {name: number for number, name in enumerate(LANDMARKS)}
_OTHER = {"left": "right", "right": "left"}
MIRRORED = np.array(
    [NUMBER["_".join(_OTHER.get(word, word) for word in name.split("_"))] for name in LANDMARKS]
)
"""[33] the landmark of the other side."""


@dataclass(frozen=True)
class Landmarks:
    """One person in one picture: `points` [33, 2], `world` [33, 3], `visibility` [33]."""

    points: Array
    world: Array
    visibility: Array


@dataclass(frozen=True)
class Track:
    """One person over time.

    Attributes:
        frames: [T] source frames, increasing; gaps are frames without an observation.
        points: [T, 33, 2] px.
        world: [T, 33, 3] meters, camera axes.
        visibility: [T, 33].
    """

    frames: NDArray[np.integer]
    points: Array
    world: Array
    visibility: Array


TRACK_FIELDS = ("frames", "points", "world", "visibility")  # in the order of `Track`
