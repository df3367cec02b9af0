"""`skel`: SMPL motions to SKEL with the files that biomechanists open, and back."""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from ..core.errors import Sketch2PoseError
from .cli_terms import DONE, SOME_WITHOUT_RESULT
from .protocol.summary import InputSummary

SKEL_TEXT = "Convert SMPL motions to SKEL (npz, mot, trc, csv, osim), and SKEL motions to SMPL."


def add_skel(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `skel` to its parser."""
    parser.add_argument("inputs", nargs="+", metavar="MOTION", help="npz, bvh, trc, …")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR")
    parser.add_argument("--joints-only", action="store_true", help="faster, without the skin")
    either = parser.add_mutually_exclusive_group()
    either.add_argument(
        "--from-image",
        action="store_true",
        help="follow the image from which a motion was estimated",
    )
    either.add_argument(
        "--fit-shape", action="store_true", help="find the shape from the skin, not from the betas"
    )
    parser.add_argument("--skel-model", type=Path, metavar="FILE", help="your SKEL file")
    parser.add_argument("--body-model", type=Path, metavar="FILE", help="your SMPL file")
    parser.add_argument("--json", action="store_true", help="one line of JSON for each input")


def convert_skel(options: argparse.Namespace) -> int:
    """Convert every input.

    Args:
        options: with `inputs`, `out`, `joints_only`, `from_image`, `fit_shape`, `skel_model`,
            `body_model` and `json`.

    Returns:
        The exit code.

    Raises:
        Sketch2PoseError: the models are unusable, or the folder cannot be made.
    """
    from .skel.files import load_models

    models = load_models(options.skel_model, options.body_model)
    _make_folder(options.out)
    complete = True
    for name in options.inputs:
        start, warnings, lines = time.perf_counter(), [], []
        try:
            files = _convert(Path(name), options, models, warnings, lines)
            seconds = round(time.perf_counter() - start, 4)
            summary = InputSummary(name, len(lines), seconds, warnings, files)
        except Sketch2PoseError as error:
            seconds = round(time.perf_counter() - start, 4)
            summary, complete = InputSummary.failed(name, error, seconds, warnings), False
        _print(summary, lines, options.json)
    return DONE if complete else SOME_WITHOUT_RESULT


def _convert(
    path: Path,
    options: argparse.Namespace,
    models: Any,
    warnings: list[str],
    lines: list[str],
) -> list[str]:
    from .importers.read_motion import read_motion
    from .skel.files import fit_sentence, write_skel_files, write_smpl_file
    from .skel.fitting.convert import FitChoice
    from .skel.model.own_shape import in_own_shape
    from .skel.motion import read_skel_motion

    if is_skel_motion(path):
        lines.append("SMPL motion written")
        return [str(write_smpl_file(read_skel_motion(path), path.stem, options.out, models))]
    imported = read_motion(path)
    motions, said = list(imported.motions), imported.warnings
    if options.body_model:
        motions = [in_own_shape(path, motion, models.body) for motion in motions]
        said = tuple(text for text in said if "(betas)" not in text)  # they are used now
    warnings += said
    files = []
    for number, motion in enumerate(motions):
        stem = path.stem if len(motions) == 1 else f"{path.stem}_p{number}"
        choice = FitChoice(not options.joints_only, options.from_image, options.fit_shape)
        fitted, written = write_skel_files(motion, stem, options.out, models, choice)
        lines.append(fit_sentence(fitted))
        files += [str(file) for file in written]
    return files


def is_skel_motion(path: Path) -> bool:
    """Whether an npz says that its poses are SKEL's."""
    from ..core.array_archive import read_archive
    from .skel.motion import DAMAGED

    if path.suffix.lower() != ".npz" or not path.is_file():
        return False
    try:
        return str(read_archive(path).get("pose_type", "")) == "skel"
    except DAMAGED:
        return False


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Sketch2PoseError(
            f'The folder "{folder}" cannot be made',
            error.strerror or str(error),
            "Choose another folder with --out",
            "skel.out",
        ) from error


def _print(summary: InputSummary, lines: list[str], as_json: bool) -> None:
    if as_json:
        print(json.dumps(summary.json()))
        return
    for sentence in summary.warnings:
        print(sentence, file=sys.stderr)
    error = summary.exception()
    if error is not None:
        print(error, file=sys.stderr)
        return
    for line in lines:
        print(f"{summary.input}: {line}")
    print(f"{summary.input} → {', '.join(summary.files)}")
