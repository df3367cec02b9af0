"""Posecodes of the whole body: how it is carried by the ground, and how the trunk is held.

Thresholds were chosen on the tagged key poses (docs/pose_library.md has the hits and misses).
Each measure of a bearing is a degree of truth: the least of its conditions.
"""

from __future__ import annotations

import numpy as np

from ...core.arrays import BoolArray, FloatArray
from .posecode import SIDES, Rule, once, other, ramp
from .posture import UP, Posture, angle, dot


def least(*degrees: FloatArray) -> FloatArray:
    """All of it [N]: the fuzzy *and* of degrees [N] in [0, 1]."""
    return np.min(degrees, axis=0)


def most(*degrees: FloatArray) -> FloatArray:
    """Any of it [N]: the fuzzy *or* of degrees [N] in [0, 1]."""
    return np.max(degrees, axis=0)


def _thigh(posture: Posture, side: str) -> FloatArray:
    """Degrees of a thigh under the horizontal; negative when the knee is higher than the hip."""
    along = posture.joint("knee", side) - posture.joint("hip", side)
    return 90.0 - angle(along, np.broadcast_to([0.0, -1.0, 0.0], along.shape))


@once
def upside_down(posture: Posture, _side: str = "") -> FloatArray:
    """The hips over the neck and a foot over the hips: degrees of truth [N]."""
    pelvis, neck = posture.joints[:, 0, 1], posture.joints[:, 12, 1]
    highest = most(*(posture.joint("ankle", side)[:, 1] for side in SIDES))
    return least(ramp(pelvis - neck, 0.0, 0.25), ramp(highest - pelvis, 0.0, 0.3))


@once
def lying(posture: Posture, _side: str = "") -> FloatArray:
    """Hips and chest near the ground, the trunk far from upright, no folded legs below it.

    Degrees of truth [N], as of all bearings here.
    """
    low = least(ramp(posture.height("seat"), 0.34, 0.2), ramp(posture.height("chest"), 0.42, 0.3))
    tucked = least(*(ramp(posture.bend("knee", side), 70.0, 100.0) for side in SIDES))
    folded = least(tucked, *(_knees_on_ground(posture, side) for side in SIDES))
    flat = ramp(posture.tilt, 38.0, 58.0)
    return least(low, flat, 1.0 - folded, 1.0 - upside_down(posture))


def _lying_on_back(posture: Posture, _side: str) -> FloatArray:
    return least(lying(posture), ramp(posture.front[:, 1], 0.4, 0.7))


def _lying_on_front(posture: Posture, _side: str) -> FloatArray:
    return least(lying(posture), ramp(-posture.front[:, 1], 0.4, 0.7))


def _lying_on_side(posture: Posture, side: str) -> FloatArray:
    return least(lying(posture), ramp(-posture.side_axis(side)[:, 1], 0.5, 0.8))


@once
def on_all_fours(posture: Posture, _side: str = "") -> FloatArray:
    """Carried by knees and at least one hand, belly down: degrees of truth [N]."""
    hands = [
        least(
            ramp(posture.height(f"{side} hand"), 0.22, 0.1),
            ramp(
                posture.joint("shoulder", side)[:, 1] - posture.joint("hand", side)[:, 1], 0.2, 0.35
            ),
        )
        for side in SIDES
    ]
    knees = [ramp(posture.height(f"{side} knee"), 0.3, 0.16) for side in SIDES]
    raised = ramp(posture.height("seat"), 0.2, 0.3)
    level = least(ramp(posture.tilt, 50.0, 68.0), ramp(-posture.front[:, 1], 0.2, 0.5))
    return least(most(*hands), least(*knees), raised, level, 1.0 - lying(posture))


@once
def _knees_on_ground(posture: Posture, side: str) -> FloatArray:
    """One knee carries: it is low, and lower than the hip."""
    low = ramp(posture.height(f"{side} knee"), 0.2, 0.1)
    return least(low, ramp(posture.bend("knee", side), 50.0, 75.0))


@once
def kneeling(posture: Posture, _side: str = "") -> FloatArray:
    """Both knees carry, the seat does not rest on the ground: degrees of truth [N]."""
    down = [_knees_on_ground(posture, side) for side in SIDES]
    elsewhere = most(lying(posture), on_all_fours(posture), sitting_on_ground(posture))
    return least(*down, ramp(posture.height("seat"), 0.1, 0.16), 1.0 - elsewhere)


@once
def kneeling_on_one(posture: Posture, side: str) -> FloatArray:
    """The side's knee and the other foot carry: degrees of truth [N]."""
    foot = ramp(posture.foot_height(other(side)), 0.2, 0.1)
    up = ramp(posture.height(f"{other(side)} knee"), 0.2, 0.32)
    raised = ramp(posture.height("seat"), 0.12, 0.2)
    down = _knees_on_ground(posture, side)
    return least(down, up, foot, raised, ramp(posture.tilt, 75.0, 55.0), 1.0 - lying(posture))


