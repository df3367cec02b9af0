"""Feet on the target's own ground: hips height, foot locks, hand locks.

Conventions: rig space; heights along the stage's ``up``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...core.arrays import BoolArray, FloatArray
from ...core.rotations import normalized, quat_rotate
from ..human import SIDES
from ..landmarks import body_frame, leg_length, soles
from ..limb_ik import REACH, reach_goal
from ..posed_target import PosedTarget
from .contacts import foot_contacts
from .foot_levels import STEP, levels_under
from .foot_lock import hips_drop, lock_correction, smoothed
from .soles import sole_points

SLOWLY = 0.25  # s to either side over which the figure follows the ground
EASY_REACH = 0.992  # of a leg's length: its knee is bent by 15 degrees


def posed_soles(figure: PosedTarget) -> dict[str, FloatArray]:
    """Return the sole points (heel, ball) [T, 2, 3] of each driven foot, by side."""
    found: dict[str, FloatArray] = {}
    frame = body_frame(figure.rest)
    for side, sole in soles(figure.rest, frame, figure.stage.rest_ground).items():
        bone = figure.bone(f"{side}_foot")
        if bone is not None:
            rest_quat = figure.rig.rest_quats[figure.rig.index[bone]]
            pose, head = figure.posed.poses[bone], figure.posed.heads[bone]
            found[side] = sole_points(rest_quat, pose, head, sole)
    return found


def put_on_ground(figure: PosedTarget, by_contacts: bool = False) -> None:
    """Lift or lower the whole clip so that its feet touch the ground.

    Args:
        figure: the target.
        by_contacts: let the planted feet decide (what sinks in is left to the foot lock) rather
            than the lowest sole point of all frames.
    """
    found = posed_soles(figure)
    if not found:
        return
    up = figure.stage.up
    lowest = {side: (points @ up).min(axis=1) for side, points in found.items()}
    resting = _resting_heights(figure, lowest) if by_contacts else np.array([])
    level = np.median(resting) if len(resting) else min(h.min() for h in lowest.values())
    lift = (figure.stage.ground - float(level)) * up
    figure.carry(np.tile(lift, (figure.frame_count, 1)))


def _resting_heights(figure: PosedTarget, lowest: dict[str, FloatArray]) -> FloatArray:
    contacts = foot_contacts(figure.placed)
    heights: list[FloatArray] = []
    for side, height in lowest.items():
        for role in (f"{side}_foot", f"{side}_toes"):
            if role in contacts:
                heights.append(height[contacts[role]])
    return np.concatenate(heights) if heights else np.array([])


@dataclass(frozen=True)
class Planted:
    """One foot and what it stands on.

    Attributes:
        heel: [T, 3] posed sole point under the heel, rig space.
        ball: [T, 3] posed sole point under the ball of the foot, rig space.
        heel_rests: [T] whether the heel rests on something.
        ball_rests: [T] whether the ball rests on something.
        level: [T] height of what is under the foot.
    """

    heel: FloatArray
    ball: FloatArray
    heel_rests: BoolArray
    ball_rests: BoolArray
    level: FloatArray


def planted_feet(figure: PosedTarget) -> dict[str, Planted]:
    """Return the feet as they are posed now, by side."""
    contacts = foot_contacts(figure.placed)
    up, none = figure.stage.up, np.zeros(figure.frame_count, dtype=bool)
    step = STEP * leg_length(figure.rest)
    found: dict[str, Planted] = {}
    for side, points in posed_soles(figure).items():
        heel, ball = points[:, 0], points[:, 1]
        on_heel, on_ball = (contacts.get(f"{side}_{part}", none) for part in ("foot", "toes"))
        lowest = np.minimum(heel @ up, ball @ up)
        level = levels_under(lowest, on_heel | on_ball, figure.stage.ground, step)
        found[side] = Planted(heel, ball, on_heel, on_ball, level)
    return found


def follow_ground(figure: PosedTarget) -> None:
    """Let the figure rise and sink slowly with what its planted feet are off the ground.

    A source that was filmed wavers in height, or its ground is tilted by a degree: without this the
    legs alone would make up for it, and the figure would crouch on one side of its path.
    """
    up, feet = figure.stage.up, planted_feet(figure).values()
    rests = np.array([foot.heel_rests | foot.ball_rests for foot in feet])
    if not rests.any():
        return
    known = np.flatnonzero(rests.any(axis=0))
    off = np.array([foot.level - np.minimum(foot.heel @ up, foot.ball @ up) for foot in feet])
    mean: FloatArray = (off * rests).sum(axis=0)[known] / rests.sum(axis=0)[known]
    every = np.interp(np.arange(figure.frame_count), known, mean)
    slow = smoothed(every, max(round(SLOWLY * figure.placed.framerate), 1))
    figure.carry(np.outer(slow, up))


def lock_feet(figure: PosedTarget) -> dict[str, FloatArray]:
    """Hold planted feet still and above what they stand on by bending the legs.

    Returns:
        [T] height of what is under each foot that was corrected, by side.
    """
    feet = planted_feet(figure)
    goals: dict[tuple[str, str, str], FloatArray] = {}
    levels: dict[str, FloatArray] = {}
    for side, roles in figure.legs():
        if side in feet:
            foot = feet[side]
            correction = lock_correction(
                foot.heel, foot.ball, foot.heel_rests, foot.ball_rests,
                figure.stage.up, foot.level, figure.placed.framerate,
            )  # fmt: skip
            goals[roles] = figure.head(roles[2]) + correction
            levels[side] = foot.level
    if goals:
        _sink_hips(figure, goals)
        for roles, goal in goals.items():
            bend_limb(figure, roles, goal)
    return levels


def _sink_hips(figure: PosedTarget, goals: dict[tuple[str, str, str], FloatArray]) -> None:
    """Lower the hips so that no leg is stretched straighter than the source has it, or snaps."""
    legs: list[tuple[FloatArray, FloatArray, FloatArray]] = []
    for (thigh, shin, foot), goal in goals.items():
        length = np.linalg.norm(figure.rest[shin] - figure.rest[thigh])
        length += np.linalg.norm(figure.rest[foot] - figure.rest[shin])
        hip = figure.head(thigh)
        stretched = np.linalg.norm(figure.head(foot) - hip, axis=1) / length
        legs.append((hip, goal, np.clip(stretched, EASY_REACH, REACH) * length))
    drop = hips_drop(legs, figure.stage.up, figure.placed.framerate)
    figure.carry(np.outer(-drop, figure.stage.up))


def lock_hands(figure: PosedTarget) -> None:
    """Hold hands still while the motion says that they rest on something."""
    for side in SIDES:
        roles = figure.limb(side, "arm")
        resting = figure.placed.contacts.get(f"{side}_hand")
        if roles is None or resting is None or not (resting > 0.5).any():
            continue
        none = np.zeros(figure.frame_count, dtype=bool)
        head = figure.head(roles[2])
        # Without an "up" a lock holds in all three directions and knows no ground.
        correction = lock_correction(
            head, head, none, resting > 0.5, np.zeros(3), 0.0, figure.placed.framerate
        )
        bend_limb(figure, roles, head + correction)


def bend_limb(figure: PosedTarget, roles: tuple[str, str, str], goal: FloatArray) -> None:
    """Bring the end of a limb to ``goal`` [T, 3], keeping the orientation of hand or foot."""
    upper, lower, end = roles
    turns = reach_goal(
        figure.head(upper), figure.head(lower), figure.head(end), goal, hinge_axis(figure, upper)
    )
    figure.turn_bones(upper, turns.upper)
    figure.turn_bones(lower, turns.lower)


def hinge_axis(figure: PosedTarget, upper: str) -> FloatArray:
    """Return the axis [T, 3] that closes a limb's elbow or knee, carried along by its upper bone.

    Elbows bend a resting arm forward, knees a resting leg backward.
    """
    side, _, part = upper.partition("_")
    rest = figure.placed.rest
    forward = quat_rotate(body_frame(rest), [0.0, 0.0, 1.0])
    following = f"{side}_{'forearm' if part == 'upper_arm' else 'shin'}"
    along = rest[following] - rest[upper]
    axis = np.cross(along, forward if part == "upper_arm" else -forward)
    return quat_rotate(figure.placed.turns[upper], normalized(axis))
