"""Finding a body in a skeleton whose names say nothing, by its shape alone.

A human skeleton is mirror-symmetric, has two long pairs of limbs, and only the arms' side has a
head beyond it. Only joint heads and the hierarchy are read.

Conventions: rig space; tolerances are shares of the skeleton's largest extent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...core.arrays import FloatArray, IntArray
from ...core.rotations import normalized
from ..errors import RigError
from ..skeleton import Skeleton
from .bone_map import BoneMap

_SYMMETRY = 0.02
_CONFIDENCE = 0.7
_MIN_PAIRS = 4


@dataclass(frozen=True)
class _Shape:
    """A skeleton seen through its plane of symmetry.

    Attributes:
        skeleton: the bones.
        axis: 0, 1 or 2, the lateral axis.
        center: the plane's coordinate on it.
        size: largest extent.
        mirror: [B] index of each bone's twin, itself in the plane, -1 without one.
    """

    skeleton: Skeleton
    axis: int
    center: float
    size: float
    mirror: IntArray

    def in_plane(self, bone: int) -> bool:
        return int(self.mirror[bone]) == bone

    def side(self, bone: int) -> float:
        return float(self.skeleton.heads[bone, self.axis] - self.center)


@dataclass(frozen=True)
class _Limb:
    """One limb: its bones from the body outwards and the bone of the body it hangs from."""

    bones: list[int]
    attached: int
    length: float


def map_by_shape(skeleton: Skeleton) -> BoneMap:
    """Return the bone map that the skeleton's shape suggests.

    Raises:
        RigError: no human body is to be seen in it.
    """
    shape = _symmetric_shape(skeleton)
    legs, arms = _two_limb_pairs(shape)
    hips, chest = legs.attached, arms.attached
    bones: dict[str, int] = {"hips": hips}
    carrier, spine = _spine(shape, hips, chest)
    if carrier != hips:
        bones["location"] = carrier
    bones.update({f"spine_{n}": bone for n, bone in enumerate(spine, start=1)})
    bones.update(_neck_and_head(shape, chest, arms))
    up = normalized(skeleton.heads[chest] - skeleton.heads[legs.bones[0]])
    leg = _leg_joints(shape, legs, up)
    arm = _arm_joints(shape, arms)
    left = _left_sign(shape, leg, up)
    for parts in (leg, arm):
        for part, bone in parts.items():
            twin = _twin(shape, bone)
            is_left = _outward(shape, bone) * left > 0
            bones[f"left_{part}"] = bone if is_left else twin
            bones[f"right_{part}"] = twin if is_left else bone
    names = {role: skeleton.names[bone] for role, bone in bones.items()}
    return BoneMap(
        bones=names,
        preset="shape",
        confidence=dict.fromkeys(names, _CONFIDENCE),
        warnings=("The bones were recognized by shape, not by name: please check them.",),
    )


def _symmetric_shape(skeleton: Skeleton) -> _Shape:
    heads = skeleton.heads
    size = float(np.ptp(heads, axis=0).max())
    found = [_mirrored_over(skeleton, axis, size) for axis in range(3)]
    best = max(found, key=_pair_count)
    if size <= 0.0 or _pair_count(best) < _MIN_PAIRS:
        raise _not_human("it has no two matching sides")
    return best


def _pair_count(shape: _Shape) -> int:
    twins = shape.mirror
    return int(np.sum((twins >= 0) & (twins != np.arange(len(twins)))))


def _mirrored_over(skeleton: Skeleton, axis: int, size: float) -> _Shape:
    heads = skeleton.heads
    roots = np.flatnonzero(skeleton.parents < 0)
    # The root with most bones below it is in the middle of the body.
    trunk = roots[int(np.argmax([_weight(skeleton, int(r)) for r in roots]))]
    center = float(heads[trunk, axis])
    reflected = heads.copy()
    reflected[:, axis] = 2.0 * center - reflected[:, axis]
    mirror = np.full(len(heads), -1)
    depth = _depths(skeleton)
    weights = np.array([_weight(skeleton, bone) for bone in range(len(heads))])
    for bone in range(len(heads)):
        if abs(heads[bone, axis] - center) < _SYMMETRY * size:
            mirror[bone] = bone
            continue
        distance = np.linalg.norm(heads - reflected[bone], axis=1)
        distance[depth != depth[bone]] = np.inf
        # Helpers may sit on a limb's very joint: the twin carries as many bones.
        distance += 1e-3 * size * np.abs(weights - weights[bone])
        twin = int(np.argmin(distance))
        if distance[twin] < _SYMMETRY * size:
            mirror[bone] = twin
    return _Shape(skeleton, axis, center, size, mirror)


def _weight(skeleton: Skeleton, bone: int) -> int:
    return 1 + sum(_weight(skeleton, child) for child in skeleton.children[bone])


def _depths(skeleton: Skeleton) -> IntArray:
    return np.array([len(skeleton.ancestors(name)) for name in skeleton.names])


def _two_limb_pairs(shape: _Shape) -> tuple[_Limb, _Limb]:
    """Return one leg and one arm."""
    limbs = [limb for bone in range(len(shape.mirror)) if (limb := _limb_at(shape, bone))]
    limbs.sort(key=lambda limb: -limb.length)
    if len(limbs) < 2 or limbs[1].length < 0.2 * shape.size:
        raise _not_human("it has no two pairs of limbs")
    depth = _depths(shape.skeleton)
    legs, arms = sorted(limbs[:2], key=lambda limb: depth[limb.attached])
    if len(legs.bones) < 3 or len(arms.bones) < 3:
        raise _not_human("its limbs have no elbows or knees")
    _refuse_four_legs(shape, legs, arms)
    return legs, arms


def _limb_at(shape: _Shape, bone: int) -> _Limb | None:
    """Return the limb that starts at ``bone``, if this is the first bone off the middle."""
    parent = int(shape.skeleton.parents[bone])
    starts = shape.mirror[bone] >= 0 and not shape.in_plane(bone) and shape.side(bone) > 0
    if not starts or parent < 0 or not shape.in_plane(parent):
        return None
    path = _longest_path(shape.skeleton, bone)
    inner, attached = _inner_bones(shape, bone)
    heads = shape.skeleton.heads[path]
    length = float(np.linalg.norm(np.diff(heads, axis=0), axis=1).sum())
    return _Limb([*inner, *path], attached, length)


def _inner_bones(shape: _Shape, first: int) -> tuple[list[int], int]:
    """Return a limb's bones that start in the middle of the body, and what they hang from.

    Collar bones and the sides of a pelvis often do; the body proper begins where left and right
    hang from the same bone.
    """
    skeleton = shape.skeleton
    own = [skeleton.index[a] for a in skeleton.ancestors(skeleton.names[first])]
    other = skeleton.ancestors(skeleton.names[int(shape.mirror[first])])
    attached = next((b for b in own if skeleton.names[b] in other), own[-1])
    return list(reversed(own[: own.index(attached)])), attached


def _twin(shape: _Shape, bone: int) -> int:
    """Return a limb bone's counterpart on the other side."""
    if not shape.in_plane(bone):
        return int(shape.mirror[bone])
    outer, steps = bone, 0
    while shape.in_plane(outer):
        outer = _longest_path(shape.skeleton, outer)[1]
        steps += 1
    other = int(shape.mirror[outer])
    for _ in range(steps):
        other = int(shape.skeleton.parents[other])
    return other


