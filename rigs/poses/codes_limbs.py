"""Posecodes of arms and legs: bends, directions, what touches what, what crosses.

Thresholds follow PoseScript where it has them (Delmas et al. 2022, appendix A: relative positions
count from 0.15 m, "close" is within 0.2 m); touches were measured on the tagged key poses.
"""

from __future__ import annotations

import numpy as np

from ...core.arrays import FloatArray
from ...core.rotations import normalized
from .codes_body import bearing_is_upright, least, most
from .posecode import SIDES, Measure, Rule, other, ramp
from .posture import UP, Posture, angle, distance, dot

_DOWN = -UP
_RESTING_NECK = 8.6  # deg by which the neck of the default body leans forwards at rest


def _hand(posture: Posture, side: str) -> FloatArray:
    return posture.joint("hand", side)


def _to(place: str) -> Measure:
    """Distance of the side's hand to a place on the body, meters."""

    def measure(posture: Posture, side: str) -> FloatArray:
        return distance(_hand(posture, side), _place(posture, place, side))

    return measure


def _place(posture: Posture, place: str, side: str) -> FloatArray:
    if place == "head":
        return posture.head + 0.09 * (normalized(posture.head_top - posture.head))
    if place == "face":
        return posture.head + 0.11 * posture.front - 0.03 * posture.up
    if place == "hip":
        return posture.waist(side)
    if place == "chest":
        return posture.joints[:, 9] + 0.16 * posture.front
    if place.startswith("other "):
        return posture.joint(place.removeprefix("other "), other(side))
    return posture.joint(place, side)


def _hand_on_leg(part: str) -> Measure:
    """To the nearer of both knees or ankles."""

    def measure(posture: Posture, side: str) -> FloatArray:
        hand = _hand(posture, side)
        return np.min([distance(hand, posture.joint(part, leg)) for leg in SIDES], axis=0)

    return measure


def _hand_on_floor(posture: Posture, side: str) -> FloatArray:
    return posture.height(f"{side} hand")


def _hand_behind(posture: Posture, side: str) -> FloatArray:
    """How far a hand is behind the back, within the trunk's breadth and height, meters."""
    offset = _hand(posture, side) - posture.joints[:, 3]
    behind = -dot(offset, posture.front)
    inside = least(
        ramp(np.abs(dot(offset, posture.left)), 0.28, 0.2),
        ramp(np.abs(dot(offset, posture.up) - 0.05), 0.4, 0.3),
    )
    return np.where(inside > 0.5, behind, 0.0)


def _above(place: str) -> Measure:
    """How far a hand is above a place, meters."""

    def measure(posture: Posture, side: str) -> FloatArray:
        level = posture.head_top if place == "head" else posture.joint(place, side)
        return _hand(posture, side)[:, 1] - level[:, 1]

    return measure


def _above_other(part: str) -> Measure:
    def measure(posture: Posture, side: str) -> FloatArray:
        return posture.joint(part, side)[:, 1] - posture.joint(part, other(side))[:, 1]

    return measure


def _arm_along(axis: str) -> Measure:
    """Degrees between a stretched arm and a direction of the trunk or of the world.

    An arm folded to the body points nowhere: its bend beyond 60 degrees is added.
    """

    def measure(posture: Posture, side: str) -> FloatArray:
        along = posture.joint("wrist", side) - posture.joint("shoulder", side)
        aim = angle(along, np.broadcast_to(_direction(posture, axis, side), along.shape))
        return aim + np.maximum(posture.bend("elbow", side) - 60.0, 0.0)

    return measure


def _direction(posture: Posture, axis: str, side: str) -> FloatArray:
    return {
        "front": posture.front,
        "back": -posture.front,
        "out": posture.side_axis(side),
        "up": UP,
        "down": _DOWN,
    }[axis]


def _arm_raised(posture: Posture, side: str) -> FloatArray:
    """How far the higher of elbow and hand is above the shoulder, meters."""
    shoulder = posture.joint("shoulder", side)[:, 1]
    return np.maximum(_hand(posture, side)[:, 1], posture.joint("elbow", side)[:, 1]) - shoulder


def _thigh_along(axis: str) -> Measure:
    """Degrees by which a thigh is lifted in a level direction of the trunk, if one stands."""

    def measure(posture: Posture, side: str) -> FloatArray:
        thigh = posture.joint("knee", side) - posture.joint("hip", side)
        level = _level(posture, axis, side)
        lifted = np.degrees(np.arctan2(dot(thigh, level), -thigh[:, 1]))
        across = angle(thigh * [1.0, 0.0, 1.0], level) < 50.0
        return np.where(across & bearing_is_upright(posture), lifted, 0.0)

    return measure


def _level(posture: Posture, axis: str, side: str) -> FloatArray:
    left = np.cross(UP, posture.heading)
    if axis == "out":
        return left if side == "left" else -left
    return posture.heading if axis == "front" else -posture.heading


def _foot_lift(posture: Posture, side: str) -> FloatArray:
    """How much higher a foot is than the other one, meters."""
    return posture.foot_height(side) - posture.foot_height(other(side))


def _step(posture: Posture, side: str) -> FloatArray:
    """How far a foot is in front of the other one, meters."""
    gap = posture.joint("ankle", side) - posture.joint("ankle", other(side))
    return np.where(bearing_is_upright(posture), dot(gap, posture.heading), 0.0)


def _apart(part: str) -> Measure:
    """Distance of both parts, meters."""

    def measure(posture: Posture, _side: str) -> FloatArray:
        return distance(posture.joint(part, "left"), posture.joint(part, "right"))

    return measure


