"""Joints sharpened by the strokes they were drawn with.

Pixels cannot tell which line goes on where two cross; strokes can. People draw a limb in one
stroke, from the trunk to the hand or foot, or both limbs of a pair in one from end to end. Where a
stroke runs along the joints that the network sees, its end is the wrist or ankle, and its bend the
elbow or knee.

Conventions: page px.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from ...core.arrays import Array
from .figure_detection import DetectedFigure
from .network_output import NetworkOutput

PAIRS = (((16, 18, 20), (17, 19, 21)), ((1, 4, 7), (2, 5, 8)))  # root, bend, end of limbs
SAMPLES = 96  # points along a stroke
NEAR = 0.07  # mean distance of a limb's joints to those of the stroke, of the figure's size
FAR = 0.14  # the largest of them
LENGTH = (0.55, 1.7)  # of the limb as the network sees it: a stroke's part that can be the limb
TOGETHER = 0.02  # of the figure's size: two ends nearer than this are one
HAND = 0.3  # of the limb's outer bone: what the stroke may go on beyond the wrist or ankle
ARM = 8  # points on either side between which a path's turn is measured
TURN_PER_LENGTH = 4.0  # radians that a bend as far away as the limb is long would have to turn more
SHARP = 0.01  # of the crop: doubt of a joint taken from a stroke


@dataclass(frozen=True)
class Fit:
    """A limb along a stroke: its joints [3, 2] px and how far they are from those seen."""

    joints: Array
    cost: float


def sharpened(figure: DetectedFigure, strokes: Sequence[Array]) -> DetectedFigure:
    """The figure with limb joints moved to the strokes that draw them.

    Args:
        figure: as the network sees it.
        strokes: polylines [N, 2], page px.
    """
    points = figure.points
    size = float(np.ptp(points, axis=0).max())
    lines = [line for line in map(_resampled, strokes) if line is not None]
    output = figure.output
    for pair in PAIRS:
        fits = [
            [fit for line in lines for fit in limb_fits(line, points[list(chain)], size)]
            for chain in pair
        ]
        for chain, fit in zip(pair, _apart(fits[0], fits[1], TOGETHER * size), strict=True):
            if fit is not None:
                output = _moved(output, figure, chain, fit.joints)
    return DetectedFigure(figure.box, output)


def _apart(left: list[Fit], right: list[Fit], together: float) -> tuple[Fit | None, Fit | None]:
    """The best fits of a pair that do not end at the same place; one limb may go without."""

    def cost(both: tuple[Fit | None, Fit | None]) -> float:
        one, other = both
        if one is not None and other is not None:
            ends = float(np.linalg.norm(one.joints[2] - other.joints[2]))
            return one.cost + other.cost if ends > together else np.inf
        # to go without costs as much as the worst fit
        return sum(NEAR if fit is None else fit.cost for fit in both)

    return min(product([*left, None], [*right, None]), key=cost)


def limb_fits(line: Array, seen: Array, size: float) -> list[Fit]:
    """The ways a stroke can be a limb: from near its root to either end of the stroke.

    Args:
        line: [SAMPLES, 2] evenly spaced points of a stroke.
        seen: [3, 2] root, bend and end of the limb as the network sees them.
        size: of the figure, px.
    """
    root = int(np.linalg.norm(line - seen[0], axis=1).argmin())
    fits = []
    for path in (line[root:], line[root::-1]):
        joints = _joints_along(path, seen)
        if joints is None:
            continue
        distance = np.linalg.norm(joints - seen, axis=1) / size
        if distance.mean() < NEAR and distance.max() < FAR:
            fits.append(Fit(joints, float(distance.mean())))
    return fits


def _joints_along(path: Array, seen: Array) -> Array | None:
    """Root, bend and end of a limb on a path that starts at the root; None if it cannot be one."""
    upper, outer = np.linalg.norm(np.diff(seen, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    low, high = (share * (upper + outer) for share in LENGTH)
    if len(path) < 8 or not low <= along[-1] <= high:
        return None
    end = _end(path, along, seen[2], outer)
    bend = _bend(path[: end + 1], seen[1])
    return np.stack([path[0], path[bend], path[end]])


def _end(path: Array, along: Array, seen: Array, outer: float) -> int:
    """Index of the wrist or ankle: the path's last point, unless it goes on as hand or foot."""
    nearest = int(np.linalg.norm(path - seen, axis=1).argmin())
    beyond = along[-1] - along[nearest]
    return nearest if beyond > HAND * outer else len(path) - 1


def _bend(path: Array, seen: Array) -> int:
    """Index of the elbow or knee: where the path turns most, not far from the seen one."""
    away = np.linalg.norm(path - seen, axis=1)
    before, after = (np.clip(np.arange(len(path)) + step, 0, len(path) - 1) for step in (-ARM, ARM))
    there, on = path - path[before], path[after] - path
    cosine = (there * on).sum(1) / np.maximum(
        np.linalg.norm(there, axis=1) * np.linalg.norm(on, axis=1), 1e-9
    )
    turn = np.arccos(np.clip(cosine, -1.0, 1.0))
    turn[: ARM // 2 + 1] = turn[-ARM // 2 - 1 :] = 0.0
    length = float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum())
    return int((turn - TURN_PER_LENGTH * away / max(length, 1e-6)).argmax())


def _moved(
    output: NetworkOutput, figure: DetectedFigure, chain: tuple[int, int, int], joints: Array
) -> NetworkOutput:
    """The output with a limb's joints at their places and its bones turned in the picture."""
    points, spread, folded = (output.points.copy(), output.spread.copy(), output.folded.copy())
    middle = np.array([figure.box.x, figure.box.y])
    points[0, list(chain)] = (joints - middle) / figure.box.side + 0.5
    spread[0, list(chain)] = np.minimum(spread[0, list(chain)], SHARP)
    for start, end in zip(chain, chain[1:], strict=False):
        step = points[0, end] - points[0, start]
        flat = float(np.linalg.norm(folded[0, end, :2]))
        folded[0, end, :2] = flat * step / max(float(np.linalg.norm(step)), 1e-9)
    return replace(output, points=points, spread=spread, folded=folded)


def _resampled(stroke: Array) -> Array | None:
    """A stroke as evenly spaced points [SAMPLES, 2]; None of a dot."""
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(stroke, axis=0), axis=1))])
    if along[-1] <= 1e-6:
        return None
    at = np.linspace(0.0, along[-1], SAMPLES)
    return np.stack([np.interp(at, along, stroke[:, axis]) for axis in range(2)], axis=1)
