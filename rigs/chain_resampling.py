"""Sharing a source's bends out over chains of another length: spines, necks, twist bones.

Conventions: all turns are world rotations away from rest (see ``human_motion``), quaternions wxyz.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..core.arrays import FloatArray
from ..core.rotations import quat_multiply, quat_slerp
from .human import chain_roles

Turns = Mapping[str, FloatArray]


def spread_torso(turns: Turns, target: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """Return turns [T, 4] for every spine and neck role of ``target``.

    The top of each chain turns exactly as the source's does, so chest, head and arms are right
    whatever the number of bones; in between, the bend is spread by arc length. Chains of the same
    number of bones are taken over one to one.

    Args:
        turns: the source's turns by role.
        target: rest positions of the target by role (their spacing gives the arc length).
    """
    spine = [turns["hips"], *(turns[r] for r in chain_roles(turns, "spine"))]
    result = _spread_chain(spine, ["hips", *chain_roles(target, "spine")], target, False)
    neck_roles = chain_roles(target, "neck")
    if neck_roles:
        neck = [spine[-1], *(turns[r] for r in chain_roles(turns, "neck"))]
        between = len(neck) == 1 and "head" in turns
        if between:  # the source has no neck: spread its head's turn over ours
            neck, neck_roles = [neck[0], turns["head"]], [*neck_roles, "head"]
        lowest = chain_roles(target, "spine")[-1:] or ["hips"]
        result.update(_spread_chain(neck, [*lowest, *neck_roles], target, True))
    return result


def _spread_chain(
    keys: Sequence[FloatArray],
    roles: Sequence[str],
    target: Mapping[str, FloatArray],
    count_only: bool,
) -> dict[str, FloatArray]:
    """Sample the orientations ``keys`` (first = what the chain stands on) at each role."""
    bones = roles[1:]
    if not bones:
        return {}
    if len(bones) == len(keys) - 1:
        return dict(zip(bones, keys[1:], strict=True))
    places = _places(roles, target, count_only)
    return {role: _sample(keys, place) for role, place in zip(bones, places, strict=True)}


def _places(roles: Sequence[str], target: Mapping[str, FloatArray], count_only: bool) -> FloatArray:
    """Return how far up the chain each bone sits, the last at 1."""
    even = np.arange(1, len(roles)) / (len(roles) - 1)
    if count_only or any(role not in target for role in roles) or len(roles) < 3:
        return even
    points = np.array([target[role] for role in roles])
    along = np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))
    return along / along[-1] if along[-1] > 1e-9 else even


def _sample(keys: Sequence[FloatArray], place: float) -> FloatArray:
    steps = len(keys) - 1
    if steps == 0:
        return keys[0]
    lower = min(int(place * steps + 1e-9), steps - 1)
    share = place * steps - lower
    if share > 1.0 - 1e-9:
        return keys[lower + 1]
    return quat_slerp(keys[lower], keys[lower + 1], np.full(len(keys[0]), share))


def relative(parent: FloatArray, child: FloatArray) -> FloatArray:
    """Return ``child`` seen from ``parent`` (both [T, 4])."""
    return quat_multiply(parent * np.array([1.0, -1.0, -1.0, -1.0]), child)