@once
def sitting_on_ground(posture: Posture, _side: str = "") -> FloatArray:
    """The seat is the lowest part of a raised trunk: degrees of truth [N]."""
    upright = ramp(posture.tilt, 75.0, 60.0)
    return least(ramp(posture.height("seat"), 0.24, 0.15), upright, 1.0 - _on_heels(posture))


@once
def _on_heels(posture: Posture, _side: str = "") -> FloatArray:
    """Sitting back on the heels counts as kneeling."""
    under: list[FloatArray] = []
    for side in SIDES:
        gap = posture.joint("ankle", side) - posture.joint("hip", side)
        near = ramp(np.linalg.norm(gap, axis=1), 0.36, 0.26)
        behind = dot(posture.joint("ankle", side) - posture.joint("knee", side), posture.heading)
        folded = ramp(posture.bend("knee", side), 110.0, 130.0)
        down = ramp(posture.height(f"{side} knee"), 0.28, 0.18)
        under.append(least(near, ramp(-behind, 0.1, 0.25), folded, down))
    return least(*under)


@once
def sitting_on_seat(posture: Posture, _side: str = "") -> FloatArray:
    """Level thighs that point ahead, and a weight that the feet alone could not carry: [N]."""
    level = [ramp(np.abs(_thigh(posture, side)), 42.0, 28.0) for side in SIDES]
    height = least(
        ramp(posture.height("seat"), 0.15, 0.24), ramp(posture.height("seat"), 0.72, 0.6)
    )
    upright = ramp(posture.tilt, 65.0, 50.0)
    elsewhere = most(kneeling(posture), *(kneeling_on_one(posture, side) for side in SIDES))
    carried = most(ramp(posture.off_balance, 0.14, 0.24), _shins_upright(posture))
    return least(*level, _knees_ahead(posture), carried, height, upright, 1.0 - elsewhere)


def _knees_ahead(posture: Posture) -> FloatArray:
    reach = [posture.joint("knee", side) - posture.joint("hip", side) for side in SIDES]
    return most(*(ramp(dot(each, posture.heading), 0.15, 0.27) for each in reach))


def _shins_upright(posture: Posture) -> FloatArray:
    """Who squats with level thighs has to lean the shins forwards."""
    shins = [posture.joint("knee", side) - posture.joint("ankle", side) for side in SIDES]
    upright = np.broadcast_to([0.0, 1.0, 0.0], shins[0].shape)
    return least(*(ramp(angle(shin, upright), 22.0, 12.0) for shin in shins))


@once
def sitting(posture: Posture, _side: str = "") -> FloatArray:
    """On the ground or on a seat: degrees of truth [N]."""
    return most(sitting_on_ground(posture), sitting_on_seat(posture))


@once
def squatting(posture: Posture, _side: str = "") -> FloatArray:
    """Both feet carry deeply bent legs, and the weight hangs over them: degrees of truth [N]."""
    bent = [ramp(posture.bend("knee", side), 45.0, 65.0) for side in SIDES]
    feet = [ramp(posture.foot_height(side), 0.25, 0.12) for side in SIDES]
    low = ramp(posture.height("seat"), 0.74, 0.66)
    off_ground = least(
        *(ramp(posture.height(f"{side} knee"), 0.12, 0.2) for side in SIDES),
        ramp(posture.height("seat"), 0.14, 0.22),
    )
    balanced = ramp(posture.off_balance, 0.28, 0.2)
    elsewhere = most(sitting(posture), lying(posture), *(lunging(posture, s) for s in SIDES))
    return least(*bent, *feet, low, off_ground, balanced, 1.0 - elsewhere)


@once
def lunging(posture: Posture, side: str) -> FloatArray:
    """The side's leg is bent in front, the other one stretched behind or away from it: [N]."""
    bent = ramp(posture.bend("knee", side), 30.0, 50.0)
    stretched = ramp(posture.bend("knee", other(side)) - posture.bend("knee", side), 0.0, -20.0)
    step = posture.joint("ankle", side) - posture.joint("ankle", other(side))
    wide = ramp(np.linalg.norm(step[:, [0, 2]], axis=1), 0.55, 0.72)
    feet = least(*(ramp(posture.foot_height(each), 0.25, 0.14) for each in SIDES))
    hips = least(ramp(posture.height("seat"), 0.3, 0.4), ramp(posture.height("seat"), 0.8, 0.74))
    knees = least(*(ramp(posture.height(f"{each} knee"), 0.1, 0.16) for each in SIDES))
    return least(bent, stretched, wide, feet, hips, knees, ramp(posture.tilt, 85.0, 70.0))


