"""What the commands of the command line share: exit codes and settings."""

import argparse
import json
import sys
from pathlib import Path

from ...core.errors import Sketch2PoseError
from ..devices import choose_device
from ..estimators import Settings
from ..protocol.summary import InputSummary

DONE = 0
UNUSABLE = 2
SOME_WITHOUT_RESULT = 3
INTERRUPTED = 130


def settings_from(options: argparse.Namespace) -> Settings:
    """Device and folders from the options every command has.

    Args:
        options: with `device`, `threads` and `models`.

    Returns:
        The settings, the device tried out.

    Raises:
        Sketch2PoseError: the folder of models is not there.
    """
    if options.models is not None and not options.models.is_dir():
        raise Sketch2PoseError(
            "The folder of models cannot be used",
            f'"{options.models}" is not a folder',
            "Give an existing folder, or leave --models out",
            "settings.models",
        )
    return Settings(choose_device(options.device, options.threads), options.models)


def text_of(path: Path | None) -> str | None:
    """A path as requests carry it."""
    return None if path is None else str(path)


def print_outcome(summary: InputSummary, lines: list[str], as_json: bool) -> None:
    """Tell what came of one input: as one line of JSON, or in sentences.

    Args:
        summary: of the input.
        lines: what is told when all went well.
        as_json: a line of JSON on standard output instead.
    """
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
        print(line)
