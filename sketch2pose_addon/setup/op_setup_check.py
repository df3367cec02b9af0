"""Reports whether everything the add-on needs is in place, as text that can be copied."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy

from ...core.errors import Sketch2PoseError
from ..backend import backend_process
from ..backend.addon import preferences
from ..backend.cache_folder import cache_folder, cache_size
from ..pose_library.key_pose import index

if TYPE_CHECKING:
    from bpy.types import Context


class SKETCH2POSE_OT_setup_check(bpy.types.Operator):
    bl_idname = "sketch2pose.setup_check"
    bl_label = "Check Setup"
    bl_description = "Start the backend and list versions, device and models"
    bl_options = {"INTERNAL"}

    def execute(self, context: Context) -> set[str]:
        settings = preferences(context)
        lines, complete = _report(context)
        settings.report = "\n".join(lines)
        if not complete:
            self.report({"ERROR"}, next(line[2:] for line in lines if line.startswith("!")))
            return {"CANCELLED"}
        self.report({"INFO"}, "Sketch2Pose is ready")
        return {"FINISHED"}


def _report(context: Context) -> tuple[list[str], bool]:
    """Lines that begin with + (fine) or ! (a problem), and whether all is fine."""
    python = platform.python_version()
    lines = [
        f"+ Blender {bpy.app.version_string}, Python {python}, {platform.platform(terse=True)}",
        f"+ Log: {_short(backend_process.log_path())}",
        f"+ Cache: {cache_size(cache_folder()).text}",
    ]
    problems = [*_folder_problems(context)]
    try:
        lines.append(f"+ Pose library: {len(index().library.poses)} key poses")
    except Sketch2PoseError as error:
        problems.append(f"! {error}")
    try:
        described = backend_process.describe(preferences(context))
    except Sketch2PoseError as error:
        return [*lines, *problems, f"! {error}"], False
    lines += [*_described(described), *problems]
    return lines, not any(line.startswith("!") for line in lines)


def _folder_problems(context: Context) -> Iterator[str]:
    """Paths of the preferences that lead nowhere."""
    settings = preferences(context)
    paths = {"Models": settings.model_folder, "Python": settings.backend_python}
    paths["Libraries"] = settings.wheel_folder
    for name, path in paths.items():
        if path and not Path(bpy.path.abspath(path)).exists():
            yield f'! {name}: "{_short(path)}" does not exist. Choose another or leave it empty'


def _short(path: object) -> str:
    """A path without the user's name: reports are shown to others."""
    return str(path).replace(str(Path.home()), "~")


def _described(info: dict[str, Any]) -> list[str]:
    device = info["device"]
    libraries = ", ".join(f"{item['name']} {item['version']}" for item in info["libraries"])
    lines = [
        f"+ Backend {info['version']}, Python {info['python']}, {libraries}",
        f"+ Device: {device['name']} (available: {', '.join(device['installed'])})",
    ]
    lines += [f"+ {device['note']}"] if device["note"] else []
    lines.append(f"+ Body: {info['body']['name']} ({info['body']['licence']})")
    for model in info["models"]:
        licence = f" ({model['licence']})" if model["licence"] else ""
        lines.append(f"+ Model: {model['name']}{licence}")
    for check in info["checks"]:
        name = check["name"].capitalize()
        lines.append(f"+ {name}" if check["passed"] else f"! {name}: {check['why']}")
    return lines


class SKETCH2POSE_OT_copy_report(bpy.types.Operator):
    bl_idname = "sketch2pose.copy_report"
    bl_label = "Copy Report"
    bl_description = "Copy the lines above to the clipboard for a bug report"
    bl_options = {"INTERNAL"}

    def execute(self, context: Context) -> set[str]:
        context.window_manager.clipboard = preferences(context).report
        return {"FINISHED"}


classes = (SKETCH2POSE_OT_setup_check, SKETCH2POSE_OT_copy_report)
