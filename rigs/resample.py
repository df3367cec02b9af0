"""Moving a motion to another frame rate, or over gaps in its frames.

Conventions: times are seconds from the first frame; turns are interpolated on the shortest arc,
positions linearly.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from ..core.arrays import FloatArray, IndexArray
from ..core.rotations import quat_slerp
from ..core.time_bounds import frame_count_problem
from .errors import RigError
from .human_motion import HumanMotion


def resampled(motion: HumanMotion, framerate: float, times: ArrayLike | None = None) -> HumanMotion:
    """Return ``motion`` at ``framerate`` frames a second, from its first to its last frame.

    Args:
        motion: T frames.
        framerate: frames a second of the result.
        times: [T] strictly increasing seconds of the frames given; None = evenly spaced at the
            motion's own rate. Gaps are filled by interpolation.

    Raises:
        RigError: the result would have more frames than an animation can hold.
    """
    count = motion.frame_count
    known = np.arange(count) / motion.framerate if times is None else np.asarray(times, float)
    known = known - known[0]
    even = times is None and abs(framerate - motion.framerate) < 1e-6
    if count < 2 or even:
        return replace(motion, framerate=framerate)
    wanted = np.arange(_frame_count(float(known[-1]), framerate)) / framerate
    lower, share = _between(known, wanted)
    return replace(
        motion,
        turns={r: _slerped(t, lower, share) for r, t in motion.turns.items()},
        positions={r: _mixed(p, lower, share) for r, p in motion.positions.items()},
        contacts={r: _mixed(c, lower, share) for r, c in motion.contacts.items()},
        framerate=framerate,
    )


def _frame_count(seconds: float, framerate: float) -> int:
    """How many frames fill a time."""
    count = np.floor(seconds * framerate + 1e-6) + 1
    if problem := frame_count_problem(count):
        raise RigError(
            "The motion is too long for an animation",
            f"at {framerate:g} frames a second it {problem}",
            "Cut the motion into parts, or give the scene a lower frame rate",
        )
    return int(count)


def _between(known: FloatArray, wanted: FloatArray) -> tuple[IndexArray, FloatArray]:
    lower = np.clip(np.searchsorted(known, wanted, side="right") - 1, 0, len(known) - 2)
    share = (wanted - known[lower]) / (known[lower + 1] - known[lower])
    return lower, np.clip(share, 0.0, 1.0)


def _slerped(turns: FloatArray, lower: IndexArray, share: FloatArray) -> FloatArray:
    return quat_slerp(turns[lower], turns[lower + 1], share)


def _mixed(values: FloatArray, lower: IndexArray, share: FloatArray) -> FloatArray:
    weight = share.reshape(-1, *([1] * (values.ndim - 1)))
    return values[lower] * (1.0 - weight) + values[lower + 1] * weight
