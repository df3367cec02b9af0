"""Planted feet lie flat, and toes bend where they would sink into the ground.

A source that was read from pictures wavers by some degrees in the pitch of a standing foot; held
by its ball, such a foot rocks. A ball that is said to rest does not float over a resting heel,
either, and a heel that is barely off the ground is on it. Heels that are clearly raised stay so.

Conventions: rig space; turns are quaternions wxyz to put *before* present orientations. A pitch is
the angle of a foot's or of the toes' level direction above the level, toes up positive.
"""

from __future__ import annotations

import numpy as np

from ...core.arrays import BoolArray, FloatArray
from ...core.rotations import normalized, quat_from_rotvec, quat_rotate
from ..landmarks import body_frame, leg_length
from ..posed_target import PosedTarget
from .contacts import foot_contacts, runs
from .foot_lock import FADE, eased, faded, smoothed
from .grounding import posed_soles

# Of leg length (0.85 m): a heel this high over its usual height is down (2.5 cm), and raised from
# there on (6 cm). That usual height is an error of the source up to 6 cm, then it is tiptoe.
_DOWN, _RAISED, _MISREAD = 0.03, 0.07, 0.075
_TOES = 0.08  # length of toes beyond the ball joint, of leg length


def flatten_feet(figure: PosedTarget) -> None:
    """Lay feet flat while their ball rests; the turn fades in and out between contacts."""
    contacts = foot_contacts(figure.placed)
    leg, up = leg_length(figure.rest), figure.stage.up
    fade = max(round(FADE * figure.placed.framerate), 1)
    for side, points in posed_soles(figure).items():
        rests = contacts.get(f"{side}_toes")
        if rests is None or not rests.any():
            continue
        along = points[:, 1] - points[:, 0]
        flat = _how_flat(-along @ up, rests, leg)
        _pitch(figure, f"{side}_foot", along, flat, rests, fade)
        if figure.bone(f"{side}_toes") is not None:
            _pitch(figure, f"{side}_toes", _toe_direction(figure, side), flat, rests, fade)


def keep_toes_out(figure: PosedTarget, levels: dict[str, FloatArray]) -> None:
    """Bend toes up where their tips would be under what the foot stands on.

    Args:
        figure: the target, its feet where they are to be.
        levels: [T] height of what is under each foot, by side.
    """
    up, length = figure.stage.up, _TOES * leg_length(figure.rest)
    for side, points in posed_soles(figure).items():
        if side not in levels or figure.bone(f"{side}_toes") is None:
            continue
        way = _toe_direction(figure, side)
        over = points[:, 1] @ up - levels[side]
        least = -np.arcsin(np.clip(over / length, 0.0, 1.0))  # never above the ball's own level
        pitch = pitch_of(way, up)
        lift = np.maximum(least - pitch, 0.0)
        figure.turn_bones(f"{side}_toes", pitching(way, up, lift))


def pitch_of(way: FloatArray, up: FloatArray) -> FloatArray:
    """Return the angle [T] of directions [T, 3] above the level, radians."""
    height = way @ up
    flat = np.linalg.norm(way - height[:, None] * up, axis=1)
    return np.arctan2(height, flat)


def pitching(way: FloatArray, up: FloatArray, angle: FloatArray) -> FloatArray:
    """Return turns [T, 4] that raise directions ``way`` [T, 3] by ``angle`` [T], radians."""
    axis = np.cross(way, np.broadcast_to(up, way.shape))
    return quat_from_rotvec(normalized(axis) * angle[:, None])


def _how_flat(raised: FloatArray, rests: BoolArray, leg: float) -> FloatArray:
    """Return how flat [T] in 0 to 1 a foot is meant.

    Args:
        raised: [T] height of the heel over the ball.
        rests: [T] whether the ball rests.
        leg: leg length.
    """
    flat = np.zeros(len(raised))
    for start, stop in runs(rests):
        usual = max(float(np.median(raised[start:stop])), 0.0) / leg
        over = raised[start:stop] / leg - (usual if usual < _MISREAD else 0.0)
        flat[start:stop] = 1.0 - eased((over - _DOWN) / (_RAISED - _DOWN))
    return flat


def _pitch(
    figure: PosedTarget, role: str, way: FloatArray, flat: FloatArray, rests: BoolArray, fade: int
) -> None:
    """Turn a bone so that its direction ``way`` [T, 3] is level as far as ``flat`` [T] says."""
    up = figure.stage.up
    angle = np.where(rests, -pitch_of(way, up) * flat, 0.0)
    angle = smoothed(faded(angle[:, None], rests, fade)[:, 0], fade // 2)
    figure.turn_bones(role, pitching(way, up, angle))


def _toe_direction(figure: PosedTarget, side: str) -> FloatArray:
    """Return where the toes point [T, 3]: level and straight ahead of the foot at rest."""
    frame = body_frame(figure.rest)
    up, forward = quat_rotate(frame, [0.0, 1.0, 0.0]), quat_rotate(frame, [0.0, 0.0, 1.0])
    ball, ankle = figure.rest[f"{side}_toes"], figure.rest[f"{side}_foot"]
    ahead = ball - ankle - ((ball - ankle) @ up) * up
    ahead = ahead if np.linalg.norm(ahead) > 1e-9 else forward
    return quat_rotate(figure.turn_of(f"{side}_toes"), normalized(ahead))
