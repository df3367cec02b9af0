"""`convert`: motions from any known file to `.npz`, `.json` or `.bvh`."""

import argparse
from collections.abc import Callable
from pathlib import Path

from ...core.body_motion import BodyMotion, write_body_motion
from ...core.errors import Sketch2PoseError
from ...core.whole_file import write_whole
from ..each_input import Outcome, each_input
from ..report import JobReport, PartReport, Report
from .terms import DONE, SOME_WITHOUT_RESULT, print_outcome

_LOST_IN_BVH = (
    "confidence", "joints2d", "camera_rotation", "contacts", "hands", "face", "hypothesis_poses",
)  # fmt: skip


def convert(options: argparse.Namespace) -> int:
    """Convert one file; several people become `<stem>_pN` beside each other.

    Args:
        options: with `input`, `output` and `json`.

    Returns:
        The exit code.

    Raises:
        Sketch2PoseError: the suffix of the output is unknown.
    """
    output = Path(options.output)
    write = _writer(output)

    def work(path: str, report: PartReport) -> Outcome:
        files = _convert(Path(path), output, write, report)
        return Outcome(len(files), files)

    (summary,) = each_input([options.input], work, JobReport())
    done = f"{summary.input} → {', '.join(summary.files)}"
    print_outcome(summary, [done], options.json)
    return DONE if summary.error is None else SOME_WITHOUT_RESULT


Writer = Callable[[Path, BodyMotion, Report], None]


def _writer(output: Path) -> Writer:
    writers: dict[str, Writer] = {".npz": _write_npz, ".json": _write_json, ".bvh": _write_bvh}
    if output.suffix.lower() not in writers:
        raise Sketch2PoseError(
            f'"{output.name}" cannot be written',
            f'the suffix "{output.suffix}" is not one of {", ".join(writers)}',
            "Choose one of these suffixes",
            "convert.suffix",
        )
    return writers[output.suffix.lower()]


def _convert(source: Path, output: Path, write: Writer, report: Report) -> list[Path]:
    from ..importers.read_motion import read_motion

    imported = read_motion(source)
    for sentence in imported.warnings:
        report.warn(sentence)
    if len(imported.motions) == 1:
        paths = [output]
    else:
        count = len(imported.motions)
        paths = [output.with_stem(f"{output.stem}_p{number}") for number in range(count)]
    for path, motion in zip(paths, imported.motions, strict=True):
        write(path, motion, report)
    return paths


def _write_npz(path: Path, motion: BodyMotion, report: Report) -> None:
    write_body_motion(path, motion)


def _write_json(path: Path, motion: BodyMotion, report: Report) -> None:
    from ..importers.motion_json import json_from_motion

    write_whole(path, json_from_motion(motion).encode("utf-8"))


def _write_bvh(path: Path, motion: BodyMotion, report: Report) -> None:
    from ..importers.bvh_smpl import bvh_from_motion
    from ..importers.bvh_text import format_bvh

    lost = [name for name in _LOST_IN_BVH if getattr(motion, name) is not None]
    if lost:
        report.warn(f"BVH holds the skeleton's motion only; left out: {', '.join(lost)}.")
    write_whole(path, format_bvh(bvh_from_motion(motion)).encode("utf-8"))
