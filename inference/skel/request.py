"""SMPL motions to SKEL and back: the one road of the add-on, the protocol and the command line.

Which body a motion is fitted with follows from the motion. One of ours names its body: the default
one goes with the default skeleton whatever models the user has, as betas of one body mean nothing
on another; a body that is not at hand gives way to the mean shape. One of another program is put
on the user's own body, in the shape that its file gives, when there is one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ...core.array_archive import read_archive
from ...core.body_motion import BodyMotion
from ..each_input import Outcome, Work
from ..importers.imported import Imported
from ..importers.read_motion import read_motion
from ..outputs import OutputFolder
from ..protocol.requests import SkelRequest
from ..report import PartReport, Report
from .files import SkelModels, fit_sentence, load_models, write_skel_files, write_smpl_file
from .fitting.convert import FitChoice
from .model.own_shape import in_own_shape
from .motion import DAMAGED, SkelMotion, read_skel_motion

Say = Callable[[str], None]


def _silent(_sentence: str) -> None:
    """Nobody listens."""


def skel_work(request: SkelRequest, output: OutputFolder, say: Say = _silent) -> Work:
    """Work that converts everybody in a motion file; a SKEL motion goes back to SMPL.

    Args:
        request: models, and what the fit follows.
        output: where to; the files of a person begin with the `.npz`.
        say: called with a sentence about each person's fit.

    Raises:
        Sketch2PoseError: the models cannot be used.
    """
    models = load_models(_path(request.skel_model), _path(request.body_model))
    road = _Road(request, models, bool(request.body_model), output, say)
    return road.convert


@dataclass(frozen=True)
class _Road:
    """Where a motion file goes along; see `skel_work`."""

    request: SkelRequest
    models: SkelModels
    has_own: bool
    output: OutputFolder
    say: Say

    def convert(self, path: str, report: PartReport) -> Outcome:
        """The files of everybody in a motion file."""
        file, stem = Path(path), self.output.stem_for(path)
        if is_skel_motion(file):
            return Outcome(1, [self._back(read_skel_motion(file), stem)])
        imported = read_motion(file)
        chosen = [self._on_its_body(file, motion, imported) for motion in imported.motions]
        for sentence in self._still_true(imported):
            report.warn(sentence)
        files: list[Path] = []
        for number, (motion, models) in enumerate(chosen):
            name = stem if len(chosen) == 1 else f"{stem}_p{number}"
            part = PartReport(report, number / len(chosen), (number + 1) / len(chosen))
            files += self._fit(motion, models, name, part)
        return Outcome(len(chosen), files)

    def _back(self, motion: SkelMotion, stem: str) -> Path:
        default = load_models()
        models = default if motion.model == default.skel.name else self.models
        self.say("SMPL motion written")
        return write_smpl_file(motion, stem, self.output.folder, models)

    def _on_its_body(
        self, file: Path, motion: BodyMotion, imported: Imported
    ) -> tuple[BodyMotion, SkelModels]:
        """The motion and the models that it is fitted with."""
        if imported.ours:
            models = models_for(motion, self.models)
            return of_body(motion, models), models
        if self.has_own:
            return in_own_shape(file, motion, self.models.body), self.models
        return motion, self.models

    def _still_true(self, imported: Imported) -> list[str]:
        """What the importer said; with the user's own body the file's betas are used."""
        return [text for text in imported.warnings if not (self.has_own and "(betas)" in text)]

    def _fit(
        self, motion: BodyMotion, models: SkelModels, stem: str, report: PartReport
    ) -> list[Path]:
        request = self.request
        choice = FitChoice(request.surface, request.picture, request.shape)
        fitted, files = write_skel_files(
            motion, stem, self.output.folder, models, choice, _teller(report, stem)
        )
        sentence = fit_sentence(fitted)
        report.progress(1.0, sentence)
        self.say(sentence)
        return files


def _teller(report: Report, stem: str) -> Callable[[float], None]:
    def tell(fraction: float) -> None:
        report.check()
        report.progress(fraction, f"Fitting the skeleton to {stem}")

    return tell


def models_for(motion: BodyMotion, models: SkelModels) -> SkelModels:
    """The models for a motion of ours: the default ones for the default body."""
    default = load_models()
    return default if motion.body_model.name == default.body.name else models


def of_body(motion: BodyMotion, models: SkelModels) -> BodyMotion:
    """The motion with the mean shape when its betas are those of a body that is not at hand."""
    if motion.body_model.name in ("", models.body.name):
        return motion
    return replace(motion, betas=np.zeros_like(motion.betas))


def is_skel_motion(path: Path) -> bool:
    """Whether an npz says that its poses are SKEL's."""
    if path.suffix.lower() != ".npz" or not path.is_file():
        return False
    try:
        return str(read_archive(path).get("pose_type", "")) == "skel"
    except DAMAGED:
        return False


def _path(given: str | None) -> Path | None:
    return Path(given) if given else None
