"""How this Blender starts the backend process.

Blender's Python runs isolated (`-I`) and a child does not see the wheels of extensions, so the
folders with the libraries are passed as arguments.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy

from ...core.errors import Sketch2PoseError
from ...inference.protocol.client import BackendClient
from ...inference.protocol.process import clean_environment
from .addon import ADDON_ID, preferences
from .model_files import model_arguments

if TYPE_CHECKING:
    from bpy.types import Context

    from .preferences import Sketch2PosePreferences

_RESTARTS = 3  # after that many deaths in a row the user is told instead
_DESCRIBE_LIMIT = 60.0  # s; a cold disk and a virus scanner need their time
_LIBRARIES = ("onnxruntime", "cv2", "numpy")


def new_client(context: Context) -> BackendClient:
    """A client that is ready to start the backend described by the preferences.

    Raises:
        Sketch2PoseError: the preferences point to something that is not there.
    """
    settings = preferences(context)
    return BackendClient(
        command=command(settings),
        env=environment(),
        log_path=log_path(),
        restart_limit=_RESTARTS,
    )


def command(settings: Sketch2PosePreferences, task: str = "serve") -> list[str]:
    """The command line of the backend for one of its tasks.

    Raises:
        Sketch2PoseError: the preferences point to something that is not there.
    """
    arguments = [_python(settings), "-m", "inference", task, "--device", settings.device]
    for folder in library_folders(settings):
        arguments += ["--site", folder]
    if settings.threads:
        arguments += ["--threads", str(settings.threads)]
    if settings.model_folder:
        arguments += ["--models", _existing_folder(settings.model_folder, "Models")]
    return arguments


def environment() -> dict[str, str]:
    """Environment of the process: Blender's, with the extension on Python's path."""
    return clean_environment({**os.environ, "PYTHONPATH": str(extension_folder())})


def describe(settings: Sketch2PosePreferences) -> dict[str, Any]:
    """What the backend says about itself: versions, device, models, checks. Blocks.

    Raises:
        Sketch2PoseError: it cannot start, or does not answer in time.
    """
    arguments = [*command(settings, "info"), *model_arguments(settings), "--json"]
    try:
        done = subprocess.run(
            arguments, env=environment(), capture_output=True, timeout=_DESCRIBE_LIMIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _no_start(str(error)) from error
    try:
        return json.loads(done.stdout)
    except ValueError as error:  # it died before it had said anything
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise _no_start(lines[-1] if lines else f"exit status {done.returncode}") from error


def library_folders(settings: Sketch2PosePreferences) -> list[str]:
    """Folders the backend needs on its module path.

    The backend's own Python elsewhere brings its libraries along; Blender's own gets the folder of
    the preferences or the wheels that were installed with the extension.
    """
    if settings.wheel_folder:
        return [_existing_folder(settings.wheel_folder, "Libraries")]
    if settings.backend_python:
        return []
    folders = (_folder_of(library) for library in _LIBRARIES)
    return list(dict.fromkeys(folder for folder in folders if folder))


def extension_folder() -> Path:
    """Folder of the installed extension: the one that holds `inference`."""
    return Path(__file__).resolve().parents[2]


def log_path() -> Path:
    """The backend's log, in the extension's own user folder."""
    folder = user_folder()
    return folder / "backend.log"


def user_folder() -> Path:
    """The folder where Blender lets an extension write; a temporary one outside of an extension."""
    if ADDON_ID.startswith("bl_ext."):
        return Path(bpy.utils.extension_path_user(ADDON_ID, create=True))
    return Path(bpy.app.tempdir)


def _no_start(why: str) -> Sketch2PoseError:
    return Sketch2PoseError(
        "The backend cannot start",
        why,
        "Install the full extension, or choose Python and Libraries in its preferences",
        "backend.start",
    )


def _python(settings: Sketch2PosePreferences) -> str:
    if not settings.backend_python:
        return sys.executable
    path = bpy.path.abspath(settings.backend_python)
    if not os.path.isfile(path):
        raise Sketch2PoseError(
            "The backend cannot start",
            f'"{path}" in the preferences is not a program',
            "Choose a Python program in Preferences > Add-ons > Sketch2Pose, or leave it empty",
            "backend.python",
        )
    return path


def _existing_folder(value: str, label: str) -> str:
    path = bpy.path.abspath(value)
    if not os.path.isdir(path):
        raise Sketch2PoseError(
            "The backend cannot start",
            f'the folder "{path}" of the preference "{label}" does not exist',
            "Choose another folder in Preferences > Add-ons > Sketch2Pose, or leave it empty",
            "backend.folder",
        )
    return path


def _folder_of(library: str) -> str | None:
    spec = importlib.util.find_spec(library)
    return str(Path(spec.origin).parent.parent) if spec and spec.origin else None
