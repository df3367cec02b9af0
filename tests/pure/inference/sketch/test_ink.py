"""Ink maps: paper goes, lines stay, whatever the paper."""

import cv2
import numpy as np
import pytest

from sketch2pose.inference.sketch.crops import CROP, Box, box_around, cut
from sketch2pose.inference.sketch.figure_detection import candidate_boxes
from sketch2pose.inference.sketch.ink import ink_map, is_blank


def page_with_lines(
    paper: int = 255, ink: int = 0, size: tuple[int, int] = (400, 600)
) -> np.ndarray:
    page = np.full(size, paper, np.uint8)
    cv2.circle(page, (300, 90), 40, ink, 3, cv2.LINE_AA)
    cv2.line(page, (300, 130), (300, 260), ink, 3, cv2.LINE_AA)
    cv2.line(page, (300, 260), (240, 370), ink, 3, cv2.LINE_AA)
    return page


def drawn_share(ink: np.ndarray) -> float:
    return float((ink > 0.5).mean())


def test_blank_pages_are_blank() -> None:
    noise = np.random.default_rng(0).normal(240, 3, (300, 300)).clip(0, 255).astype(np.uint8)
    assert is_blank(ink_map(np.full((300, 300), 255, np.uint8)))
    assert is_blank(ink_map(noise))


@pytest.mark.parametrize(("paper", "ink"), [(255, 0), (235, 120), (200, 60), (20, 240)])
def test_any_paper_and_ink_give_the_same_lines(paper: int, ink: int) -> None:
    reference = drawn_share(ink_map(page_with_lines()))
    assert drawn_share(ink_map(page_with_lines(paper, ink))) == pytest.approx(reference, rel=0.35)


def test_a_shadow_across_the_paper_is_not_ink() -> None:
    shadow = np.linspace(1.0, 0.45, 600)[None]
    page = (page_with_lines() * shadow).astype(np.uint8)
    reference = drawn_share(ink_map(page_with_lines()))
    assert drawn_share(ink_map(page)) == pytest.approx(reference, rel=0.5)


def test_yellow_crayon_is_ink() -> None:
    colour = np.full((300, 300, 3), 255, np.uint8)
    cv2.line(colour, (50, 50), (250, 250), (255, 225, 0), 6)
    gray = cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY)
    assert ink_map(gray, colour)[150, 150] > 0.8


def test_a_crop_keeps_places() -> None:
    ink = ink_map(page_with_lines())
    box = Box(300.0, 200.0, 400.0)
    crop = cut(ink, box)
    assert crop.shape == (CROP, CROP)
    ys, xs = np.nonzero(crop > 0.5)
    back = box.to_page(np.stack([xs + 0.5, ys + 0.5], 1) / CROP)
    assert back[:, 1].min() == pytest.approx(50, abs=4)
    assert back[:, 1].max() == pytest.approx(371, abs=4)


def test_thin_lines_survive_a_large_page() -> None:
    ink = np.zeros((1000, 1000), np.float32)
    cv2.line(ink, (100, 100), (900, 900), 1.0, 1)
    crop = cut(ink, box_around(np.array([100, 100]), np.array([900, 900])))
    assert crop.max() > 0.9
    assert (crop > 0.4).sum() > 100


def test_crops_reach_past_the_page() -> None:
    crop = cut(np.ones((50, 50), np.float32), Box(0.0, 0.0, 40.0))
    assert crop[:70, :70].max() == 0
    assert crop[90:, 90:].min() == 1


def test_two_figures_far_apart_are_two_candidates() -> None:
    ink = np.zeros((400, 1000), np.float32)
    for x in (150, 850):
        cv2.circle(ink, (x, 100), 40, 1.0, 3)
        cv2.line(ink, (x, 140), (x, 360), 1.0, 3)
    centres = sorted(round(box.x, -1) for box in candidate_boxes(ink))
    assert any(abs(x - 150) < 20 for x in centres)
    assert any(abs(x - 850) < 20 for x in centres)
