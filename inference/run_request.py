"""What the backend can do, one use case each; the process and the command line both come here.

A request is checked, its folder made, and then every input is worked on by itself:

* A **drawing** is opened, its figures are found, and each becomes a still.
* A **photo** is looked at by the networks. With `drawings`, what looks like a drawing is read as
  one, and a painting in which nobody is found gets a second look with a drawing's eyes.
* A **clip** is watched once, and everybody in it is solved in one world; with `overlay` the clip
  is written again with their skeletons.
* A **still** that the animator has corrected is solved again under the corrections.
* A **motion** of another program is read, and everybody in it becomes a file of ours.
* A motion becomes one of the anatomical skeleton, **SKEL**, or comes back from it.
* A **body** of the user's own becomes a file that a rig can be made of.
* **Pictures of rigs** are put beside the clip that they perform.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.body_motion import BodyMotion, SourceNote
from ..core.errors import Sketch2PoseError
from .each_input import Outcome, Work, each_input
from .estimators import Estimators
from .outputs import OutputFolder, open_output_folder
from .protocol.requests import (
    BesideRequest,
    BodyRequest,
    EditRequest,
    ImageRequest,
    ImportRequest,
    Request,
    SkelRequest,
    SketchRequest,
    VideoRequest,
)
from .protocol.summary import InputSummary
from .protocol.wire import checked
from .report import PartReport, Report

if TYPE_CHECKING:
    from .pictures.page import Page

LOADED = 0.1  # share of a drawing's progress when it is loaded
ESTIMATED = 0.95  # share when its people are estimated

ReadPeople = Callable[[str, Report], list[BodyMotion]]
Draw = Callable[[str, str, list[BodyMotion], Report], None]


def run_request(request: Request, estimators: Estimators, report: Report) -> Iterator[InputSummary]:
    """Do a request, one input after the other; a failed input does not stop the others.

    Args:
        request: what to do.
        estimators: loaded on first use.
        report: progress, warnings and cancelling.

    Yields:
        The outcome of each input, in order.

    Raises:
        Sketch2PoseError: the folder for results or the user's own models cannot be used.
        CancelledByUser: the user has cancelled; the input under way has left no files.
    """
    output = open_output_folder(request.out_dir)
    try:
        checked(request)
    except Sketch2PoseError as error:
        work = _refusing(error)
    else:
        work = _work_of(request, estimators, output)
    yield from each_input(request.inputs, work, report)


def _work_of(request: Request, estimators: Estimators, output: OutputFolder) -> Work:
    """What a request wants done with each of its inputs."""
    match request:
        case SketchRequest():
            return _stored(output, partial(_drawing, estimators=estimators))
        case ImageRequest():
            return _stored(output, partial(_photo, request=request, estimators=estimators))
        case VideoRequest():
            draw = _overlay_of(request, output) if request.overlay else None
            read = partial(_clip, request=request, estimators=estimators)
            return _stored(output, read, draw)
        case EditRequest():
            return _stored(output, partial(_corrected, request=request))
        case ImportRequest():
            return _stored(output, _imported)
        case SkelRequest():
            from .skel.request import skel_work

            return skel_work(request, output)
        case BodyRequest():
            from .body.request import body_work

            return body_work(output)
        case BesideRequest():
            from .video.showing.side_by_side import beside_work

            return beside_work(request, output)


def _drawing(path: str, report: Report, estimators: Estimators) -> list[BodyMotion]:
    """The figures of a drawing."""
    page = _opened_page(path, report)
    motions = estimators.sketch.estimate(page, PartReport(report, LOADED, ESTIMATED))
    return _from(SourceNote(page.name, page.kind), motions)


def _photo(
    path: str, report: Report, request: ImageRequest, estimators: Estimators
) -> list[BodyMotion]:
    """The people of a photo, a render or a painting, or the figures of a drawing."""
    from .video.clips.photo import lens_of_file, looks_like_drawing
    from .video.painting_fallback import read_painting

    page = _opened_page(path, report)
    part = PartReport(report, LOADED, ESTIMATED)
    if request.drawings and looks_like_drawing(page):
        drawn = estimators.sketch.estimate(page, part)
        return _from(SourceNote(page.name, page.kind), drawn)
    taken = replace(request, lens=request.lens or lens_of_file(path, page.image_size))
    video = estimators.video_of(request.quality, request.hands)
    try:
        motions = video.estimate_photo(page, taken, part)
    except Sketch2PoseError as error:
        painted = request.drawings and error.code == "video.nobody"
        motions = read_painting(page, estimators.sketch.estimate, part) if painted else []
        if not motions:
            raise
    return _from(SourceNote(page.name, "image"), motions)


def _clip(
    path: str, report: Report, request: VideoRequest, estimators: Estimators
) -> list[BodyMotion]:
    """Everybody in a clip, in one world."""
    name = Path(path).name
    report.progress(0.0, f"Opening {name}")
    video = estimators.video_of(request.quality, request.hands)
    motions = video.estimate_clip(path, request, PartReport(report, 0.0, ESTIMATED))
    return _from(SourceNote(name, "video"), motions)


def _corrected(path: str, report: Report, request: EditRequest) -> list[BodyMotion]:
    """A still under the animator's corrections."""
    from ..core.body_motion import read_body_motion
    from .corrections.solve_corrections import edited_motion

    report.progress(LOADED, "Correcting the pose")
    return [edited_motion(read_body_motion(path), request.edits)]


def _imported(path: str, report: Report) -> list[BodyMotion]:
    """Everybody in another program's file."""
    from .importers.read_motion import read_motion

    report.progress(LOADED, f"Reading {Path(path).name}")
    imported = read_motion(path)
    for sentence in imported.warnings:
        report.warn(sentence)
    return list(imported.motions)


def _stored(output: OutputFolder, read: ReadPeople, draw: Draw | None = None) -> Work:
    """Work that writes a file for each person it reads, and draws them if asked."""

    def work(path: str, report: PartReport) -> Outcome:
        stem = output.stem_for(path)
        motions = read(path, report)
        report.progress(ESTIMATED, "Writing the result")
        files, index = output.write(stem, motions)
        if draw is not None:
            draw(path, stem, motions, report)
        return Outcome(len(motions), files, index)

    return work


def _overlay_of(request: VideoRequest, output: OutputFolder) -> Draw:
    """Writes the clip with skeletons; without it the motions are kept all the same."""

    def draw(path: str, stem: str, motions: list[BodyMotion], report: Report) -> None:
        from .video.showing.overlay import write_overlay

        place = output.folder / f"{stem}_overlay.mp4"
        part = PartReport(report, ESTIMATED, 1.0)
        try:
            write_overlay(place, path, motions, part, request.framerate)
        except Sketch2PoseError as error:
            report.warn(str(error))

    return draw


def _refusing(error: Sketch2PoseError) -> Work:
    """Work that says of every input why the request makes no sense."""

    def work(_path: str, _report: PartReport) -> Outcome:
        raise error

    return work


def _opened_page(path: str, report: Report) -> "Page":
    from .pictures.page import load_page

    name = Path(path).name
    report.progress(0.0, f"Opening {name}")
    page = load_page(path)
    for sentence in page.warnings:
        report.warn(sentence)
    report.progress(LOADED, f"Looking for figures in {name}")
    return page


def _from(source: SourceNote, motions: list[BodyMotion]) -> list[BodyMotion]:
    """The motions with a note of what they were read from."""
    return [replace(motion, source=source) for motion in motions]
