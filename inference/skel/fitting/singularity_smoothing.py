"""Takes jumps out of angles where the source has none.

Conventions: radians; a step is the change of an angle from one frame to the next.

A shoulder's angles turn fast where its first and last axis fall together, however slowly the arm
moves: that is the coordinates' doing, not the body's. The course of such an angle is replaced by
the nearest one whose steps are calm; the fit then holds it there and lets the others make up for
it. What that costs is in the residuals of those frames.
"""

import numpy as np

from ....core.arrays import Array

CALM = np.radians(28.0)  # a frame; slower steps are nobody's jump
ROUNDS = 6
_TOLERANCE = np.radians(0.1)
_SWEEPS = 2000


def allowed_steps(pace: Array) -> Array:
    """[T-1] largest step, from the fastest turn of any of the source's joints [T-1]."""
    return np.maximum(CALM, pace)


def calmed(q: Array, allowed: Array) -> Array:
    """The nearest angles within the steps allowed, by projecting on each pair of frames in turn.

    An angle only moves toward its neighbors' values, so it stays within its limits.

    Args:
        q: [T, 46] radians.
        allowed: [T-1] radians.

    Returns:
        [T, 46]; equal to `q` where nothing jumps.
    """
    result = q.copy()
    for _sweep in range(_SWEEPS):
        worst = 0.0
        for first in (0, 1):  # pairs that do not share a frame
            a, b = result[first:-1:2], result[first + 1 :: 2]
            step = b - a
            excess = np.abs(step) - allowed[first::2, None]
            move = np.sign(step) * np.maximum(excess, 0) / 2
            a += move
            b -= move
            worst = max(worst, float(excess.max(initial=0.0)))
        if worst < _TOLERANCE:
            break
    return result
