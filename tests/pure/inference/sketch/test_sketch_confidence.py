"""Confidence of drawings: more doubt means less of it, and the fit finds what it is given."""

from dataclasses import replace

import numpy as np
import pytest

from sketch2pose.inference.sketch.confidence import FEATURES, coefficients, confidence, features
from sketch2pose.inference.sketch.layout import CONTACTS, DIRECTIONS, KEYPOINTS, MIRROR
from sketch2pose.inference.sketch.network_output import NetworkOutput

DOUBTS = np.column_stack([np.ones(24), np.full(24, -2.0), np.full(24, -1.5)])


def output() -> NetworkOutput:
    folded = np.tile([0.6, 0.0, 0.8], (1, DIRECTIONS, 1))
    return NetworkOutput(
        points=np.full((1, KEYPOINTS, 2), 0.5),
        spread=np.full((1, KEYPOINTS, 2), 0.02),
        folded=folded,
        away=np.full((1, DIRECTIONS), 0.95),
        concentration=np.full((1, DIRECTIONS), 60.0),
        contact=np.zeros((1, len(CONTACTS))),
        visible=np.ones((1, KEYPOINTS)),
        person=np.ones(1),
        exchanged=np.full((1, 2), 0.02),
        reflected=np.zeros(1),
    )


def test_the_shipped_coefficients_are_whole_and_alike_on_both_sides() -> None:
    fitted = coefficients()
    assert fitted.shape == (24, len(FEATURES))
    assert np.array_equal(fitted[1:], fitted[MIRROR][1:])


@pytest.mark.parametrize(
    "worse",
    [
        {"away": np.full((1, DIRECTIONS), 0.5)},
        {"concentration": np.full((1, DIRECTIONS), 3.0)},
        {"spread": np.full((1, KEYPOINTS, 2), 0.2)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_doubt_lowers_the_mean_confidence(worse: dict) -> None:
    sure = confidence(output(), DOUBTS)
    unsure = confidence(replace(output(), **worse), DOUBTS)
    assert unsure[4:].mean() < sure[4:].mean()
    assert ((unsure >= 0) & (unsure <= 1)).all()


def test_what_is_not_drawn_has_no_confidence() -> None:
    hidden = np.ones((1, KEYPOINTS))
    hidden[0, [7, 8, 10, 11]] = 0.0
    stated = confidence(replace(output(), visible=hidden), DOUBTS)
    assert stated[[7, 8, 10, 11]].max() == 0.0
    assert stated[[18, 19]].min() > 0.0


def test_undecided_sides_count_for_limbs_alone() -> None:
    even = features(replace(output(), exchanged=np.full((1, 2), 0.5)), DOUBTS)
    sides = even[:, FEATURES.index("sides")]
    assert sides[[18, 4]] == pytest.approx([1.0, 1.0])
    assert sides[[3, 15]] == pytest.approx([0.0, 0.0])
