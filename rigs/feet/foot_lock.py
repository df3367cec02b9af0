"""Foot locks on the target: corrections that stop a planted foot from sliding or sinking.

Conventions: rig space; a correction is a path [T, 3] to add to the ankle. Along the ground it holds
each planted point (heel or ball) where it stands and fades in and out between contacts; upwards
it puts the lowest sole point on the ground during contact and keeps it above at all times.
"""

from __future__ import annotations

import numpy as np

from ...core.arrays import BoolArray, FloatArray
from .contacts import runs

FADE = 0.2  # s


def lock_correction(
    heel: FloatArray,
    ball: FloatArray,
    heel_rests: BoolArray,
    ball_rests: BoolArray,
    up: FloatArray,
    ground: FloatArray | float,
    framerate: float,
) -> FloatArray:
    """Return the correction [T, 3] of one foot.

    Args:
        heel: [T, 3] posed sole point under the heel.
        ball: [T, 3] posed sole point under the ball of the foot.
        heel_rests: [T] the heel is planted.
        ball_rests: [T] the ball is planted.
        up: [3] unit vector.
        ground: height along ``up`` of what the foot stands on, one or [T].
        framerate: frames a second.
    """
    resting = heel_rests | ball_rests
    fade = max(round(FADE * framerate), 1)
    level = np.zeros_like(heel)
    for start, stop in runs(resting):
        level[start:stop] = _held(heel, ball, ball_rests, up, start, stop)
    level = faded(level, resting, fade)
    lowest = np.minimum(heel @ up, ball @ up)
    sink = ground - lowest
    lift = faded(np.where(resting, sink, 0.0)[:, None], resting, fade)[:, 0]
    return level + np.outer(np.maximum(lift, sink), up)


def _held(
    heel: FloatArray,
    ball: FloatArray,
    ball_rests: BoolArray,
    up: FloatArray,
    start: int,
    stop: int,
) -> FloatArray:
    """Return the level correction over one contact, its mean zero.

    The planted point is the ball whenever it rests, else the heel; where the two hand over, the
    correction goes on from where it was.
    """
    pivots = np.where(ball_rests[start:stop, None], ball[start:stop], heel[start:stop])
    # Where heel and ball hand over, the way between them is no sliding: what counts is how far
    # the new pivot itself has moved.
    same = ball_rests[start + 1 : stop] == ball_rests[start : stop - 1]
    steps = np.diff(pivots, axis=0)
    other = np.where(
        ball_rests[start + 1 : stop, None],
        np.diff(ball[start:stop], axis=0),
        np.diff(heel[start:stop], axis=0),
    )
    moved: FloatArray = np.where(same[:, None], steps, other)
    rising: FloatArray = moved @ up
    moved = moved - np.outer(rising, up)
    correction = np.concatenate((np.zeros((1, 3)), -np.cumsum(moved, axis=0)))
    return correction - correction.mean(axis=0)


def faded(values: FloatArray, resting: BoolArray, fade: int) -> FloatArray:
    """Return ``values`` [T, C] with the frames between contacts filled.

    Args:
        values: what holds while something rests.
        resting: [T] whether it does.
        fade: frames over which it fades out after each contact and in before the next.
    """
    result = values.copy()
    if not resting.any():
        return np.zeros_like(values)
    for start, stop in runs(~resting):
        before = values[start - 1] if start > 0 else None
        after = values[stop] if stop < len(values) else None
        result[start:stop] = _bridge(before, after, stop - start, fade, values.shape[1])
    return result


def smoothed(values: FloatArray, radius: int) -> FloatArray:
    """Return a running mean of ``values`` [T] under a bell of ``radius`` frames to either side."""
    bell = np.hanning(2 * radius + 3)[1:-1]
    shares: FloatArray = bell / bell.sum()
    return np.convolve(np.pad(values, radius, mode="edge"), shares, mode="valid")


def _bridge(
    before: FloatArray | None, after: FloatArray | None, count: int, fade: int, width: int
) -> FloatArray:
    steps = np.arange(1, count + 1, dtype=np.float64)
    reach = min(fade, count) if before is None or after is None else min(fade, (count + 1) / 2.0)
    bridge = np.zeros((count, width))
    if before is not None:
        bridge += eased(1.0 - steps / (reach + 1.0))[:, None] * before
    if after is not None:
        bridge += eased(1.0 - (count + 1.0 - steps) / (reach + 1.0))[:, None] * after
    return bridge


def eased(share: FloatArray) -> FloatArray:
    """Return shares [T] that begin and end without a jolt, within 0 and 1 (smoothstep)."""
    s = np.clip(share, 0.0, 1.0)
    return s * s * (3.0 - 2.0 * s)


def hips_drop(
    hips_to_goal: list[tuple[FloatArray, FloatArray, FloatArray]], up: FloatArray, framerate: float
) -> FloatArray:
    """Return how far [T] the hips must sink so that every planted foot is within reach.

    Args:
        hips_to_goal: per leg the thigh joint [T, 3], the ankle's goal [T, 3] and how far it
            may reach [T].
        up: [3] unit vector.
        framerate: frames a second.
    """
    need = np.zeros(len(hips_to_goal[0][0]))
    for thigh, goal, length in hips_to_goal:
        offset = thigh - goal
        height = offset @ up
        flat2 = np.maximum((offset**2).sum(axis=1) - height**2, 0.0)
        need = np.maximum(need, height - np.sqrt(np.maximum(length**2 - flat2, 0.0)))
    return _envelope(need, max(round(0.15 * framerate), 1))


def _envelope(values: FloatArray, radius: int) -> FloatArray:
    """Return a smooth curve over ``values`` [T] that is nowhere below them."""
    if not values.any() or len(values) < 3:
        return values
    # The highest value of each window, then a bell no wider than it: the mean of such maxima
    # cannot fall below any value that it covers.
    padded = np.pad(values, 2 * radius, mode="edge")
    window = 2 * radius + 1
    highest = np.lib.stride_tricks.sliding_window_view(padded, window).max(axis=1)
    kernel = np.hanning(window + 2)[1:-1]
    return np.convolve(highest, kernel / kernel.sum(), mode="valid")
