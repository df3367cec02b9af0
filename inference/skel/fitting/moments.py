"""Any number of target points as a few sums per bone.

Points that hang rigidly on a bone enter cost, gradient and normal equations only by their summed
weights, places and products. They are gathered once; an iteration of the fit then costs the same
for thirty points as for thirty thousand.

Conventions: meters, world y up; each frame is moved so that its targets are centered on the origin,
which keeps the sums of squares free of cancellation.
"""

from dataclasses import dataclass

import numpy as np

from ....core.arrays import Array
from ..model.kinematics import SkelPose, SkelRest
from ..model.layout import BONE_COUNT
from .targets import FitTargets


@dataclass(frozen=True)
class Moments:
    """Sums over a bone's points; a = place in the bone at rest, t = target, w² = squared weight.

    Attributes:
        centers: [T, 3] meters, what was taken from the targets of each frame.
        mass: [T, 24] Σw².
        arm: [T, 24, 3] Σw²a.
        spread: [T, 24, 3, 3] Σw²aaᵀ.
        pull: [T, 24, 3] Σw²t.
        mixed: [T, 24, 3, 3] Σw²taᵀ.
        energy: [T] Σw²|t|².
    """

    centres: Array
    mass: Array
    arm: Array
    spread: Array
    pull: Array
    mixed: Array
    energy: Array


@dataclass(frozen=True)
class BoneErrors:
    """What the points of each bone add up to in one pose.

    Attributes:
        cost: [T] Σw²|r|².
        force: [T, 24, 3] Σw²r.
        torque: [T, 24, 3] Σw²(x × r) about the origin.
        inertia: [T, 24, 6, 6] Σw² of a twist's (w, v) squared velocities.
    """

    cost: Array
    force: Array
    torque: Array
    inertia: Array


def gather(rest: SkelRest, targets: FitTargets) -> Moments:
    """The sums of all targets."""
    squared = np.broadcast_to(np.asarray(targets.weights) ** 2, targets.places.shape[:2])
    centres = (squared[..., None] * targets.places).sum(1) / squared.sum(1, keepdims=True)
    places = targets.places - centres[:, None]
    arms = targets.rest - rest.joints[targets.bones]
    member = np.eye(BONE_COUNT)[targets.bones]  # [N, 24]
    weighted = squared[..., None] * places

    def per_bone(values: Array) -> Array:
        return np.tensordot(values, member, (1, 0)).swapaxes(1, -1)

    flat = (weighted[..., :, None] * arms[:, None, :]).reshape(*squared.shape, 9)
    outer = (arms[:, :, None] * arms[:, None, :]).reshape(len(arms), 9)
    return Moments(
        centres=centres,
        mass=squared @ member,
        arm=per_bone(squared[..., None] * arms),
        spread=per_bone(squared[..., None] * outer).reshape(-1, BONE_COUNT, 3, 3),
        pull=per_bone(weighted),
        mixed=per_bone(flat).reshape(-1, BONE_COUNT, 3, 3),
        energy=(weighted * places).sum((1, 2)),
    )


def bone_errors(moments: Moments, pose: SkelPose) -> BoneErrors:
    """Costs and their derivatives by the motion of each bone (places relative to the centers)."""
    rot, place = pose.rotations, pose.positions
    arm = (rot @ moments.arm[..., None])[..., 0]
    first = arm + moments.mass[..., None] * place  # Σw²x
    mixed = moments.mixed @ rot.swapaxes(-1, -2)  # Σw²t(Ra)ᵀ
    force = first - moments.pull
    torque = -_axial(mixed) - np.cross(place, moments.pull)  # Σw²(x × -t); x × x vanishes
    second = rot @ moments.spread @ rot.swapaxes(-1, -2) + _outer(arm, place) + _outer(place, first)
    squares = np.trace(second, axis1=-2, axis2=-1)
    work = np.trace(mixed, axis1=-2, axis2=-1) + (place * moments.pull).sum(-1)
    cost = (squares - 2 * work).sum(1) + moments.energy
    return BoneErrors(cost, force, torque, _inertia(moments.mass, first, second, squares))


def _inertia(mass: Array, first: Array, second: Array, squares: Array) -> Array:
    """[T, 24, 6, 6] with (w, v)ᵀ I (w, v) = Σw²|w × x + v|²."""
    inertia = np.zeros((*mass.shape, 6, 6))
    inertia[..., :3, :3] = squares[..., None, None] * np.eye(3) - second
    inertia[..., 3:, 3:] = mass[..., None, None] * np.eye(3)
    cross = np.zeros((*mass.shape, 3, 3))
    x, y, z = np.moveaxis(first, -1, 0)
    cross[..., 0, 1], cross[..., 0, 2], cross[..., 1, 2] = -z, y, -x
    cross[..., 1, 0], cross[..., 2, 0], cross[..., 2, 1] = z, -y, x
    inertia[..., :3, 3:], inertia[..., 3:, :3] = cross, cross.swapaxes(-1, -2)
    return inertia


def _axial(mixed: Array) -> Array:
    """Σ u × t from Σ t uᵀ."""
    return np.stack(
        [
            mixed[..., 2, 1] - mixed[..., 1, 2],
            mixed[..., 0, 2] - mixed[..., 2, 0],
            mixed[..., 1, 0] - mixed[..., 0, 1],
        ],
        -1,
    )


def _outer(a: Array, b: Array) -> Array:
    return a[..., :, None] * b[..., None, :]
