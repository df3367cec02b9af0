"""Confidence: how likely each bone of the best hypothesis points the right way.

Two things make a bone doubtful: the solve leaves its direction open (Laplace approximation: the
inverse Hessian at the solution), and other hypotheses of the drawing put it elsewhere. A logistic
function of both, fitted on training poses by `inference.training.solver.fit_confidence`, turns
them into a probability.
"""

from __future__ import annotations

import numpy as np

from ...core.arrays import Array
from ...core.smpl import SMPL_OWNER
from .tree import SOLVED

GOOD_ANGLE = np.deg2rad(20.0)
"""A bone within this angle of the truth counts as right."""
FLOOR = np.deg2rad(1.0)


def doubts(
    hessian: Array, bones: Array, candidate_directions: Array, candidate_probability: Array
) -> Array:
    """Features of the calibration.

    Args:
        hessian: [72, 72] of the best solution.
        bones: [24, 3] unit directions of the best solution, camera space.
        candidate_directions: [N, 24, 3] unit or zero, camera space.
        candidate_probability: [N], sums to 1.

    Returns:
        [24, 3]: one, log deviation left by the solve, log mean angle to the other hypotheses
        (radians).
    """
    angle = np.arccos(np.clip((candidate_directions * bones).sum(-1), -1, 1)).T
    spread = angle @ candidate_probability
    solve_deviation = _direction_deviation(hessian, bones)
    return np.stack([np.ones(24), np.log(solve_deviation + FLOOR), np.log(spread + FLOOR)], axis=-1)


def _direction_deviation(hessian: Array, bones: Array) -> Array:
    """Standard deviation [24] of bone directions, radians, from the inverse Hessian's blocks."""
    rows = (3 * SOLVED[:, None] + np.arange(3)).ravel()
    matrix = hessian[np.ix_(rows, rows)] + 1e-2 * np.eye(len(rows))
    inverse = np.linalg.inv(matrix).reshape(len(SOLVED), 3, len(SOLVED), 3)
    blocks = np.zeros((24, 3, 3))
    blocks[SOLVED] = inverse[np.arange(len(SOLVED)), :, np.arange(len(SOLVED))]
    owner = blocks[SMPL_OWNER]
    along = (bones[:, None] @ owner @ bones[:, :, None])[:, 0, 0]
    return np.sqrt(np.maximum(np.trace(owner, axis1=-2, axis2=-1) - along, 0))


def confidence(features: Array, coefficients: Array, presence: Array) -> Array:
    """Probability [24] that bones are right.

    It comes from `doubts`, fitted coefficients [24, 3] and presence [24].
    What was not drawn cannot be right or wrong: its confidence is scaled down by its presence.
    """
    chance = 1 / (1 + np.exp(-(features * coefficients).sum(-1)))
    chance[0] = chance[[1, 2, 3]].mean()
    return chance * presence
