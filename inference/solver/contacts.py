"""Contacts: joints that touch each other or stand on the same ground.

Conventions: camera space, meters, positions relative to the pelvis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Array
from ...core.rotations import skew_from_vector
from ...core.smpl import SMPL_MIRROR, SMPL_OWNER, SMPL_PARENTS
from .tree import RestBody, bone_vectors, positions

CONTACT_PAIRS = {
    "left_hand-left_hip": (20, 1),
    "right_hand-right_hip": (21, 2),
    "left_hand-head": (20, 15),
    "right_hand-head": (21, 15),
    "left_hand-right_hand": (20, 21),
}
"""Joints that touch, by name; a hand is its wrist."""
GROUND_CONTACTS = {
    "left_foot-ground": 7,
    "right_foot-ground": 8,
    "left_knee-ground": 4,
    "right_knee-ground": 5,
}
"""Joints that rest on one horizontal ground, by name; a foot is its ankle."""
REACH = {(20, 1): 0.75, (21, 2): 0.75, (20, 15): 0.75, (21, 15): 0.75, (20, 21): 0.4}
"""Distance at which two parts touch, in forearm lengths: flesh and half a hand lie between the
joints.
"""
LIKELY = 0.5
SPREAD = 0.03
"""Metres of play in a certain contact."""


@dataclass(frozen=True)
class DrawnContacts:
    """Contacts to hold, with one weight for each of the N hypotheses.

    Attributes:
        pairs: (joint a, joint b, distance in meters, weight [N]).
        ground: (joint, weight [N]).
        up: [3] unit vector against gravity, camera space.
    """

    pairs: tuple[tuple[int, int, float, Array], ...]
    ground: tuple[tuple[int, Array], ...]
    up: Array

    def __bool__(self) -> bool:
        return bool(self.pairs) or len(self.ground) > 1


def likely_contacts(
    probabilities: Mapping[str, float], swapped: NDArray[np.bool_], rest: RestBody, up: Array
) -> DrawnContacts:
    """Contacts more likely than not; unknown names are ignored, as a newer net may know more.

    Args:
        probabilities: probability by contact name.
        swapped: [N] hypotheses in which left and right are exchanged.
        rest: the body, whose forearm gives the scale.
        up: [3] unit vector against gravity in camera space.
    """
    pairs, ground = [], []
    for name, probability in probabilities.items():
        if probability <= LIKELY:
            continue
        for side, holds in ((np.arange(24), ~swapped), (SMPL_MIRROR, swapped)):
            weight = probability / SPREAD**2 * holds
            if not holds.any():
                continue
            if name in CONTACT_PAIRS:
                first, second = CONTACT_PAIRS[name]
                reach = REACH[first, second] * rest.lengths[20]
                pairs.append((int(side[first]), int(side[second]), reach, weight))
            elif name in GROUND_CONTACTS:
                ground.append((int(side[GROUND_CONTACTS[name]]), weight))
    return DrawnContacts(tuple(pairs), tuple(ground), up)


def contact_term(
    world: Array, rest: RestBody, contacts: DrawnContacts
) -> tuple[Array, Array, Array]:
    """Residuals of the contacts.

    Args:
        world: [N, 24, 3, 3] camera from part.
        rest: the body.
        contacts: which to hold.

    Returns:
        Cost [N], gradient [N, 72] and Hessian [N, 72, 72] for the increments of all parts.
    """
    points = positions(world, rest)
    steps = bone_vectors(world, rest.offsets)
    residuals: list[Array] = []
    rows: list[Array] = []
    for first, second, distance, weight in contacts.pairs:
        gap = points[:, first] - points[:, second]
        length = np.maximum(np.linalg.norm(gap, axis=-1, keepdims=True), 1e-6)
        active = np.sqrt(weight)[:, None] * (length > distance)
        slope = (_point_rows(steps, first) - _point_rows(steps, second)) * (gap / length)[
            :, None, None, :
        ]
        residuals.append(active * (length - distance))
        rows.append(active[..., None] * slope.sum(-1))
    if len(contacts.ground) > 1:
        level, level_rows = _ground_rows(points, steps, contacts)
        residuals.append(level)
        rows.append(level_rows)
    if not residuals:
        return np.zeros(len(world)), np.zeros((len(world), 72)), np.zeros((len(world), 72, 72))
    residual = np.concatenate(residuals, axis=-1)
    jacobian = np.concatenate([row.reshape(len(row), -1, 72) for row in rows], axis=1)
    transposed = np.swapaxes(jacobian, -1, -2)
    cost = np.asarray((residual**2).sum(-1), np.float64)
    return cost, (transposed @ residual[..., None])[..., 0], transposed @ jacobian


def _point_rows(steps: Array, joint: int) -> Array:
    """Derivative of a joint's position by increments, [N, 24, 3 (increment), 3 (position)]."""
    rows = np.zeros((len(steps), 24, 3, 3))
    while SMPL_PARENTS[joint] >= 0:
        rows[:, SMPL_OWNER[joint]] += skew_from_vector(steps[:, joint])
        joint = SMPL_PARENTS[joint]
    return rows


def _ground_rows(points: Array, steps: Array, contacts: DrawnContacts) -> tuple[Array, Array]:
    """Each grounded joint against the weighted mean height of all of them."""
    joints = [joint for joint, _ in contacts.ground]
    weight = np.stack([weight for _, weight in contacts.ground], axis=-1)
    share = (weight / np.maximum(weight.sum(1, keepdims=True), 1e-9))[:, :, None]
    heights = (points[:, joints] @ contacts.up)[..., None]
    slopes = np.stack([_point_rows(steps, joint) @ contacts.up for joint in joints], axis=1)
    slopes = slopes.reshape(len(points), len(joints), 72)
    root = np.sqrt(weight)[..., None]
    level = root * (heights - (share * heights).sum(1, keepdims=True))
    return level[..., 0], root * (slopes - (share * slopes).sum(1, keepdims=True))
