"""Levenberg-Marquardt over a whole track: all frames at once, coupled by smoothness and contacts.

Conventions: camera space (x right, y down, z forward) or, with a known camera, its world (y up);
meters, radians. Parts are those of the sketch solver's tree: each has its own orientation, that
space from part (`inference.solver.tree`).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ....core import smpl
from ....core.arrays import Array
from ....core.camera import AnyCamera
from ....core.rotations import rotmat_from_rotvec
from ...solver import levenberg_marquardt as lm
from ...solver import tree
from ...solver.contacts import DrawnContacts
from ...solver.terms import DirectionTargets
from . import terms
from .banded import solve_banded
from .body_points import BodyPoints
from .scale_from_floor import Floor

START_DAMPING = 1e-3
CONVERGED = 1e-4  # relative decrease of the cost
FLOOR = 1e-3  # keeps what nothing has seen from moving


@dataclass(frozen=True)
class Smoothness:
    """Expected spread of accelerations: turns rad/s^2, pelvis m/s^2; and frames a second."""

    turning: float
    moving: float
    framerate: float


@dataclass(frozen=True)
class TrackProblem:
    """Everything a track is measured by.

    Attributes:
        points: landmarks on the body.
        seen: what was observed.
        lens: the camera.
        local: prior, limits and rest body in the sketch solver's form.
        smoothness: how steady people move.
        feet: rows of the landmarks of the feet.
        contact: [T - 1, F] 1/m^2.
        expected: what the lifter says.
        floor: of a world whose camera is known.
    """

    points: BodyPoints
    seen: terms.Observed
    lens: AnyCamera
    local: lm.Problem
    smoothness: Smoothness
    feet: NDArray[np.integer]
    contact: Array
    expected: terms.Expected | None = None
    floor: Floor | None = None


def local_problem(rest: tree.RestBody, mean: Array, precision: Array, limits: object) -> lm.Problem:
    """Prior [T, 24, 3, 3] with precision [T, 24, 3] and limits, without directions or contacts."""
    none = np.zeros((len(mean), 24, 3))
    flat = none[..., 0]
    targets = DirectionTargets(none, flat, none, flat, 0.0, none, flat, flat)
    contacts = DrawnContacts((), (), np.array([0.0, -1.0, 0.0]))
    return lm.Problem(rest, targets, mean, precision, limits, contacts)  # type: ignore[arg-type]


def solve_track(
    problem: TrackProblem,
    world: Array,
    pelvis: Array,
    iterations: int,
    check: Callable[[], None],
) -> tuple[Array, Array]:
    """Minimise the cost of a track.

    Args:
        problem: what it is measured by.
        world: [T, 24, 3, 3] starting orientations.
        pelvis: [T, 3] starting pelvis, meters.
        iterations: at most.
        check: called before each; raises to stop.

    Returns:
        Orientations [T, 24, 3, 3] and pelvis [T, 3].
    """
    equations, damping = _equations(problem, world, pelvis), START_DAMPING
    for _ in range(iterations):
        check()
        step = _step(equations, damping)
        tried = _moved(world, pelvis, step, problem.local.prior_mean)
        after = _equations(problem, *tried)
        gain = (equations.cost - after.cost) / max(equations.cost, 1e-12)
        if gain > 0:
            (world, pelvis), equations, damping = tried, after, damping * 0.2
        else:
            damping *= 8
        if 0 <= gain < CONVERGED or damping > 1e6:
            break
    return world, pelvis


def _equations(problem: TrackProblem, world: Array, pelvis: Array) -> terms.Equations:
    frames = len(world)
    solved = world[:, tree.SOLVED]
    places = problem.points.positions(solved, pelvis)
    jacobian = terms.point_jacobian(solved, problem.points)
    equations = terms.empty_equations(frames, 3 * len(tree.SOLVED) + 3)
    terms.add_picture(equations, places, jacobian, problem.seen, problem.lens)
    lengths = pair_lengths(problem.points, problem.seen.pairs)
    terms.add_directions(equations, places, jacobian, problem.seen, lengths)
    if problem.expected is not None:
        terms.add_expected(equations, solved, problem.expected)
    rate = problem.smoothness.framerate
    turning = (rate**2 / problem.smoothness.turning) ** 2
    moving = (rate**2 / problem.smoothness.moving) ** 2
    terms.add_smoothness(equations, solved, pelvis, turning, moving)
    terms.add_still_feet(equations, places, jacobian, problem.feet, problem.contact)
    if problem.floor is not None:
        floor = problem.floor
        terms.add_floor(equations, places, jacobian, problem.feet, floor.heights, floor.weight)
    _add_local(equations, problem.local, world)
    return equations


def pair_lengths(points: BodyPoints, pairs: NDArray[np.integer]) -> Array:
    """[K] distances at rest between the landmarks of pairs."""
    rest = points.carried.sum(axis=1)
    return np.linalg.norm(rest[pairs[:, 1]] - rest[pairs[:, 0]], axis=-1)


def _add_local(equations: terms.Equations, problem: lm.Problem, world: Array) -> None:
    """Prior and limits of the local rotations."""
    frames, size = len(world), 3 * len(tree.SOLVED)
    blocks = np.zeros((frames, 24, 24, 3, 3))
    system = lm.System(np.zeros(frames), np.zeros((frames, 24, 3)), blocks)
    lm.add_local_terms(system, problem, world, tree.local_from_world(world))
    solved = tree.SOLVED
    equations.cost += float(system.cost.sum())
    equations.gradient[:, :size] += system.gradient[:, solved].reshape(frames, size)
    hessian = system.hessian[:, solved][:, :, solved].swapaxes(2, 3).reshape(frames, size, size)
    equations.own[:, :size, :size] += hessian


def _step(equations: terms.Equations, damping: float) -> Array:
    own = equations.own.copy()
    index = np.arange(own.shape[1])
    own[:, index, index] *= 1 + damping
    own[:, index, index] += FLOOR
    return -solve_banded(own, equations.next_one, equations.next_two, equations.gradient)


def _moved(world: Array, pelvis: Array, step: Array, prior_mean: Array) -> tuple[Array, Array]:
    turns = rotmat_from_rotvec(step[:, :-3].reshape(len(step), -1, 3))
    moved = world.copy()
    moved[:, tree.SOLVED] = turns @ world[:, tree.SOLVED]
    ends = list(tree.ENDS)
    moved[:, ends] = moved[:, smpl.SMPL_OWNER[ends]] @ prior_mean[:, ends]
    return moved, pelvis + step[:, -3:]