def _arms_crossed(posture: Posture, _side: str) -> FloatArray:
    """Both hands past the middle, level forearms in front of the chest."""
    degrees: list[FloatArray] = []
    for side in SIDES:
        offset = _hand(posture, side) - posture.joints[:, 9]
        inwards = -dot(offset, posture.side_axis(side))
        ahead = ramp(dot(offset, posture.front), 0.05, 0.12)
        height = ramp(np.abs(dot(offset, posture.up) + 0.05), 0.38, 0.26)
        forearm = posture.joint("wrist", side) - posture.joint("elbow", side)
        level = ramp(np.abs(90.0 - angle(forearm, posture.up)), 45.0, 30.0)
        degrees.append(least(ramp(inwards, -0.03, 0.04), ahead, height, level))
    return least(*degrees)


def _hands_apart(posture: Posture, _side: str) -> FloatArray:
    """Distance of the hands, and of the wrists but for a hand's breadth, meters."""
    return most(_apart("hand")(posture, ""), _apart("wrist")(posture, "") - 0.1)


def _legs_crossed(posture: Posture, _side: str) -> FloatArray:
    """How far the ankles, or the knees, are past each other, meters."""
    hips = posture.joint("hip", "left") - posture.joint("hip", "right")
    across = normalized(hips)
    gaps = [
        dot(posture.joint(part, "right") - posture.joint(part, "left"), across)
        for part in ("knee", "ankle")
    ]
    return most(*gaps)


def _ankles_together_knees_out(posture: Posture, _side: str) -> FloatArray:
    """Sitting with crossed shanks: the knees out, the feet under them."""
    knees = ramp(_apart("knee")(posture, ""), 0.45, 0.6)
    feet = ramp(_apart("ankle")(posture, ""), 0.42, 0.3)
    bent = least(*(ramp(posture.bend("knee", side), 85.0, 105.0) for side in SIDES))
    return least(knees, feet, bent, ramp(posture.height("seat"), 0.24, 0.15))


def _head_bowed(posture: Posture, _side: str) -> FloatArray:
    return _neck(posture) - _RESTING_NECK


def _head_back(posture: Posture, _side: str) -> FloatArray:
    return _RESTING_NECK - _neck(posture)


def _neck(posture: Posture) -> FloatArray:
    """Degrees by which the neck leans forwards from the upper trunk."""
    along = posture.joints[:, 15] - posture.joints[:, 12]
    chest = normalized(posture.joints[:, 12] - posture.joints[:, 9])
    return np.degrees(np.arctan2(dot(along, np.cross(posture.left, chest)), dot(along, chest)))


def _bend(limb: str) -> Measure:
    return lambda posture, side: posture.bend(limb, side)


ARMS = (
    Rule("hand_on_head", _to("head"), 0.25, 0.17, "m"),
    Rule("hand_on_face", _to("face"), 0.2, 0.13, "m"),
    Rule("hand_on_hip", _to("hip"), 0.2, 0.13, "m"),
    Rule("hand_on_knee", _hand_on_leg("knee"), 0.25, 0.17, "m"),
    Rule("hand_on_foot", _hand_on_leg("ankle"), 0.26, 0.17, "m"),
    Rule("hand_on_shoulder", _to("other shoulder"), 0.24, 0.16, "m"),
    Rule("hand_on_chest", _to("chest"), 0.2, 0.13, "m"),
    Rule("hand_on_floor", _hand_on_floor, 0.16, 0.08, "m"),
    Rule("hand_behind_back", _hand_behind, 0.08, 0.15, "m"),
    Rule("hand_above_head", _above("head"), 0.0, 0.12, "m"),
    Rule("arm_raised", _arm_raised, 0.02, 0.15, "m"),
    Rule("arm_forward", _arm_along("front"), 48, 32, "deg"),
    Rule("arm_out", _arm_along("out"), 48, 32, "deg"),
    Rule("arm_back", _arm_along("back"), 55, 40, "deg"),
    Rule("arm_hanging", _arm_along("down"), 35, 22, "deg"),
    Rule("elbow_bent", _bend("elbow"), 30, 60, "deg"),
    Rule("elbow_straight", _bend("elbow"), 35, 18, "deg"),
    Rule("hand_higher", _above_other("hand"), 0.08, 0.22, "m"),
    Rule("hands_together", _hands_apart, 0.24, 0.14, "m", sided=False),
    Rule("hands_apart", _apart("hand"), 0.9, 1.2, "m", sided=False),
    Rule("arms_crossed", _arms_crossed, sided=False),
)
LEGS = (
    Rule("knee_bent", _bend("knee"), 25, 55, "deg"),
    Rule("knee_straight", _bend("knee"), 32, 16, "deg"),
    Rule("leg_forward", _thigh_along("front"), 40, 60, "deg"),
    Rule("leg_back", _thigh_along("back"), 20, 38, "deg"),
    Rule("leg_out", _thigh_along("out"), 30, 48, "deg"),
    Rule("foot_raised", _foot_lift, 0.12, 0.25, "m"),
    Rule("foot_in_front", _step, 0.2, 0.4, "m"),
    Rule("feet_together", _apart("ankle"), 0.24, 0.14, "m", sided=False),
    Rule("feet_apart", _apart("ankle"), 0.55, 0.75, "m", sided=False),
    Rule(
        "legs_crossed",
        lambda p, s: most(ramp(_legs_crossed(p, s), 0.0, 0.06), _ankles_together_knees_out(p, s)),
        sided=False,
    ),
    Rule("knees_apart", _apart("knee"), 0.55, 0.75, "m", sided=False),
    Rule("knees_together", _apart("knee"), 0.26, 0.18, "m", sided=False),
)
HEAD = (
    Rule("head_bowed", _head_bowed, 8, 20, "deg", sided=False),
    Rule("head_back", _head_back, 8, 20, "deg", sided=False),
)