def _outward(shape: _Shape, bone: int) -> float:
    """Return on which side a limb bone lies, also where it starts in the middle."""
    path = _longest_path(shape.skeleton, bone)
    return max((shape.side(b) for b in path), key=abs)


def _longest_path(skeleton: Skeleton, bone: int) -> list[int]:
    """Return the bones from ``bone`` to its farthest tip along the hierarchy."""
    best: tuple[float, list[int]] = (0.0, [])
    for child in skeleton.children[bone]:
        path = _longest_path(skeleton, child)
        points = skeleton.heads[[bone, *path]]
        length = float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())
        if length > best[0] or not best[1]:
            best = (length, path)
    return [bone, *best[1]]


def _refuse_four_legs(shape: _Shape, legs: _Limb, arms: _Limb) -> None:
    heads = shape.skeleton.heads
    torso = heads[arms.bones[0]] - heads[legs.bones[0]]
    leg, arm = (heads[limb.bones[-1]] - heads[limb.bones[0]] for limb in (legs, arms))
    if is_four_legged(torso, leg, arm, shape.axis):
        raise _not_human("it stands on four legs")


def is_four_legged(torso: FloatArray, leg: FloatArray, arm: FloatArray, lateral: int) -> bool:
    """Return whether a torso lies square to limbs that all point the same way.

    Args:
        torso: [3] from hips to shoulders.
        leg: [3] from hip to foot.
        arm: [3] from shoulder to hand.
        lateral: the axis from side to side, which is left out.
    """
    flat = [normalized(np.delete(v, lateral)) for v in (torso, leg, arm)]
    lying = abs(flat[0] @ flat[1]) < np.cos(np.radians(55.0))
    parallel = flat[1] @ flat[2] > np.cos(np.radians(40.0))
    down = np.linalg.norm(np.delete(arm, lateral)) > 0.7 * np.linalg.norm(arm)
    return bool(lying and parallel and down)


