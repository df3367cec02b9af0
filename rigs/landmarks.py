"""Where a rig's body is at rest: its own frame, limb directions, leg length, soles.

Conventions: everything is measured in the space of the positions given (rig space for a target).
A *body frame* is a quaternion taking the canonical body (y up, facing +z, left at +x) to that
space. Only joint heads are read: bone axes, rolls and tails say nothing reliable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..core.arrays import FloatArray
from ..core.rotations import normalized, quat_from_rotmat, quat_rotate
from .errors import RigError
from .human import FINGERS, SIDES

SNAP_ANGLE = np.radians(12.0)
_SYMMETRY_ANGLE = np.radians(2.0)
# Ball joint above the sole, as a share of leg length (adults, shod or bare: 2-3 cm in 85).
_BALL_HEIGHT = 0.03
_HEEL_BEHIND_ANKLE = 0.25

Positions = Mapping[str, FloatArray]


def middle(rest: Positions, part: str) -> FloatArray:
    """Return the point [3] between the left and right joint of ``part``."""
    return 0.5 * (rest[f"left_{part}"] + rest[f"right_{part}"])


def body_frame(rest: Positions) -> FloatArray:
    """Return the body's frame [4] at rest, from hips and shoulders.

    Left runs from the right joints to the left ones, which symmetry makes exact but for a degree
    or two. Up runs from between the hip joints to between the shoulder joints, which leans by some
    degrees from figure to figure. Where an axis of the space is within 2 degrees of left, or 12 of
    up, that axis is what the rigger meant.

    Raises:
        RigError: the joints coincide, so there is no frame.
    """
    leaning = middle(rest, "upper_arm") - middle(rest, "thigh")
    across = rest["left_thigh"] - rest["right_thigh"]
    across = across + rest["left_upper_arm"] - rest["right_upper_arm"]
    if np.linalg.norm(np.cross(across, leaning)) < 1e-9:
        raise RigError(
            "This rig has no usable body",
            "its hip and shoulder bones lie in one line",
            "Check the bone map: left and right may point to the same bones",
        )
    left = _snapped(normalized(across))
    up = _upright(normalized(leaning - (leaning @ left) * left), left)
    return quat_from_rotmat(np.stack((left, up, np.cross(left, up)), axis=-1))


def _snapped(left: FloatArray) -> FloatArray:
    axis = np.zeros(3)
    longest = int(np.argmax(np.abs(left)))
    axis[longest] = np.sign(left[longest])
    return axis if axis @ left > np.cos(_SYMMETRY_ANGLE) else left


def _upright(up: FloatArray, left: FloatArray) -> FloatArray:
    """Return the space's axis near ``up``, square to ``left``, or ``up`` when none is near."""
    axes = np.concatenate((np.eye(3), -np.eye(3)))  # rigs are built along either sign of an axis
    axis = axes[int(np.argmax(axes @ up))]
    square = normalized(axis - (axis @ left) * left)
    near = min(axis @ up, square @ up) > np.cos(SNAP_ANGLE)
    return square if near else up


def leg_length(rest: Positions) -> float:
    """Return hip to knee to ankle [same units as ``rest``], the mean of both legs."""
    lengths = [
        np.linalg.norm(rest[f"{s}_shin"] - rest[f"{s}_thigh"]) + _shin_length(rest, s)
        for s in SIDES
    ]
    return float(np.mean(lengths))


def _shin_length(rest: Positions, side: str) -> float:
    ankle = rest.get(f"{side}_foot")
    if ankle is None:  # no foot bone: a shin is about as long as the thigh
        return float(np.linalg.norm(rest[f"{side}_shin"] - rest[f"{side}_thigh"]))
    return float(np.linalg.norm(ankle - rest[f"{side}_shin"]))


@dataclass(frozen=True)
class Sole:
    """Points of one foot that meet the ground, at rest.

    Attributes:
        ankle: [3] joint.
        points: bone role and rest point [3] on the sole: heel and ball turn with the foot.
        height: the ankle's height above the sole.
    """

    ankle: FloatArray
    points: tuple[tuple[str, FloatArray], ...]
    height: float


def soles(rest: Positions, frame: FloatArray, ground: float | None = None) -> dict[str, Sole]:
    """Return the sole of each foot that is mapped, by side.

    Args:
        rest: [3] rest joint positions by role, rig space.
        frame: [4] the body's frame (quaternion wxyz).
        ground: height along the body's up that the soles stand on at rest, where it is known;
            otherwise the ground is taken to be a little below the ball joints.
    """
    up, forward = quat_rotate(frame, [0.0, 1.0, 0.0]), quat_rotate(frame, [0.0, 0.0, 1.0])
    leg = leg_length(rest)
    found: dict[str, Sole] = {}
    for side in SIDES:
        ankle = rest.get(f"{side}_foot")
        if ankle is not None:
            flat, drop = _foot_shape(ankle, rest.get(f"{side}_toes"), up, forward, leg)
            height = drop + _BALL_HEIGHT * leg
            # No foot stands on a ground at or above its ankle: then the guess is better.
            if ground is not None and ankle @ up - ground > 0.2 * height:
                height = float(ankle @ up - ground)
            found[side] = _sole(f"{side}_foot", ankle, flat, height, up)
    return found


def _foot_shape(
    ankle: FloatArray, ball: FloatArray | None, up: FloatArray, forward: FloatArray, leg: float
) -> tuple[FloatArray, float]:
    """Return the level way [3] from ankle to ball, and how far the ball lies lower."""
    # Without a toe bone, or with one above the ankle, the bones say nothing of the foot's shape.
    if ball is None or np.dot(ankle - ball, up) < -0.02 * leg:
        return 0.15 * leg * forward, 0.07 * leg
    drop = float(np.dot(ankle - ball, up))
    return ball - ankle + drop * up, drop


def _sole(role: str, ankle: FloatArray, flat: FloatArray, height: float, up: FloatArray) -> Sole:
    under = ankle - height * up
    return Sole(ankle, ((role, under - _HEEL_BEHIND_ANKLE * flat), (role, under + flat)), height)


def add_knuckles(rest: dict[str, FloatArray]) -> None:
    """Add ``<side>_knuckles`` [3], between the first joints of the four fingers, to ``rest``.

    Only where these are known. It says where a hand points; a wrist joint and a bone's tail do not.
    """
    for side in SIDES:
        first = [rest[r] for f in FINGERS[1:] if (r := f"{side}_{f}_1") in rest]
        if len(first) > 1 and f"{side}_knuckles" not in rest:
            rest[f"{side}_knuckles"] = np.mean(first, axis=0)
