"""Where the retargeted figure stands, and how far it travels.

Conventions: a *placed* motion is expressed in the target's rig space but still in the source's
meters; ``stage`` says where its ground and its starting place lie in rig space and rig units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..core.arrays import FloatArray
from ..core.rotations import quat_inverse, quat_multiply, quat_rotate
from .human_motion import HumanMotion
from .landmarks import Positions, body_frame, leg_length, middle, soles
from .skeleton import Skeleton

_NEAR_ORIGIN = 0.12


@dataclass(frozen=True)
class Stage:
    """The target's ground and starting place.

    Attributes:
        up: [3] unit vector in rig space.
        ground: height of the ground along ``up``, rig units.
        start: [3] where the hips' path begins (its height only if that is asked for).
        scale: rig units a source meter, by leg length.
        lift: rig units to add to the hips' height because ankles differ in height.
        rest_ground: height that the rig's soles stand on at rest.
    """

    up: FloatArray
    ground: float
    start: FloatArray
    scale: float
    lift: float
    rest_ground: float


def place(
    motion: HumanMotion, rest: Positions, skeleton: Skeleton, in_world: bool, height: float = 0.0
) -> tuple[HumanMotion, Stage]:
    """Express ``motion`` in rig space and say where it is to stand.

    Args:
        motion: source, in the scene's world axes.
        rest: the target's rest joint positions by role, rig space.
        skeleton: the target.
        in_world: True puts the figure where the motion stands in the scene; False keeps it where
            the rig stands, facing as the rig does at rest.
        height: of the scene's ground above its origin, world units; with ``in_world`` only.
    """
    target_frame, source_frame = body_frame(rest), body_frame(motion.rest)
    if in_world:
        turn = quat_inverse(skeleton.world_quat)
    else:
        turn = quat_multiply(target_frame, quat_inverse(source_frame))
    placed = motion.turned(turn)
    under_rest = rest_ground(rest, target_frame)
    if in_world:
        start, ground = _place_in_world(placed, skeleton, height)
    else:
        start, ground = middle(rest, "thigh"), under_rest
    scale = leg_length(rest) / leg_length(placed.rest)
    source_ankle = ankle_height(placed.rest, quat_multiply(turn, source_frame), None)
    lift = ankle_height(rest, target_frame, under_rest) - scale * source_ankle
    return placed, Stage(placed.up, ground, start, scale, lift, under_rest)


def _place_in_world(
    placed: HumanMotion, skeleton: Skeleton, height: float
) -> tuple[FloatArray, float]:
    """Return the first hips position and the height of the world's ground, both in rig space."""
    first = middle({r: p[0] for r, p in placed.positions.items()}, "thigh")
    world = quat_rotate(skeleton.world_quat, first)
    to_rig = np.linalg.inv(skeleton.world_from_rig)
    start = to_rig[:3, :3] @ world + to_rig[:3, 3]
    ground = to_rig[:3, :3] @ (height * quat_rotate(skeleton.world_quat, placed.up)) + to_rig[:3, 3]
    return start, float(ground @ placed.up)


def rest_ground(rest: Positions, frame: FloatArray) -> float:
    """Return the height of the ground that the rig stands on at rest, rig units.

    Rigs are built standing on their origin; where the soles are not near it (a rig whose origin is
    in the hips) the ground is just under the feet.

    Args:
        rest: [3] rest joint positions by role, rig space.
        frame: [4] the body's frame (quaternion wxyz).
    """
    up = quat_rotate(frame, [0.0, 1.0, 0.0])
    found = soles(rest, frame).values()
    if not found:
        return 0.0
    level = float(np.mean([sole.ankle @ up - sole.height for sole in found]))
    return 0.0 if abs(level) < _NEAR_ORIGIN * leg_length(rest) else level


def ankle_height(rest: Positions, frame: FloatArray, ground: float | None) -> float:
    """Return the ankles' mean height above their soles (see :func:`rigs.landmarks.soles`).

    Args:
        rest: [3] rest joint positions by role.
        frame: [4] the body's frame (quaternion wxyz).
        ground: height that the soles stand on at rest, where it is known.
    """
    found = soles(rest, frame, ground).values()
    return float(np.mean([sole.height for sole in found])) if found else 0.0


def hips_path(
    placed: HumanMotion, stage: Stage, in_place: bool, start_is_exact: bool
) -> FloatArray:
    """Return where the point between the hip joints has to be, [T, 3] in rig space.

    Heights above the ground follow leg length, so a standing figure stands; with
    ``start_is_exact`` the first frame is put at the stage's very start instead, also in mid-air.
    """
    source = middle(placed.positions, "thigh")
    height: FloatArray = source @ stage.up
    risen: FloatArray = height - height[0]
    flat: FloatArray = (source - source[0]) - np.outer(risen, stage.up)
    start = stage.start - (stage.start @ stage.up) * stage.up
    path: FloatArray = start + (0.0 if in_place else stage.scale) * flat
    level: FloatArray = stage.ground + stage.scale * height + stage.lift
    if start_is_exact:
        level = level - level[0] + stage.start @ stage.up
    return path + np.outer(level, stage.up)
