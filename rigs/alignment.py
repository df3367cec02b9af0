"""Rest alignment: how each bone of a target at rest would turn to match a source at rest.

This is what an animator does by hand before a retarget: square the two bodies, then swing each limb
segment of the target onto the source's, parent first and without twisting. Any rest pose and any
roll is accepted on both sides, because only joint positions are compared.

Conventions: all positions in one space (the target's rig space). The result ``align[role]`` is a
quaternion wxyz turning target-at-rest onto source-at-rest in that space, so a target bone's posed
orientation is ``source_turn * align * target_rest``.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

from ..core.arrays import FloatArray
from ..core.rotations import (
    QUAT_IDENTITY,
    normalized,
    quat_angle,
    quat_between,
    quat_from_rotvec,
    quat_inverse,
    quat_multiply,
    quat_power,
    quat_rotate,
)
from .human import ARM, FINGERS, LEG, SIDES, part_of, side_of
from .landmarks import Positions, body_frame

# Anatomy differs by less than the first angle; beyond the second a rest pose is really posed.
_ANATOMY, _POSED = np.radians(15.0), np.radians(30.0)
# Wrists are straight at rest to within the first angle; relaxed hands hang by the second.
_STIFF_WRIST, _BENT_WRIST = np.radians(8.0), np.radians(20.0)
# A shoulder bone that starts farther out than this share of the shoulders' width is a scapula: half
# of it is the joint of the arm, collar bones start at less than a fifth.
_BLADE = 0.28
_STEEP_FOOT = np.radians(75.0)
# A rest elbow or knee bent this much shows its hinge; the second angle shows it beyond doubt.
_BENT, _CLEARLY_BENT = np.radians(10.0), np.radians(20.0)
_DECIMALS = 7  # of a rest position, rig units: finer than its round-off from pose to pose
# A hinge farther off than this is a joint bent the wrong way, not a rolled limb.
_LARGEST_ROLL = np.radians(75.0)


def align_rests(source: Positions, target: Positions) -> dict[str, FloatArray]:
    """Return the alignment [4] of every role of ``target``.

    Args:
        source: rest joint positions of the source by role, in the target's space.
        target: rest joint positions of the target by role.

    Raises:
        RigError: either body has no frame (see :func:`rigs.landmarks.body_frame`).
    """
    return dict(_aligned(_at_rest(source), _at_rest(target)))


def _at_rest(rest: Positions) -> tuple[tuple[str, tuple[float, ...]], ...]:
    """A body at rest as a key: a rig that follows the pen is aligned once, not at every stroke."""
    return tuple((role, tuple(np.round(place, _DECIMALS).tolist())) for role, place in rest.items())


@lru_cache(maxsize=8)
def _aligned(
    source_key: tuple[tuple[str, tuple[float, ...]], ...],
    target_key: tuple[tuple[str, tuple[float, ...]], ...],
) -> dict[str, FloatArray]:
    source, target = (
        {role: np.array(place) for role, place in key} for key in (source_key, target_key)
    )
    source_frame, target_frame = body_frame(source), body_frame(target)
    base = quat_multiply(source_frame, quat_inverse(target_frame))
    align = dict.fromkeys(target, base)
    for side in SIDES:
        _align_arm(side, source, target, source_frame, align)
        _align_leg(side, source, target, source_frame, align)
        _align_fingers(side, target, align)
    return _with_followers(align)


def _direction(rest: Positions, start: str, end: str) -> FloatArray | None:
    if start not in rest or end not in rest:
        return None
    offset = rest[end] - rest[start]
    length = np.linalg.norm(offset)
    return offset / length if length > 1e-9 else None


def _swing_onto(
    parent: FloatArray,
    target: FloatArray | None,
    source: FloatArray | None,
    frame: FloatArray,
) -> FloatArray:
    """Turn ``target`` (carried by ``parent``) onto ``source`` the short way."""
    if target is None or source is None:
        return parent
    carried = quat_rotate(parent, target)
    forward = quat_rotate(frame, [0.0, 0.0, 1.0])
    return quat_multiply(quat_between(carried, source, forward), parent)


def _align_arm(
    side: str,
    source: Positions,
    target: Positions,
    frame: FloatArray,
    align: dict[str, FloatArray],
) -> None:
    parent = align["hips"]
    shoulder, upper, fore, hand = (f"{side}_{part}" for part in ARM)
    if _is_blade(side, source) or _is_blade(side, target):
        align[shoulder] = parent
    else:
        align[shoulder] = _softened(parent, source, target, shoulder, upper, frame)
    forward = quat_rotate(frame, [0.0, 0.0, 1.0])
    parent = _align_limb((upper, fore, hand), parent, source, target, forward, align)
    align[hand] = _softened(
        parent, source, target, hand, f"{side}_knuckles", frame, (_STIFF_WRIST, _BENT_WRIST)
    )


def _is_blade(side: str, rest: Positions) -> bool:
    """Whether a shoulder bone starts beside the joint of the arm, as a scapula does.

    A collar bone starts at the breastbone. Where a shoulder blade points at rest is its anatomy and
    says nothing of the pose.
    """
    ends = [rest.get(f"{each}_upper_arm") for each in SIDES]
    head = rest.get(f"{side}_shoulder")
    if head is None or ends[0] is None or ends[1] is None:
        return False
    across = ends[1] - ends[0]
    outward = abs((head - (ends[0] + ends[1]) / 2) @ across) / max(float(across @ across), 1e-12)
    return bool(outward > _BLADE)


def _align_limb(
    roles: tuple[str, str, str],
    parent: FloatArray,
    source: Positions,
    target: Positions,
    folds_to: FloatArray,
    align: dict[str, FloatArray],
) -> FloatArray:
    """Align the two long bones of a limb and return the lower one's alignment.

    ``folds_to`` is where the lower bone goes when a straight limb bends.
    """
    upper, lower, end = roles
    both_folds = folds_to, quat_rotate(quat_inverse(parent), folds_to)
    for start, stop in ((upper, lower), (lower, end)):
        target_dir, source_dir = _direction(target, start, stop), _direction(source, start, stop)
        if target_dir is not None and source_dir is not None:
            swing = quat_between(quat_rotate(parent, target_dir), source_dir, folds_to)
            parent = quat_multiply(swing, parent)
        if start == upper:
            parent = quat_multiply(_hinge_roll(roles, parent, source, target, both_folds), parent)
        align[start] = parent
    return parent


def _hinge_roll(
    roles: tuple[str, str, str],
    align: FloatArray,
    source: Positions,
    target: Positions,
    folds_to: tuple[FloatArray, FloatArray],
) -> FloatArray:
    """Return the roll [4] about the upper bone that brings the target's hinge onto the source's.

    Only a joint that is bent at rest shows its hinge; of a straight one the hinge is taken to be
    where anatomy has it. The roll fades in with the bend, and is none when both are straight.
    ``folds_to`` is given for the source and for the target, each at its own rest.
    """
    along = _direction(source, roles[0], roles[1])
    target_along = _direction(target, roles[0], roles[1])
    if along is None or target_along is None:
        return QUAT_IDENTITY
    wanted, source_bend = _shown_hinge(roles, source, along, folds_to[0])
    have, target_bend = _shown_hinge(roles, target, target_along, folds_to[1])
    if have is None or wanted is None:
        return QUAT_IDENTITY
    flat = [normalized(v - (v @ along) * along) for v in (quat_rotate(align, have), wanted)]
    roll = float(np.arctan2(np.cross(flat[0], flat[1]) @ along, flat[0] @ flat[1]))
    bend = max(target_bend, source_bend)
    weight = np.clip((bend - _BENT) / (_CLEARLY_BENT - _BENT), 0.0, 1.0)
    return quat_from_rotvec(weight * roll * along) if abs(roll) < _LARGEST_ROLL else QUAT_IDENTITY


def _shown_hinge(
    roles: tuple[str, str, str], rest: Positions, along: FloatArray, folds_to: FloatArray
) -> tuple[FloatArray | None, float]:
    """Return a limb's hinge [3] at rest and how far it is bent; None where there is no telling."""
    axis, bend = _rest_hinge(roles, rest)
    if axis is not None and bend > _BENT:
        return axis, bend
    anatomical = np.cross(along, folds_to)
    # A limb that points where it folds to has no anatomical hinge to speak of.
    return (anatomical if np.linalg.norm(anatomical) > 0.5 else None), bend


