"""Running the real estimator over drawings, as a user's job does, with its time."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sketch2pose.core.body_motion import BodyMotion
from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.inference.pictures.page import Page, load_page


class Estimator(Protocol):
    """What the benchmark needs of `inference.sketch.estimate.SketchEstimator`."""

    def estimate(self, page: Page, report: "Report") -> list[BodyMotion]:
        """One motion for each person on the page, left to right."""
        ...


class Report:
    """Progress nobody watches; warnings are kept."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def progress(self, fraction: float, text: str = "") -> None:
        """Ignored."""

    def warn(self, text: str) -> None:
        """Keep a warning."""
        self.warnings.append(text)

    def check(self) -> None:
        """Never cancelled."""


@dataclass(frozen=True)
class Outcome:
    """What came back for one drawing.

    Attributes:
        motions: the people, empty when nobody was found.
        wall: seconds, loading of the page included.
        cpu: seconds of processor time, which other programs on the machine do not lengthen.
        refusal: the sentence, when the page was refused.
    """

    motions: tuple[BodyMotion, ...]
    wall: float
    cpu: float
    refusal: str = ""


def estimate(estimator: Estimator, drawing: Path | Page) -> Outcome:
    """Run one drawing; a refusal is an outcome, any other error is the benchmark's."""
    wall, cpu = time.perf_counter(), time.process_time()
    refusal = ""
    try:
        page = drawing if isinstance(drawing, Page) else load_page(drawing)
        motions = tuple(estimator.estimate(page, Report()))
    except Sketch2PoseError as error:
        motions, refusal = (), str(error)
    return Outcome(motions, time.perf_counter() - wall, time.process_time() - cpu, refusal)
