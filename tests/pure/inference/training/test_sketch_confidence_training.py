"""Fitting the confidence, and the styles it is fitted on."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="skipped: the training environment is not installed")

from sketch2pose.inference.training.sketch.fit_confidence import fit, logistic
from sketch2pose.inference.training.sketch.style_shift import outline, shifted, silhouette


def ring() -> np.ndarray:
    rows, columns = np.mgrid[:120, :120] - 60.0
    return np.where(np.abs(np.hypot(rows, columns) - 40) < 2, 255, 0).astype(np.uint8)


def test_logistic_regression_finds_the_truth_it_is_given() -> None:
    rng = np.random.default_rng(0)
    cases = np.column_stack([np.ones(20_000), rng.normal(size=(20_000, 2))])
    truth = np.array([0.5, -1.2, 0.8])
    right = rng.random(20_000) < 1 / (1 + np.exp(-cases @ truth))
    assert logistic(cases, right, np.zeros(3)) == pytest.approx(truth, abs=0.06)


def test_no_doubt_makes_a_bone_surer() -> None:
    rng = np.random.default_rng(0)
    cases = np.column_stack([np.ones(20_000), rng.normal(size=(20_000, 2))])
    right = rng.random(20_000) < 1 / (1 + np.exp(-cases @ np.array([0.5, -1.2, 0.8])))
    found = logistic(cases, right, np.zeros(3), most=np.array([np.inf, 0.0, 0.0]))
    alone = logistic(cases[:, :2], right, np.zeros(2))
    assert found[2] == 0.0
    assert found[:2] == pytest.approx(alone, abs=1e-6)


def test_left_and_right_share_what_is_fitted() -> None:
    rng = np.random.default_rng(1)
    doubts = rng.normal(size=(60, 24, 7))
    doubts[..., 0] = 1.0
    fitted = fit(doubts, rng.random((60, 24)) < 0.5)
    assert np.allclose(fitted[18], fitted[19])
    assert np.allclose(fitted[4], fitted[5])


def test_a_silhouette_is_filled_and_an_outline_is_not() -> None:
    rng = np.random.default_rng(2)
    assert silhouette(ring(), rng)[60, 60] > 0
    drawn = outline(ring(), rng)
    assert drawn[60, 60] == 0
    assert (drawn > 0).any()


@pytest.mark.parametrize("seed", range(8))
def test_every_style_leaves_a_drawing(seed: int) -> None:
    drawn = shifted(ring(), np.random.default_rng(seed))
    assert drawn.shape == (120, 120)
    assert drawn.dtype == np.uint8
    assert (drawn > 50).sum() > 100
