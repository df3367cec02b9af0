"""Batched Levenberg-Marquardt over the orientations of all body parts.

Conventions: camera space, radians; unknowns are one increment [3] for every part of `tree.SOLVED`,
the others follow their parents at the rotation the prior expects. All hypotheses are solved in one
batch, each with its own damping (Levenberg 1944, Marquardt 1963).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...core import smpl
from ...core.arrays import Array
from ...core.rotations import rotmat_from_rotvec
from . import contacts as contact_terms
from . import limits as limit_terms
from . import terms, tree

START_DAMPING = 1e-3
CONVERGED = 1e-4
"""Relative decrease of the cost below which a hypothesis has converged."""


@dataclass(frozen=True)
class Problem:
    """Everything the pose of one figure is measured by, for N hypotheses.

    Attributes:
        rest: the body.
        targets: what was seen of the bones.
        prior_mean: [N, 24, 3, 3] expected local rotations.
        prior_precision: [N, 24, 3] about the joints' axes, 1/rad^2; the root's row is 0.
        limits: joint ranges, or None to leave them out.
        contacts: contacts to hold.
        head_facing: [N, 3] seen directions of the nose in camera space and their weight, or None.
    """

    rest: tree.RestBody
    targets: terms.DirectionTargets
    prior_mean: Array
    prior_precision: Array
    limits: limit_terms.JointLimits | None
    contacts: contact_terms.DrawnContacts
    head_facing: tuple[Array, float] | None = None


@dataclass
class System:
    """Normal equations at one point: cost [N], gradient [N, 24, 3], Hessian [N, 24, 24, 3, 3]."""

    cost: Array
    gradient: Array
    hessian: Array


@dataclass(frozen=True)
class Solution:
    """Camera-from-part orientations [N, 24, 3, 3], final cost [N] and Hessian [N, 72, 72]."""

    world: Array
    cost: Array
    hessian: Array


def solve(problem: Problem, start: Array, iterations: int) -> Solution:
    """Minimises the cost from local rotations `start` [N, 24, 3, 3] (root: camera from pelvis)."""
    world = tree.world_from_local(start)
    system = _linearise(problem, world)
    damping = np.full(len(world), START_DAMPING)
    for _ in range(iterations):
        step = _step(system, damping)
        tried = _moved(world, step, problem.prior_mean)
        after = _linearise(problem, tried)
        better = after.cost < system.cost
        gain = (system.cost - after.cost) / np.maximum(system.cost, 1e-12)
        damping = np.where(better, damping * 0.2, damping * 6)
        world = np.where(better[:, None, None, None], tried, world)
        system = _chosen(better, after, system)
        if np.all((gain < CONVERGED) & (better | (gain > -CONVERGED))):
            break
    hessian = np.swapaxes(system.hessian, 2, 3).reshape(len(world), 72, 72)
    return Solution(world, system.cost, hessian)


def _linearise(problem: Problem, world: Array) -> System:
    local = tree.local_from_world(world)
    bones = tree.bone_vectors(world, problem.rest.directions)
    cost, by_bone, stiffness = terms.direction_term(bones, problem.targets)
    gradient = tree.sum_over_owned(by_bone)
    hessian = np.zeros((len(world), 24, 24, 3, 3))
    diagonal = np.arange(24)
    hessian[:, diagonal, diagonal] = tree.sum_over_owned(stiffness)
    system = System(cost, gradient, hessian)
    add_local_terms(system, problem, world, local)
    if problem.head_facing is not None:
        _add_facing(system, world, *problem.head_facing)
    if problem.contacts:
        _add_contacts(system, problem, world)
    return system


def add_local_terms(system: System, problem: Problem, world: Array, local: Array) -> None:
    """Prior and limits act on R_j = G_p^T G_j: on increments of a joint and of its parent.

    Args:
        system: is added to.
        problem: with its prior and limits.
        world: [N, 24, 3, 3] rotations G of the parts.
        local: [N, 24, 3, 3] rotations R of the joints.
    """
    cost, gradient, hessian = terms.prior_term(local, problem.prior_mean, problem.prior_precision)
    system.cost += cost
    if problem.limits is not None:
        cost, more_gradient, more_hessian = limit_terms.limit_term(local, problem.limits)
        system.cost += cost
        gradient, hessian = gradient + more_gradient, hessian + more_hessian
    gradient = (world @ gradient[..., None])[..., 0]
    hessian = world @ hessian @ np.swapaxes(world, -1, -2)
    gradient[:, 0], hessian[:, 0] = 0, 0
    joints = np.arange(24)
    system.gradient += gradient - tree.sum_over_owned(gradient)
    system.hessian[:, joints, joints] += hessian + tree.sum_over_owned(hessian)
    system.hessian[:, joints[1:], smpl.SMPL_OWNER[1:]] -= hessian[:, 1:]
    system.hessian[:, smpl.SMPL_OWNER[1:], joints[1:]] -= hessian[:, 1:]


def _add_facing(system: System, world: Array, facing: Array, weight: float) -> None:
    cost, gradient, hessian = terms.facing_term(world[:, 15], facing, weight)
    system.cost += cost
    system.gradient[:, 15] += gradient
    system.hessian[:, 15, 15] += hessian


def _add_contacts(system: System, problem: Problem, world: Array) -> None:
    cost, gradient, hessian = contact_terms.contact_term(world, problem.rest, problem.contacts)
    system.cost += cost
    system.gradient += gradient.reshape(-1, 24, 3)
    system.hessian += np.swapaxes(hessian.reshape(-1, 24, 3, 24, 3), 2, 3)


def _step(system: System, damping: Array) -> Array:
    """Damped Gauss-Newton step [N, 24, 3], zero for the parts that only follow."""
    solved = tree.SOLVED
    count = 3 * len(solved)
    matrix = system.hessian[:, solved][:, :, solved].swapaxes(2, 3).reshape(-1, count, count)
    index = np.arange(count)
    # a part that nothing has seen has an empty row: the constant keeps the matrix regular
    matrix[:, index, index] += damping[:, None] * matrix[:, index, index] + 1e-3
    right = system.gradient[:, solved].reshape(-1, count, 1)
    step = np.zeros_like(system.gradient)
    step[:, solved] = -np.linalg.solve(matrix, right).reshape(-1, len(solved), 3)
    return step


def _moved(world: Array, step: Array, prior_mean: Array) -> Array:
    moved = rotmat_from_rotvec(step) @ world
    ends = list(tree.ENDS)
    moved[:, ends] = moved[:, smpl.SMPL_OWNER[ends]] @ prior_mean[:, ends]
    return moved


def _chosen(better: NDArray[np.bool_], after: System, before: System) -> System:
    return System(
        np.where(better, after.cost, before.cost),
        np.where(better[:, None, None], after.gradient, before.gradient),
        np.where(better[:, None, None, None, None], after.hessian, before.hessian),
    )