@once
def standing(posture: Posture, _side: str = "") -> FloatArray:
    """A foot carries a leg that is not deeply bent: degrees of truth [N]."""
    feet = most(*(ramp(posture.foot_height(side), 0.12, 0.05) for side in SIDES))
    straight = most(
        *(
            least(
                ramp(posture.bend("knee", side), 75.0, 55.0),
                ramp(posture.foot_height(side), 0.2, 0.1),
            )
            for side in SIDES
        )
    )
    high = ramp(posture.height("seat"), 0.58, 0.66)
    return least(feet, straight, high, 1.0 - upside_down(posture), 1.0 - sitting(posture))


@once
def on_one_leg(posture: Posture, side: str) -> FloatArray:
    """Standing on one foot, the other one in the air: degrees of truth [N]."""
    lifted = ramp(posture.foot_height(other(side)), 0.12, 0.22)
    bears = ramp(posture.foot_height(side), 0.1, 0.04)
    balanced = ramp(posture.off_balance, 0.36, 0.26)
    return least(standing(posture), lifted, bears, balanced)


def bearing_is_upright(posture: Posture) -> BoolArray:
    """Whether a pose stands, sits, kneels or the like, so that "in front" has a meaning [N]."""
    return (lying(posture) < 0.5) & (upside_down(posture) < 0.5) & (on_all_fours(posture) < 0.5)


def _lean(posture: Posture, axis: FloatArray) -> FloatArray:
    """Degrees by which the trunk leans toward a level axis."""
    return np.degrees(np.arcsin(np.clip(dot(posture.up, axis), -1.0, 1.0)))


def _lean_forward(posture: Posture, _side: str) -> FloatArray:
    return np.where(_over(posture), -90.0, _lean(posture, posture.heading))


def _lean_back(posture: Posture, _side: str) -> FloatArray:
    return np.where(_over(posture), -90.0, -_lean(posture, posture.heading))


def _lean_sideways(posture: Posture, side: str) -> FloatArray:
    across = np.cross(UP, posture.heading)  # the level left
    return _lean(posture, across if side == "left" else -across)


def _over(posture: Posture) -> BoolArray:
    return (lying(posture) >= 0.5) | (upside_down(posture) >= 0.5)


def _bent_over(posture: Posture, _side: str) -> FloatArray:
    ahead = ramp(-posture.front[:, 1], 0.4, 0.6)
    legs = most(*(ramp(posture.bend("knee", side), 80.0, 60.0) for side in SIDES))
    feet = most(*(ramp(posture.foot_height(side), 0.12, 0.05) for side in SIDES))
    return least(
        ramp(posture.tilt, 45.0, 65.0), ahead, legs, feet, ramp(posture.height("seat"), 0.5, 0.6)
    )


def _turned(posture: Posture, side: str) -> FloatArray:
    """Degrees by which the shoulders are turned to a side against the hips."""
    hips = posture.joint("hip", "left") - posture.joint("hip", "right")
    shoulders = posture.joint("shoulder", "left") - posture.joint("shoulder", "right")
    level = [v - dot(v, posture.up)[:, None] * posture.up for v in (hips, shoulders)]
    turn = dot(np.cross(level[0], level[1]), posture.up)
    size = np.degrees(np.arctan2(turn, dot(level[0], level[1])))
    return size if side == "left" else -size


def _arched(posture: Posture, _side: str) -> FloatArray:
    lower = posture.joints[:, 3] - posture.joints[:, 0]
    upper = posture.joints[:, 12] - posture.joints[:, 9]
    backwards = dot(np.cross(lower, upper), posture.left)
    return np.where(backwards < 0, angle(lower, upper), -angle(lower, upper))


BEARINGS = (
    Rule("upside_down", upside_down, sided=False),
    Rule("lying_on_back", _lying_on_back, sided=False),
    Rule("lying_on_front", _lying_on_front, sided=False),
    Rule("lying_on_side", _lying_on_side),
    Rule("lying", lying, sided=False),
    Rule("all_fours", on_all_fours, sided=False),
    Rule("kneeling_on_one", kneeling_on_one),
    Rule("kneeling", kneeling, sided=False),
    Rule("sitting_on_ground", sitting_on_ground, sided=False),
    Rule("sitting_on_seat", sitting_on_seat, sided=False),
    Rule("sitting", sitting, sided=False),
    Rule("lunging", lunging),
    Rule("squatting", squatting, sided=False),
    Rule("on_one_leg", on_one_leg),
    Rule("standing", standing, sided=False),
)
TRUNK = (
    Rule("bent_over", _bent_over, sided=False),
    Rule("lean_forward", _lean_forward, 12, 28, "deg", sided=False),
    Rule("lean_back", _lean_back, 10, 24, "deg", sided=False),
    Rule("lean_sideways", _lean_sideways, 10, 24, "deg"),
    Rule("upright", lambda p, _side: p.tilt, 25, 12, "deg", sided=False),
    Rule("turned", _turned, 15, 35, "deg"),
    Rule("arched", _arched, 10, 25, "deg", sided=False),
    Rule("hunched", lambda p, s: -_arched(p, s), 42, 60, "deg", sided=False),
)
