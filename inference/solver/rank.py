"""Orders solved hypotheses and drops those that ended in the same pose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Array
from . import tree
from .levenberg_marquardt import Problem, Solution

COST_SHARE = 0.4
"""How much the cost of the solve counts in the log posterior: its residuals are far from
independent.
"""
SAME_POSE = np.deg2rad(15.0)
"""Hypotheses whose bones all lie closer than this are one."""
COMPARED_BONES = np.array([4, 5, 6, 7, 8, 9, 12, 15, 18, 19, 20, 21])
"""Hands, feet, hips and shoulders alone do not make a pose worth showing."""


@dataclass(frozen=True)
class Ranking:
    """The hypotheses to keep, best first: their indices [K] and posterior probabilities [K]."""

    order: NDArray[np.intp]
    score: Array


def ranked(solution: Solution, problem: Problem, mass: Array, count: int) -> Ranking:
    """Up to `count` distinct hypotheses.

    Args:
        solution: the solved batch of N.
        problem: what it solved.
        mass: [N] posterior mass of the candidates each hypothesis stands for.
        count: how many to keep.
    """
    log_score = np.log(mass + 1e-12) - COST_SHARE / 2 * (solution.cost - solution.cost.min())
    score = np.exp(log_score - log_score.max())
    score /= score.sum()
    bones = tree.bone_vectors(solution.world, problem.rest.directions)[:, COMPARED_BONES]
    kept: list[int] = []
    totals: list[float] = []
    for index in np.argsort(-score):
        cosines = [float((bones[index] * bones[other]).sum(-1).min()) for other in kept]
        same = int(np.argmax(cosines)) if cosines else -1
        if same >= 0 and cosines[same] > np.cos(SAME_POSE):
            totals[same] += float(score[index])
        else:
            kept.append(int(index))
            totals.append(float(score[index]))
    by_total = sorted(range(len(kept)), key=lambda row: -totals[row])[:count]
    return Ranking(
        np.array([kept[row] for row in by_total]), np.array([totals[row] for row in by_total])
    )
