"""One figure through several drawings: which hypothesis of each goes on from the one before.

A single drawing leaves open which limb is the left one, whether it comes toward the viewer and
whether the figure is seen from behind. A figure that is drawn again and again keeps its sides, so
the hypotheses of all drawings are chosen together: those that are likely by themselves and turn the
limbs least from drawing to drawing (the shortest path through a table; Viterbi 1967).

Conventions: poses are SMPL's [72] axis-angle, radians, see `readings`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray, IndexArray, einsum
from ..kinematics import world_from_pose
from .pose_hypotheses import front_back, swap_sides

Item = TypeVar("Item")

DOUBT = 0.25
"""Radians of mean turning that a hypothesis e times less likely has to save."""
EXCHANGED = 1.0
"""How much less likely (e-folds) it is that a hypothesis took left for right, or front for back."""
_LIMB_PAIRS = (("ARM",), ("LEG",), ("ARM", "LEG"))


@dataclass(frozen=True)
class DrawnHypotheses:
    """What one drawing may mean.

    Attributes:
        poses: [H, 72] hypotheses, best first.
        scores: [H] their scores, positive.
        view: [3] direction in which the figure is looked at, any length.
    """

    poses: FloatArray
    scores: FloatArray
    view: FloatArray


def steady_poses(drawings: Sequence[DrawnHypotheses]) -> list[FloatArray]:
    """The pose [72] of every drawing, so that the figure keeps its sides from one to the next.

    Next to the hypotheses themselves, each with arms or legs exchanged and each seen from the other
    side are tried. The first drawing is believed as far as sides are concerned: nothing else says
    which of two mirror images was meant.
    """
    tables = [_candidates(drawing, exchanges=index > 0) for index, drawing in enumerate(drawings)]
    chosen = shortest_path(
        [costs for _, costs in tables],
        [mean_turns(before, after) for (before, _), (after, _) in _pairs(tables)],
    )
    return [poses[index] for (poses, _), index in zip(tables, chosen, strict=True)]


def shortest_path(costs: Sequence[ArrayLike], steps: Sequence[ArrayLike]) -> list[int]:
    """The choices with the smallest sum of costs and steps.

    Args:
        costs: [H_t] of each choice at each of T stations.
        steps: [H_t, H_t+1] of going from a choice to one of the next station, T-1 tables.

    Returns:
        T indices.
    """
    if not costs:
        return []
    total = np.asarray(costs[0], dtype=np.float64)
    origins: list[IndexArray] = []
    for step, cost in zip(steps, costs[1:], strict=True):
        routes = total[:, None] + np.asarray(step, dtype=np.float64)
        origins.append(routes.argmin(axis=0))
        total = routes.min(axis=0) + np.asarray(cost, dtype=np.float64)
    path = [int(total.argmin())]
    for origin in reversed(origins):
        path.append(int(origin[path[-1]]))
    return path[::-1]


def mean_turns(before: ArrayLike, after: ArrayLike) -> FloatArray:
    """Mean angle of all joints' world orientations, [H, K] radians, from poses [H, 72] to [K, 72].

    Every pose of the one list is compared with every pose of the other.
    """
    first = np.stack([world_from_pose(pose) for pose in np.atleast_2d(before)])
    second = np.stack([world_from_pose(pose) for pose in np.atleast_2d(after)])
    traces = einsum("hjab,kjab->hkj", first, second)
    return np.arccos(np.clip((traces - 1.0) / 2.0, -1.0, 1.0)).mean(axis=-1)


def _candidates(drawing: DrawnHypotheses, *, exchanges: bool) -> tuple[FloatArray, FloatArray]:
    """Poses [N, 72] and what each costs [N], radians."""
    likely = np.maximum(np.asarray(drawing.scores, dtype=np.float64), 1e-6)
    doubts = -np.log(likely / likely.max())
    poses = np.atleast_2d(np.asarray(drawing.poses, dtype=np.float64))
    found = [(pose, doubt) for pose, doubt in zip(poses, doubts, strict=True)]
    if exchanges:
        found += [(front_back(p, drawing.view), d + EXCHANGED) for p, d in found]
        found += [
            (swap_sides(pose, pair), doubt + len(pair) * EXCHANGED)
            for pose, doubt in found
            for pair in _LIMB_PAIRS
        ]
    return np.stack([pose for pose, _ in found]), DOUBT * np.array([doubt for _, doubt in found])


def _pairs(items: Sequence[Item]) -> list[tuple[Item, Item]]:
    return list(zip(items[:-1], items[1:], strict=True))


def follow_figures(places: Sequence[ArrayLike]) -> list[list[int | None]]:
    """Which figure of each drawing is whom: nearest to where they were drawn last.

    Args:
        places: [P_t, D] places of the figures in each of T drawings, any unit.

    Returns:
        A list for each person, in order of appearance: the figure's index in every drawing, None
        where the person is not drawn.
    """
    people: list[list[int | None]] = []
    last = np.zeros((0, 0))
    for station, drawn in enumerate(np.asarray(p, dtype=np.float64) for p in places):
        found = _nearest_first(last, drawn) if len(last) and len(drawn) else {}
        for person, row in enumerate(people):
            row.append(found.get(person))
        new = [figure for figure in range(len(drawn)) if figure not in found.values()]
        people += [[*[None] * station, figure] for figure in new]
        seen = {person: row[-1] for person, row in enumerate(people)}
        last = np.array([last[p] if i is None else drawn[i] for p, i in seen.items()])
    return people


def _nearest_first(last: FloatArray, drawn: FloatArray) -> dict[int, int]:
    """Person → figure, closest pairs first."""
    distances = np.linalg.norm(last[:, None] - drawn[None], axis=-1)
    found: dict[int, int] = {}
    for flat in np.argsort(distances, axis=None, kind="stable"):
        person, figure = (int(i) for i in np.unravel_index(int(flat), distances.shape))
        if person not in found and figure not in found.values():
            found[person] = figure
    return found
