"""From the camera to the world: which way is up, which feet stand, where the ground is.

Conventions: the camera is OpenCV's (x right, y down, z forward); the world is y up, the camera
looks along its -z; meters.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array

SLOWEST_STEP = 0.5  # m/s; a slower sole is a standing one
NEAR_GROUND = 0.15  # meters above the lower foot within which a sole can stand
CONTACT_SPREAD = 0.002  # meters a standing sole may seem to move from frame to frame
STANDING = np.deg2rad(50.0)  # a person who leans farther does not show which way is up
STEEPEST = np.deg2rad(40.0)  # tilt of a camera
STRAIGHT = 0.999  # cosine between up and the view beyond which a camera has no heading
SMOOTHED = 0.15  # s over which steps and speeds are averaged
DEPTH_SHARE = 0.33  # of the speed along the camera's ray that counts


@dataclass(frozen=True)
class FootContacts:
    """Feet on the ground: `weight` [T - 1, F] 1/m^2 for the solver, `standing` [T, F] in 0..1."""

    weight: Array
    standing: Array


def level_rotation(upright: Array) -> Array:
    """The camera's rotation in a world whose up is the people's.

    People hold cameras without roll, so only the tilt is taken from the person, and none at all
    from somebody who lies or bends far.

    Args:
        upright: [N, 3] directions from feet to head, camera space.

    Returns:
        [3, 3] camera from world.
    """
    up = np.median(upright / np.linalg.norm(upright, axis=-1, keepdims=True), axis=0)
    tilt = float(np.arctan2(-up[2], -up[1]))
    if -up[1] < np.cos(STANDING) * np.linalg.norm(up):
        tilt = 0.0
    tilt = float(np.clip(tilt, -STEEPEST, STEEPEST))
    return camera_under(np.array([0.0, -np.cos(tilt), -np.sin(tilt)]))


def usual_direction(directions: Array) -> Array:
    """[3] unit, the mean of directions [N, 3]; straight up in the picture when they cancel out."""
    mean = directions.mean(axis=0) + 1e-9 * np.array([0.0, -1.0, 0.0])
    return mean / np.linalg.norm(mean)


def camera_under(up: Array) -> Array:
    """[3, 3] camera from a world of which only the up [3] is known: the camera looks along its -z.

    A camera that looks straight down or up has the world's -z upwards in its picture.
    """
    forward = np.array([0.0, 0.0, 1.0]) if abs(up[2]) < STRAIGHT else np.array([0.0, -1.0, 0.0])
    back = (forward @ up) * up - forward
    back /= np.linalg.norm(back)
    return np.stack([np.cross(up, back), up, back], axis=1)


def find_contacts(
    feet: Array, up: Array, framerate: float, eyes: Array | None = None
) -> FootContacts:
    """Which points of the feet stand.

    Args:
        feet: [T, F, 3] heels and toes.
        up: [3].
        framerate: frames a second.
        eyes: [T, 3] where the camera is; None = in the origin.

    Returns:
        The contacts.
    """
    if len(feet) < 2:
        return FootContacts(np.zeros((0, feet.shape[1])), np.ones(feet.shape[:2]) * _low(feet, up))
    rays = feet if eyes is None else feet - eyes[:, None]
    speed = _speed(feet, rays, framerate)
    low = _low(feet, up)
    still = (speed < SLOWEST_STEP) & low[1:] & low[:-1]
    standing = np.zeros(feet.shape[:2])
    standing[1:] = still
    standing[:-1] = np.maximum(standing[:-1], still)
    return FootContacts(still / CONTACT_SPREAD**2, standing)


def _speed(feet: Array, rays: Array, framerate: float) -> Array:
    """[T - 1, F] m/s; along the rays only a share counts, as distances waver by themselves."""
    width = max(round(SMOOTHED * framerate), 1)
    steps = np.diff(feet, axis=0) * framerate
    steps = np.stack([_averaged(steps[..., axis], width) for axis in range(3)], axis=-1)
    middle = rays[1:] + rays[:-1]
    middle /= np.maximum(np.linalg.norm(middle, axis=-1, keepdims=True), 1e-9)
    along = np.sum(steps * middle, axis=-1, keepdims=True)
    steps -= (1 - DEPTH_SHARE) * along * middle
    return _averaged(np.linalg.norm(steps, axis=-1), width)


def _low(feet: Array, up: Array) -> NDArray[np.bool_]:
    height = feet @ up
    return height < height.min(axis=1, keepdims=True) + NEAR_GROUND


def _averaged(values: Array, width: int) -> Array:
    """Moving average along the first axis, shorter at the ends."""
    kernel = np.ones(width)
    count = np.convolve(np.ones(len(values)), kernel, "same")[: len(values)]
    columns = [np.convolve(column, kernel, "same")[: len(values)] for column in values.T]
    return np.stack(columns, axis=1) / count[:, None]
