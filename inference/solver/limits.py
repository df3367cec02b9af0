"""Joint limits as smooth ranges of swing and twist.

Conventions: a local rotation (parent from joint) is split at the mean direction of the joint's own
bone: R = C Q with C the shortest turn from the bone's rest axis a to its mean direction. The swing
of Q is a 2D vector (angle times direction, perpendicular to a), its twist an angle about a. Far-off
swings are singular only opposite to the mean direction, which no joint reaches. Ranges:
`inference.training.solver.fit_limits`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...core.arrays import Array
from ...core.rotations import cross, skew_from_vector

SOFTNESS = np.deg2rad(5.0)
"""Radians beyond a limit that cost as much as one standard deviation."""


@dataclass(frozen=True)
class SwingTwist:
    """Swing [..., 24, 2] and twist [..., 24], radians, and derivatives by right increments."""

    swing: Array
    twist: Array
    swing_jacobian: Array  # [..., 24, 2, 3]
    twist_jacobian: Array  # [..., 24, 3]


@dataclass(frozen=True)
class JointLimits:
    """Ranges of all joints, see the module's conventions.

    Attributes:
        center: [24, 3, 3] shortest turn from each bone axis to its mean direction.
        axis: [24, 3] unit bone axes at rest.
        basis: [24, 3, 2] two unit vectors perpendicular to the axis, right-handed with it.
        azimuths: [D, 2] unit vectors in which swings are bounded.
        swing: [24, D] greatest swing toward each azimuth, radians.
        twist: [24, 2] least and greatest twist, radians.
    """

    center: Array
    axis: Array
    basis: Array
    azimuths: Array
    swing: Array
    twist: Array


def make_limits(axis: Array, mean_direction: Array, swing: Array, twist: Array) -> JointLimits:
    """Limits of bone axes [24, 3], mean directions [24, 3], swings [24, D] and twists [24, 2]."""
    angle = 2 * np.pi * np.arange(swing.shape[1]) / swing.shape[1]
    azimuths = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return JointLimits(
        shortest_turn(axis, mean_direction), axis, perpendicular_basis(axis), azimuths, swing, twist
    )


def shortest_turn(source: Array, target: Array) -> Array:
    """Rotations [..., 3, 3] of unit vectors `source` onto `target` [..., 3], not opposite."""
    turn = skew_from_vector(cross(source, target))
    cosine = np.sum(source * target, axis=-1)[..., None, None]
    return np.eye(3) + turn + turn @ turn / np.maximum(1 + cosine, 1e-6)


def perpendicular_basis(axis: Array) -> Array:
    """Two unit vectors [..., 3, 2] that make a right-handed frame with `axis` [..., 3]."""
    seed = np.where(np.abs(axis[..., 2:]) < 0.9, [0.0, 0.0, 1.0], [1.0, 0.0, 0.0])
    first = seed - np.sum(seed * axis, axis=-1, keepdims=True) * axis
    first = first / np.linalg.norm(first, axis=-1, keepdims=True)
    return np.stack([first, cross(axis, first)], axis=-1)


def swing_twist(local: Array, limits: JointLimits) -> SwingTwist:
    """Splits local rotations [N, 24, 3, 3] and differentiates both parts."""
    relative = np.swapaxes(limits.center, -1, -2) @ local
    swing, swing_jacobian = _swing(relative, limits)
    twist, twist_jacobian = _twist(relative, limits.axis)
    return SwingTwist(swing, twist, swing_jacobian, twist_jacobian)


def _swing(relative: Array, limits: JointLimits) -> tuple[Array, Array]:
    bone = (relative @ limits.axis[:, :, None])[..., 0]
    flat = (np.swapaxes(limits.basis, -1, -2) @ bone[..., None])[..., 0]
    cosine = np.clip(np.sum(bone * limits.axis, axis=-1), -1, 1)
    sine = np.maximum(np.linalg.norm(flat, axis=-1), 1e-6)
    angle = np.arctan2(sine, cosine)
    stretch = angle / sine
    # d bone = relative (x × axis); its part along the axis changes the angle, hence the stretch
    turned = -relative @ skew_from_vector(limits.axis)
    flat_change = np.swapaxes(limits.basis, -1, -2) @ turned
    axis_change = (limits.axis[:, None, :] @ turned)[..., 0, :]
    slope = -(sine - angle * cosine) / sine**3
    jacobian = stretch[..., None, None] * flat_change
    jacobian += (slope[..., None] * flat)[..., :, None] * axis_change[..., None, :]
    return stretch[..., None] * flat, jacobian


def _twist(relative: Array, axis: Array) -> tuple[Array, Array]:
    """Twist about the axis and its derivative, from the matrix without a quaternion.

    With q = (w, v): V = 4 w v is the antisymmetric part of the matrix and W = 4 w^2 = 1 + trace,
    so the twist is 2 atan2(V.a, W).
    """
    vee = np.stack(
        [
            relative[..., 2, 1] - relative[..., 1, 2],
            relative[..., 0, 2] - relative[..., 2, 0],
            relative[..., 1, 0] - relative[..., 0, 1],
        ],
        axis=-1,
    )
    trace = relative[..., 0, 0] + relative[..., 1, 1] + relative[..., 2, 2]
    scalar = np.maximum(1 + trace, 1e-6)[..., None]
    about = np.sum(vee * axis, axis=-1, keepdims=True)
    gradient = scalar * axis + cross(axis, vee) + about * vee / scalar
    twist = np.asarray(2 * np.arctan2(about, scalar)[..., 0], np.float64)
    return twist, gradient / (scalar + about**2 / scalar)


def limit_term(local: Array, limits: JointLimits) -> tuple[Array, Array, Array]:
    """Cost of leaving the ranges.

    Args:
        local: [N, 24, 3, 3]; the root is never limited.
        limits: the ranges.

    Returns:
        Cost [N], gradient [N, 24, 3] and Hessian [N, 24, 3, 3] for local right increments.
    """
    parts = swing_twist(local, limits)
    beyond = np.maximum(parts.swing @ limits.azimuths.T - limits.swing, 0)
    over = np.maximum(parts.twist - limits.twist[:, 1], 0)
    under = np.minimum(parts.twist - limits.twist[:, 0], 0)
    residual = np.concatenate([beyond, (over + under)[..., None]], axis=-1) / SOFTNESS
    residual[:, 0] = 0
    rows = np.concatenate(
        [limits.azimuths @ parts.swing_jacobian, parts.twist_jacobian[..., None, :]], axis=-2
    )
    rows *= (residual != 0)[..., None] / SOFTNESS
    transposed = np.swapaxes(rows, -1, -2)
    gradient = (transposed @ residual[..., None])[..., 0]
    cost = np.asarray((residual**2).sum((-1, -2)), np.float64)
    return cost, gradient, transposed @ rows
