"""Joints taken from strokes: ends and bends are met, strangers are left alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2pose.inference.sketch.crops import Box
from sketch2pose.inference.sketch.figure_detection import DetectedFigure
from sketch2pose.inference.sketch.layout import CONTACTS, DIRECTIONS, KEYPOINTS
from sketch2pose.inference.sketch.network_output import NetworkOutput
from sketch2pose.inference.sketch.stroke_joints import _resampled, limb_fits, sharpened

SIDE = 400.0
ARM = np.array([[200.0, 100.0], [260.0, 110.0], [270.0, 50.0]])  # shoulder, elbow, wrist


def figure(points: np.ndarray) -> DetectedFigure:
    """A figure whose keypoints [25, 2] px are read in a crop of the whole page."""
    output = NetworkOutput(
        points=points[None] / SIDE,
        spread=np.full((1, KEYPOINTS, 2), 0.05),
        folded=np.tile([0.6, 0.0, 0.8], (1, DIRECTIONS, 1)),
        away=np.full((1, DIRECTIONS), 0.5),
        concentration=np.full((1, DIRECTIONS), 20.0),
        contact=np.zeros((1, len(CONTACTS))),
        visible=np.ones((1, KEYPOINTS)),
        person=np.ones(1),
        exchanged=np.zeros((1, 2)),
        reflected=np.zeros(1),
    )
    return DetectedFigure(Box(SIDE / 2, SIDE / 2, SIDE), output)


def keypoints() -> np.ndarray:
    """A figure 280 px tall: its left arm as ``ARM``, all else along the trunk."""
    points = np.stack([np.full(KEYPOINTS, 190.0), np.linspace(60, 340, KEYPOINTS)], 1)
    points[[16, 18, 20]] = ARM
    return points


def test_end_and_bend_of_a_stroke_become_wrist_and_elbow() -> None:
    points = keypoints()
    points[[18, 20]] += [[10.0, -8.0], [-12.0, 9.0]]  # the network's errors
    moved = sharpened(figure(points), [ARM])
    assert moved.points[20] == pytest.approx(ARM[2], abs=1e-6)
    assert np.linalg.norm(moved.points[18] - ARM[1]) < 8.0
    assert moved.output.spread[0, 20].max() < 0.05


def test_bones_turn_in_the_picture_and_keep_their_depth() -> None:
    moved = sharpened(figure(keypoints()), [ARM])
    forearm = moved.output.folded[0, 20]
    step = moved.points[20] - moved.points[18]
    assert forearm[2] == pytest.approx(0.8)
    assert forearm[:2] / np.linalg.norm(forearm[:2]) == pytest.approx(step / np.linalg.norm(step))


def test_a_stroke_elsewhere_changes_nothing() -> None:
    before = figure(keypoints())
    after = sharpened(before, [ARM + [-180.0, 150.0], np.array([[5.0, 5.0], [395.0, 8.0]])])
    assert np.array_equal(after.points, before.points)


def test_two_limbs_do_not_end_at_one_place() -> None:
    points = keypoints()
    points[[17, 19, 21]] = ARM + [6.0, 6.0]
    moved = sharpened(figure(points), [ARM])
    at_end = np.linalg.norm(moved.points[[20, 21]] - ARM[2], axis=1) < 1e-6
    assert at_end.sum() == 1


@given(st.floats(-np.pi, np.pi), st.floats(0.3, 3.0), st.booleans())
def test_fits_turn_and_grow_with_the_drawing(angle: float, scale: float, backwards: bool) -> None:
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    line = _resampled((ARM[::-1] if backwards else ARM) @ turn.T)
    assert line is not None
    fits = limb_fits(line, ARM @ turn.T, 280.0 * scale)
    assert len(fits) == 1
    assert np.abs(fits[0].joints - ARM @ turn.T).max() < 4.0 * scale


def test_dots_are_no_strokes() -> None:
    assert _resampled(np.array([[3.0, 4.0], [3.0, 4.0]])) is None
