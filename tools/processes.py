"""Start other programs: no shell, a clean environment, output that stays readable."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from .places import ROOT, BuildError

# A shared two-core machine: linear algebra in one thread is as fast and leaves the others alone.
CALM = {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment without what would leak into another Python."""
    drop = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONSTARTUP", "BLENDER_USER_RESOURCES"}
    clean = {k: v for k, v in os.environ.items() if k not in drop}
    return {**clean, **CALM, **(extra or {})}


def run(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    timeout: float = 1800,
    cwd: Path = ROOT,
) -> int:
    """Run a command with its output passed through.

    Args:
        command: program and arguments; no shell looks at them.
        env: variables on top of the clean environment.
        timeout: seconds after which the program is ended.
        cwd: folder to run in.

    Returns:
        The exit status; 124 when it ran past ``timeout``, 127 when there is no such program.
    """
    try:
        arguments = [str(part) for part in command]
        return subprocess.run(arguments, env=environment(env), cwd=cwd, timeout=timeout).returncode
    except subprocess.TimeoutExpired:
        return 124
    except FileNotFoundError:
        return 127


def run_or_stop(what: str, command: Sequence[str | Path], **options) -> None:
    """Run a command that must succeed.

    Raises:
        BuildError: naming ``what`` and the command, which can be repeated by hand.
    """
    status = run(command, **options)
    if status:
        line = " ".join(str(part) for part in command)
        raise BuildError(f"{what} failed (exit {status}). The command was: {line}")


def output_of(command: Sequence[str | Path], *, timeout: float = 120) -> str:
    """Standard output of a command that must succeed.

    Raises:
        BuildError: with the last line that the program wrote about its failure.
    """
    arguments = [str(part) for part in command]
    try:
        done = subprocess.run(
            arguments, env=environment(), cwd=ROOT, timeout=timeout, capture_output=True, text=True
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildError(f"{arguments[0]} cannot be run: {error}") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise BuildError(f"{' '.join(arguments)} failed: {last}")
    return done.stdout
