"""SKEL requests of the backend process: BodyMotion files in, SKEL files out."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from ...core.body_motion import BodyMotion, read_body_motion
from ...core.errors import Sketch2PoseError
from ..protocol.messages import SkelRequest
from ..protocol.summary import InputSummary
from ..report import Report
from .files import SkelModels, fit_sentence, load_models, write_skel_files
from .fitting.convert import FitChoice


def run_skel_request(request: SkelRequest, report: Report) -> Iterator[InputSummary]:
    """Convert every input; one that fails does not stop the others.

    Args:
        request: what to do.
        report: progress, warnings and cancelling.

    Yields:
        The outcome of each input; its files begin with the `.npz`.

    Raises:
        Sketch2PoseError: the models cannot be used. Cancelled: the user has cancelled.
    """
    options = request.options
    models = load_models(_path(options.get("skel_model")), _path(options.get("body_model")))
    for name in request.inputs:
        yield _one_input(Path(name), request, models, report)


def _one_input(
    path: Path, request: SkelRequest, models: SkelModels, report: Report
) -> InputSummary:
    start = time.perf_counter()

    def tell(fraction: float) -> None:
        report.check()
        report.progress(fraction, f"Fitting the skeleton to {path.name}")

    try:
        motion = read_body_motion(path)
        options = request.options
        choice = FitChoice(
            surface=bool(options.get("surface", True)),
            picture=bool(options.get("picture", False)),
            shape=bool(options.get("shape", False)),
        )
        chosen = models_for(motion, models)
        fitted, files = write_skel_files(
            of_body(motion, chosen), path.stem, Path(request.out_dir), chosen, choice, tell
        )
    except Sketch2PoseError as error:
        return InputSummary.failed(str(path), error, time.perf_counter() - start, [])
    report.progress(1.0, fit_sentence(fitted))
    seconds = round(time.perf_counter() - start, 4)
    return InputSummary(str(path), 1, seconds, [], [str(file) for file in files])


def models_for(motion: BodyMotion, models: SkelModels) -> SkelModels:
    """The models for a motion: the default ones for the default body.

    Its betas mean other things than those of the user's files.
    """
    default = load_models()
    return default if motion.body_model.name == default.body.name else models


def of_body(motion: BodyMotion, models: SkelModels) -> BodyMotion:
    """The motion with the mean shape when its betas are those of a body that is not at hand."""
    if motion.body_model.name in ("", models.body.name):
        return motion
    return replace(motion, betas=np.zeros_like(motion.betas))


def _path(given: object) -> Path | None:
    return Path(str(given)) if given else None
