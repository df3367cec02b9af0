"""The target while it is being posed: its goals, its kinematics, its moves.

One mutable value that the steps of retargeting work on in turn (``retarget`` is the list of them).

Conventions: rig space, quaternions wxyz; ``goals`` are orientations to impose, ``shifts`` are moves
[T, 3] of a bone and of everything that hangs from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..core.arrays import FloatArray
from ..core.rotations import quat_inverse, quat_multiply
from .bone_maps.bone_map import BoneMap
from .human import SIDES, chain_roles
from .human_motion import HumanMotion
from .kinematics import PosedBones, descendants, pose_bones
from .placement import Stage
from .skeleton import Skeleton

LIMBS = {"arm": ("upper_arm", "forearm", "hand"), "leg": ("thigh", "shin", "foot")}


@dataclass
class PosedTarget:
    """A target in the making.

    Attributes:
        rig: the target, with the parents that bones really follow.
        bone_map: its map.
        rest: rest joints by role (may hold landmarks that no bone plays).
        placed: the motion in rig space.
        stage: ground, start and scale.
        goals: [T, 4] imposed orientations by bone.
        shifts: [T, 3] moves by bone, in order of application.
        notes: sentences for the user.
    """

    rig: Skeleton
    bone_map: BoneMap
    rest: dict[str, FloatArray]
    placed: HumanMotion
    stage: Stage
    goals: dict[str, FloatArray]
    shifts: dict[str, FloatArray] = field(default_factory=dict[str, FloatArray])
    notes: list[str] = field(default_factory=list[str])
    _posed: PosedBones | None = None

    @property
    def frame_count(self) -> int:
        """T, the number of frames."""
        return self.placed.frame_count

    @property
    def posed(self) -> PosedBones:
        """The bones as goals and shifts have them now."""
        if self._posed is None:
            posed = pose_bones(self.rig, self.goals, self.frame_count)
            for bone, shift in self.shifts.items():
                posed = posed.moved(descendants(self.rig, bone, posed.heads), shift)
            self._posed = posed
        return self._posed

    @property
    def carrier(self) -> str:
        """The bone that carries the hips' position."""
        return self.bone_map.bones.get("location", self.bone_map.bones["hips"])

    def bone(self, role: str) -> str | None:
        """Return the driven bone of ``role``, None where there is none."""
        bone = self.bone_map.bones.get(role)
        return bone if bone in self.goals else None

    def head(self, role: str) -> FloatArray:
        """Return the posed joint [T, 3] of a mapped role."""
        return self.posed.heads[self.bone_map.bones[role]]

    def turn_of(self, role: str) -> FloatArray:
        """Return how a role's bone is turned away from its own rest [T, 4]."""
        bone = self.bone_map.bones[role]
        return quat_multiply(
            self.posed.poses[bone], quat_inverse(self.rig.rest_quats[self.rig.index[bone]])
        )

    def invalidate(self) -> None:
        """Forget the kinematics after goals were changed from outside."""
        self._posed = None

    def shift(self, bone: str, offset: FloatArray) -> None:
        """Move a bone, and what hangs from it, by ``offset`` [T, 3] on top of earlier moves."""
        self.shifts[bone] = self.shifts.get(bone, np.zeros_like(offset)) + offset
        if self._posed is not None:
            names = descendants(self.rig, bone, self._posed.heads)
            self._posed = self._posed.moved(names, offset)

    def carry(self, offset: FloatArray) -> None:
        """Move the whole figure by ``offset`` [T, 3], parts with their own root included."""
        for bone in {self.carrier, *self.shifts}:
            self.shift(bone, offset)

    def turn_bones(self, role: str, turn: FloatArray) -> None:
        """Turn a role's bone and its twist bones by ``turn`` [T, 4] on top of their goals."""
        for name in (role, *chain_roles(self.bone_map.bones, f"{role}_twist")):
            bone = self.bone(name)
            if bone is not None:
                self.goals[bone] = quat_multiply(turn, self.goals[bone])
        self.invalidate()

    def limb(self, side: str, kind: str) -> tuple[str, str, str] | None:
        """Return the roles of a limb when all three of its bones are driven."""
        roles = tuple(f"{side}_{part}" for part in LIMBS[kind])
        if any(self.bone(role) is None for role in roles):
            return None
        return roles[0], roles[1], roles[2]

    def legs(self) -> list[tuple[str, tuple[str, str, str]]]:
        """Return (side, roles) of every leg that can be corrected."""
        found = [(side, self.limb(side, "leg")) for side in SIDES]
        return [(side, roles) for side, roles in found if roles is not None]
