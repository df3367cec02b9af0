"""SKEL's angles from targets: one batched Levenberg–Marquardt over a whole sequence.

Conventions: meters, radians; a frame's unknowns are its 46 angles and the pelvis' place. Frames are
coupled by a weak penalty on changes between neighbors, which decides what the targets leave open
(such as the split of a turn between two aligned axes); the normal equations are then block
tridiagonal and solved exactly, so a sequence has no windows and no seams. Limits are held by
taking angles that press against them out of the step.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array
from ...body.skinning import skin_vertices
from ..model.kinematics import (
    SkelPose,
    SkelRest,
    branch_sums,
    dof_twists,
    moves_together,
    pose_skeleton,
)
from ..model.layout import BONE_COUNT, DOF_BONES, DOF_COUNT, DOF_NAMES, HIGHEST, LOWEST
from .initial_angles import starting_angles
from .moments import BoneErrors, bone_errors, gather
from .singularity_smoothing import ROUNDS, allowed_steps, calmed
from .targets import FitTargets
from .tridiagonal import solve_coupled_frames

Stage = tuple[NDArray[np.bool_], int]  # which angles move, for how many rounds

UNKNOWNS = DOF_COUNT + 3
SHOULDER_STEADINESS = 8.0  # times the smoothness, for the axes that can fall together
SMOOTHNESS = 0.03  # m per radian of change between frames
RESTING = 0.002  # m per radian away from the start, for angles that nothing determines
ENOUGH = 2e-4  # relative gain of the cost below which the fit has converged
MAX_ITERATIONS = 20
STEPS_A_ROUND = 2  # where the targets move with the pose, more would be wasted
SOFT_ROUNDS = 3  # corrections for points that hang on several bones


@dataclass(frozen=True)
class SkelFit:
    """Angles [T, 46] (radians), pelvis translations [T, 3] (meters) and final cost [T]."""

    q: Array
    trans: Array
    cost: Array
    iterations: int


@dataclass
class _State:
    q: Array
    trans: Array
    pose: SkelPose
    errors: BoneErrors
    cost: Array


def fit_skel(
    rest: SkelRest,
    targets: FitTargets,
    before: Array | None = None,
    report: Callable[[float], None] | None = None,
    smoothness: float = SMOOTHNESS,
) -> SkelFit:
    """Fits all frames together.

    Args:
        rest: the resting skeleton of the shape.
        targets: what to reach in T frames.
        before: [46] angles of the frame before, whose readings and full turns are carried on.
        report: called with the share of work done; may raise to cancel.
        smoothness: meters per radian of change between frames.

    Returns:
        angles within the limits, continuous over frames.
    """
    problem = _Problem(rest, targets, smoothness)
    state = problem.start(before)
    rounds = SOFT_ROUNDS if problem.soft else 1
    done = 0
    for number in range(rounds):
        if number:
            state = problem.soften(state)

        def tell(share: float, number: int = number) -> None:
            if report is not None:
                report((number + share) / rounds)

        state, iterations = _descend(problem, state, tell)
        done += iterations
    state = _calm(problem, state)
    return SkelFit(state.q, state.trans + problem.moments.centres, state.cost, done)


def refit_skel(
    rest: SkelRest,
    aims: Callable[[SkelPose], FitTargets],
    first: SkelFit,
    stages: Sequence[Stage],
) -> SkelFit:
    """Fits targets that follow the pose, letting more and more angles move.

    Args:
        rest: the resting skeleton of the shape.
        aims: the targets as they are for a pose.
        first: where to start, and what angles stay near to that nothing determines.
        stages: which angles [46] move, and for how many rounds.

    Returns:
        angles within the limits.
    """
    q, trans, iterations, problem = first.q, first.trans, 0, None
    for moving, rounds in stages:
        for _round in range(rounds):
            problem = _Problem(rest, aims(pose_skeleton(rest, q, trans)), SMOOTHNESS)
            problem.reference, problem.held = first.q, np.broadcast_to(~moving, q.shape).copy()
            state = problem.evaluate(q, trans - problem.moments.centres)
            state, count = _descend(problem, state, lambda _share: None, STEPS_A_ROUND)
            q, trans = state.q, state.trans + problem.moments.centres
            iterations += count
    if problem is None:
        return first
    state = _calm(problem, problem.evaluate(q, trans - problem.moments.centres))
    return SkelFit(state.q, state.trans + problem.moments.centres, state.cost, iterations)


def _calm(problem: "_Problem", state: "_State") -> "_State":
    """Holds angles that jump, while the source does not, on a calm course, and fits the others."""
    if problem.targets.pace is None:
        return state
    allowed = allowed_steps(problem.targets.pace)
    for _round in range(ROUNDS):
        q = calmed(state.q, allowed)
        if np.array_equal(q, state.q):
            break
        problem.held |= q != state.q
        state, _count = _descend(problem, problem.evaluate(q, state.trans), lambda _share: None)
    return state


def _descend(
    problem: "_Problem",
    state: "_State",
    report: Callable[[float], None],
    most: int = MAX_ITERATIONS,
) -> "tuple[_State, int]":
    """Damped Gauss-Newton steps until the cost gains little; each frame is damped on its own."""
    damping = np.full(len(state.q), 1e-4)
    iterations = 0
    for iterations in range(1, most + 1):
        report(iterations / most)
        step = problem.step(state, damping)
        trial = problem.evaluate(
            np.clip(state.q + step[:, :DOF_COUNT], LOWEST, HIGHEST),
            state.trans + step[:, DOF_COUNT:],
        )
        better = trial.cost < state.cost
        gain = float((state.cost - trial.cost)[better].sum() / max(state.cost.sum(), 1e-12))
        damping = np.where(better, np.maximum(damping / 5, 1e-7), np.minimum(damping * 8, 1e3))
        state = (
            problem.evaluate(
                np.where(better[:, None], trial.q, state.q),
                np.where(better[:, None], trial.trans, state.trans),
            )
            if not better.all()
            else trial
        )
        if gain < ENOUGH:
            break
    return state, iterations


class _Problem:
    def __init__(self, rest: SkelRest, targets: FitTargets, smoothness: float) -> None:
        self.rest, self.targets = rest, targets
        self.stiffness = (smoothness * steadiness()) ** 2
        self.held = np.zeros((len(targets.places), DOF_COUNT), bool)
        self.moments = gather(rest, targets)
        self.together = moves_together()
        self.reference = np.zeros((len(targets.places), DOF_COUNT))

    def start(self, before: Array | None) -> _State:
        assert self.targets.oriented is not None
        q = starting_angles(self.rest, self.targets.oriented, before)
        self.reference = q
        state = self.evaluate(q, np.zeros((len(q), 3)))
        return self.evaluate(q, -state.errors.force.sum(1) / self.moments.mass.sum(1)[:, None])

    @property
    def soft(self) -> bool:
        """Whether any point hangs on several bones."""
        return bool((self.targets.blend.max(1) < 1).any())

    def soften(self, state: _State) -> _State:
        """Corrects the targets by what several bones move a point away from its main bone.

        The fit takes points as rigid. Aiming each at its target plus the difference between its
        rigid and its skinned place has the skinned fit as its fixed point.
        """
        rest, targets, pose = self.rest, self.targets, state.pose
        rigid = np.eye(BONE_COUNT)[targets.bones]
        moved = (pose.rotations, pose.positions, rest.joints)
        correction = skin_vertices(targets.rest, rigid - targets.blend, *moved)
        aims = replace(targets, places=targets.places + correction)
        trans = state.trans + self.moments.centres
        self.moments = gather(rest, aims)
        return self.evaluate(state.q, trans - self.moments.centres)

    def evaluate(self, q: Array, trans: Array) -> _State:
        pose = pose_skeleton(self.rest, q, trans)
        errors = bone_errors(self.moments, pose)
        cost = errors.cost + RESTING**2 * ((q - self.reference) ** 2).sum(1)
        jumps = (self.stiffness * np.diff(q, axis=0) ** 2).sum(1)
        cost[1:] += jumps / 2
        cost[:-1] += jumps / 2
        return _State(q, trans, pose, errors, cost)

    def step(self, state: _State, damping: Array) -> Array:
        normal, gradient = self.normal_equations(state)
        gradient[:, :DOF_COUNT] += RESTING**2 * (state.q - self.reference)
        gradient[:, :DOF_COUNT] += self.stiffness * _neighbour_pull(state.q)
        diagonal = np.einsum("tii->ti", normal)
        diagonal += damping[:, None] * (diagonal + 1e-3)
        diagonal[:, :DOF_COUNT] += RESTING**2
        coupling = np.concatenate([self.stiffness, np.zeros(UNKNOWNS - DOF_COUNT)])
        free = free_unknowns(state.q, gradient)
        free[:, :DOF_COUNT] &= ~self.held
        return solve_coupled_frames(normal, -gradient, coupling, free)

    def normal_equations(self, state: _State) -> tuple[Array, Array]:
        """Gauss-Newton matrix [T, 49, 49] and gradient [T, 49] by composite rigid bodies.

        The matrix entry of two angles is the kinetic product of their twists over the points that
        both move: the branch of the deeper one (Featherstone's composite-rigid-body algorithm).
        """
        twists, errors = dof_twists(state.pose), state.errors
        wrench = branch_sums(np.concatenate([errors.torque, errors.force], -1))
        inertia = branch_sums(errors.inertia)
        momenta = (inertia[:, DOF_BONES] @ twists[..., None])[..., 0]
        products = twists @ momenta.swapaxes(1, 2) * self.together
        normal = np.zeros((len(twists), UNKNOWNS, UNKNOWNS))
        angles = slice(0, DOF_COUNT)
        mirrored = products.swapaxes(1, 2) * ~self.together
        normal[:, angles, angles] = products + mirrored
        normal[:, angles, DOF_COUNT:] = momenta[..., 3:]
        normal[:, DOF_COUNT:, angles] = momenta[..., 3:].swapaxes(1, 2)
        normal[:, DOF_COUNT:, DOF_COUNT:] = inertia[:, 0, 3:, 3:]
        gradient = np.concatenate([(twists * wrench[:, DOF_BONES]).sum(-1), wrench[:, 0, 3:]], 1)
        return normal, gradient


def steadiness() -> Array:
    """[46] how much more than others an angle is kept from changing between frames.

    A shoulder's first and last axis fall together when the arm points forward or back; there the
    targets say only what they do in sum, and large opposite turns would be free.
    """
    factor = np.ones(DOF_COUNT)
    for index, name in enumerate(DOF_NAMES):
        if name.startswith("shoulder") and not name.endswith("y"):
            factor[index] = SHOULDER_STEADINESS
    return factor


def free_unknowns(q: Array, gradient: Array) -> NDArray[np.bool_]:
    """[T, 49] False for angles at a limit that the descent would push beyond it."""
    free = np.ones(gradient.shape, bool)
    slope = gradient[:, :DOF_COUNT]
    free[:, :DOF_COUNT] &= ~((q <= LOWEST) & (slope > 0)) & ~((q >= HIGHEST) & (slope < 0))
    return free


def _neighbour_pull(values: Array) -> Array:
    pull = np.zeros_like(values)
    change = np.diff(values, axis=0)
    pull[1:] += change
    pull[:-1] -= change
    return pull
