"""`skel`: SMPL motions to SKEL with the files that biomechanists open, and back."""

import argparse
from pathlib import Path

from ..protocol.requests import SkelRequest
from ..report import JobReport
from .terms import DONE, SOME_WITHOUT_RESULT, print_outcome, text_of

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
    from ..each_input import each_input
    from ..outputs import open_output_folder
    from ..skel.request import skel_work

    request, lines, complete = _request(options), list[str](), True
    work = skel_work(request, open_output_folder(request.out_dir), lines.append)
    for summary in each_input(request.inputs, work, JobReport()):
        sentences = [f"{summary.input}: {line}" for line in lines]
        print_outcome(summary, sentences, options.json)
        lines.clear()
        complete &= summary.error is None
    return DONE if complete else SOME_WITHOUT_RESULT


def _request(options: argparse.Namespace) -> SkelRequest:
    return SkelRequest(
        inputs=tuple(options.inputs),
        out_dir=str(options.out),
        surface=not options.joints_only,
        picture=options.from_image,
        shape=options.fit_shape,
        skel_model=text_of(options.skel_model),
        body_model=text_of(options.body_model),
    )
