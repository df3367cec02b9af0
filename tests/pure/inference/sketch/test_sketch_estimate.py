"""The sketch estimator with the shipped network on drawings that ship with the project."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from sketch2pose.core.body_motion import BodyMotion, check
from sketch2pose.core.errors import CancelledByUser, Sketch2PoseError
from sketch2pose.inference.devices import Device, create_session
from sketch2pose.inference.pictures.page import Page, load_page
from sketch2pose.inference.sketch.estimate import SketchEstimator
from sketch2pose.inference.sketch.network_output import (
    OUTPUTS,
    WEIGHTS,
    averaged_with_mirror,
    read_crops,
)

EXAMPLES = Path(__file__).resolve().parents[4] / "docs" / "examples"
DRAWINGS = sorted([*EXAMPLES.glob("stick_*.jpg"), *EXAMPLES.glob("lines_*.png")])


class Silent:
    """A report that nobody reads; cancels after a number of checks."""

    def __init__(self, checks: int = 10_000) -> None:
        self.checks = checks

    def progress(self, fraction: float, text: str) -> None:
        assert 0 <= fraction <= 1
        assert text

    def warn(self, text: str) -> None:
        assert text

    def check(self) -> None:
        self.checks -= 1
        if self.checks < 0:
            raise CancelledByUser


@pytest.fixture(scope="module")
def estimator() -> SketchEstimator:
    return SketchEstimator(create_session(WEIGHTS, Device()))


def page_of(gray: np.ndarray) -> Page:
    return Page(gray, None, (gray.shape[1], gray.shape[0]), 1.0, name="test.png")


def stick_figure(page: np.ndarray, x: int) -> None:
    """A plain figure 300 px tall, arms out, standing."""
    cv2.circle(page, (x, 90), 34, 0, 4, cv2.LINE_AA)
    for a, b in (
        ((0, 124), (0, 250)),
        ((0, 150), (-85, 120)),
        ((-85, 120), (-130, 60)),
        ((0, 150), (85, 120)),
        ((85, 120), (130, 60)),
        ((0, 250), (-45, 330)),
        ((-45, 330), (-55, 410)),
        ((0, 250), (45, 330)),
        ((45, 330), (55, 410)),
    ):
        cv2.line(page, (x + a[0], a[1]), (x + b[0], b[1]), 0, 4, cv2.LINE_AA)


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_every_bundled_drawing_is_one_person(estimator: SketchEstimator, path: Path) -> None:
    motions = estimator.estimate(load_page(path), Silent())
    assert len(motions) == 1
    check(motions[0])


def test_the_result_is_whole_and_stands_on_the_ground(estimator: SketchEstimator) -> None:
    page = np.full((480, 400), 255, np.uint8)
    stick_figure(page, 200)
    (motion,) = estimator.estimate(page_of(page), Silent())
    assert motion.poses.shape == (1, 72)
    assert motion.hypothesis_poses is not None
    assert len(motion.hypothesis_poses) >= 2
    assert np.allclose(motion.hypothesis_poses[0], motion.poses, atol=1e-5)
    _, skin = estimator.body.forward_vertices(motion.poses, motion.trans, motion.betas)
    assert abs(float(skin[..., 1].min())) < 0.02
    assert reprojection(motion).max() < 0.25 * 480


def reprojection(motion: BodyMotion) -> np.ndarray:
    """Distance, px, between the drawn joints and the body seen through the motion's camera."""
    assert motion.joints3d is not None and motion.joints2d is not None
    seen = motion.joints3d[0] @ motion.camera_rotation.T + motion.camera_translation  # type: ignore[union-attr]
    pixels = motion.camera_focal * seen[:, :2] / seen[:, 2:] + motion.camera_center
    return np.linalg.norm(pixels - motion.joints2d[0], axis=1)


def test_raised_hands_are_raised(estimator: SketchEstimator) -> None:
    page = np.full((480, 400), 255, np.uint8)
    stick_figure(page, 200)
    (motion,) = estimator.estimate(page_of(page), Silent())
    assert motion.joints3d is not None
    joints = motion.joints3d[0]
    assert joints[[20, 21], 1].min() > joints[[16, 17], 1].min()  # wrists above shoulders
    assert joints[15, 1] > joints[0, 1] > joints[[7, 8], 1].max()  # head above hips above feet


def test_figures_come_from_left_to_right(estimator: SketchEstimator) -> None:
    page = np.full((480, 1000), 255, np.uint8)
    stick_figure(page, 220)
    stick_figure(page, 760)
    motions = estimator.estimate(page_of(page), Silent())
    assert len(motions) == 2
    centres = [
        float(motion.joints2d[0, :, 0].mean()) for motion in motions if motion.joints2d is not None
    ]
    assert centres == sorted(centres)
    assert [motion.person_id for motion in motions] == [0, 1]


def test_a_sheet_of_three_is_read_from_left_to_right_whatever_was_drawn_first(
    estimator: SketchEstimator,
) -> None:
    page = np.full((620, 1500), 255, np.uint8)
    for x, drop in ((1250, 0), (250, 120), (750, 40)):
        stick_figure(page[drop:], x)
    motions = estimator.estimate(page_of(page), Silent())
    centres = [float(m.joints2d[0, :, 0].mean()) for m in motions if m.joints2d is not None]
    assert np.allclose(centres, [250, 750, 1250], atol=60)
    assert [motion.person_id for motion in motions] == [0, 1, 2]


def test_a_known_reading_is_averaged_as_if_both_were_read(estimator: SketchEstimator) -> None:
    page = np.full((480, 400), 255, np.uint8)
    stick_figure(page, 200)
    crop = np.asarray(cv2.resize(255 - page, (160, 160)), np.float32)[None] / 255
    both = read_crops(estimator.session, crop, mirror=True)
    plain = read_crops(estimator.session, crop)
    again = averaged_with_mirror(estimator.session, crop, plain)
    for name in OUTPUTS:
        assert np.allclose(getattr(both, name), getattr(again, name), atol=1e-4), name


def test_a_blank_page_says_so(estimator: SketchEstimator) -> None:
    with pytest.raises(Sketch2PoseError, match="Nothing is drawn"):
        estimator.estimate(page_of(np.full((300, 300), 255, np.uint8)), Silent())


def test_a_house_is_nobody(estimator: SketchEstimator) -> None:
    page = np.full((400, 400), 255, np.uint8)
    cv2.rectangle(page, (80, 180), (320, 360), 0, 4)
    cv2.polylines(page, [np.array([[60, 180], [200, 60], [340, 180]])], True, 0, 4)
    cv2.rectangle(page, (110, 220), (170, 270), 0, 4)
    cv2.rectangle(page, (220, 260), (270, 360), 0, 4)
    with pytest.raises(Sketch2PoseError, match="Nobody was found"):
        estimator.estimate(page_of(page), Silent())


def test_cancel_reaches_into_the_search(estimator: SketchEstimator) -> None:
    page = np.full((480, 400), 255, np.uint8)
    stick_figure(page, 200)
    with pytest.raises(CancelledByUser):
        estimator.estimate(page_of(page), Silent(checks=1))
