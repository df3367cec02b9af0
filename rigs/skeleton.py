"""A target or source skeleton as plain arrays.

Conventions: *rig space* is the armature's own space (Blender: z up in most files, but any axes and
units are accepted); rest matrices take bone space to rig space and have no scale;
``world_from_rig`` takes rig space to the scene's world, meters. Bones may come in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..core.arrays import BoolArray, FloatArray, IntArray
from ..core.rotations import quat_from_rotmat


@dataclass(frozen=True)
class Skeleton:
    """Bones at rest.

    Attributes:
        names: one unique name a bone.
        parents: [B] index of each bone's parent, -1 for roots.
        rest: [B, 4, 4] rest matrices, rig space from bone space.
        tails: [B, 3] rest tails in rig space (never used for limb lengths: importers invent them).
        world_from_rig: [4, 4] placement of the rig in the world; may scale.
        inherits_rotation: [B] False where a bone ignores its parent's rotation.
        own_location: [B] True where a bone's location channel is in its own rest axes, False where
            it is in its parent's posed axes (Blender's "Local Location" off).
        fixed_location: names of bones whose location cannot be keyed (connected to their parent).
    """

    names: tuple[str, ...]
    parents: IntArray
    rest: FloatArray
    tails: FloatArray
    world_from_rig: FloatArray
    inherits_rotation: BoolArray
    own_location: BoolArray
    fixed_location: frozenset[str] = frozenset()

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each bone by name."""
        return {name: i for i, name in enumerate(self.names)}

    @cached_property
    def heads(self) -> FloatArray:
        """Rest heads [B, 3] in rig space."""
        return self.rest[:, :3, 3]

    @cached_property
    def rest_quats(self) -> FloatArray:
        """Rest orientations [B, 4] in rig space."""
        return quat_from_rotmat(self.rest[:, :3, :3])

    @cached_property
    def scale(self) -> float:
        """World meters in one rig unit (cube root of the placement's volume change)."""
        return float(abs(np.linalg.det(self.world_from_rig[:3, :3])) ** (1.0 / 3.0))

    @cached_property
    def world_quat(self) -> FloatArray:
        """Rotation part [4] of ``world_from_rig`` (nearest rotation where it scales or shears)."""
        u, _, vt = np.linalg.svd(self.world_from_rig[:3, :3])
        u[:, -1] *= np.sign(np.linalg.det(u @ vt))  # unmirrors along the least stretched axis
        return quat_from_rotmat(u @ vt)

    def head(self, name: str) -> FloatArray:
        """Return a bone's rest head [3]."""
        return self.heads[self.index[name]]

    def parent_of(self, name: str) -> str | None:
        """Return the name of a bone's parent, None for roots."""
        parent = int(self.parents[self.index[name]])
        return None if parent < 0 else self.names[parent]

    def ancestors(self, name: str) -> list[str]:
        """Return a bone's ancestors, nearest first."""
        found: list[str] = []
        parent = self.parent_of(name)
        while parent is not None:
            found.append(parent)
            parent = self.parent_of(parent)
        return found

    @cached_property
    def children(self) -> tuple[tuple[int, ...], ...]:
        """Child indices of every bone."""
        lists: list[list[int]] = [[] for _ in self.names]
        for child, parent in enumerate(self.parents):
            if parent >= 0:
                lists[int(parent)].append(child)
        return tuple(tuple(c) for c in lists)

    def with_parents(self, overrides: Mapping[str, str]) -> Skeleton:
        """Return a copy in which named bones hang from other bones.

        Control rigs move bones by constraints; where such a constraint makes a bone follow another
        one rigidly, saying so here is all that forward kinematics needs to know.
        """
        parents = self.parents.copy()
        for child, parent in overrides.items():
            if child in self.index and parent in self.index:
                parents[self.index[child]] = self.index[parent]
        return replace(self, parents=parents)

    def closure(self, names: Iterable[str]) -> list[int]:
        """Return the indices of ``names`` and all their ancestors, parents before children."""
        order: list[int] = []
        seen: set[int] = set()
        for name in names:
            chain = [self.index[name], *(self.index[a] for a in self.ancestors(name))]
            for i in reversed(chain):
                if i not in seen:
                    seen.add(i)
                    order.append(i)
        return order


def make_skeleton(
    names: Iterable[str],
    parents: Iterable[int],
    rest: FloatArray,
    tails: FloatArray | None = None,
    world_from_rig: FloatArray | None = None,
    inherits_rotation: BoolArray | None = None,
    own_location: BoolArray | None = None,
    fixed_location: Iterable[str] = (),
) -> Skeleton:
    """Build a :class:`Skeleton`, filling in what most callers leave at its plain value.

    Args:
        names: one unique name a bone.
        parents: index of each bone's parent, -1 for roots.
        rest: [B, 4, 4] rest matrices, rig space from bone space, without scale.
        tails: [B, 3] rest tails in rig space; by default the heads.
        world_from_rig: [4, 4] placement of the rig in the world; by default none.
        inherits_rotation: [B] whether a bone follows its parent's rotation; by default all do.
        own_location: [B] whether location channels are in own rest axes; by default all are.
        fixed_location: names of bones whose location cannot be keyed.

    Raises:
        ValueError: names repeat, a parent is out of range, or the parents form a loop.
    """
    names, parent_array = tuple(names), np.asarray(list(parents), dtype=np.int64)
    if len(set(names)) != len(names):
        raise ValueError("bone names repeat")
    _refuse_loops(parent_array)
    rest = np.asarray(rest, dtype=np.float64)
    yes = np.ones(len(names), dtype=bool)
    return Skeleton(
        names=names,
        parents=parent_array,
        rest=rest,
        tails=rest[:, :3, 3] if tails is None else np.asarray(tails, dtype=np.float64),
        world_from_rig=np.eye(4) if world_from_rig is None else np.asarray(world_from_rig, float),
        inherits_rotation=yes if inherits_rotation is None else inherits_rotation,
        own_location=yes if own_location is None else own_location,
        fixed_location=frozenset(fixed_location),
    )


def _refuse_loops(parents: IntArray) -> None:
    count = len(parents)
    if np.any(parents >= count):
        raise ValueError("a parent index is out of range")
    current = parents.copy()
    for _ in range(count):
        current = np.where(current >= 0, parents[current], -1)
    if np.any(current >= 0):
        raise ValueError("the parents form a loop")
