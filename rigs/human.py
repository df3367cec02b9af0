"""The canonical human: the one vocabulary of roles in which all rigs and motions meet.

A *role* is a plain string. Single roles are ``hips``, ``head`` and, with ``left_`` or ``right_``
before it, each of the side roles; ``spine_1``, ``spine_2``, ... and ``neck_1``, ... are chains of
any length, counted from the hips upwards. ``root`` is the bone that carries the figure over the
floor, where a rig has one, and ``location`` the bone that carries the hips' position where this is
not the hips bone itself. ``left_forearm_twist_1`` and its like share out a limb's roll.
"""

from __future__ import annotations

from collections.abc import Iterable

SIDES = ("left", "right")
ARM = ("shoulder", "upper_arm", "forearm", "hand")
LEG = ("thigh", "shin", "foot", "toes")
FINGERS = ("thumb", "index", "middle", "ring", "little")
FINGER_ROLES = tuple(f"{finger}_{n}" for finger in FINGERS for n in (1, 2, 3))
TWISTED = ("upper_arm", "forearm", "thigh", "shin")
CHAINS = ("spine", "neck")
REQUIRED_SIDE = ("upper_arm", "forearm", "thigh", "shin")

BODY_ROLES: tuple[str, ...] = (
    "hips", "spine_1", "spine_2", "spine_3", "neck_1", "head",
    *(f"{side}_{part}" for side in SIDES for part in ARM + LEG),
)  # fmt: skip
REQUIRED_ROLES: tuple[str, ...] = (
    "hips",
    *(f"{side}_{part}" for side in SIDES for part in REQUIRED_SIDE),
)


def side_of(role: str) -> str | None:
    """Return ``left``, ``right`` or None for a role of the middle."""
    side = role.partition("_")[0]
    return side if side in SIDES else None


def part_of(role: str) -> str:
    """Return a role without its side: ``left_hand`` gives ``hand``."""
    return role.partition("_")[2] if side_of(role) else role


def mirrored(role: str) -> str:
    """Return the same role on the other side; roles of the middle are their own mirror."""
    side = side_of(role)
    if side is None:
        return role
    return f"{SIDES[1 - SIDES.index(side)]}_{part_of(role)}"


def chain_roles(roles: Iterable[str], chain: str) -> list[str]:
    """Return the roles ``<chain>_<n>`` among ``roles`` in order of their number."""
    prefix = chain + "_"
    found = [r for r in roles if r.startswith(prefix) and r[len(prefix) :].isdigit()]
    return sorted(found, key=lambda role: int(role[len(prefix) :]))


def parent_role(role: str, present: Iterable[str]) -> str | None:
    """Return the nearest role above ``role`` in the human tree that is in ``present``."""
    known = set(present)
    current = _parent(role, known)
    while current is not None and current not in known:
        current = _parent(current, known)
    return current


def _parent(role: str, present: set[str]) -> str | None:
    if role in ("hips", "root", "location"):
        return None
    side, part = side_of(role), part_of(role)
    for follower in ("_twist_", "_with_"):
        if follower in role:
            return role.partition(follower)[0]
    if part in ARM and part != "shoulder":
        return f"{side}_{ARM[ARM.index(part) - 1]}"
    if part in LEG:
        return "hips" if part == "thigh" else f"{side}_{LEG[LEG.index(part) - 1]}"
    if part in FINGER_ROLES:
        finger, _, number = part.rpartition("_")
        return f"{side}_hand" if number == "1" else f"{side}_{finger}_{int(number) - 1}"
    return _parent_in_torso(role, present)


def _parent_in_torso(role: str, present: set[str]) -> str | None:
    stem, _, number = role.rpartition("_")
    if stem in CHAINS and number.isdigit() and int(number) > 1:
        return f"{stem}_{int(number) - 1}"
    if role == "spine_1":
        return "hips"
    if role == "head" and chain_roles(present, "neck"):
        return chain_roles(present, "neck")[-1]
    spine = chain_roles(present, "spine")
    return spine[-1] if spine else "hips"
