"""Faults of a reading are named; a good one has none."""

from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks.sketch.drawings import RealDrawing
from tests.benchmarks.sketch.faults import faults
from tests.benchmarks.sketch.metrics import LIMB_CHAINS, MIRRORED, limb_points
from tests.benchmarks.sketch.observed import observe
from tests.benchmarks.sketch.run import Outcome
from tests.benchmarks.sketch.score import score_real
from tests.benchmarks.sketch.sections import stale_confidence
from tests.pure.benchmarks.test_sketch_bench_scores import SIDE, oracle_motion


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return Outcome((oracle_motion(np.zeros(72)),), 0.0, 0.0)


def marked(outcome: Outcome, order: tuple[int, ...] | None = None) -> RealDrawing:
    limbs = limb_points(observe(outcome.motions[0]).joints2d)
    chains = limbs[list(order)] if order else limbs
    chains = chains[list(LIMB_CHAINS)]
    return RealDrawing("test", Path("none"), chains[:2], chains[2:], float(SIDE), True)


def test_nothing_is_wrong_with_the_truth(outcome: Outcome) -> None:
    drawing = marked(outcome)
    assert faults(drawing, outcome, score_real(drawing, outcome)) == ""


def test_a_joint_astray_is_named(outcome: Outcome) -> None:
    drawing = marked(outcome)
    drawing.arms[1, 2] += [0.2 * SIDE, 0.0]
    told = faults(drawing, outcome, score_real(drawing, outcome))
    assert "read astray: right wrist 20 %" in told


def test_exchanged_sides_are_told(outcome: Outcome) -> None:
    drawing = marked(outcome, MIRRORED)
    told = faults(drawing, outcome, score_real(drawing, outcome))
    assert "left and right exchanged" in told


def test_nobody_is_a_fault(outcome: Outcome) -> None:
    drawing, nothing = marked(outcome), Outcome((), 0.0, 0.0, "Nobody was found")
    assert "Nobody was found" in faults(drawing, nothing, score_real(drawing, nothing))


def test_confidence_fitted_with_another_network_is_told(tmp_path: Path) -> None:
    other = tmp_path / "sketch.onnx"
    other.write_bytes(b"another network")
    assert "sketch.fit_confidence" in stale_confidence(other)[0]
