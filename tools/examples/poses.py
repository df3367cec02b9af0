"""Poses of the example drawings, authored as joint angles.

Conventions: body space, y up, facing +z, left at +x; a joint's turns are (axis, degrees) pairs in
its parent's frame, the first one applied first. At rest the arms point along ±x.
Lowering the left arm turns about z by −90, the right by +90; the left elbow bends forward with
y −, the right with y +; a thigh rises with x −, a knee bends with x +.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Turns = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Pose:
    """A pose and the side from which it is drawn.

    Attributes:
        turns: joint name → turns in degrees; joints left out stay at rest.
        azimuth: degrees the figure turns to its left before it is drawn.
        elevation: degrees from which the drawer looks down.
    """

    turns: dict[str, Turns]
    azimuth: float = 0.0
    elevation: float = 4.0


POSES = {
    "wave": Pose(
        {
            "left_shoulder": (("z", -72), ("x", 8)),
            "left_elbow": (("y", -18),),
            "right_collar": (("z", -12),),
            "right_shoulder": (("z", -32), ("y", 10)),
            "right_elbow": (("z", -68),),
            "right_wrist": (("z", 12),),
            "left_hip": (("z", 9),),
            "right_hip": (("z", -5),),
            "spine2": (("z", 5),),
            "head": (("z", 7),),
        },
        azimuth=8,
    ),
    "run": Pose(
        {
            "pelvis": (("x", 9),),
            "spine1": (("x", 8), ("y", 8)),
            "spine3": (("y", 10),),
            "left_hip": (("x", -62),),
            "left_knee": (("x", 72),),
            "left_ankle": (("x", -8),),
            "right_hip": (("x", 26),),
            "right_knee": (("x", 62),),
            "right_ankle": (("x", 32),),
            "left_shoulder": (("z", -78), ("x", 62)),
            "left_elbow": (("y", -70),),
            "right_shoulder": (("z", 76), ("x", -58)),
            "right_elbow": (("y", 62),),
            "head": (("x", -8),),
        },
        azimuth=56,
    ),
    "star": Pose(
        {
            "left_shoulder": (("z", 34),),
            "right_shoulder": (("z", -38),),
            "left_elbow": (("z", 10),),
            "right_elbow": (("z", -6),),
            "left_hip": (("z", 36),),
            "right_hip": (("z", -32),),
            "left_ankle": (("x", 28),),
            "right_ankle": (("x", 28),),
            "head": (("x", -10),),
        },
        azimuth=-6,
    ),
    "kick": Pose(
        {
            "pelvis": (("x", -14),),
            "spine1": (("x", -6),),
            "right_hip": (("x", -88), ("z", -6)),
            "right_knee": (("x", 6),),
            "right_ankle": (("x", 18),),
            "left_hip": (("x", 14),),
            "left_knee": (("x", 10),),
            "left_shoulder": (("z", -56), ("x", 44)),
            "left_elbow": (("y", -34),),
            "right_shoulder": (("z", 60), ("x", -64)),
            "right_elbow": (("y", 56),),
        },
        azimuth=-58,
    ),
    "akimbo": Pose(
        {
            "left_shoulder": (("z", -48), ("y", 22)),
            "left_elbow": (("y", -40), ("z", -82)),
            "right_shoulder": (("z", 48), ("y", -22)),
            "right_elbow": (("y", 40), ("z", 82)),
            "left_hip": (("z", 13),),
            "right_hip": (("z", -10),),
            "head": (("y", -14),),
        },
        azimuth=-14,
    ),
    "lunge": Pose(
        {
            "pelvis": (("x", 4),),
            "left_hip": (("x", -70), ("z", 4)),
            "left_knee": (("x", 78),),
            "left_ankle": (("x", -8),),
            "right_hip": (("x", 38),),
            "right_knee": (("x", 14),),
            "right_ankle": (("x", -20),),
            "left_shoulder": (("y", -62), ("z", 16)),
            "left_elbow": (("y", -8),),
            "right_shoulder": (("y", -38), ("z", -20)),
            "right_elbow": (("y", 24), ("z", -62)),
            "spine3": (("y", 22),),
        },
        azimuth=52,
        elevation=6,
    ),
    "arabesque": Pose(
        {
            "pelvis": (("x", 24),),
            "spine1": (("x", -18),),
            "spine2": (("x", -18),),
            "left_hip": (("x", -22), ("z", 2)),
            "right_hip": (("x", 58), ("z", -8)),
            "right_knee": (("x", 10),),
            "right_ankle": (("x", 42),),
            "left_shoulder": (("y", -58), ("z", 26)),
            "right_shoulder": (("z", 4), ("y", -24)),
            "left_wrist": (("z", -12),),
            "head": (("x", -14),),
        },
        azimuth=66,
    ),
    "cheer": Pose(
        {
            "left_shoulder": (("z", 52),),
            "left_elbow": (("z", 24),),
            "right_shoulder": (("z", -58),),
            "right_elbow": (("z", -16),),
            "left_hip": (("x", -48), ("z", 14)),
            "left_knee": (("x", 74),),
            "left_ankle": (("x", 22),),
            "right_hip": (("z", -4), ("x", 6)),
            "right_knee": (("x", 12),),
            "right_ankle": (("x", 30),),
            "spine2": (("z", -6),),
            "head": (("x", -12), ("z", 5)),
        },
        azimuth=24,
    ),
}


def axis_turn(axis: str, degrees: float) -> NDArray[np.float64]:
    """[3, 3] right-handed rotation about a coordinate axis."""
    first, second = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    turn = np.eye(3)
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn[first, first] = turn[second, second] = cosine
    turn[second, first], turn[first, second] = sine, -sine
    return turn


def local_rotations(pose: Pose, joint_names: tuple[str, ...]) -> NDArray[np.float64]:
    """[J, 3, 3] local rotations of a pose, the azimuth in the root's.

    Raises:
        ValueError: when the pose names a joint that the body does not have.
    """
    unknown = set(pose.turns) - set(joint_names)
    if unknown:
        raise ValueError(f"the body has no joint {', '.join(sorted(unknown))}")
    rotations = np.stack([np.eye(3)] * len(joint_names))
    for name, turns in pose.turns.items():
        index = joint_names.index(name)
        for axis, degrees in turns:
            rotations[index] = axis_turn(axis, degrees) @ rotations[index]
    rotations[0] = axis_turn("y", pose.azimuth) @ rotations[0]
    return rotations
