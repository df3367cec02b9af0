"""The balancing trial with its camera known: as calibrated, and as if it had panned.

A pan is exact in the picture alone: frames are warped by the homography of a turn about the
camera's centre. Conventions: the world is that of the TRC file, y up, floor near y = 0, metres.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np

from sketch2pose.core.body_motion import BodyMotion
from sketch2pose.core.camera import CameraPath
from sketch2pose.core.filmed_camera import write_camera
from sketch2pose.core.rotations import rotmat_from_rotvec
from sketch2pose.inference.importers.trc import parse_trc
from sketch2pose.inference.protocol.requests import VideoOptions
from sketch2pose.inference.report import JobReport
from sketch2pose.inference.video.clips.clip import Clip
from sketch2pose.inference.video.estimate import VideoEstimator
from tests.benchmarks.sketch.table import Row
from tests.benchmarks.video.measures import HIPS, JOINTS, ROWS, root_error

LAB_FROM_TRC = np.eye(3)[[2, 0, 1]]
PAN = np.deg2rad(8.0)  # to either side
PERIOD = 1.0  # s
MM = 1e3


def calibration(folder: Path, camera: str) -> dict[str, Any]:
    """What the trial's file says of a camera."""
    return tomllib.loads((folder / "Calib_qualisys.toml").read_text())[camera]


def calibrated(folder: Path, camera: str) -> tuple[np.ndarray, np.ndarray]:
    """Rotation [3, 3] and translation [3] of a camera from the laboratory, whose z is up."""
    known = calibration(folder, camera)
    return cv2.Rodrigues(np.array(known["rotation"]))[0], np.array(known["translation"])


def known_camera(folder: Path, camera: str, turns: np.ndarray) -> CameraPath:
    """A calibrated camera of the trial with its further turns [T, 3, 3], camera axes."""
    known, (turn, shift) = calibration(folder, camera), calibrated(folder, camera)
    matrix, (width, height) = np.array(known["matrix"]), known["size"]
    return CameraPath(
        turns @ (turn @ LAB_FROM_TRC), turns @ shift,
        float(matrix[0, 0]), matrix[:2, 2], (int(width), int(height)),
    )  # fmt: skip


def pans(count: int, framerate: float) -> np.ndarray:
    """[T, 3, 3] turns of a camera that pans left and right, as somebody who films might."""
    angle = PAN * np.sin(2 * np.pi * np.arange(count) / framerate / PERIOD)
    return rotmat_from_rotvec(angle[:, None] * [0.0, 1.0, 0.0])


def write_panned(clip: Path, out: Path, camera: CameraPath) -> np.ndarray:
    """Write a clip as a panning camera would have filmed it.

    Args:
        clip: filmed by a camera that stood still. out: MP4 to write.
        camera: of the clip, its focal length and centre.

    Returns:
        [T, 3, 3] the turns.
    """
    inner = np.diag([camera.focal, camera.focal, 1.0])
    inner[:2, 2] = camera.center
    with Clip(clip) as opened:
        turns = pans(opened.frame_count, opened.framerate)
        kind = cv2.VideoWriter.fourcc(*"mp4v")
        writer = cv2.VideoWriter(str(out), kind, opened.framerate, opened.image_size)
        for number, rgb in opened.frames():
            warp = inner @ turns[number] @ np.linalg.inv(inner)
            bgr = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
            writer.write(cv2.warpPerspective(bgr, warp, opened.image_size))
        writer.release()
    return turns


def world_truth(folder: Path) -> np.ndarray:
    """[T, 12, 3] triangulated joints in the world."""
    trc = parse_trc((folder / "balancing.trc").read_text())
    names = [name.split("_")[0][0].upper() + name.split("_")[1].capitalize() for name in JOINTS]
    return np.stack([trc.positions[name] for name in names], axis=1)


def known_camera_rows(estimator: VideoEstimator, folder: Path, name: str) -> list[Row]:
    """How well somebody is put into the world of a camera that stands, and of one that pans."""
    truth, clip = world_truth(folder), folder / f"{name}.mp4"
    camera = f"{name[:3]}_{name[3:]}"
    still = known_camera(folder, camera, np.eye(3)[None].repeat(len(truth), 0))
    with TemporaryDirectory() as made:
        panned = Path(made) / f"{name}.mp4"
        turns = write_panned(clip, panned, still)
        moving = known_camera(folder, camera, turns)
        return [
            *_rows(f"{name}, camera known", estimator, clip, still, truth),
            *_rows(f"{name}, camera pans, known", estimator, panned, moving, truth),
            *_rows(f"{name}, camera pans, unknown", estimator, panned, None, truth),
        ]


def _rows(
    label: str,
    estimator: VideoEstimator,
    clip: Path,
    camera: CameraPath | None,
    truth: np.ndarray,
) -> list[Row]:
    with TemporaryDirectory() as folder:
        told = Path(folder) / "camera.json"
        if camera is not None:
            write_camera(told, camera)
        options = VideoOptions(camera=None if camera is None else str(told))
        motions = estimator.estimate_clip(str(clip), options, JobReport())
    motion = max(motions, key=lambda one: one.frame_count)
    found, known = world_joints(motion), truth[motion.source_frames]
    away = found[:, HIPS].mean(axis=1) - known[:, HIPS].mean(axis=1)
    count = motion.frame_count
    wander = float(np.linalg.norm(away - away.mean(axis=0), axis=-1).mean())
    rows = [Row(f"{label}: hips about their mean place", wander * MM, "mm", cases=count)]
    if camera is None:  # its world is another one
        return rows
    place = float(np.linalg.norm(away, axis=-1).mean())
    return [
        Row(f"{label}: hips in the world", place * MM, "mm", cases=count),
        *rows,
        Row(f"{label}: root MPJPE", root_error(found, known) * MM, "mm", 80, 70, False, count),
    ]


def world_joints(motion: BodyMotion) -> np.ndarray:
    """[T, 12, 3] solved joints in the motion's world."""
    return np.asarray(motion.joints3d, np.float64)[:, ROWS]
