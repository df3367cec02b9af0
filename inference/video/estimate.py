"""Photos and clips to body motions: observe, solve every person, say what is weak.

Conventions: metres, y up, on the ground; camera from world with OpenCV axes; source px.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from inference.body.model import BodyModel, load_default_body
from inference.protocol.body_motion import BodyMotion
from inference.protocol.errors import Sketch2PoseError
from inference.report import PartReport, Report
from inference.sketch.page import Page

from .clip import Clip, Trim, refused
from .confidence import FILLED, WEAK
from .detector import Session, detect_people
from .landmarker import read_landmarks
from .landmarks import Landmarks, Track
from .person import PersonSolver
from .terms import Lens
from .tracking import LEAST_PRESENCE, Tracker

OBSERVED = 0.6  # share of the progress when everybody is observed
SHORTEST = 0.2  # s; people seen for less are left out
USUAL_LENS = 31.0  # mm on full frame: what phones film with, when nothing says otherwise
FULL_FRAME = 36.0  # mm


@dataclass(frozen=True)
class VideoOptions:
    """What the user may say: which part of the clip, and the lens in mm on full frame."""

    trim: Trim = Trim()  # noqa: RUF009 - frozen
    lens: float = USUAL_LENS


def options_from(values: dict[str, Any]) -> VideoOptions:
    """Options of a request.

    Args:
        values: any of `start` and `end` (seconds), `step` (frames), `lens` (mm).

    Raises:
        Sketch2PoseError: a value that makes no sense, named.
    """
    end = values.get("end")
    trim = Trim(float(values.get("start") or 0), None if end is None else float(end),
                int(values.get("step") or 1))  # fmt: skip
    lens = float(values.get("lens") or USUAL_LENS)
    problems = {
        "start": not trim.start >= 0,
        "end": trim.end is not None and not trim.end > trim.start,
        "step": trim.step < 1,
        "lens": not 5 <= lens <= 2000,
    }
    bad = next((name for name, wrong in problems.items() if wrong), None)
    if bad is not None:
        raise Sketch2PoseError(
            "The clip cannot be read that way",
            f'"{bad}" is {values[bad]}',
            "Seconds start at 0 and end after the start, step is at least 1, lens is 5 to 2000 mm",
            f"video.{bad}",
        )
    return VideoOptions(trim, lens)


class VideoEstimator:
    """Reads photos and clips of people. Keep one: the networks stay loaded."""

    def __init__(
        self, detector: Session, landmarker: Session, body: BodyModel | None = None
    ) -> None:
        """Args: detector, landmarker: the two networks; body: whose proportions people get."""
        self.detector, self.landmarker = detector, landmarker
        self.solver = PersonSolver(body or load_default_body())

    def estimate_clip(self, path: str, options: VideoOptions, report: Report) -> list[BodyMotion]:
        """The motion of every person of a clip, in order of appearance.

        Args:
            path: the clip. options: part and lens. report: progress, warnings, cancel.

        Returns:
            One motion for each person; `frame_index` are frames of the file.

        Raises:
            Sketch2PoseError: the clip cannot be read, or nobody is in it.
        """
        with Clip(path, options.trim) as clip:
            rate = clip.framerate / options.trim.step
            tracks = self._observe(clip, rate, report)
            size, name = clip.image_size, clip.name
        kept = [track for track in tracks if len(track.frames) >= max(SHORTEST * rate, 1)]
        if not kept:
            raise nobody(name)
        if len(kept) < len(tracks):
            count = len(tracks) - len(kept)
            report.warn(f"{count} seen for less than {SHORTEST} s of the clip: left out.")
        part = PartReport(report, OBSERVED, 1.0)
        motions = []
        for number, track in enumerate(kept):
            text = f"Solving person {number + 1} of {len(kept)}"
            part.progress(number / len(kept), text)
            lens = _lens(size, options.lens)
            motion = self.solver.solve(track, options.trim.step, rate, lens, size, report.check)
            _warn_of_weak_frames(motion, number, report)
            motions.append(motion)
        return motions

    def estimate_photo(self, page: Page, options: VideoOptions, report: Report) -> list[BodyMotion]:
        """The pose of every person of a photo, left to right.

        Args:
            page: the picture. options: the lens. report: progress, warnings, cancel.

        Returns:
            One still for each person.

        Raises:
            Sketch2PoseError: it has no pixels (strokes), or nobody was found.
        """
        report.progress(0.05, "Looking for people")
        if page.color is None:
            raise Sketch2PoseError(
                f'"{page.name}" is not a photo', "it is made of strokes",
                "Read it as a drawing", "image.strokes",
            )  # fmt: skip
        people = []
        for detection in detect_people(self.detector, page.color):
            report.check()
            reading = read_landmarks(self.landmarker, page.color, detection.region)
            if reading.presence >= LEAST_PRESENCE:
                people.append(reading.landmarks)
        if not people:
            raise nobody(page.name)
        people.sort(key=lambda person: float(person.points[:, 0].mean()))
        motions = []
        for number, person in enumerate(people):
            report.progress(0.3 + 0.7 * number / len(people), f"Solving person {number + 1}")
            track = _still(person, page.scale)
            lens = _lens(page.image_size, options.lens)
            motions.append(self.solver.solve(track, 1, 24.0, lens, page.image_size, report.check))
        return motions

    def _observe(self, clip: Clip, rate: float, report: Report) -> list[Track]:
        tracker = Tracker(self.detector, self.landmarker, rate)
        count = 0
        for count, (frame, rgb) in enumerate(clip.frames(), start=1):
            report.check()
            people = tracker.add(rgb, frame, count - 1)
            of = f" of {clip.expected}" if clip.expected else ""
            share = min(count / clip.expected, 1.0) if clip.expected else 0.5
            report.progress(OBSERVED * share, f"Frame {count}{of}: {people} in view")
        if clip.expected and count < 0.95 * clip.expected:
            report.warn(f'"{clip.name}" ends early: {count} of {clip.expected} frames were read.')
        return [person.track() for person in tracker.people]


def nobody(name: str) -> Sketch2PoseError:
    """The error for a picture or clip without people."""
    return refused(
        name,
        "nobody was found in it",
        "Choose one that shows whole people, not too small; drawings are read as drawings",
        "video.nobody",
    )


def _still(person: Landmarks, scale: float) -> Track:
    return Track(
        np.zeros(1, np.int64),
        person.points[None] / scale,
        person.world[None],
        person.visibility[None],
    )


def _lens(size: tuple[int, int], millimetres: float) -> Lens:
    return Lens(millimetres / FULL_FRAME * max(size), np.array(size, np.float64) / 2)


def _warn_of_weak_frames(motion: BodyMotion, number: int, report: Report) -> None:
    assert motion.confidence is not None
    sure = motion.confidence.mean(axis=1)
    filled = int((sure <= FILLED + 1e-6).sum())
    weak = int((sure < WEAK).sum()) - filled
    if filled:
        report.warn(f"Person {number + 1}: {filled} frames without a sight of them are filled in.")
    if weak:
        report.warn(f"Person {number + 1}: {weak} frames are guesses; check them.")
