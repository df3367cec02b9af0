"""Angles of a shoulder that stay within one turn, for courses that would wind up.

Conventions: radians; `rotations` turn the upper arm from rest, relative to what carries it; axes
are those of the rest body, in order of application.

Three angles follow a rotation continuously in one way only, and each time the arm goes round the
direction where the first and last axis fall together they gain a full turn in opposite senses: the
coordinates' doing, no joint winds. The way out is to pass on the other side of that direction, at
the price of a small and short deviation where it is cheapest. Which frames those are is a shortest
path through a grid of angles (Viterbi 1967): each point costs the squared turn between it and the
arm, each step its squared length. Squared steps part into the three axes, so one frame costs a few
shifts of the grid (Felzenszwalb & Huttenlocher 2012).
"""

import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array
from ....core.rotations import rotmat_from_rotvec
from ..model.layout import SHOULDER_REACH

SPACING = np.radians(18.0)  # of the grid
POINTS = round(SHOULDER_REACH / SPACING)  # on either side of zero
FARTHEST = 2  # grid points along an axis from frame to frame
STEP_COST = 0.02  # of a squared radian of change, in squared radians of deviation
USUAL = np.radians(130.0)  # mocap keeps within this 99.8 % of the time
UNUSUAL_COST = 0.3  # of a squared radian beyond


def wound(angles: Array) -> bool:
    """Whether angles [T, 3] leave the reach of a shoulder."""
    return bool(np.abs(angles).max(initial=0.0) > SHOULDER_REACH)


def unwound(rotations: Array, axes: Array, before: Array | None = None) -> Array:
    """A course within the reach whose rotations stay nearest to those wanted.

    Args:
        rotations: [T, 3, 3].
        axes: [3, 3] orthonormal rows.
        before: [3] angles that the course
            begins near to.

    Returns:
        [T, 3] on the grid: a start for the fit, off by up to half its spacing.
    """
    line = SPACING * np.arange(-POINTS, POINTS + 1)
    grid = np.stack(np.meshgrid(line, line, line, indexing="ij"), -1)
    turns = rotmat_from_rotvec(grid.reshape(-1, 3, 1) * axes)
    flat = (turns[:, 2] @ turns[:, 1] @ turns[:, 0]).reshape(-1, 9)
    unusual = UNUSUAL_COST * (np.maximum(np.abs(grid) - USUAL, 0) ** 2).sum(-1)
    cost = unusual if before is None else unusual + ((grid - before) ** 2).sum(-1)
    origins = []
    for frame, rotation in enumerate(rotations):
        if frame:
            cost, origin = _stepped(cost)
            origins.append(origin)
        cosine = (flat @ rotation.reshape(9) - 1) / 2
        cost = cost + unusual + (np.arccos(np.clip(cosine, -1, 1)) ** 2).reshape(cost.shape)
    return line[_traced(cost, origins)]


def _stepped(cost: Array) -> tuple[Array, NDArray[np.int8]]:
    """The cheapest cost of coming to each grid point, and by which step along each axis."""
    origin = np.zeros((3, *cost.shape), np.int8)
    for axis in range(3):
        best = cost.copy()
        come, go = np.moveaxis(best, axis, 0), np.moveaxis(cost, axis, 0)
        steps = np.moveaxis(origin[axis], axis, 0)
        for step in (s for s in range(-FARTHEST, FARTHEST + 1) if s):
            to = slice(max(step, 0), len(go) + min(step, 0))
            start = slice(max(-step, 0), len(go) + min(-step, 0))
            offer = go[start] + STEP_COST * (step * SPACING) ** 2
            cheaper = offer < come[to]
            come[to] = np.where(cheaper, offer, come[to])
            steps[to] = np.where(cheaper, step, steps[to])
        cost = best
    return cost, origin


def _traced(cost: Array, origins: list[NDArray[np.int8]]) -> NDArray[np.intp]:
    """[T, 3] grid indices of the cheapest path that ends at `cost`."""
    point = list(np.unravel_index(int(cost.argmin()), cost.shape))
    path = [tuple(point)]
    for origin in reversed(origins):
        for axis in (2, 1, 0):  # the last axis was stepped along last
            point[axis] -= origin[(axis, *point)]
        path.append(tuple(point))
    return np.array(path[::-1], np.intp)
