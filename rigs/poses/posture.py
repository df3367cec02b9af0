"""Joint positions as what words are about: body parts, the ground, the body's own directions.

Bodies of any size are brought to the leg length of the default body first, so that thresholds in
meters mean the same for a child and a giant.

Conventions: SMPL joint order, y up, left at +x for a figure that faces +z. All results are [N] or
[N, 3] for N poses; angles in degrees, because that is what thresholds are read in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from ...core.arrays import FloatArray, einsum
from ...core.rotations import normalized
from ..errors import RigError

LEG_LENGTH = 0.835  # m, hip to knee to ankle of the default body
UP = np.array([0.0, 1.0, 0.0])
PELVIS, SPINE3, NECK, HEAD = 0, 9, 12, 15
LEFT = {
    "hip": 1, "knee": 4, "ankle": 7, "ball": 10, "shoulder": 16, "elbow": 18, "wrist": 20,
    "hand": 22,
}  # fmt: skip
# How far skin reaches below a joint that lies on it, of the default body.
_FLESH = {
    "hip": 0.12, "knee": 0.065, "ankle": 0.07, "ball": 0.025, "shoulder": 0.08, "elbow": 0.05,
    "wrist": 0.03, "hand": 0.025, "seat": 0.13, "chest": 0.12, "head": 0.12,
}  # fmt: skip
# Rough shares of the body's weight (Winter 2009, table 4.1), by the part whose middle carries them.
_SHARES = {"trunk": 0.5, "head": 0.08, "thigh": 0.1, "shin": 0.06, "arm": 0.05}


@dataclass(frozen=True)
class Posture:
    """N poses of one kind of body; make it with :func:`posture_of`.

    Attributes:
        joints: [N, 24, 3] meters at the default body's leg length.
        known: what was worked out before, by measure and side.
    """

    joints: FloatArray
    known: dict[tuple[str, str], FloatArray] = field(
        default_factory=dict[tuple[str, str], FloatArray], repr=False
    )

    def joint(self, name: str, side: str) -> FloatArray:
        """Position [N, 3] of a paired joint, ``side`` being ``left`` or ``right``."""
        index = LEFT[name]
        if side == "right":
            index += 1
        return self.joints[:, index]

    @cached_property
    def up(self) -> FloatArray:
        """From the hips to the neck, unit [N, 3]."""
        return normalized(self.joints[:, NECK] - self.joints[:, PELVIS])

    @cached_property
    def left(self) -> FloatArray:
        """The trunk's left, unit and square to ``up`` [N, 3]."""
        across = self.joint("shoulder", "left") - self.joint("shoulder", "right")
        across = across + self.joint("hip", "left") - self.joint("hip", "right")
        return normalized(across - dot(across, self.up)[:, None] * self.up)

    @cached_property
    def front(self) -> FloatArray:
        """Where the trunk faces, unit [N, 3]."""
        return np.cross(self.left, self.up)

    @cached_property
    def heading(self) -> FloatArray:
        """Where the figure faces on the ground, unit and level [N, 3]."""
        # A trunk that faces up or down is bent over its own top.
        facing = self.front - self.front[:, 1:2] * self.up
        return normalized(facing * [1.0, 0.0, 1.0])

    def side_axis(self, side: str) -> FloatArray:
        """The trunk's direction toward a side, unit [N, 3]."""
        return self.left if side == "left" else -self.left

    @cached_property
    def head(self) -> FloatArray:
        """The middle of the head [N, 3], meters."""
        return self.joints[:, HEAD] + 0.5 * (self.joints[:, HEAD] - self.joints[:, NECK])

    @cached_property
    def head_top(self) -> FloatArray:
        """The crown [N, 3], meters."""
        return self.joints[:, HEAD] + 1.4 * (self.joints[:, HEAD] - self.joints[:, NECK])

    def waist(self, side: str) -> FloatArray:
        """The edge of the hip bone [N, 3], meters, where a hand on the hip rests."""
        outwards = 0.07 * self.side_axis(side)
        return self.joint("hip", side) + outwards + 0.14 * self.up

    @cached_property
    def _bottoms(self) -> dict[str, FloatArray]:
        found = {"head": self.head[:, 1], "chest": self.joints[:, SPINE3, 1]}
        found["seat"] = self.joints[:, PELVIS, 1]
        for side in ("left", "right"):
            found |= {f"{side} {name}": self.joint(name, side)[:, 1] for name in LEFT}
        return {part: y - _FLESH[part.split(" ")[-1]] for part, y in found.items()}

    @cached_property
    def _ground(self) -> FloatArray:
        return np.min(list(self._bottoms.values()), axis=0)

    def height(self, part: str) -> FloatArray:
        """Metres [N] of a part's skin over the lowest one: ``left knee``, ``seat``, ``head``."""
        return self._bottoms[part] - self._ground

    def foot_height(self, side: str) -> FloatArray:
        """Metres [N] by which a foot's lower end is over the lowest part of the body."""
        return np.minimum(self.height(f"{side} ankle"), self.height(f"{side} ball"))

    def bend(self, limb: str, side: str) -> FloatArray:
        """How far an elbow or knee is bent, degrees [N]: 0 is straight."""
        chain = ("shoulder", "elbow", "wrist") if limb == "elbow" else ("hip", "knee", "ankle")
        first, middle, last = (self.joint(name, side) for name in chain)
        return angle(middle - first, last - middle)

    @cached_property
    def tilt(self) -> FloatArray:
        """Degrees [N] between the trunk and the upright."""
        return angle(self.up, np.broadcast_to(UP, self.up.shape))

    @cached_property
    def off_balance(self) -> FloatArray:
        """Metres [N] of the body's weight beside its lower foot or the middle of both."""
        feet = [0.5 * (self.joint("ankle", s) + self.joint("ball", s)) for s in ("left", "right")]
        lift = self.foot_height("left") - self.foot_height("right")
        share = np.clip(0.5 + lift / 0.3, 0.0, 1.0)[:, None]  # of the right foot
        support = share * feet[1] + (1.0 - share) * feet[0]
        return np.linalg.norm((self._weight - support)[:, [0, 2]], axis=1)

    @cached_property
    def _weight(self) -> FloatArray:
        parts = [(self.joints[:, PELVIS] + self.joints[:, NECK], 0.5 * _SHARES["trunk"])]
        parts.append((self.head, _SHARES["head"]))
        limbs = (("hip", "knee", "thigh"), ("knee", "ankle", "shin"), ("shoulder", "wrist", "arm"))
        for side in ("left", "right"):
            for start, end, name in limbs:
                ends = self.joint(start, side) + self.joint(end, side)
                parts.append((ends, 0.5 * _SHARES[name]))
        total = _SHARES["trunk"] + _SHARES["head"] + 2 * sum(_SHARES[name] for *_, name in limbs)
        return sum((share * point for point, share in parts), np.zeros((1, 3))) / total


