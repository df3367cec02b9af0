"""What a drawing leaves open, read off its hypotheses.

Limbs may come toward the viewer or lead away, and the figure may be seen from behind.

Conventions: SMPL joint order and world (y up); poses are [72] axis-angle, radians.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..kinematics import world_from_pose
from ..smpl import SMPL_PARENTS

BONES = {
    "Left upper arm": (18, "LEFT_ARM"),
    "Right upper arm": (19, "RIGHT_ARM"),
    "Left forearm": (20, "LEFT_FOREARM"),
    "Right forearm": (21, "RIGHT_FOREARM"),
    "Left thigh": (4, "LEFT_LEG"),
    "Right thigh": (5, "RIGHT_LEG"),
    "Left shin": (7, "LEFT_SHIN"),
    "Right shin": (8, "RIGHT_SHIN"),
    "Head": (15, ""),
}
"""What is asked about: the joint in which a bone ends, and the limb whose flip settles it."""
OPEN = 0.2  # share of the scores that has to say otherwise
_FLAT = 0.2  # depth component below which toward and away are the same
_FACING = 0.3


@dataclass(frozen=True)
class Ambiguity:
    """Something that the drawing does not say.

    Attributes:
        text: the question, as a sentence for the user.
        limb: whose flip gives the other answer; empty when no flip does.
        change: the change of the whole figure that gives it, or empty.
        otherwise: share of the scores, in 0..1, for the other answer.
    """

    text: str
    limb: str
    change: str
    otherwise: float


def depth_ambiguities(
    pose: ArrayLike, poses: ArrayLike, scores: ArrayLike, offsets: ArrayLike, view: ArrayLike
) -> list[Ambiguity]:
    """What the hypotheses of a drawing do not agree on, the most open first.

    Args:
        pose: [72] the pose that was chosen.
        poses: [H, 72] all hypotheses.
        scores: [H] their scores.
        offsets: [24, 3] the body's bones at rest, meters.
        view: [3] viewing direction in the world.
    """
    weight = np.maximum(np.asarray(scores, dtype=np.float64), 0.0)
    if len(weight) < 2 or weight.sum() <= 0:
        return []
    weight = weight / weight.sum()
    forward = np.asarray(view, dtype=np.float64) / np.linalg.norm(view)
    chosen = _depths(np.asarray(pose, float), offsets, forward)
    others = [_depths(reading, offsets, forward) for reading in np.asarray(poses, float)]
    questions = [_facing_question(chosen, others, weight)]
    for name, (joint, limb) in BONES.items():
        here = chosen[0][joint]
        opposed = np.array([_opposed(here, depth[joint]) for depth, _ in others])
        now = "away" if here > 0 else "toward you"
        other = "toward you" if here > 0 else "away"
        text = f"{name}: {now} or {other}?"
        questions.append(Ambiguity(text, limb, "", float(weight @ opposed)))
    found = [question for question in questions if question.otherwise >= OPEN]
    return sorted(found, key=lambda question: -question.otherwise)


def _opposed(one: float, other: float) -> bool:
    return one * other < 0 and min(abs(one), abs(other)) > _FLAT


def _depths(pose: FloatArray, offsets: ArrayLike, forward: FloatArray) -> tuple[FloatArray, float]:
    """Depth component [24] of each bone's direction, and of the body's own front."""
    world = world_from_pose(pose)
    lengths = np.asarray(offsets, dtype=np.float64)
    depths = np.zeros(24)
    for joint, parent in enumerate(SMPL_PARENTS[1:], start=1):
        bone = world[parent] @ lengths[joint]
        depths[joint] = bone @ forward / max(float(np.linalg.norm(bone)), 1e-9)
    return depths, float(world[0][:, 2] @ forward)


def _facing_question(
    chosen: tuple[FloatArray, float], others: list[tuple[FloatArray, float]], weight: FloatArray
) -> Ambiguity:
    front = chosen[1]
    turned = [front * facing < 0 and min(abs(front), abs(facing)) > _FACING for _, facing in others]
    now, other = ("the front", "behind") if front < 0 else ("behind", "the front")
    text = f"The figure: seen from {now} or from {other}?"
    return Ambiguity(text, "", "FRONT_BACK", float(weight @ np.array(turned)))
