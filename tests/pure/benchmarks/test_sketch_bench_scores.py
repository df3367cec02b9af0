"""Scoring and reporting: an oracle scores full marks, and each fault lowers its own figure."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2pose.core.body_motion import BodyMotion
from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.inference.body.model import load_default_body
from sketch2pose.inference.pictures.page import Page
from tests.benchmarks.bench_sketch import SECTION_NAMES, run_sections
from tests.benchmarks.sketch import metrics
from tests.benchmarks.sketch.drawings import RealDrawing
from tests.benchmarks.sketch.figures import (
    EXTERNAL,
    nobody_rows,
    pose_rows,
    proportion_rows,
    time_rows,
)
from tests.benchmarks.sketch.observed import observe
from tests.benchmarks.sketch.run import Outcome, Report, estimate
from tests.benchmarks.sketch.score import score_pose, score_real
from tests.benchmarks.sketch.sections import SECTIONS, Setting
from tests.benchmarks.sketch.sheet import Entry, write_sheets
from tests.benchmarks.sketch.table import Row, print_table

SEEDS = st.integers(0, 2**32 - 1)
SIDE = 400


def oracle_motion(poses: np.ndarray, hypotheses: np.ndarray | None = None) -> BodyMotion:
    """The default body in a pose, seen by a level camera at 5 m."""
    joints = load_default_body().forward(poses[None], np.zeros((1, 3)))
    motion = BodyMotion(
        poses=poses[None].astype(np.float32),
        trans=np.zeros((1, 3), np.float32),
        betas=np.zeros(10, np.float32),
        joints3d=joints.astype(np.float32),
        joints2d=np.zeros((1, 24, 2), np.float32),
        confidence=np.ones((1, 24), np.float32),
        camera_rotation=np.diag([1.0, -1.0, -1.0]).astype(np.float32),
        camera_translation=np.array([0.0, 1.0, 5.0], np.float32),
        camera_focal=800.0,
        camera_center=np.full(2, SIDE / 2, np.float32),
        image_size=np.array([SIDE, SIDE]),
        hypothesis_poses=hypotheses,
    )
    return replace(motion, joints2d=observe(motion).reprojected()[None].astype(np.float32))


def truth_of(motion: BodyMotion) -> tuple[np.ndarray, np.ndarray]:
    seen = observe(motion)
    return metrics.limb_points(seen.in_camera(seen.joints3d)), metrics.limb_points(seen.joints2d)


def outcome_of(*motions: BodyMotion) -> Outcome:
    return Outcome(motions, wall=0.02, cpu=0.01)


def random_pose(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.0, 0.3, 72)


@given(SEEDS, st.floats(0.3, 3.0))
def test_an_oracle_scores_full_marks_at_any_size_of_the_truth(seed: int, size: float) -> None:
    motion = oracle_motion(random_pose(seed))
    limbs, pixels = truth_of(motion)
    score = score_pose(limbs * size, outcome_of(motion), pixels)
    assert score.found
    assert not score.swapped
    assert max(score.pa_mm, score.mpjpe_mm, score.best_mm) < 0.1
    assert score.directions.max() < 0.1
    assert score.correct.all()


def test_a_hypothesis_that_is_the_truth_is_the_best_of_five() -> None:
    truth, wrong = random_pose(1), random_pose(2)
    limbs, _ = truth_of(oracle_motion(truth))
    guesses = np.stack([wrong, truth])[:, None].astype(np.float32)
    score = score_pose(limbs, outcome_of(oracle_motion(wrong, guesses)))
    assert score.pa_mm > 20.0
    assert score.best_mm < 0.1
    late = np.concatenate([np.tile(random_pose(3), (5, 1, 1)), guesses[1:]]).astype(np.float32)
    assert score_pose(limbs, outcome_of(oracle_motion(wrong, late))).best_mm > 20.0


def test_nobody_found_is_counted_as_such() -> None:
    limbs, pixels = truth_of(oracle_motion(random_pose(1)))
    score = score_pose(limbs, outcome_of(), pixels)
    assert not score.found
    rows = pose_rows("set", [score], EXTERNAL)
    assert rows[0].value == 0.0
    assert not rows[1].met  # a figure of nothing is not a good figure
    assert rows[1].as_json()["value"] is None


@pytest.mark.parametrize("sided", [True, False])
def test_real_drawings_take_the_person_that_fits(sided: bool) -> None:
    motion = oracle_motion(random_pose(4))
    chains = truth_of(motion)[1][list(metrics.LIMB_CHAINS)]
    drawing = RealDrawing("drawing", Path("x.png"), chains[:2], chains[2:], float(SIDE), sided)
    other = replace(motion, joints2d=motion.joints2d + 150.0)
    score = score_real(drawing, outcome_of(other, motion))
    assert score.found
    assert score.people == 2
    assert score.pck(0.01) == score.pck(0.01, posed=True) == 1.0
    crossed = replace(drawing, arms=chains[1::-1])
    assert (score_real(crossed, outcome_of(motion)).pck(0.01) == 1.0) == (not sided)
    missed = score_real(drawing, outcome_of(other))
    assert not missed.found
    assert score_real(drawing, outcome_of()).pck(0.1) == 0.0


def test_an_estimate_without_camera_is_an_error_of_the_estimator() -> None:
    motion = replace(oracle_motion(random_pose(1)), camera_focal=None)
    with pytest.raises(ValueError, match="lacks camera_focal"):
        observe(motion)


def test_proportions_cost_nothing_on_the_same_body_and_something_on_another() -> None:
    limbs, _ = truth_of(oracle_motion(random_pose(5)))
    assert proportion_rows([limbs], limbs[None], ["a"])[0].value < 1e-6
    long_arms = limbs.copy()
    long_arms[[4, 5]] += 0.5 * (limbs[[4, 5]] - limbs[[2, 3]])
    assert proportion_rows([long_arms], limbs[None], ["a"])[0].value > 10.0
    both = proportion_rows([limbs, long_arms], np.stack([limbs, limbs]), ["adult", "ape"])
    assert [row.cases for row in both] == [2, 1, 1]
    assert both[1].value < 1e-6 < 10.0 < both[2].value


class Oracle:
    """Finds one standing person on every page that is not called nobody."""

    def estimate(self, page: Page, report: Report) -> list[BodyMotion]:
        report.progress(0.5)
        report.check()
        if page.name == "nobody":
            raise Sketch2PoseError("Nobody was found", "the page is empty", "Draw somebody")
        return [oracle_motion(np.zeros(72))]


def page_named(name: str) -> Page:
    return Page(np.full((SIDE, SIDE), 255, np.uint8), None, (SIDE, SIDE), 1.0, name=name)


def test_a_refusal_is_an_outcome_with_its_sentence() -> None:
    assert "Nobody was found" in estimate(Oracle(), page_named("nobody")).refusal
    found = estimate(Oracle(), page_named("somebody"))
    assert len(found.motions) == 1
    assert found.wall > 0.0


def test_sheets_show_every_drawing(tmp_path: Path) -> None:
    entries = [
        Entry(page_named("a"), [oracle_motion(np.zeros(72))], "standing", np.full((1, 2), 30.0)),
        Entry(page_named("b"), [], "empty"),
    ]
    first, second = write_sheets(entries * 3, tmp_path, "sheet", rows=1)
    assert first.name == "sheet_1.jpg"
    assert second.is_file()


def test_time_is_taken_of_single_figures() -> None:
    motion = oracle_motion(np.zeros(72))
    outcomes = [outcome_of(motion), outcome_of(motion, motion), outcome_of()]
    rows = time_rows(outcomes)
    assert rows[0].cases == 1
    assert rows[0].value == pytest.approx(20.0)


def test_rows_say_whether_they_are_met(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        Row("share", 0.8, must=0.9, aim=1.0, larger_is_better=True),
        Row("ms", 5.0, must=9.0, aim=1.0),
    ]
    assert [row.met for row in rows] == [False, True]
    print_table(rows)
    assert "MISSED" in capsys.readouterr().out


def test_calling_things_people_is_counted() -> None:
    (row,) = nobody_rows([True, False, True, True])
    assert row.value == 3
    assert not row.met


def test_section_names_are_those_there_are() -> None:
    assert tuple(SECTIONS) == SECTION_NAMES


def test_the_script_reports_on_real_drawings(shared_data: Path, tmp_path: Path) -> None:
    setting = Setting(Oracle(), shared_data, tmp_path, seed=1, quick=True)
    rows = run_sections(setting, ["real", "latency"])
    report = json.loads((tmp_path / "sketch.json").read_text())
    assert len(report["rows"]) == len(rows)
    assert len(report["details"]["real"]) == 15
    assert "real_1.jpg" in report["pictures"]
    everybody_at_one_place = next(row for row in rows if row.what.endswith("PCK@0.1"))
    assert not everybody_at_one_place.met
