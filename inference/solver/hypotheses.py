"""What a drawing leaves open: other depth signs, and the other side that it may be seen from.

Conventions: view space, z away from the viewer. A flip mirrors the depth of the bones of one
group. Seen from behind, left and right are exchanged and all depths are mirrored: the mirror image
of a pose is a pose, and its drawing is the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Array
from ...core.smpl import SMPL_MIRROR, SMPL_OWNER
from . import features
from .drawn_bones import DrawnBones
from .tree import RestBody
from .weights import Dense

FLIP_GROUPS: dict[str, tuple[int, ...]] = {
    "hips": (1, 2),
    "torso": (3, 6, 9, 12),
    "shoulders": (13, 14, 16, 17),
    "head": (15,),
    "left thigh": (4,),
    "left shin": (7,),
    "left foot": (10,),
    "right thigh": (5,),
    "right shin": (8,),
    "right foot": (11,),
    "left upper arm": (18,),
    "left forearm": (20,),
    "left hand": (22,),
    "right upper arm": (19,),
    "right forearm": (21,),
    "right hand": (23,),
}
SEEN_FROM_BEHIND = "seen from the other side"
LIMB_JOINTS = np.array([1, 2, 4, 5, 7, 8, 16, 17, 18, 19, 20, 21])
FLAT = np.sin(np.deg2rad(10.0))
"""Depth component below which flipping a bone changes nothing worth showing."""
SHOWN_ANGLE = np.deg2rad(18.0)
"""Angle from which a bone is named in the label of a hypothesis."""
CANDIDATES = 128
"""Sign patterns drawn before the search goes on around the best ones."""
SEARCH_ROUNDS = 2
NEIGHBOURHOOD = 10
"""Patterns around which each round searches."""
KEPT = 64
"""Patterns kept, the likeliest."""
TEMPERING = 0.6
"""Power of the sign odds when candidates are drawn, so that unlikely signs are tried as well."""
COVER_DISTANCE = 0.03
"""Metres (mean over limb joints) within which one hypothesis stands for another."""

_MEMBERS = np.array(
    [[float(bone in members) for bone in range(24)] for members in FLIP_GROUPS.values()]
)


@dataclass(frozen=True)
class Candidates:
    """Figures the drawing may mean.

    Attributes:
        directions: [N, 24, 3] unit, camera space, zero where unknown; joints in their own naming.
        weight: [N, 24] of the directions, 1/rad^2.
        swapped: [N] whether left and right are exchanged against the observation.
        probability: [N] posterior, sums to 1.
    """

    directions: Array
    weight: Array
    swapped: NDArray[np.bool_]
    probability: Array


def candidates(
    bones: DrawnBones, away_probability: Array, back_probability: float, ranker: Dense, seed: int
) -> Candidates:
    """Likely sign patterns, by their odds and by the learned plausibility of the figure.

    Args:
        bones: the figure as drawn.
        away_probability: [24].
        back_probability: that left and right are exchanged.
        ranker: the flip ranker of the weights file.
        seed: of the draw; the same seed gives the same candidates.
    """
    odds = _flip_log_odds(bones, away_probability)
    flips = _drawn_flips(odds, np.random.default_rng(seed))
    log_posterior = _log_posterior(flips, odds, bones, ranker)
    for _ in range(SEARCH_ROUNDS):
        near = _neighbours(flips, log_posterior, odds)
        if not len(near):
            break
        flips = np.concatenate([flips, near])
        log_posterior = np.append(log_posterior, _log_posterior(near, odds, bones, ranker))
    keep = np.argsort(-log_posterior)[:KEPT]
    return _both_sides(flips[keep], log_posterior[keep], bones, back_probability)


def _log_posterior(flips: Array, odds: Array, bones: DrawnBones, ranker: Dense) -> Array:
    """Unnormalised log posterior [N] of sign patterns [N, groups]."""
    camera = (bones.camera_from_view @ _flipped(flips, bones)[..., None])[..., 0]
    quality = np.broadcast_to(features.quality_from_weight(bones.weight), camera.shape[:2])
    inputs, _ = features.net_input(camera, quality)
    return ranker(inputs)[:, 0].astype(np.float64) + flips @ np.where(np.isfinite(odds), odds, 0)


def _neighbours(flips: Array, log_posterior: Array, odds: Array) -> Array:
    """Patterns one flip away from the best ones and not tried yet."""
    best = flips[np.argsort(-log_posterior)[:NEIGHBOURHOOD]]
    singles = np.eye(len(odds))[np.isfinite(odds)]
    near = np.abs(best[:, None] - singles).reshape(-1, len(odds))
    place_values = 2.0 ** np.arange(len(odds))
    codes, first = np.unique(near @ place_values, return_index=True)
    return near[first[~np.isin(codes, flips @ place_values)]]


def _both_sides(
    flips: Array, log_posterior: Array, bones: DrawnBones, back_probability: float
) -> Candidates:
    """Each pattern as seen, and as if seen from behind; both are equally plausible figures."""
    view = _flipped(flips, bones)
    camera = (bones.camera_from_view @ view[..., None])[..., 0]
    behind = (bones.camera_from_view[SMPL_MIRROR] @ _mirrored_depth(view)[..., None])[..., 0]
    weight = np.stack([bones.weight, bones.weight[SMPL_MIRROR]]).repeat(len(flips), axis=0)
    sides = np.log([1 - back_probability, back_probability])
    log_both = (log_posterior + sides[:, None]).ravel()
    probability = np.exp(log_both - log_both.max())
    return Candidates(
        directions=np.concatenate([camera, behind]),
        weight=weight,
        swapped=np.repeat([False, True], len(flips)),
        probability=probability / probability.sum(),
    )


def _flipped(flips: Array, bones: DrawnBones) -> Array:
    view = np.tile(bones.directions, (len(flips), 1, 1))
    view[..., 2] *= 1 - 2 * (flips @ _MEMBERS)
    return view


def _mirrored_depth(view: Array) -> Array:
    """The same drawing seen from the other side: left and right exchanged, depth mirrored."""
    return view[:, SMPL_MIRROR] * np.array([1.0, 1.0, -1.0])


def _flip_log_odds(bones: DrawnBones, away_probability: Array) -> Array:
    """Log odds of each group being flipped; -inf if flat.

    They are the mean over the group's bones, weighted by their depth.
    """
    depth = np.abs(bones.directions[:, 2]) * (bones.weight > 0)
    away = np.log(away_probability) - np.log1p(-away_probability)
    against = -away * np.sign(bones.directions[:, 2])
    total = _MEMBERS @ depth
    odds = (_MEMBERS @ (depth * against)) / np.maximum(total, 1e-9)
    deepest = (_MEMBERS * depth).max(-1)
    return np.where(deepest > FLAT, odds, -np.inf)


def _drawn_flips(odds: Array, random: np.random.Generator) -> Array:
    """Distinct flip patterns [N, groups] of 0 and 1, the likeliest first."""
    open_groups = np.flatnonzero(np.isfinite(odds))
    chance = 1 / (1 + np.exp(-TEMPERING * odds[open_groups]))
    drawn = random.random((CANDIDATES, len(open_groups))) < chance
    drawn[0] = odds[open_groups] > 0
    singles = min(len(open_groups), CANDIDATES - 1)
    drawn[1 : singles + 1] = drawn[0] ^ np.eye(len(open_groups), dtype=bool)[:singles]
    flips = np.zeros((CANDIDATES, len(odds)))
    flips[:, open_groups] = drawn
    _, first = np.unique(flips @ (2.0 ** np.arange(len(odds))), return_index=True)
    return flips[np.sort(first)]


def chosen(found: Candidates, rest: RestBody, count: int) -> tuple[NDArray[np.intp], Array]:
    """Picks the candidates that cover most of the posterior, the likeliest first.

    Greedy maximum coverage: a candidate within `COVER_DISTANCE` of a chosen one counts as covered,
    farther ones fade out as a Gaussian.

    Returns:
        Indices [H] and the posterior mass [H] for which each stands; masses sum to 1.
    """
    top = np.argsort(-found.probability)[:KEPT]
    points = _joint_positions(found.directions[top], rest)[:, LIMB_JOINTS]
    apart = np.linalg.norm(points[:, None] - points[None], axis=-1).mean(-1)
    likeness = np.exp(-0.5 * (apart / COVER_DISTANCE) ** 2)
    mass = found.probability[top] / found.probability[top].sum()
    picked = [0]
    covered = likeness[0]
    while len(picked) < min(count, len(top)):
        gain = (mass[:, None] * np.maximum(likeness - covered[:, None], 0)).sum(0)
        best = int(gain.argmax())
        if gain[best] < 1e-4:
            break
        picked.append(best)
        covered = np.maximum(covered, likeness[best])
    nearest = apart[:, picked].argmin(1)
    stands_for = np.bincount(nearest, weights=mass, minlength=len(picked))
    return top[picked], np.asarray(stands_for, np.float64)


def _joint_positions(directions: Array, rest: RestBody) -> Array:
    """Positions [N, 24, 3] built from directions alone, meters from the pelvis."""
    points = directions * rest.lengths[:, None]
    for joint in range(1, 24):
        points[:, joint] += points[:, SMPL_OWNER[joint]]
    return points


def difference_label(directions: Array, best: Array, swapped: bool) -> str:
    """Names what differs from the best hypothesis.

    Args:
        directions: [24, 3] unit view directions of a hypothesis.
        best: [24, 3] those of the best one.
        swapped: whether the two are seen from different sides.
    """
    if swapped:
        best = _mirrored_depth(best[None])[0]
    differs = (directions * best).sum(-1) < np.cos(SHOWN_ANGLE)
    names = [name for name, members in FLIP_GROUPS.items() if differs[list(members)].any()]
    return ", ".join([SEEN_FROM_BEHIND, *names] if swapped else names)
