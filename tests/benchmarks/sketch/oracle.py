"""Where the error comes from: readings with parts of the truth put in, solved as usual.

An oracle tells, one after the other, which limb is the left one, which way each bone points in
depth, and how far it leaves the page. What remains after each is the share of the rest.

Conventions: as in `metrics`; millimetres and degrees out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sketch2pose.inference.body.model import load_default_body
from sketch2pose.inference.sketch.estimate import SketchEstimator, observe
from sketch2pose.inference.sketch.figure_detection import DetectedFigure, find_figures
from sketch2pose.inference.sketch.ink import ink_map
from sketch2pose.inference.sketch.network_output import PAIRS, NetworkOutput
from sketch2pose.inference.solver import solve_directions

from . import metrics
from .score import HYPOTHESES, MILLIMETRES, adult
from .synthetic import SyntheticDrawing
from .table import Row

Array = NDArray[np.floating]

SURE = 0.98  # probability of what the oracle tells
SHARP = 200.0  # 1/rad^2 of a direction that the oracle tells
STEPS = ("as read", "sides known", "sides and depth signs known", "sides and slopes known", "all")
_BY_PLACE = ("points", "spread", "folded", "away", "concentration", "visible")


def oracle_rows(estimator: SketchEstimator, drawings: Sequence[SyntheticDrawing]) -> list[Row]:
    """First and best-of-five errors for each step of the oracle.

    Args:
        estimator: whose network and body are used.
        drawings: with all their keypoints and directions.
    """
    cases = [(drawing, _figure(estimator, drawing)) for drawing in drawings]
    found = [(drawing, figure) for drawing, figure in cases if figure is not None]
    rows = []
    for step in range(len(STEPS)):
        errors = np.array(
            [_errors(drawing, told(figure, drawing, step)) for drawing, figure in found]
        )
        what, n = f"oracle, {STEPS[step]}", len(found)
        rows += [
            Row(f"{what}: PA-MPJPE median", float(np.median(errors[:, 0])), "mm", cases=n),
            Row(f"{what}: best of five, median", float(np.median(errors[:, 1])), "mm", cases=n),
            Row(f"{what}: limb direction mean", float(errors[:, 2].mean()), "°", cases=n),
        ]
    return rows


def told(figure: DetectedFigure, drawing: SyntheticDrawing, step: int) -> DetectedFigure:
    """The figure with what the oracle tells at a step of ``STEPS``."""
    output = figure.output
    truth = drawing.directions
    if step >= 1:
        output = _on_true_sides(output, figure, drawing)
    if step in (2, 4):
        away = output.away.copy()
        away[0] = np.where(truth[:, 2] > 0, SURE, 1.0 - SURE)
        output = replace(output, away=away)
    if step >= 3:
        folded = np.column_stack([truth[:, :2], np.abs(truth[:, 2])])[None]
        sure = np.full_like(output.concentration, SHARP)
        output = replace(output, folded=folded, concentration=sure)
    return DetectedFigure(figure.box, output)


def _on_true_sides(
    output: NetworkOutput, figure: DetectedFigure, drawing: SyntheticDrawing
) -> NetworkOutput:
    """Limbs in the rows of the side that they are drawn on."""
    values = {name: getattr(output, name).copy() for name in _BY_PLACE}
    points = figure.points / drawing.page.scale
    wrong = 0
    for left, right, _ in PAIRS:
        there, back = [*left, *right], [*right, *left]
        as_read = np.linalg.norm(points[there] - drawing.keypoints[there], axis=-1).sum()
        crossed = np.linalg.norm(points[back] - drawing.keypoints[there], axis=-1).sum()
        wrong += crossed < as_read
        for array in values.values() if crossed < as_read else ():
            array[0, there] = array[0, back]
    if wrong == len(PAIRS):  # what was read is the figure seen from the other side
        values["away"] = 1.0 - values["away"]
    known = {"exchanged": np.full((1, 2), 1.0 - SURE), "reflected": np.full(1, 1.0 - SURE)}
    return replace(output, **values, **known)


def _errors(drawing: SyntheticDrawing, figure: DetectedFigure) -> tuple[float, float, float]:
    """PA-MPJPE of the first reading and of the best, limb direction."""
    result = solve_directions(
        observe(drawing.page, figure), load_default_body(), hypotheses=HYPOTHESES
    )
    truth = adult(drawing.limbs)
    seen = metrics.limb_points(result.joints) @ result.camera.rotation.T
    pa = [MILLIMETRES * metrics.pa_mpjpe(limbs, truth) for limbs in seen]
    return pa[0], min(pa), float(metrics.limb_direction_error(seen[0], truth).mean())


def _figure(estimator: SketchEstimator, drawing: SyntheticDrawing) -> DetectedFigure | None:
    ink = ink_map(drawing.page.gray, drawing.page.color)
    figures, _ = find_figures(estimator.session, ink, lambda: None)
    truth = drawing.keypoints * drawing.page.scale
    return min(figures, key=lambda one: float(np.linalg.norm(one.points - truth)), default=None)
