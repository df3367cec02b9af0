"""Where things are in the repository and what this machine is called by Blender."""

from __future__ import annotations

import os
import platform
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
DIST = ROOT / "dist"
REQUIREMENTS = ROOT / "requirements"
EXAMPLES = ROOT / "docs" / "examples"
MANIFEST = ROOT / "blender_manifest.toml"


class BuildError(Exception):
    """A step cannot go on; the text says what happened, why, and what to do."""


def version() -> str:
    """Version of the extension, from the only place where it is written."""
    found = re.search(r'^version = "([^"]+)"', MANIFEST.read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise BuildError('blender_manifest.toml has no line `version = "x.y.z"`: add it.')
    return found.group(1)


def this_platform() -> str:
    """Blender's name of this machine, for example ``linux-x64``."""
    system = {"Linux": "linux", "Darwin": "macos", "Windows": "windows"}.get(platform.system())
    machine = "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x64"
    if system is None:
        raise BuildError(f"{platform.system()} is not a system that Blender runs on.")
    return f"{system}-{machine}"


def python_of(environment: Path) -> Path:
    """The Python program of a virtual environment."""
    if os.name == "nt":
        return environment / "Scripts" / "python.exe"
    return environment / "bin" / "python"


def show(path: Path) -> str:
    """``path`` as a person at the repository's root would type it."""
    try:
        return path.resolve().relative_to(ROOT).as_posix()
    except ValueError:
        return str(path)


def say(text: str) -> None:
    """Print at once: builds are watched, and logs of CI are read in order."""
    print(text, flush=True)
    sys.stderr.flush()