def posture_of(joints: ArrayLike) -> Posture:
    """Return the posture of joint positions.

    Args:
        joints: [24, 3] or [N, 24, 3], y up, in any unit.

    Raises:
        RigError: the array has another shape, is not finite, or has legs without length.
    """
    array = np.asarray(joints, dtype=np.float64)
    array = array[None] if array.ndim == 2 else array
    if array.ndim != 3 or array.shape[1:] != (24, 3) or not np.isfinite(array).all():
        raise RigError(
            "The pose cannot be described",
            f"its joints {array.shape} are not [N, 24, 3] finite numbers",
            "Pose the rig again",
        )
    thigh = np.linalg.norm(array[:, 4:6] - array[:, 1:3], axis=2)
    shin = np.linalg.norm(array[:, 7:9] - array[:, 4:6], axis=2)
    leg = (thigh + shin).mean(axis=1)
    if (leg < 1e-9).any():
        raise RigError(
            "The pose cannot be described",
            "its legs have no length",
            "Assign them in the bone list",
        )
    return Posture(array * (LEG_LENGTH / leg)[:, None, None])


def dot(a: FloatArray, b: FloatArray) -> FloatArray:
    """Scalar products [N] of vectors [N, 3]."""
    return einsum("na,na->n", a, b)


def angle(a: FloatArray, b: FloatArray) -> FloatArray:
    """Degrees [N] between vectors [N, 3]."""
    cosine = dot(normalized(a), normalized(b))
    return np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))


def distance(a: FloatArray, b: FloatArray) -> FloatArray:
    """Distances [N] of points [N, 3]."""
    return np.linalg.norm(a - b, axis=1)
