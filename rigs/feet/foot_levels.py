"""The level that each foot stands on: the ground, or a step, a box, a kerb.

Conventions: heights along the stage's ``up``, rig units.
"""

from __future__ import annotations

import numpy as np

from ...core.arrays import BoolArray, FloatArray
from .contacts import runs

STEP = (
    0.14  # of leg length (12 cm of an adult's 85): a contact farther from the ground is on a step
)


def levels_under(lowest: FloatArray, resting: BoolArray, ground: float, step: float) -> FloatArray:
    """Return the height [T] of what is under a foot.

    A contact near the ground is on it, however the source wavers; one that is farther away stands
    where it stands. Between two contacts nothing is known but that the lower one's level is free.

    Args:
        lowest: [T] height of the foot's lowest sole point.
        resting: [T] whether the foot rests on something.
        ground: the ground's height.
        step: from which distance to the ground a contact is on something else.
    """
    levels = np.full(len(lowest), float(ground))
    found = [(start, stop, float(np.median(lowest[start:stop]))) for start, stop in runs(resting)]
    found = [(a, b, own if abs(own - ground) > step else float(ground)) for a, b, own in found]
    for start, stop, own in found:
        levels[start:stop] = own
    for (_, stop, before), (start, _, after) in zip(found, found[1:], strict=False):
        levels[stop:start] = min(before, after)
    if found:
        levels[: found[0][0]], levels[found[-1][1] :] = found[0][2], found[-1][2]
    return levels
