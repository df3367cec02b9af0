"""Paintings and renders in which the photo detector finds nobody: read as drawings instead.

The sketch network knows ink on paper. A painting is offered to it as it is and as its outlines
(edges of its fills); the reading that the network is surer of is taken.
"""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ...core.body_motion import BodyMotion
from ...core.errors import Sketch2PoseError
from ..pictures.page import Page
from ..report import Report

SMOOTHING = (9, 40.0, 9.0)  # diameter px, gray levels, px of the filter that keeps edges of fills
FAINTEST, FIRMEST = 0.4, 1.0  # of Otsu's threshold: which edges end and begin an outline
LINE = 3  # px, width of an outline
PAPER = 255

ReadDrawing = Callable[[Page, Report], list[BodyMotion]]


def read_painting(page: Page, read: ReadDrawing, report: Report) -> list[BodyMotion]:
    """The people of a painting.

    Args:
        page: pixels.
        read: reads drawings, such as `SketchEstimator.estimate`.
        report: progress, warnings, cancel.

    Returns:
        One still for each person, left to right; empty when nobody is found either way.
    """
    found = [_tried(version, read, report) for version in (page, outlined(page))]
    best = max(found, key=certainty)
    if best:
        report.warn(
            f'"{page.name}" was interpreted as a painting because no photographed person was '
            "found. Check which limbs point toward you and which away."
        )
    return best


def outlined(page: Page) -> Page:
    """The outlines of a picture's fills as ink on white paper."""
    picture = page.gray if page.color is None else page.color
    calm = cv2.bilateralFilter(picture, *SMOOTHING)
    gray = calm if calm.ndim == 2 else cv2.cvtColor(calm, cv2.COLOR_RGB2GRAY)
    split, _ = cv2.threshold(np.asarray(gray), 0, PAPER, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    edges = cv2.Canny(np.asarray(gray), FAINTEST * split, FIRMEST * split)
    ink = cv2.dilate(edges, np.ones((LINE, LINE), np.uint8))
    paper: NDArray[np.uint8] = np.asarray(PAPER - ink, np.uint8)
    return replace(page, gray=paper, color=None)


def certainty(people: list[BodyMotion]) -> float:
    """How sure a reading is: the best person's mean confidence; -1 without anybody."""
    sure = [float(p.confidence.mean()) if p.confidence is not None else 0.0 for p in people]
    return max(sure, default=-1.0)


def _tried(page: Page, read: ReadDrawing, report: Report) -> list[BodyMotion]:
    try:
        return read(page, report)
    except Sketch2PoseError:  # blank, or nobody on it
        return []
