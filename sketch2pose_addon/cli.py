"""The whole job without a window: `blender -b scene.blend --command sketch2pose --input X …`.

It drives the same operators as the panel, so what works here works there. Exit status: 0 done,
2 unusable arguments, 3 the input gave no pose or the result could not be saved.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import bpy

COMMAND = "sketch2pose"
MOTION_SUFFIXES = (".bvh", ".trc", ".pt", ".pkl", ".npy")  # of other programs
CLIP_SUFFIXES = (".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv", ".ogv")
_DONE, _UNUSABLE, _NO_RESULT = 0, 2, 3

_handles: list[Any] = []


def register() -> None:
    """Makes `--command sketch2pose` known to Blender."""
    _handles.append(bpy.utils.register_cli_command(COMMAND, run))


def unregister() -> None:
    """Takes the command away again."""
    while _handles:
        bpy.utils.unregister_cli_command(_handles.pop())


def run(argv: list[str]) -> int:
    """Runs the command with the arguments after its name and returns the exit status."""
    try:
        options = _parser().parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or _DONE)
    unusable = _complaint(options)
    if unusable:
        _say(unusable)
        return _UNUSABLE
    bpy.context.scene.frame_set(_first_frame(options))
    try:
        _pose(options)
        _save(options.save)
    except (RuntimeError, OSError) as error:  # an operator reports by RuntimeError
        _say(str(error).removeprefix("Error: ").strip())
        return _NO_RESULT
    print(f"Saved {options.save}", flush=True)
    return _DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"blender -b SCENE --command {COMMAND}",
        description="Key the pose of a drawing or photo, or a clip's motion, on a rig.",
    )
    parser.add_argument("--input", required=True, help="drawing, photo, clip or motion")
    parser.add_argument("--rig", required=True, help="name of the armature object")
    parser.add_argument("--save", required=True, help="where the keyed scene is saved (.blend)")
    parser.add_argument("--frame", type=int, help="first frame of the keys (default: the scene's)")
    return parser


def _complaint(options: argparse.Namespace) -> str:
    """What is wrong with the arguments, as a sentence; empty when nothing is."""
    if not Path(options.input).is_file():
        return f"There is no file {options.input}: check the path given with --input."
    rig = bpy.data.objects.get(options.rig)
    if rig is None or rig.type != "ARMATURE":
        armatures = [o.name for o in bpy.data.objects if o.type == "ARMATURE"]
        known = ", ".join(armatures) or "none"
        return f"No armature is named {options.rig}: choose with --rig among: {known}."
    if Path(options.save).suffix != ".blend":
        return f"{options.save} is not a Blender file: let --save end in .blend."
    return ""


def _first_frame(options: argparse.Namespace) -> int:
    return bpy.context.scene.frame_current if options.frame is None else options.frame


def _pose(options: argparse.Namespace) -> None:
    """Lets the panel's own operators do the work; they raise RuntimeError with their report."""
    source = str(Path(options.input).resolve())
    operators = bpy.ops.sketch2pose
    if source.endswith(".npz"):
        operators.retarget(source=source, target=options.rig)
    elif Path(source).suffix.lower() in MOTION_SUFFIXES:
        operators.import_motion(filepath=source, target=options.rig)
    elif Path(source).suffix.lower() in CLIP_SUFFIXES:
        operators.motion_from_video(filepath=source, target=options.rig)
    else:
        operators.pose_from_image(filepath=source, target=options.rig)


def _save(path: str) -> None:
    target = Path(path).resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    bpy.ops.wm.save_as_mainfile(filepath=str(target), copy=True)


def _say(text: str) -> None:
    print(f"sketch2pose: {text}", file=sys.stderr, flush=True)
