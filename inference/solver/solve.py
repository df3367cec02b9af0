"""From what a sketch net sees to SMPL poses: the solver's front door.

Conventions: view and camera space are x right, y down, z forward; world and body space are y up,
the body faces +z with its left at +x; meters, radians. Proportions are the body's own: directions
and tangents drive the pose, never absolute positions.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Array
from ...core.camera import Camera
from . import levenberg_marquardt as lm
from . import placement, tree
from .assemble import own_side, problem_and_start
from .confidence import confidence, doubts
from .drawn_bones import drawn_bones
from .hypotheses import Candidates, candidates, chosen, difference_label
from .observation import DirectionObservation, SolveResult, checked
from .rank import Ranking, ranked
from .weights import load_weights

ITERATIONS = 6
SPARE_HYPOTHESES = 3
"""Solved besides those asked for, as some end in the same pose."""


class Body(Protocol):
    """What the solver needs of a body model; `inference.body.BodyModel` is one."""

    @property
    def v_template(self) -> Array:
        """Rest surface [V, 3] in meters."""
        ...

    def joints(self, betas: Array | None = None) -> Array:
        """Rest joints [24, 3] in meters."""
        ...


def solve_directions(
    observation: DirectionObservation,
    body: Body,
    *,
    hypotheses: int = 5,
    seed: int = 0,
    betas: Array | None = None,
) -> SolveResult:
    """Finds the poses that a drawn figure may show, the best first.

    Neural IK starts every hypothesis, a batched Levenberg-Marquardt refines them on directions, 2D
    tangents, foreshortening, contacts, joint limits and the learned prior.

    Args:
        observation: what was seen of one figure.
        body: the body to pose, in its own proportions.
        hypotheses: greatest number of poses to return.
        seed: of the draw of sign patterns; the same seed gives the same result.
        betas: shape of the body, mean shape when None.

    Returns:
        Up to `hypotheses` distinct poses with their scores, labels, confidence and camera.

    Raises:
        Sketch2PoseError: the observation has wrong shapes or holds nothing to solve from.
    """
    seen = checked(observation)
    weights = load_weights()
    rest = tree.rest_body(np.asarray(body.joints(betas), np.float64))
    bones = drawn_bones(seen, rest)
    found = candidates(
        bones, seen.away_probability, seen.back_probability, weights.flip_ranker, seed
    )
    picked, mass = chosen(found, rest, hypotheses + SPARE_HYPOTHESES)
    problem, first = problem_and_start(seen, bones, found, picked, rest, weights)
    solution = lm.solve(problem, first, ITERATIONS)
    ranking = ranked(solution, problem, mass, hypotheses)
    kept = picked[ranking.order]
    joints, translations, camera = _placed(
        seen, body, rest, solution.world[ranking.order], found.swapped[kept]
    )
    features = _doubts(solution, ranking, found, rest)
    return SolveResult(
        rotations=_world_rotations(solution.world[ranking.order], camera),
        translations=translations,
        scores=ranking.score,
        confidence=confidence(features, weights.confidence, seen.presence),
        doubts=features,
        labels=_labels(solution.world[ranking.order], found.swapped[kept], rest),
        joints=joints,
        camera=camera,
    )


def _placed(
    seen: DirectionObservation,
    body: Body,
    rest: tree.RestBody,
    world: Array,
    swapped: NDArray[np.bool_],
) -> tuple[Array, Array, Camera]:
    """World joints [H, 24, 3], SMPL translations [H, 3] and the camera of part rotations."""
    points = tree.positions(world, rest)
    votes = own_side(seen.joints2d_weight * seen.presence, swapped)
    sole = _sole_depth(body, rest)
    pelvis, camera = placement.place(
        points, own_side(seen.joints2d, swapped), votes, sole, seen.camera, seen.image_size
    )
    return points @ camera.rotation + pelvis[:, None], pelvis - rest.offsets[0], camera


def _sole_depth(body: Body, rest: tree.RestBody) -> float:
    """Metres from the lowest joint to the ground of the body at rest."""
    lowest = (
        tree.positions(np.tile(np.eye(3), (1, 24, 1, 1)), rest)[0, :, 1].min() + rest.offsets[0, 1]
    )
    return max(float(lowest - np.asarray(body.v_template)[:, 1].min()), 0.0)


def _world_rotations(world: Array, camera: Camera) -> Array:
    """Local rotations [H, 24, 3, 3] with the root in the world, from camera-from-part rotations."""
    local = tree.local_from_world(world)
    local[:, 0] = camera.rotation.T @ local[:, 0]
    return local


def _doubts(
    solution: lm.Solution, ranking: Ranking, found: Candidates, rest: tree.RestBody
) -> Array:
    best = ranking.order[0]
    bones = tree.bone_vectors(solution.world[best : best + 1], rest.directions)[0]
    return doubts(solution.hessian[best], bones, found.directions, found.probability)


def _labels(world: Array, swapped: NDArray[np.bool_], rest: tree.RestBody) -> tuple[str, ...]:
    bones = tree.bone_vectors(world, rest.directions)
    return tuple(
        difference_label(bones[row], bones[0], bool(swapped[row] != swapped[0]))
        for row in range(len(world))
    )
