"""People on the floor of a world whose camera is known: how large they are, where soles rest.

Conventions: the world of a `CameraPath`, y up with its floor at y = 0; meters.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array
from ....core.camera import CameraPath
from ...body.model import BodyModel
from ...solver import tree
from ..observing.landmarks import NUMBER, Track
from . import initial_track
from .body_points import BodyPoints, body_points

FEET = ("left_heel", "left_foot_index", "right_heel", "right_foot_index")
FLOOR_SPREAD = 0.01  # meters a standing sole may seem to be off the floor
LEAST_ABOVE = 0.3  # meters of the camera above feet; from lower down the floor shows no distance
LARGEST_SCALE = 1.3  # of people against the mean; beyond, the scene has another scale


@dataclass(frozen=True)
class Floor:
    """Feet on the floor: `heights` [F] meters above it, `weight` [T, F] 1/m^2."""

    heights: Array
    weight: Array


def foot_rows(used: NDArray[np.integer]) -> NDArray[np.integer]:
    """Rows [F] of `FEET` among the landmarks `used` [M] on a body."""
    return np.array([int(np.flatnonzero(used == NUMBER[name])[0]) for name in FEET])


def floor_under(points: BodyPoints, standing: Array, body: BodyModel, betas: Array) -> Floor:
    """The floor under feet that stand [T, F] in 0..1."""
    joints = np.asarray(body.joints(betas), np.float64)
    sole = float(np.asarray(body.vertices(betas))[:, 1].min()) - joints[0, 1]
    at_rest = points.carried.sum(axis=1)[foot_rows(points.used), 1]
    return Floor(at_rest - sole, standing / FLOOR_SPREAD**2)


def shape_on_floor(
    track: Track, turns: Array, lens: CameraPath, body: BodyModel, betas: Array
) -> Array:
    """The shape of somebody as large as the floor they stand on says.

    Args:
        track: without gaps.
        turns: [T, 24, 3, 3] orientations to start with, world.
        lens: the known camera.
        body: whose shapes.
        betas: [10] of somebody of usual size.

    Returns:
        [10] betas.
    """
    points = body_points(body, betas)
    relative = points.positions(turns[:, tree.SOLVED], np.zeros((len(turns), 3)))
    pelvis = initial_track.starting_pelvis(
        relative, initial_track.observed(track, points, lens), lens
    )
    floor = floor_under(points, np.ones((1, len(FEET))), body, betas)
    feet = relative[:, foot_rows(points.used)] + pelvis[:, None]
    feet[..., 1] -= floor.heights
    seen = track.visibility.max(axis=1) > 0
    lowest = np.take_along_axis(feet, feet[..., 1].argmin(1)[:, None, None], axis=1)[:, 0]
    scale = scale_on_floor(lowest[seen], lens.eyes[seen])
    return initial_track.shape_from_lengths(replace(track, world=track.world * scale), body)


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
