"""Paintings in which the photo detector finds nobody."""

import cv2
import numpy as np
import pytest

from sketch2pose.core.body_motion import BodyMotion
from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.inference.pictures.page import Page
from sketch2pose.inference.report import JobReport
from sketch2pose.inference.video.painting_fallback import outlined, read_painting


def painting():
    """A light disc on a darker ground, with grain."""
    rng = np.random.default_rng(2)
    color = np.full((200, 300, 3), 90, np.uint8)
    cv2.circle(color, (150, 100), 60, (220, 180, 160), -1)
    color = np.clip(color + rng.normal(0, 4, color.shape), 0, 255).astype(np.uint8)
    return Page(cv2.cvtColor(color, cv2.COLOR_RGB2GRAY), color, (300, 200), 1.0, name="a.png")


def person(sure):
    zeros = np.zeros((1, 72), np.float32), np.zeros((1, 3), np.float32), np.zeros(10, np.float32)
    return BodyMotion(*zeros, confidence=np.full((1, 24), sure, np.float32))


def test_outlines_are_where_fills_meet_and_nowhere_else():
    ink = outlined(painting()).gray < 128
    y, x = np.nonzero(ink)
    radius = np.hypot(x - 150, y - 100)
    assert len(x) > 300 and np.abs(radius - 60).max() < 8


@pytest.mark.parametrize(("as_it_is", "by_outline"), [(0.8, 0.4), (0.3, 0.7), (None, 0.5)])
def test_the_surer_reading_is_taken_and_said(as_it_is, by_outline):
    def read(page, _report):
        sure = by_outline if page.color is None else as_it_is
        if sure is None:
            raise Sketch2PoseError("Nobody was found", "of the test", "Draw", "sketch.nobody")
        return [person(sure)]

    warned = []
    (found,) = read_painting(painting(), read, JobReport(on_warning=warned.append))
    assert found.confidence.mean() == pytest.approx(max(as_it_is or 0, by_outline))
    assert "interpreted as a painting" in warned[0]


def test_nobody_either_way_is_no_one_and_no_warning():
    def read(_page, _report):
        raise Sketch2PoseError("Nobody was found", "of the test", "Draw", "sketch.nobody")

    warned = []
    assert read_painting(painting(), read, JobReport(on_warning=warned.append)) == []
    assert warned == []
