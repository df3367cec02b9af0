"""Limbs as people draw them, on the SMPL tree.

Add-on and backend both read strokes and list corrections by these limbs.

Conventions: bone j leads from the parent of joint j to j and is carried by the part of its parent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array, IndexArray
from ..smpl import SMPL_MIRROR, SMPL_PARENTS


@dataclass(frozen=True)
class Limb:
    """A chain that one stroke draws.

    Attributes:
        root: joint where the stroke begins.
        joints: the joints after it, in order; the last one is where the stroke ends.
        tips: joints that only follow the last one.
    """

    root: int
    joints: tuple[int, ...]
    tips: tuple[int, ...] = ()

    @property
    def parts(self) -> tuple[int, ...]:
        """Body parts that turn with the limb."""
        return (self.root, *self.joints, *self.tips)


LIMBS = {
    "LEFT_ARM": Limb(16, (18, 20), (22,)),
    "RIGHT_ARM": Limb(17, (19, 21), (23,)),
    "LEFT_LEG": Limb(1, (4, 7), (10,)),
    "RIGHT_LEG": Limb(2, (5, 8), (11,)),
    "SPINE": Limb(0, (3, 6, 9, 12)),
    "HEAD": Limb(12, (15,)),
    "LEFT_FOREARM": Limb(18, (20,), (22,)),
    "RIGHT_FOREARM": Limb(19, (21,), (23,)),
    "LEFT_SHIN": Limb(4, (7,), (10,)),
    "RIGHT_SHIN": Limb(5, (8,), (11,)),
}
HINGED = ("LEFT_ARM", "RIGHT_ARM", "LEFT_LEG", "RIGHT_LEG")
"""Limbs whose middle joint shows as a bend."""
FEET = {7: 10, 8: 11}
"""The toes of each ankle."""


def _below(joint: int) -> tuple[int, ...]:
    found = [joint]
    for child in range(joint + 1, 24):
        if SMPL_PARENTS[child] in found:
            found.append(child)
    return tuple(found)


def carried_by(joint: int) -> dict[int, float]:
    """Which joints move along, and by what share, when the animator moves a joint.

    Joints beyond it stay where they were seen, except hands and toes, which nobody places; the neck
    bends the spine and takes head and arms along.
    """
    if joint == 12:
        spine = {3: 0.2, 6: 0.45, 9: 0.75}
        return spine | {other: 1.0 for top in (12, 13, 14) for other in _below(top)}
    shares = {joint: 1.0}
    if joint in (20, 21):
        shares[joint + 2] = 1.0
    if joint in FEET:
        shares[FEET[joint]] = 1.0
    return shares


def bones_of(joint: int) -> tuple[int, ...]:
    """The bones that tilt when the animator pulls a joint closer or pushes it away."""
    return (3, 6, 9, 12) if joint == 12 else (joint,)


def bones_at(joint: int) -> tuple[int, ...]:
    """The bones that nothing is known of when a joint is ignored."""
    below = tuple(j for j in range(1, 24) if SMPL_PARENTS[j] == joint and j not in (10, 11, 22, 23))
    return (joint, *below)


def rows_after(change: str) -> IndexArray:
    """Which joint's row [24] each joint takes over when the figure is read another way.

    Args:
        change: ``FRONT_BACK``, ``MIRROR`` or ``SWAP_SIDES``, which leaves the trunk alone.
    """
    if change != "SWAP_SIDES":
        return SMPL_MIRROR
    source = np.arange(24)
    for name in HINGED:
        joints = list(LIMBS[name].joints + LIMBS[name].tips)
        source[joints] = SMPL_MIRROR[joints]
    return source


def changed_picture(seen: Array, change: str) -> Array:
    """Where the joints [24, 2] px are on paper after such a change; the hips stay."""
    if change == "FRONT_BACK":
        return seen[SMPL_MIRROR]
    parents = np.array([0, *SMPL_PARENTS[1:]])
    steps = seen - seen[parents]
    mirrored = steps[SMPL_MIRROR] * [-1.0, 1.0]
    steps = mirrored if change == "MIRROR" else steps[rows_after(change)]
    moved = seen.copy()
    for joint in range(1, 24):
        moved[joint] = moved[parents[joint]] + steps[joint]
    return moved