def _rest_hinge(roles: tuple[str, str, str], rest: Positions) -> tuple[FloatArray | None, float]:
    """Return the axis [3] that a limb is bent about at rest, and by how much."""
    upper, lower = _direction(rest, roles[0], roles[1]), _direction(rest, roles[1], roles[2])
    if upper is None or lower is None:
        return None, 0.0
    axis = np.cross(upper, lower)
    sine = float(np.linalg.norm(axis))
    bend = float(np.arctan2(sine, upper @ lower))
    return (axis / sine, bend) if sine > 1e-6 else (None, 0.0)


def _softened(
    parent: FloatArray,
    source: Positions,
    target: Positions,
    start: str,
    end: str,
    frame: FloatArray,
    angles: tuple[float, float] = (_ANATOMY, _POSED),
) -> FloatArray:
    """Swing only as far as two bones differ by more than anatomy (collar bones, hands).

    Up to the first of ``angles`` nothing is done, from the second on everything.
    """
    target_dir, source_dir = _direction(target, start, end), _direction(source, start, end)
    if target_dir is None or source_dir is None:
        return parent
    full = _swing_onto(parent, target_dir, source_dir, frame)
    swing = quat_multiply(full, quat_inverse(parent))
    share = np.clip((quat_angle(swing) - angles[0]) / (angles[1] - angles[0]), 0.0, 1.0)
    return quat_multiply(quat_power(swing, share), parent)


