"""Analytic two-bone IK that corrects a limb as little as possible.

The limb keeps its plane and its roll: first the elbow or knee opens or closes until hand or foot is
at the wanted distance, then the whole limb swings the short way onto the goal. Where a limb is
straight its plane is not defined; a carried hinge axis then decides, so poles never flip.

Conventions: rig space; results are turns (quaternions wxyz) to put *before* the present
orientations: ``new = turn * old``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..core.arrays import FloatArray
from ..core.rotations import (
    QUAT_IDENTITY,
    normalized,
    quat_between,
    quat_from_rotvec,
    quat_multiply,
    quat_rotate,
)

# A limb is never stretched fully: at the very end small moves of the goal snap the joint.
REACH = 0.9995
# Against the sine of a bend: from some 3 degrees on the limb's own plane decides over its hinge.
_HINGE_WEIGHT = 0.05
_PASSES = 4  # the mixed axis is a little off square, so the bend is corrected again


@dataclass(frozen=True)
class LimbTurns:
    """What to turn the two bones of a limb by.

    Attributes:
        upper: [T, 4].
        lower: [T, 4].
        missed: [T] distance by which the goal is out of reach.
    """

    upper: FloatArray
    lower: FloatArray
    missed: FloatArray


def reach_goal(
    start: FloatArray, middle: FloatArray, end: FloatArray, goal: FloatArray, hinge: FloatArray
) -> LimbTurns:
    """Bring the end of a limb to ``goal``.

    Args:
        start: [T, 3] shoulder or hip.
        middle: [T, 3] elbow or knee.
        end: [T, 3] wrist or ankle.
        goal: [T, 3] where the end has to be.
        hinge: [T, 3] unit axis about which the limb bends (right-handed, closing it), used where
            the limb is nearly straight.
    """
    upper, lower = middle - start, end - middle
    upper_length, lower_length = _length(upper), _length(lower)
    wanted = _length(goal - start)
    longest = REACH * (upper_length + lower_length)
    shortest = np.abs(upper_length - lower_length) + 1e-4 * longest
    distance = np.clip(wanted, shortest, longest)
    fold = np.tile(QUAT_IDENTITY, (len(start), 1))
    for _ in range(_PASSES):
        folded = quat_rotate(fold, lower)
        axis = _fold_axis(upper, folded, hinge)
        bend = _bend_at(distance, upper_length, lower_length) - _bend_now(upper, folded)
        fold = quat_multiply(quat_from_rotvec(axis * bend[:, None]), fold)
    folded_end = middle + quat_rotate(fold, lower)
    swing = quat_between(folded_end - start, goal - start, np.array([0.0, 0.0, 1.0]))
    return LimbTurns(swing, quat_multiply(swing, fold), np.abs(wanted - distance))


def _fold_axis(upper: FloatArray, lower: FloatArray, hinge: FloatArray) -> FloatArray:
    """Return the axis [T, 3] square to a limb's plane, or its hinge where there is no plane.

    Between the two they are mixed, which leaves the axis a little off square: hence the passes.
    """
    line = normalized(upper)
    square = normalized(hinge - np.sum(hinge * line, axis=1, keepdims=True) * line)
    cross = np.cross(line, normalized(lower))
    return normalized(cross + _HINGE_WEIGHT * square)


def _length(vectors: FloatArray) -> FloatArray:
    return np.asarray(np.linalg.norm(vectors, axis=-1), dtype=np.float64)


def _bend_at(distance: FloatArray, upper: FloatArray, lower: FloatArray) -> FloatArray:
    """Return the bend [T] (0 = straight) at which a limb spans ``distance`` (law of cosines)."""
    cosine = (distance**2 - upper**2 - lower**2) / (2.0 * upper * lower)
    return np.arccos(np.clip(cosine, -1.0, 1.0))


def _bend_now(upper: FloatArray, lower: FloatArray) -> FloatArray:
    cross = _length(np.cross(upper, lower))
    return np.asarray(np.arctan2(cross, np.sum(upper * lower, axis=-1)), dtype=np.float64)
