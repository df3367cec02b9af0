"""Footage that every Blender opens, and somebody who was filmed in it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import bpy
import numpy as np

SIZE = (640, 360)
FRAMES = 5


def numbered_shots(folder: Path) -> Path:
    """Numbered pictures in a new folder; the path of the first."""
    folder.mkdir()
    for number in range(1, FRAMES + 1):
        image = bpy.data.images.new("page", 128, 72)
        image.filepath_raw, image.file_format = str(folder / f"shot-{number:04d}.png"), "PNG"
        image.save()
        bpy.data.images.remove(image)
    return folder / "shot-0001.png"


def walking(motion: Any) -> Any:
    """Frames 1 to 4 of a clip at 30 frames a second: the still walks past a tilted camera."""
    rows = FRAMES - 1
    tilt, focal = 0.2, 500.0
    turn = np.array(
        [[1, 0, 0], [0, -np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), -np.cos(tilt)]]
    )
    shift = np.array([0.2, 1.1, 4.0])
    walked = np.linspace([0, 0, 0], [0.4, 0, 0], rows)
    joints = motion.joints3d + walked[:, None]
    seen = joints @ turn.T + shift
    return dataclasses.replace(
        motion,
        poses=np.repeat(motion.poses, rows, axis=0),
        trans=(motion.trans + walked).astype(np.float32),
        joints3d=joints.astype(np.float32),
        joints2d=(focal * seen[..., :2] / seen[..., 2:] + [320, 180]).astype(np.float32),
        confidence=np.ones((rows, 24), np.float32),
        camera_rotation=turn.astype(np.float32),
        camera_translation=shift.astype(np.float32),
        camera_focal=focal,
        camera_center=np.array([320.0, 180.0], np.float32),
        image_size=np.array(SIZE),
        frame_index=np.arange(1, FRAMES),
        mocap_framerate=30.0,
    )