def _align_leg(
    side: str,
    source: Positions,
    target: Positions,
    frame: FloatArray,
    align: dict[str, FloatArray],
) -> None:
    base = parent = align["hips"]
    thigh, shin, foot, toes = (f"{side}_{part}" for part in LEG)
    backward = quat_rotate(frame, [0.0, 0.0, -1.0])
    parent = _align_limb((thigh, shin, foot), parent, source, target, backward, align)
    posed = quat_angle(quat_multiply(parent, quat_inverse(base))) > _POSED
    # A foot standing at rest is flat whatever its bone's slope, so only its heading is matched.
    sole = parent if posed else base
    align[foot] = align[toes] = _heading(
        sole, _direction(target, foot, toes), _direction(source, foot, toes), frame
    )


def _heading(
    parent: FloatArray,
    target: FloatArray | None,
    source: FloatArray | None,
    frame: FloatArray,
) -> FloatArray:
    if target is None or source is None:
        return parent
    up = quat_rotate(frame, [0.0, 1.0, 0.0])
    a, b = quat_rotate(parent, target), source
    if max(abs(a @ up), abs(b @ up)) > np.sin(_STEEP_FOOT):
        return parent
    a, b = normalized(a - (a @ up) * up), normalized(b - (b @ up) * up)
    angle = np.arctan2(np.cross(a, b) @ up, a @ b)
    return quat_multiply(quat_from_rotvec(angle * up), parent)


def _align_fingers(side: str, target: Positions, align: dict[str, FloatArray]) -> None:
    hand = align.get(f"{side}_hand")
    if hand is None:
        return
    for role in target:
        if side_of(role) == side and part_of(role).partition("_")[0] in FINGERS:
            align[role] = hand


def _with_followers(align: dict[str, FloatArray]) -> dict[str, FloatArray]:
    for role in align:
        main = re.split("_twist_|_with_", role)[0]
        if main != role and main in align:
            align[role] = align[main]
    return align
