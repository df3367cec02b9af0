"""Which rows of a motion tell most of it: where feet land and leave, and the middles between."""

from __future__ import annotations

import numpy as np

from ...core.arrays import BoolArray
from .contacts import runs, without_short_runs

_SHORTEST = 3  # rows that a contact lasts at least


def contact_key_frames(resting: BoolArray, count: int) -> list[int]:
    """Choose rows of a motion to look at.

    Args:
        resting: [T, K] whether each part of the feet rests on the ground; K may be 0.
        count: of rows wanted, at least 1.

    Returns:
        Rising rows, at most ``count`` of them and all T where the motion is no longer: those at
        which something lands or leaves (thinned evenly), then rows in the middles of the longest
        gaps between those chosen.
    """
    total = len(resting)
    if total <= count:
        return list(range(total))
    changes = sorted({row for flags in resting.T for row in _edges(flags)})
    chosen = _thinned(changes, count)
    while len(chosen) < count:
        chosen = sorted({*chosen, _middle_of_longest_gap(chosen, total)})
    return chosen


def _edges(flags: BoolArray) -> list[int]:
    """First and last rows of contacts that begin or end within the motion."""
    found: list[int] = []
    for start, stop in runs(without_short_runs(flags, _SHORTEST)):
        found += [start] if start > 0 else []
        found += [stop - 1] if stop < len(flags) else []
    return found


def _thinned(rows: list[int], count: int) -> list[int]:
    if len(rows) <= count:
        return rows
    return [rows[n] for n in np.linspace(0, len(rows) - 1, count).round().astype(int)]


def _middle_of_longest_gap(chosen: list[int], total: int) -> int:
    """Row between two chosen ones (or an end) that is farthest from all of them."""
    if not chosen:
        return total // 2
    every = np.arange(total)
    away = np.abs(every[:, None] - np.array(chosen)).min(axis=1)
    return int(np.argmax(away))
