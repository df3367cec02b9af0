"""`sketch`, `image` and `video`: pictures or clips in, a BodyMotion file for each person out."""

import argparse
import glob
import json
import sys
from pathlib import Path
from typing import Any

from .cli_terms import DONE, SOME_WITHOUT_RESULT, settings_from
from .estimators import Estimators
from .outputs import open_output_folder
from .protocol.messages import ImageRequest, Request, SketchRequest, VideoRequest
from .protocol.summary import InputSummary
from .report import JobReport
from .run_request import run_request

_PICTURE_OPTIONS = ("lens", "quality", "hands")


def estimate_sketches(options: argparse.Namespace) -> int:
    """`sketch`; see `_estimate`."""
    return _estimate(options, SketchRequest(_expanded(options.inputs), str(options.out)))


def estimate_photos(options: argparse.Namespace) -> int:
    """`image`; also with `lens`, `quality` and `hands`; see `_estimate`."""
    values = _given(options, *_PICTURE_OPTIONS)
    return _estimate(options, ImageRequest(_expanded(options.inputs), str(options.out), values))


def estimate_clips(options: argparse.Namespace) -> int:
    """`video`; also with part, `framerate`, `cache`, `camera` and `overlay`; see `_estimate`."""
    values = _given(options, "start", "end", "step", "framerate", "size", *_PICTURE_OPTIONS)
    for name in ("cache", "camera"):
        if getattr(options, name) is not None:
            values[name] = str(getattr(options, name))
    if options.overlay:
        values["overlay"] = True
    return _estimate(options, VideoRequest(_expanded(options.inputs), str(options.out), values))


def _given(options: argparse.Namespace, *names: str) -> dict[str, Any]:
    return {name: getattr(options, name) for name in names if getattr(options, name) is not None}


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


def _expanded(inputs: list[str]) -> list[str]:
    """Inputs with wildcards resolved where the shell has not (Windows)."""
    expanded: list[str] = []
    for text in inputs:
        has_wildcard = any(letter in text for letter in "*?")
        matches = sorted(glob.glob(text)) if has_wildcard and not Path(text).exists() else []
        expanded += matches or [text]
    return expanded


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
