"""When feet are on the ground, read off the source where it does not say so itself.

Conventions: heights along the motion's ``up`` over its lowest foot; all thresholds are shares of
leg length (a second), so size and units do not matter.
"""

from __future__ import annotations

import numpy as np

from ...core.arrays import BoolArray
from ..human import SIDES
from ..human_motion import HumanMotion
from ..landmarks import leg_length

# A planted foot of an adult (leg 0.85 m) moves slower than 0.3 m/s and stays within 5 cm.
_SLOW, _LOW = 0.35, 0.06
_SHORTEST = 0.1  # s


def foot_contacts(motion: HumanMotion) -> dict[str, BoolArray]:
    """Return for heels and balls, by role ``<side>_foot`` and ``<side>_toes``, where they rest.

    Contacts that the motion carries are used (above one half); others are detected by speed and
    height and must last a tenth of a second.

    Returns:
        [T] booleans by role.
    """
    found: dict[str, BoolArray] = {}
    for side in SIDES:
        for part in ("foot", "toes"):
            role = f"{side}_{part}"
            if role in motion.contacts:
                found[role] = motion.contacts[role] > 0.5
            elif role in motion.positions and motion.frame_count > 2:
                found[role] = _detected(motion, role)
    return found


def _detected(motion: HumanMotion, role: str) -> BoolArray:
    leg = leg_length(motion.rest)
    points = motion.positions[role]
    speed = np.linalg.norm(np.gradient(points, 1.0 / motion.framerate, axis=0), axis=1) / leg
    height = points @ motion.up
    level = np.percentile(height, 5.0)
    resting = (speed < _SLOW) & (height - level < _LOW * leg)
    return without_short_runs(resting, int(np.ceil(_SHORTEST * motion.framerate)))


def without_short_runs(flags: BoolArray, shortest: int) -> BoolArray:
    """Return ``flags`` [T] with runs of True shorter than ``shortest`` frames taken out."""
    kept = flags.copy()
    for start, stop in runs(flags):
        if stop - start < shortest:
            kept[start:stop] = False
    return kept


def runs(flags: BoolArray) -> list[tuple[int, int]]:
    """Return the half-open ranges in which ``flags`` [T] is True."""
    padded = np.concatenate(([False], flags, [False])).astype(np.int8)
    edges = np.flatnonzero(np.diff(padded))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
