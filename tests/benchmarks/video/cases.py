"""Tracks of people whose motion is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sketch2pose.core.camera import Camera
from sketch2pose.inference.solver import tree
from sketch2pose.inference.training.temporal_lifter.cameras import Cameras
from sketch2pose.inference.training.temporal_lifter.truth import Truth
from sketch2pose.inference.video.observing.landmarks import Track


@dataclass(frozen=True)
class Case:
    """A track with its lens and truth: joints [T, 24, 3], local rotations [T, 24, 3, 3]."""

    track: Track
    lens: Camera
    size: tuple[int, int]
    joints: np.ndarray
    local: np.ndarray


def cases(
    truth: Truth, cameras: Cameras, points: np.ndarray, world: np.ndarray, visibility: np.ndarray
) -> Iterator[Case]:
    """Clips [N, T, …] as single cases; frames without any visible landmark were not seen."""
    for one in range(len(points)):
        seen = np.flatnonzero(visibility[one].max(-1) > 0)
        frames = np.arange(seen[0], seen[-1] + 1)
        width, height = cameras.size[one]
        yield Case(
            Track(seen, points[one][seen], world[one][seen], visibility[one][seen]),
            Camera.at_origin(float(cameras.focal[one]), cameras.center[one]),
            (int(width), int(height)),
            truth.joints[one][frames],
            tree.local_from_world(truth.orientations[one][frames]),
        )
