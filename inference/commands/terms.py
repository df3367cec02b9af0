"""What the commands of the command line share: exit codes and settings."""

import argparse
from pathlib import Path

from ...core.errors import Sketch2PoseError
from ..devices import choose_device
from ..estimators import Settings

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