def _spine(shape: _Shape, hips: int, chest: int) -> tuple[int, list[int]]:
    """Return the bone that carries both ends of the body, and the spine bones above the hips."""
    skeleton = shape.skeleton
    above_hips = [hips, *(skeleton.index[a] for a in skeleton.ancestors(skeleton.names[hips]))]
    path = [chest, *(skeleton.index[a] for a in skeleton.ancestors(skeleton.names[chest]))]
    shared = next((bone for bone in path if bone in above_hips), hips)
    spine = list(reversed(path[: path.index(shared)])) if shared in path else [chest]
    # Side bones of a pelvis start in the middle too: the fork below them is the hips bone.
    return (hips, spine) if shared == hips else (shared, spine)


def _neck_and_head(shape: _Shape, chest: int, arms: _Limb) -> dict[str, int]:
    chain: list[int] = []
    bone = chest
    while True:
        middle = [c for c in shape.skeleton.children[bone] if shape.in_plane(c)]
        limbs = {arms.bones[0], _twin(shape, arms.bones[0])}
        onward = [c for c in middle if c not in limbs]
        if not onward or (chain and len(onward) > 1):
            break
        bone = max(onward, key=lambda c: _weight(shape.skeleton, c))
        chain.append(bone)
        if len(chain) > 1 and len(shape.skeleton.children[bone]) != 1:
            break
    roles = {f"neck_{n}": b for n, b in enumerate(chain[:-1], start=1)}
    if chain:
        roles["head"] = chain[-1]
    return roles


def _leg_joints(shape: _Shape, limb: _Limb, up: FloatArray) -> dict[str, int]:
    heads = shape.skeleton.heads[limb.bones]
    steps = np.diff(heads, axis=0)
    falling = -(steps @ up) / np.maximum(np.linalg.norm(steps, axis=1), 1e-12)
    # The foot starts where the leg stops going down.
    ankle = next((n for n in range(2, len(steps)) if falling[n] < 0.75), len(limb.bones) - 1)
    thigh, shin = _upper_and_middle(heads, ankle)
    joints = {"thigh": thigh, "shin": shin, "foot": ankle}
    if ankle + 1 < len(limb.bones):
        joints["toes"] = ankle + 1
    return {part: limb.bones[n] for part, n in joints.items()}


def _arm_joints(shape: _Shape, limb: _Limb) -> dict[str, int]:
    heads = shape.skeleton.heads[limb.bones]
    palms = [n for n, b in enumerate(limb.bones) if n >= 2 and _finger_count(shape, b) >= 2]
    wrist = palms[0] if palms else len(limb.bones) - 1
    upper, fore = _upper_and_middle(heads, wrist)
    joints = {"upper_arm": upper, "forearm": fore, "hand": wrist}
    if upper > 0:
        joints["shoulder"] = upper - 1
    return {part: limb.bones[n] for part, n in joints.items()}


def _finger_count(shape: _Shape, bone: int) -> int:
    """Return how many chains of at least two bones hang from ``bone``."""
    children = shape.skeleton.children
    return sum(1 for child in children[bone] if children[child])


def _upper_and_middle(heads: FloatArray, end: int) -> tuple[int, int]:
    """Return the joints that split the way to ``end`` best into two long segments.

    Among nearly equal splits the one starting farthest out wins, which leaves collar bones aside.
    """
    best, choice = 0.0, (0, 1)
    for start in range(end - 1):
        for middle in range(start + 1, end):
            shorter = min(
                np.linalg.norm(heads[middle] - heads[start]),
                np.linalg.norm(heads[end] - heads[middle]),
            )
            if shorter >= 0.8 * best:
                best, choice = max(best, float(shorter)), (start, middle)
    return choice


def _left_sign(shape: _Shape, leg: dict[str, int], up: FloatArray) -> float:
    """Return the sign of the lateral axis on the body's left."""
    heads = shape.skeleton.heads
    forward: FloatArray
    if "toes" in leg:
        forward = heads[leg["toes"]] - heads[leg["foot"]]
    else:  # knees bend forward, if only by a hair
        forward = heads[leg["shin"]] - 0.5 * (heads[leg["thigh"]] + heads[leg["foot"]])
    left = np.cross(up, forward)
    return 1.0 if left[shape.axis] >= 0 else -1.0


def _not_human(why: str) -> RigError:
    return RigError(
        "This rig does not look like a human body",
        why,
        "Choose a two-legged rig, or set its bones in the Retarget panel",
    )
