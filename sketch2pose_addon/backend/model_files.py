"""The user's own body models in the preferences: which files, and how they reach the backend.

The files are read and checked by the backend only; *Check Setup* says what it found in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import bpy
from bpy.props import StringProperty

if TYPE_CHECKING:
    from bpy.types import UILayout

    from .preferences import Sketch2PosePreferences


class ModelFiles:
    """Mix-in of the preferences: an SMPL-family file and a SKEL file."""

    body_file: StringProperty(
        name="SMPL",
        description=(
            "Your own SMPL, SMPL-H or SMPL-X file (.npz or .pkl). No code in it is executed. "
            "If empty, the default body is used"
        ),
        subtype="FILE_PATH",
    )
    skel_file: StringProperty(
        name="SKEL",
        description=(
            "Your own SKEL file (.pkl), of the same gender as the SMPL file. It is used for "
            "motions of that body. If empty, the default skeleton is used"
        ),
        subtype="FILE_PATH",
    )


def draw_model_files(layout: UILayout, preferences: Sketch2PosePreferences) -> None:
    """The section in the preferences."""
    column = layout.column()
    column.label(text="Your Own Body Models")
    column.prop(preferences, "body_file")
    column.prop(preferences, "skel_file")
    if bool(preferences.body_file) != bool(preferences.skel_file):
        column.label(text="The skeleton needs both files, of the same gender", icon="INFO")


@dataclass(frozen=True)
class OwnModels:
    """The user's own pair of a SKEL request; None twice for the default models."""

    skel_model: str | None = None
    body_model: str | None = None

    def __bool__(self) -> bool:
        return self.skel_model is not None


def own_models(preferences: Sketch2PosePreferences) -> OwnModels:
    """Both files, or none of them."""
    if not (preferences.body_file and preferences.skel_file):
        return OwnModels()
    return OwnModels(_absolute(preferences.skel_file), _absolute(preferences.body_file))


def model_arguments(preferences: Sketch2PosePreferences) -> list[str]:
    """Arguments of the backend's `info`, which checks the files."""
    arguments = []
    for flag, path in (
        ("--body-model", preferences.body_file),
        ("--skel-model", preferences.skel_file),
    ):
        if path:
            arguments += [flag, _absolute(path)]
    return arguments


def _absolute(path: str) -> str:
    return str(Path(bpy.path.abspath(path)).absolute())
