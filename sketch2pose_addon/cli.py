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
        _compare(options)
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
    parser.add_argument(
        "--side-by-side", metavar="FILE",
        help="also write the clip beside the rig: .mp4, or .png for a contact sheet of key frames",
    )  # fmt: skip
    parser.add_argument(
        "--clip", help="the clip from which --input was estimated, where that is a motion (.npz)"
    )
    parser.add_argument(
        "--sheet-frames", default="", help='scene frames on the contact sheet, "10,24,31"'
    )
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
        return (
            f"{options.save} is not a Blender file: the name given with --save must end in .blend."
        )
    return _complaint_about_clip(options)


def _complaint_about_clip(options: argparse.Namespace) -> str:
    """The same for the arguments of the comparison."""
    if options.side_by_side is None:
        return ""
    if Path(options.side_by_side).suffix.lower() not in (".mp4", ".png"):
        return (
            f"{options.side_by_side} is neither a video nor a contact sheet: "
            "the name must end in .mp4 or .png."
        )
    clip = _clip_of(options)
    if not clip:
        return "There is no clip to show next to the rig: choose it with --clip."
    return "" if Path(clip).exists() else f"There is no clip {clip}: check the path."


def _clip_of(options: argparse.Namespace) -> str:
    """The clip to show beside the rig; empty when none was given."""
    return options.clip or (options.input if _is_clip(options.input) else "")


def _is_clip(path: str) -> bool:
    return Path(path).suffix.lower() in CLIP_SUFFIXES


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
    elif _is_clip(source):
        operators.motion_from_video(filepath=source, target=options.rig)
    else:
        operators.pose_from_image(filepath=source, target=options.rig)


def _compare(options: argparse.Namespace) -> None:
    """Writes the clip beside the rig, where that is asked for."""
    if options.side_by_side is None:
        return
    bpy.ops.sketch2pose.compare_with_clip(
        filepath=str(Path(options.side_by_side).resolve()),
        clip=str(Path(_clip_of(options)).resolve()),
        target=options.rig,
        frames=options.sheet_frames,
    )
    print(f"Wrote {options.side_by_side}", flush=True)


def _save(path: str) -> None:
    target = Path(path).resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    bpy.ops.wm.save_as_mainfile(filepath=str(target), copy=True)


def _say(text: str) -> None:
    print(f"sketch2pose: {text}", file=sys.stderr, flush=True)
