"""Residual terms of the sketch solver, each with its analytic Gauss-Newton blocks.

Conventions: camera space (x right, y down, z forward), radians. With d = G_p b the direction of a
bone, an increment w_p of its part turns it by w_p x d. A local rotation R_j = G_p^T G_j sees both
increments as R_j <- R_j exp(G_j^T (w_j - w_p)). Costs are sums of squares, not halved.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...core.arrays import Array
from ...core.rotations import cross, rotvec_from_rotmat, skew_from_vector

OUTLIER = 3.0
"""Deviations beyond which a direction counts linearly instead of squared (pseudo-Huber)."""


@dataclass(frozen=True)
class DirectionTargets:
    """Where bones should point, and the picture planes they should lie in.

    Attributes:
        directions: [N, 24, 3] unit targets, zero where unknown.
        weight: [N, 24] 1/rad^2.
        plane_normal: [N, 24, 3] unit normal of the plane through the eye and the drawn bone.
        plane_weight: [N, 24] 1/rad^2.
        dead_zone: radians a bone may leave that plane freely.
        tangent: [N, 24, 3] unit, the drawn bone in the picture, toward its end joint.
        shortening: [N, 24] drawn length over full length, 0..1.
        shortening_weight: [N, 24].
    """

    directions: Array
    weight: Array
    plane_normal: Array
    plane_weight: Array
    dead_zone: float
    tangent: Array
    shortening: Array
    shortening_weight: Array


def direction_term(bones: Array, targets: DirectionTargets) -> tuple[Array, Array, Array]:
    """Cost [N], gradient [N, 24, 3] and Hessian [N, 24, 3, 3] with respect to each bone's own part.

    Args:
        bones: [N, 24, 3] unit directions of the bones now.
        targets: what was seen.
    """
    cost, pull, stiffness = _toward_direction(bones, targets)
    plane = np.sum(bones * targets.plane_normal, axis=-1)
    outside = np.sign(plane) * np.maximum(np.abs(plane) - targets.dead_zone, 0)
    along = np.sum(bones * targets.tangent, axis=-1) - targets.shortening
    plane_weight = targets.plane_weight * (outside != 0)
    pull += (plane_weight * outside)[..., None] * targets.plane_normal
    pull += (targets.shortening_weight * along)[..., None] * targets.tangent
    cost += (plane_weight * outside**2 + targets.shortening_weight * along**2).sum(-1)
    stiffness += plane_weight[..., None, None] * _outer(targets.plane_normal)
    stiffness += targets.shortening_weight[..., None, None] * _outer(targets.tangent)
    turn = skew_from_vector(bones)
    return cost, cross(bones, pull), -turn @ stiffness @ turn


def _toward_direction(bones: Array, targets: DirectionTargets) -> tuple[Array, Array, Array]:
    """Pseudo-Huber pull to directions: cost [N], force [N, 24, 3], stiffness [N, 24, 3, 3]."""
    away = bones - targets.directions
    squared = targets.weight * np.sum(away**2, axis=-1)
    root = np.sqrt(1 + squared / OUTLIER**2)
    cost = (2 * OUTLIER**2 * (root - 1)).sum(-1)
    weight = (targets.weight / root)[..., None]
    return cost, weight * away, weight[..., None] * np.eye(3)


def facing_term(world_head: Array, facing: Array, weight: float) -> tuple[Array, Array, Array]:
    """Pull of the head's forward axis [0, 0, 1] to directions [N, 3]; blocks of the head's part."""
    nose = world_head[..., 2]
    away = nose - facing
    turn = skew_from_vector(nose)
    return (
        weight * np.sum(away**2, axis=-1),
        weight * cross(nose, away),
        -weight * turn @ turn,
    )


def prior_term(local: Array, mean: Array, precision: Array) -> tuple[Array, Array, Array]:
    """Pull of local rotations to expected ones, in each joint's own frame.

    Args:
        local: [N, 24, 3, 3].
        mean: [N, 24, 3, 3].
        precision: [N, 24, 3] about the joint's axes, 1/rad^2.

    Returns:
        Cost [N], gradient [N, 24, 3] and Hessian [N, 24, 3, 3] for local right increments.
    """
    error = rotvec_from_rotmat(np.swapaxes(mean, -1, -2) @ local)
    jacobian = right_jacobian_inverse(error)
    weighted = precision * error
    transposed = np.swapaxes(jacobian, -1, -2)
    gradient = (transposed @ weighted[..., None])[..., 0]
    return (
        (weighted * error).sum((-1, -2)),
        gradient,
        transposed @ (precision[..., None] * jacobian),
    )


def right_jacobian_inverse(rotvec: Array) -> Array:
    """Derivative [..., 3, 3] of log(R exp(x)) by x at 0, for R = exp(rotvec) [..., 3].

    Chirikjian 2012.
    """
    angle = np.minimum(np.linalg.norm(rotvec, axis=-1), 0.98 * np.pi)[..., None, None]
    small = angle < 1e-3
    safe = np.where(small, 1.0, angle)
    half = safe / 2
    factor = np.where(small, 1 / 12, (1 - half / np.tan(half)) / safe**2)
    skew = skew_from_vector(rotvec)
    return np.eye(3) + skew / 2 + factor * (skew @ skew)


def _outer(vectors: Array) -> Array:
    return vectors[..., :, None] * vectors[..., None, :]
