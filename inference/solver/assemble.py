"""Assembles the least-squares problem of one figure and its starting poses.

Conventions: camera space is x right, y down, z forward; hypotheses that see the figure from behind
name left what the observation names right.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...core import smpl
from ...core.arrays import Array
from ...core.axes import LEVEL_ROTATION
from . import contacts as contact_terms
from . import initial_pose, terms, tree
from . import levenberg_marquardt as lm
from .drawn_bones import DEAD_ZONE, DrawnBones
from .features import quality_from_weight
from .hypotheses import Candidates
from .observation import DirectionObservation
from .weights import SolverWeights

PRIOR_SHARE = 0.2
"""Weight of the learned prior: it has seen the directions already and must not count them twice."""
SHARPEST_DIRECTION = np.deg2rad(3.0)
"""Least deviation granted to a seen direction, radians."""


def problem_and_start(
    seen: DirectionObservation,
    bones: DrawnBones,
    found: Candidates,
    picked: NDArray[np.intp],
    rest: tree.RestBody,
    weights: SolverWeights,
) -> tuple[lm.Problem, Array]:
    """The problem for the picked candidates [H] and their first local rotations [H, 24, 3, 3]."""
    directions, weight, swapped = (
        found.directions[picked],
        found.weight[picked],
        found.swapped[picked],
    )
    weight = np.minimum(weight, SHARPEST_DIRECTION**-2)
    expected, deviation = initial_pose.neural_ik(
        weights.neural_ik, directions, quality_from_weight(weight)
    )
    precision = PRIOR_SHARE * deviation**-2.0
    precision[:, 0] = 0
    problem = lm.Problem(
        rest=rest,
        targets=_targets(directions, weight, swapped, bones),
        prior_mean=expected,
        prior_precision=precision,
        limits=weights.limits,
        contacts=_contacts(seen, swapped, rest),
        head_facing=_head_facing(seen, swapped),
    )
    return problem, initial_pose.aligned(expected, directions, weight, rest)


def own_side(values: Array, swapped: NDArray[np.bool_]) -> Array:
    """Rows [24, ...] of the observation in each hypothesis' own naming, [H, 24, ...]."""
    pick = swapped.reshape(-1, *(1,) * values.ndim)
    return np.where(pick, values[smpl.SMPL_MIRROR], values)


def _targets(
    directions: Array, weight: Array, swapped: NDArray[np.bool_], bones: DrawnBones
) -> terms.DirectionTargets:
    return terms.DirectionTargets(
        directions=directions,
        weight=weight,
        plane_normal=own_side(bones.plane_normal, swapped),
        plane_weight=own_side(bones.plane_weight, swapped),
        dead_zone=DEAD_ZONE,
        tangent=own_side(bones.tangent, swapped),
        shortening=own_side(bones.shortening, swapped),
        shortening_weight=own_side(bones.shortening_weight, swapped),
    )


def _contacts(
    seen: DirectionObservation, swapped: NDArray[np.bool_], rest: tree.RestBody
) -> contact_terms.DrawnContacts:
    rotation = LEVEL_ROTATION if seen.camera is None else seen.camera.rotation
    return contact_terms.likely_contacts(seen.contacts, swapped, rest, rotation[:, 1])


def _head_facing(
    seen: DirectionObservation, swapped: NDArray[np.bool_]
) -> tuple[Array, float] | None:
    if seen.head_facing is None or seen.head_facing_weight <= 0:
        return None
    mirrored = seen.head_facing * np.array([1.0, 1.0, -1.0])
    facing = np.where(swapped[:, None], mirrored, seen.head_facing)
    return facing / np.linalg.norm(facing, axis=-1, keepdims=True), seen.head_facing_weight
