"""Virtual environments from the pinned files in requirements/, made once and kept.

One environment holds one ``bpy``: ``.venv`` has Blender 4.5 LTS and all that the command line
needs; ``.venv-4.2`` and ``.venv-5.0`` stand beside it for the tests. ``.venv-agreement`` and
``.venv-docs`` hold no Blender. A stamp with the hash of the pins tells whether an environment is
up to date.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path

from .places import REQUIREMENTS, ROOT, BuildError, python_of, say, show
from .processes import output_of, run_or_stop

MAIN = "4.5"
BLENDERS = ("4.5", "4.2", "5.0")


def folder_of(blender: str) -> Path:
    """Folder of the environment with this Blender."""
    return ROOT / (".venv" if blender == MAIN else f".venv-{blender}")


def find_python_311() -> Path:
    """A Python 3.11, which the ``bpy`` module of Blender 4.2 to 5.0 needs.

    Raises:
        BuildError: when neither this Python nor one on PATH is 3.11.
    """
    if sys.version_info[:2] == (3, 11):
        return Path(sys.executable)
    names = ("python3.11.exe", "python.exe") if os.name == "nt" else ("python3.11", "python3")
    for name in names:
        found = shutil.which(name)
        if found and _version_of(Path(found)) == "3.11":
            return Path(found)
    running = f"{sys.version_info[0]}.{sys.version_info[1]}"
    raise BuildError(
        f"Blender's Python module needs Python 3.11, and this is {running}: "
        "install Python 3.11 and run `python3.11 build.py …`."
    )


def _version_of(python: Path) -> str:
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        return output_of([python, "-c", code]).strip()
    except BuildError:
        return ""


def _text_of(name: str) -> str:
    """A requirements file with the files it includes."""
    text = (REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8")
    included = [line[3:-4].strip() for line in text.splitlines() if line.startswith("-r ")]
    return text + "".join(_text_of(other) for other in included)


def _stamp(environment: Path, name: str) -> Path:
    digest = hashlib.sha256(_text_of(name).encode()).hexdigest()[:16]
    return environment / "stamps" / f"{name}-{digest}"


def ensure(blender: str, *extras: str) -> Path:
    """Make or complete the environment of one Blender.

    Args:
        blender: ``"4.2"``, ``"4.5"`` or ``"5.0"``.
        *extras: names of further files in requirements/, for example ``"pytest"``.

    Returns:
        The environment's Python program.

    Raises:
        BuildError: when Python 3.11 or a package cannot be had.
    """
    return _complete(folder_of(blender), f"blender-{blender}", *extras)


def ensure_apart(name: str) -> Path:
    """Make or complete an environment without Blender, for packages that fit no other one.

    Args:
        name: of a file in requirements/, for example ``"docs"``; the folder is ``.venv-docs``.

    Returns:
        The environment's Python program.

    Raises:
        BuildError: when Python 3.11 or a package cannot be had.
    """
    return _complete(ROOT / f".venv-{name}", name)


def _complete(environment: Path, *names: str) -> Path:
    python = python_of(environment)
    if not python.exists():
        say(f"Making {show(environment)} …")
        run_or_stop("Making the environment", [find_python_311(), "-m", "venv", environment])
    for name in names:
        _install(python, environment, name)
    return python


def _install(python: Path, environment: Path, name: str) -> None:
    stamp = _stamp(environment, name)
    if stamp.exists():
        return
    say(f"Installing requirements/{name}.txt into {show(environment)} …")
    pip = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    run_or_stop(
        f"Installing requirements/{name}.txt",
        [*pip, "--only-binary=:all:", "-r", REQUIREMENTS / f"{name}.txt"],
    )
    stamp.parent.mkdir(exist_ok=True)
    stamp.touch()


def blender_tool(python: Path) -> Path:
    """Blender's own extension tool inside of an environment's ``bpy``.

    Raises:
        BuildError: when the environment has no ``bpy``.
    """
    tool = "site-packages/bpy/*/scripts/addons_core/bl_pkg/cli/blender_ext.py"
    for pattern in (f"lib/python3*/{tool}", f"Lib/{tool}"):
        for found in python.parent.parent.glob(pattern):
            return found
    raise BuildError(f"{show(python)} has no bpy module: run `python build.py setup`.")
