"""Which figures are drawn from the scores, and what is asked of them (issue "Must show")."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import metrics
from .observed import observe
from .run import Outcome
from .score import MILLIMETRES, TRUTH_REACHED, PoseScore, RealScore, adult
from .synthetic import SyntheticDrawing
from .table import Row

Array = NDArray[np.floating]

TRUE_POSE = "PA-MPJPE median of the true pose on the default body"


class Asked(NamedTuple):
    """(must, aim) of the figures of one set of drawings with known truth; None: no demand."""

    pa: tuple[float, float] | tuple[None, None] = (None, None)
    direction: tuple[float, float] | tuple[None, None] = (None, None)
    best: tuple[float, float] | tuple[None, None] = (None, None)
    swapped: tuple[float, float] | tuple[None, None] = (None, None)
    truth: tuple[float, float] | tuple[None, None] = (None, None)


EXTERNAL = Asked(pa=(72.0, 50.0), direction=(20.0, 14.0), swapped=(3.0, 0.0), truth=(75.0, 90.0))
SYNTHETIC = Asked(pa=(65.0, 45.0), direction=(18.0, 12.0), best=(48.0, 32.0), truth=(75.0, 90.0))


def real_rows(scores: Sequence[RealScore]) -> list[Row]:
    """Figures of hand-marked drawings: every drawn joint counts alike."""
    errors = np.concatenate([score.errors for score in scores])
    posed = np.concatenate([score.posed_errors for score in scores])
    several = mean([score.people > 1 for score in scores])
    found = mean([score.found for score in scores])
    n = len(scores)
    return [
        Row("real drawings: found", found, "", 1.0, 1.0, True, n),
        Row("real drawings: PCK@0.1", mean(errors <= 0.10), "", 0.90, 0.97, True, n),
        Row("real drawings: PCK@0.05", mean(errors <= 0.05), "", cases=n),
        Row("real drawings: PCK@0.1 of the posed body", mean(posed <= 0.10), "", cases=n),
        Row("real drawings: several people reported", several, "", cases=n),
    ]


def nobody_rows(called: Sequence[bool]) -> list[Row]:
    """Figures of pages without people."""
    what = "pages without people: called a person"
    return [Row(what, sum(called), "", 2.0, 0.0, cases=len(called))]


def pose_rows(what: str, scores: Sequence[PoseScore], asked: Asked) -> list[Row]:
    """Figures of drawings with exact joints; those not found count in "found" alone."""
    found = [score for score in scores if score.found]
    pa = [score.pa_mm for score in found]
    best = [score.best_mm for score in found]
    angles = [score.directions for score in found]
    reached = [score.best_mm <= TRUTH_REACHED for score in found if score.ambiguous]
    swapped = 100.0 * mean([score.swapped for score in found])
    share = 100.0 * len(found) / len(scores)
    truth = f"{what}: truth within {TRUTH_REACHED:g} mm of one of five, ambiguous"
    n = len(found)
    return [
        Row(f"{what}: found", share, "%", cases=len(scores)),
        Row(f"{what}: PA-MPJPE median", median(pa), "mm", *asked.pa, cases=n),
        Row(f"{what}: PA-MPJPE mean", mean(pa), "mm", cases=n),
        Row(f"{what}: best of five, median", median(best), "mm", *asked.best, cases=n),
        Row(f"{what}: MPJPE mean", mean([score.mpjpe_mm for score in found]), "mm", cases=n),
        Row(f"{what}: limb direction mean", mean(angles), "°", *asked.direction, cases=n),
        Row(f"{what}: limb direction median", median(angles), "°", cases=n),
        Row(f"{what}: left/right swapped", swapped, "%", *asked.swapped, cases=n),
        Row(truth, 100.0 * mean(reached), "%", *asked.truth, True, len(reached)),
        Row(f"{what}: calibration error", pose_reliability(scores).error, "", cases=n),
    ]


def proportion_rows(truths: Sequence[Array], bodies: Array, characters: Sequence[str]) -> list[Row]:
    """What proportions alone cost: the default body in the very pose that was drawn.

    Args:
        truths: N times [12, 3] limb joints of the characters, metres.
        bodies: [N, 12, 3] those of the default body in the same pose.
        characters: [N] who was drawn.
    """
    pairs = zip(bodies, map(adult, truths), strict=True)
    cost = [MILLIMETRES * metrics.pa_mpjpe(adult(body), truth) for body, truth in pairs]
    rows = [Row(f"external line art: {TRUE_POSE}", median(cost), "mm", cases=len(cost))]
    return rows + rows_by("external", characters, cost, TRUE_POSE)


def rows_by(
    what: str, labels: Sequence[str], errors: ArrayLike, measure: str = "PA-MPJPE median"
) -> list[Row]:
    """Median for each label (character or pen) of errors [N], mm; NaN where nobody was found."""
    mm, names, rows = np.asarray(errors, float), np.asarray(labels), []
    for label in dict.fromkeys(labels):
        own = mm[(names == label) & ~np.isnan(mm)]
        rows.append(Row(f"{what}, {label}: {measure}", median(own), "mm", cases=len(own)))
    return rows


def stroke_rows(
    what: str,
    drawings: Sequence[SyntheticDrawing],
    outcomes: Sequence[Outcome],
    scores: Sequence[PoseScore],
) -> list[Row]:
    """Figures that show whether strokes tell more than their pixels."""
    near = []
    for drawing, outcome in zip(drawings, outcomes, strict=True):
        size = float(np.ptp(drawing.pixels, axis=0).max())
        for motion in outcome.motions[:1]:
            seen = metrics.limb_points(observe(motion).joints2d)
            orders = (seen, seen[list(metrics.MIRRORED)])
            off = [np.linalg.norm(points - drawing.pixels, axis=-1) / size for points in orders]
            near.append(min(off, key=np.sum))
    errors = np.concatenate(near)
    found = [score for score in scores if score.found]
    angles = [score.directions for score in found]
    best = [score.best_mm for score in found]
    n = len(found)
    return [
        Row(f"{what}: joints' error, % of the figure", 100 * mean(errors), cases=n),
        Row(f"{what}: PCK@0.05", mean(errors <= 0.05), "", None, None, True, n),
        Row(f"{what}: limb direction mean", mean(angles), "°", cases=n),
        Row(f"{what}: PA-MPJPE median", median([s.pa_mm for s in found]), "mm", cases=n),
        Row(f"{what}: best of five, median", median(best), "mm", cases=n),
    ]


def time_rows(outcomes: Sequence[Outcome]) -> list[Row]:
    """Time of the pages on which one person was found."""
    single = [outcome for outcome in outcomes if len(outcome.motions) == 1]
    wall = [1000.0 * outcome.wall for outcome in single]
    cpu = [1000.0 * outcome.cpu for outcome in single]
    n = len(single)
    return [
        Row("one figure, warm, one thread: p50", quantile(wall, 50), "ms", cases=n),
        Row("one figure, warm, one thread: p95", quantile(wall, 95), "ms", 80.0, 50.0, cases=n),
        Row("one figure, processor time: p50", quantile(cpu, 50), "ms", cases=n),
        Row("one figure, processor time: p95", quantile(cpu, 95), "ms", cases=n),
    ]


def pose_reliability(scores: Sequence[PoseScore]) -> metrics.Reliability:
    """How far the stated confidence of limb bones agrees with how often they are right."""
    confidence = np.concatenate([score.confidence for score in scores])
    correct = np.concatenate([score.correct for score in scores])
    return metrics.reliability(confidence, correct)


def mean(values: ArrayLike) -> float:
    """Mean of all values, NaN of none."""
    numbers = np.asarray(values, float)
    return float(np.mean(numbers)) if numbers.size else float("nan")


def median(values: ArrayLike) -> float:
    """Median of all values, NaN of none."""
    numbers = np.asarray(values, float)
    return float(np.median(numbers)) if numbers.size else float("nan")


def quantile(values: ArrayLike, percent: float) -> float:
    """Percentile of all values, NaN of none."""
    numbers = np.asarray(values, float)
    return float(np.percentile(numbers, percent)) if numbers.size else float("nan")
