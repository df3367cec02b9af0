"""The oracle of the benchmark: each step tells more, and the truth told is the truth solved."""

import numpy as np
import pytest

from sketch2pose.inference.pictures.page import Page
from sketch2pose.inference.sketch.crops import Box
from sketch2pose.inference.sketch.figure_detection import DetectedFigure
from sketch2pose.inference.sketch.layout import CONTACTS, DIRECTIONS, KEYPOINTS, LEFT_ARM, RIGHT_ARM
from sketch2pose.inference.sketch.network_output import NetworkOutput
from tests.benchmarks.sketch.oracle import STEPS, told
from tests.benchmarks.sketch.synthetic import SyntheticDrawing

SIDE = 200


@pytest.fixture
def drawing() -> SyntheticDrawing:
    rng = np.random.default_rng(3)
    directions = rng.normal(size=(DIRECTIONS, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    page = Page(np.full((SIDE, SIDE), 255, np.uint8), None, (SIDE, SIDE), 1.0)
    keypoints = rng.uniform(20, 180, (KEYPOINTS, 2))
    limbs = rng.normal(size=(12, 3))
    up = np.array([0.0, -1.0, 0.0])
    return SyntheticDrawing("test", page, limbs, keypoints[:12], keypoints, directions, up)


def exchanged_arms(drawing: SyntheticDrawing) -> DetectedFigure:
    """A reading with the arms in one another's rows and all depth signs wrong."""
    points = drawing.keypoints.copy()
    points[LEFT_ARM + RIGHT_ARM] = points[RIGHT_ARM + LEFT_ARM]
    folded = np.abs(drawing.directions)[None]
    output = NetworkOutput(
        points=points[None] / SIDE,
        spread=np.full((1, KEYPOINTS, 2), 0.02),
        folded=folded,
        away=(drawing.directions[None, :, 2] < 0).astype(float),
        concentration=np.full((1, DIRECTIONS), 10.0),
        contact=np.zeros((1, len(CONTACTS))),
        visible=np.ones((1, KEYPOINTS)),
        person=np.ones(1),
        exchanged=np.full((1, 2), 0.4),
        reflected=np.full(1, 0.4),
    )
    return DetectedFigure(Box(SIDE / 2, SIDE / 2, SIDE), output)


def test_at_first_nothing_is_told(drawing: SyntheticDrawing) -> None:
    figure = exchanged_arms(drawing)
    assert np.array_equal(told(figure, drawing, 0).points, figure.points)


def test_sides_are_put_right(drawing: SyntheticDrawing) -> None:
    figure = told(exchanged_arms(drawing), drawing, 1)
    assert figure.points == pytest.approx(drawing.keypoints)


def test_in_the_end_all_directions_are_true(drawing: SyntheticDrawing) -> None:
    output = told(exchanged_arms(drawing), drawing, len(STEPS) - 1).output
    sign = np.where(output.away[0] > 0.5, 1.0, -1.0)
    directions = np.column_stack([output.folded[0, :, :2], output.folded[0, :, 2] * sign])
    assert directions == pytest.approx(drawing.directions)


def test_slopes_known_leave_the_signs_to_the_network(drawing: SyntheticDrawing) -> None:
    figure = exchanged_arms(drawing)
    output = told(figure, drawing, STEPS.index("sides and slopes known")).output
    assert np.array_equal(output.away[0, 1:4], figure.output.away[0, 1:4])
    assert (output.folded[..., 2] >= 0).all()
