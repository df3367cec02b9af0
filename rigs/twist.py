"""Sharing a limb's roll out over twist bones, and followers that simply go along.

A limb's turn is split into a swing (where it points) and a twist (its roll about itself). Upper
segments take their roll from the shoulder or hip: near the joint there should be none of it, at the
far end all. Lower segments pass on the roll of the hand or foot: none at the elbow, all at the
wrist. Twist bones may hang beside the limb (Unreal) or lie in its chain (MakeHuman, Daz).

Conventions: turns are world rotations away from the (aligned) rest pose, rig space.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..core.arrays import FloatArray
from ..core.rotations import normalized, quat_inverse, quat_multiply, quat_power, quat_twist
from .human import SIDES, TWISTED, chain_roles, parent_role
from .skeleton import Skeleton

_NEXT = {"upper_arm": "forearm", "forearm": "hand", "thigh": "shin", "shin": "foot"}
_UPPER = ("upper_arm", "thigh")


def add_twists(
    turns: dict[str, FloatArray],
    source_rest: Mapping[str, FloatArray],
    bones: Mapping[str, str],
    rig: Skeleton,
) -> dict[str, FloatArray]:
    """Return ``turns`` [T, 4] by role with those of all twist bones and followers added.

    Args:
        turns: turns of the target's main roles.
        source_rest: the source's rest joints (its limbs are the axes of twist).
        bones: the target's bone by role.
        rig: the target, with the parents that bones really follow.
    """
    result = dict(turns)
    for side in SIDES:
        for part in TWISTED:
            role = f"{side}_{part}"
            twists = chain_roles(bones, f"{role}_twist")
            if twists and role in turns:
                result.update(_share(role, f"{side}_{_NEXT[part]}", twists, turns, source_rest,
                                     bones, rig))  # fmt: skip
    for role in bones:
        leader, found, _ = role.partition("_with_")
        if found and leader in result:
            result[role] = result[leader]
    return result


def _share(
    role: str,
    end: str,
    twists: list[str],
    turns: Mapping[str, FloatArray],
    source_rest: Mapping[str, FloatArray],
    bones: Mapping[str, str],
    rig: Skeleton,
) -> dict[str, FloatArray]:
    if end not in bones or end not in source_rest or end not in turns:
        return {}
    axis = normalized(source_rest[end] - source_rest[role])
    lineage = rig.ancestors(bones[end])
    in_chain = [bones[t] in lineage for t in twists]
    places = [_place(t, role, end, bones, rig) for t in twists]
    if role.partition("_")[2] in _UPPER:
        return _share_upper(role, twists, in_chain, places, axis, turns)
    twist = quat_twist(quat_multiply(quat_inverse(turns[role]), turns[end]), axis)
    # A bone in the chain covers the way from its head to the wrist: its middle counts.
    middles = [0.5 * (p + 1.0) if c else p for p, c in zip(places, in_chain, strict=True)]
    return {
        t: quat_multiply(turns[role], quat_power(twist, np.full(len(twist), place)))
        for t, place in zip(twists, middles, strict=True)
    }


def _share_upper(
    role: str,
    twists: list[str],
    in_chain: list[bool],
    places: list[float],
    axis: FloatArray,
    turns: Mapping[str, FloatArray],
) -> dict[str, FloatArray]:
    parent = turns.get(parent_role(role, turns) or "", turns["hips"])
    relative = quat_multiply(quat_inverse(parent), turns[role])
    twist = quat_twist(relative, axis)
    swung = quat_multiply(parent, quat_multiply(relative, quat_inverse(twist)))

    def with_share(share: float) -> FloatArray:
        return quat_multiply(swung, quat_power(twist, np.full(len(twist), share)))

    result = {t: with_share(place) for t, place in zip(twists, places, strict=True)}
    chain = [t for t, inside in zip(twists, in_chain, strict=True) if inside]
    for n, t in enumerate(chain, start=1):
        result[t] = with_share((n + 1) / (len(chain) + 1))
    if chain:
        result[role] = with_share(1.0 / (len(chain) + 1))
    return result


def _place(twist: str, role: str, end: str, bones: Mapping[str, str], rig: Skeleton) -> float:
    """Return how far along the limb a twist bone starts, 0 to 1."""
    start = rig.head(bones[role])
    limb = rig.head(bones[end]) - start
    along = (rig.head(bones[twist]) - start) @ limb / max(float(limb @ limb), 1e-12)
    return float(np.clip(along, 0.0, 1.0))
