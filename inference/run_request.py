"""Requests to results: the stages behind both the backend process and the command line."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.body_motion import BodyMotion, SourceNote
from ..core.errors import CancelledByUser, Sketch2PoseError
from .estimators import Estimators
from .outputs import OutputFolder, open_output_folder
from .protocol.messages import (
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
from .report import PartReport, Report

if TYPE_CHECKING:
    from .pictures.page import Page

LOADED = 0.1  # share of a drawing's progress when it is loaded
ESTIMATED = 0.95  # share when its people are estimated

Options = dict[str, Any]
Stage = Callable[[str, Options, Estimators, Report], list[BodyMotion]]

_log = logging.getLogger(__name__)


def run_request(request: Request, estimators: Estimators, report: Report) -> Iterator[InputSummary]:
    """Do a request, one input after the other; a failed input does not stop the others.

    Args:
        request: what to do.
        estimators: loaded on first use.
        report: progress, warnings and cancelling.

    Yields:
        The outcome of each input, in order.

    Raises:
        Sketch2PoseError: the folder for results cannot be used.
        Cancelled: the user has cancelled; the input under way has left no files.
    """
    if isinstance(request, SkelRequest):
        from .skel.request import run_skel_request

        yield from run_skel_request(request, report)
        return
    if isinstance(request, BodyRequest):
        from .body.request import run_body_request

        yield from run_body_request(request, report)
        return
    if isinstance(request, BesideRequest):
        from .video.showing.side_by_side import run_beside_request

        yield from run_beside_request(request, report)
        return
    output = open_output_folder(request.out_dir)
    count = len(request.inputs)
    for number, path in enumerate(request.inputs):
        part = PartReport(report, number / count, (number + 1) / count)
        yield _one_input(path, request, estimators, output, part)


def _one_input(
    path: str, request: Request, estimators: Estimators, output: OutputFolder, report: PartReport
) -> InputSummary:
    start = time.perf_counter()
    stem = output.stem_for(path)
    try:
        report.check()
        motions = STAGES[type(request)](path, request.options, estimators, report)
        report.progress(ESTIMATED, "Writing the result")
        files, index = output.write(stem, motions)
        if request.options.get("overlay"):
            _write_overlay(output, stem, path, request.options, motions, report)
    except CancelledByUser:
        raise
    except Exception as error:  # noqa: BLE001 - a failed input must not take the others along
        seconds = round(time.perf_counter() - start, 4)
        return InputSummary.failed(path, _understandable(error), seconds, report.warnings)
    return InputSummary(
        input=path,
        people=len(motions),
        seconds=round(time.perf_counter() - start, 4),
        warnings=report.warnings,
        files=[str(file) for file in files],
        index=str(index) if index else None,
    )


def _write_overlay(
    output: OutputFolder,
    stem: str,
    path: str,
    options: Options,
    motions: list[BodyMotion],
    report: Report,
) -> None:
    """The clip with skeletons, beside its motions; without it these are kept all the same."""
    from .video.options import options_from
    from .video.showing.overlay import write_overlay

    rate = options_from(options).picture_framerate
    place = output.folder / f"{stem}_overlay.mp4"
    try:
        write_overlay(place, path, motions, PartReport(report, ESTIMATED, 1.0), rate)
    except Sketch2PoseError as error:
        report.warn(str(error))


def _understandable(error: Exception) -> Sketch2PoseError:
    """The error itself, or a sentence for what should never happen (with its trace logged)."""
    if isinstance(error, Sketch2PoseError):
        return error
    if isinstance(error, MemoryError):
        fix = "Close other programs or use a smaller input"
        return Sketch2PoseError("The work stopped", "there is not enough memory", fix, "memory")
    _log.error("unexpected error", exc_info=error)
    why = f"an error that should not happen ({type(error).__name__}: {error})"
    fix = "Please report it with the backend's log"
    return Sketch2PoseError("The work stopped", why, fix, "unexpected")


def _estimate_drawing(
    path: str, _options: Options, estimators: Estimators, report: Report
) -> list[BodyMotion]:
    page = _opened_page(path, report)
    estimation = PartReport(report, LOADED, ESTIMATED)
    motions = estimators.sketch.estimate(page, estimation)
    source = SourceNote(page.name, page.kind)
    return [replace(motion, source=source) for motion in motions]


def _opened_page(path: str, report: Report) -> "Page":
    from .pictures.page import load_page

    name = Path(path).name
    report.progress(0.0, f"Opening {name}")
    page = load_page(path)
    for sentence in page.warnings:
        report.warn(sentence)
    report.progress(LOADED, f"Looking for figures in {name}")
    return page


def _estimate_photo(
    path: str, options: Options, estimators: Estimators, report: Report
) -> list[BodyMotion]:
    from .video.clips.photo import lens_of_file, looks_like_drawing
    from .video.options import options_from
    from .video.painting_fallback import read_painting

    page = _opened_page(path, report)
    estimation = PartReport(report, LOADED, ESTIMATED)
    if options.get("drawings") and looks_like_drawing(page):
        drawn = estimators.sketch.estimate(page, estimation)
        return [replace(motion, source=SourceNote(page.name, page.kind)) for motion in drawn]
    wanted = options_from(options)
    wanted = replace(wanted, lens=wanted.lens or lens_of_file(path, page.image_size))
    video = estimators.video_of(wanted.quality, wanted.hands)
    source = SourceNote(page.name, "image")
    try:
        motions = video.estimate_photo(page, wanted, estimation)
    except Sketch2PoseError as error:
        motions = []
        if options.get("drawings") and error.code == "video.nobody":
            motions = read_painting(page, estimators.sketch.estimate, estimation)
        if not motions:
            raise
    return [replace(motion, source=source) for motion in motions]


def _estimate_clip(
    path: str, options: Options, estimators: Estimators, report: Report
) -> list[BodyMotion]:
    from .video.options import options_from

    name = Path(path).name
    report.progress(0.0, f"Opening {name}")
    estimation = PartReport(report, 0.0, ESTIMATED)
    wanted = options_from(options)
    video = estimators.video_of(wanted.quality, wanted.hands)
    motions = video.estimate_clip(path, wanted, estimation)
    source = SourceNote(name, "video")
    return [replace(motion, source=source) for motion in motions]


def _lay_edits(
    path: str, options: Options, _estimators: Estimators, report: Report
) -> list[BodyMotion]:
    from ..core.body_motion import read_body_motion
    from ..core.corrections.edits import edits_from_json
    from .corrections.solve_corrections import edited_motion

    report.progress(LOADED, "Correcting the pose")
    return [edited_motion(read_body_motion(path), edits_from_json(options.get("edits", [])))]


def _import_motions(
    path: str, _options: Options, _estimators: Estimators, report: Report
) -> list[BodyMotion]:
    from .importers.read_motion import read_motion

    report.progress(LOADED, f"Reading {Path(path).name}")
    imported = read_motion(path)
    for sentence in imported.warnings:
        report.warn(sentence)
    return list(imported.motions)


STAGES: dict[type, Stage] = {
    SketchRequest: _estimate_drawing,
    ImageRequest: _estimate_photo,
    VideoRequest: _estimate_clip,
    EditRequest: _lay_edits,
    ImportRequest: _import_motions,
}
