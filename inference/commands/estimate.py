"""`sketch`, `image` and `video`: pictures or clips in, a BodyMotion file for each person out."""

import argparse
import glob
import json
import sys
from pathlib import Path

from ..estimators import Estimators
from ..outputs import open_output_folder
from ..protocol.requests import (
    PICTURE_FRAMERATE,
    ImageRequest,
    Request,
    SketchRequest,
    Trim,
    VideoRequest,
)
from ..protocol.summary import InputSummary
from ..report import JobReport
from ..run_request import run_request
from .terms import DONE, SOME_WITHOUT_RESULT, settings_from, text_of


def estimate_sketches(options: argparse.Namespace) -> int:
    """`sketch`; see `_estimate`."""
    return _estimate(options, SketchRequest(_expanded(options.inputs), str(options.out)))


def estimate_photos(options: argparse.Namespace) -> int:
    """`image`; also with `lens`, `quality` and `hands`; see `_estimate`."""
    request = ImageRequest(
        inputs=_expanded(options.inputs),
        out_dir=str(options.out),
        lens=options.lens or None,
        quality=options.quality or "full",
        hands=bool(options.hands),
    )
    return _estimate(options, request)


def estimate_clips(options: argparse.Namespace) -> int:
    """`video`; also with part, `framerate`, `cache`, `camera` and `overlay`; see `_estimate`."""
    request = VideoRequest(
        inputs=_expanded(options.inputs),
        out_dir=str(options.out),
        lens=options.lens or None,
        quality=options.quality or "full",
        hands=bool(options.hands),
        trim=_trim(options),
        framerate=PICTURE_FRAMERATE if options.framerate is None else options.framerate,
        image_size=None if options.size is None else _sides(options.size),
        cache=text_of(options.cache),
        camera=text_of(options.camera),
        overlay=options.overlay,
    )
    return _estimate(options, request)


def _trim(options: argparse.Namespace) -> Trim:
    """The part of a clip; what is not given is as in the whole clip."""
    given = {"start": options.start, "end": options.end, "step": options.step}
    return Trim(**{name: value for name, value in given.items() if value is not None})


def _sides(text: str) -> tuple[int, int]:
    """Width and height of "1920x1080"; other texts have no sides, and the request is refused."""
    sides = text.lower().split("x")
    if len(sides) != 2 or not all(side.strip().isdecimal() and len(side) < 9 for side in sides):
        return 0, 0
    return int(sides[0]), int(sides[1])


def _estimate(options: argparse.Namespace, request: Request) -> int:
    """Estimate all inputs and print what came of each.

    Args:
        options: with `inputs`, `out`, `json` and the common ones.
        request: what to do with the inputs.

    Returns:
        The exit code.

    Raises:
        Sketch2PoseError: the folder for results or of models cannot be used.
    """
    settings = settings_from(options)
    if settings.device.note:
        print(settings.device.note, file=sys.stderr)
    open_output_folder(options.out)
    report = JobReport(on_warning=lambda text: print(text, file=sys.stderr))
    complete = True
    for summary in run_request(request, Estimators(settings), report):
        _print_summary(summary, options.json)
        complete &= summary.error is None
    return DONE if complete else SOME_WITHOUT_RESULT


def _expanded(inputs: list[str]) -> tuple[str, ...]:
    """Inputs with wildcards resolved where the shell has not (Windows)."""
    expanded: list[str] = []
    for text in inputs:
        has_wildcard = any(letter in text for letter in "*?")
        matches = sorted(glob.glob(text)) if has_wildcard and not Path(text).exists() else []
        expanded += matches or [text]
    return tuple(expanded)


def _print_summary(summary: InputSummary, as_json: bool) -> None:
    if as_json:
        print(json.dumps(summary.json()), flush=True)
        return
    error = summary.exception()
    if error is not None:
        print(error, file=sys.stderr, flush=True)
        return
    people = "1 person" if summary.people == 1 else f"{summary.people} people"
    files = ", ".join(summary.files)
    print(f"{summary.input}: {people} in {summary.seconds:.2f} s → {files}", flush=True)
