"""The rig beside its clip in a real window: the panel tells how far it is, Esc stops it."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import bpy
import numpy as np
from figure import EXTENSION, prepare
from window_steps import Steps, press, run, shot, until

FRAMES = 12
SIZE, FOCAL = (320, 180), 260.0


def numbered_pictures(folder: Path) -> Path:
    for number in range(FRAMES):
        image = bpy.data.images.new("page", *SIZE)
        image.filepath_raw, image.file_format = str(folder / f"shot-{number:04d}.png"), "PNG"
        image.save()
        bpy.data.images.remove(image)
    return folder / "shot-0000.png"


def filmed(rig: bpy.types.Object, path: Path) -> None:
    """Writes a motion of the body as it stands, carried past a camera 4 m away."""
    protocol = importlib.import_module(f"{EXTENSION}.core.body_motion")
    names = importlib.import_module(f"{EXTENSION}.core.smpl").SMPL_JOINT_NAMES
    heads = [rig.data.bones[name].head_local for name in names]
    rest = np.array([(x, z, -y) for x, y, z in heads])  # y up, as the body has it
    walked = np.linspace([-0.3, 0, 0], [0.3, 0, 0], FRAMES)
    joints = rest + walked[:, None]
    turn, shift = np.diag([1.0, -1.0, -1.0]), np.array([0.0, 0.9, 4.0])
    seen = joints @ turn.T + shift
    motion = protocol.BodyMotion(
        poses=np.zeros((FRAMES, 72), np.float32), trans=walked.astype(np.float32),
        betas=np.zeros(10, np.float32), joints3d=joints.astype(np.float32),
        joints2d=(FOCAL * seen[..., :2] / seen[..., 2:] + [160, 90]).astype(np.float32),
        confidence=np.ones((FRAMES, 24), np.float32), camera_focal=FOCAL,
        camera_rotation=turn.astype(np.float32), camera_translation=shift.astype(np.float32),
        camera_center=np.array([160.0, 90.0], np.float32), image_size=np.array(SIZE),
        frame_index=np.arange(FRAMES), mocap_framerate=24.0,
        source=protocol.SourceNote("shots", "video"),
    )  # fmt: skip
    protocol.write_body_motion(path, motion)


def state() -> bpy.types.PropertyGroup:
    return bpy.context.window_manager.sketch2pose


def studios() -> list[str]:
    return [scene.name for scene in bpy.data.scenes if "Studio" in scene.name]


def begin(out: Path, clip: Path) -> None:
    done = bpy.ops.sketch2pose.compare_with_clip(
        "INVOKE_DEFAULT", filepath=str(out), clip=str(clip)
    )
    assert done == {"RUNNING_MODAL"}, f"{done}: {state().result}"


def film(folder: Path, clip: Path) -> Steps:
    out, scene = folder / "beside.mp4", bpy.context.window.scene
    cameras = len(bpy.data.cameras)
    begin(out, clip)
    yield from until(lambda: "frame 3" in state().text, 60, "the third picture")
    shot("compare_1_rendering")
    assert state().running and studios() and bpy.context.window.scene == scene
    yield from until(lambda: state().result, 90, "the film")
    shot("compare_2_done")
    assert out.is_file() and str(out) in state().result, state().result
    assert not studios() and not state().running and len(bpy.data.cameras) == cameras


def stopped(folder: Path, clip: Path) -> Steps:
    out = folder / "stopped.mp4"
    begin(out, clip)
    yield from until(lambda: "frame 2" in state().text, 60, "the second picture")
    yield from press("ESC")
    yield from until(lambda: not state().running, 10, "the end")
    assert state().result == "Cancelled" and not out.exists() and not studios(), state().result


def steps() -> Steps:
    rig = yield from prepare()
    bpy.context.scene.sketch2pose.target = rig
    folder = Path(tempfile.mkdtemp())
    clip = numbered_pictures(folder)
    filmed(rig, folder / "walk.npz")
    bpy.ops.sketch2pose.retarget(source=str(folder / "walk.npz"), target=rig.name)
    yield from film(folder, clip)
    state().result = ""
    yield from stopped(folder, clip)


run(steps)
