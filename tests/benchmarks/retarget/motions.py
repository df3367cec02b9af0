"""The benchmark's motions: smooth swings of known pose, and real mocap where it is at hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sketch2pose.rigs import HumanMotion
from tests.pure.rigs.rig_fixtures import motion_of

FRAMERATE = 30.0


def swings(frames: int = 60) -> HumanMotion:
    """Large arm and leg swings, bent elbows and knees, rolls, and a path over the floor."""
    t = np.linspace(0.0, 2.0 * np.pi, frames)
    poses = np.zeros((frames, 24, 3))
    for side, (hip, knee, shoulder, elbow, wrist, collar) in (
        (1.0, (1, 4, 16, 18, 20, 13)), (-1.0, (2, 5, 17, 19, 21, 14)),
    ):  # fmt: skip
        poses[:, hip, 0] = -0.3 + 0.6 * side * np.sin(t)
        poses[:, hip, 1] = 0.2 * np.cos(t)
        poses[:, knee, 0] = 0.5 + 0.45 * np.cos(t + side)
        poses[:, shoulder, 2] = side * (-0.6 + 0.5 * np.sin(t))
        poses[:, shoulder, 1] = side * -0.5 * np.cos(t)
        poses[:, shoulder, 0] = 0.4 * np.sin(t + 1.0)
        poses[:, elbow, 1] = side * (-0.7 - 0.5 * np.sin(t))
        poses[:, wrist, 0] = 0.5 * np.sin(t)
        poses[:, collar, 2] = side * 0.1 * np.sin(t)
    for joint, size in ((3, 0.10), (6, 0.15), (9, 0.10), (12, 0.2), (15, 0.2)):
        poses[:, joint, 0], poses[:, joint, 1] = size * np.sin(t), size * np.cos(t)
    poses[:, 0, 1] = 0.4 * np.sin(t)
    path = np.stack([0.5 * np.sin(t), np.linspace(0.0, 2.0, frames)], axis=1)
    return motion_of(poses, path, FRAMERATE)


def mocap(shared: Path, frames: int, clips: tuple[int, ...]) -> list[HumanMotion]:
    """Held-out mocap clips (z up); none where the evaluation data is absent."""
    pack = shared / "data/mocap/val_seqs.npz"
    if not pack.is_file():
        return []
    from sketch2pose.core.rotations import normalized, rotvec_from_quat

    motions = []
    with np.load(pack, allow_pickle=False) as data:
        for clip in clips:
            start = int(data["seq_start"][clip])
            rows = slice(start, start + min(frames, int(data["seq_len"][clip])))
            quats = normalized(data["quats"][rows].astype(float))
            root = data["root"][rows].astype(float)
            poses = rotvec_from_quat(quats)
            motions.append(motion_of(poses, root[:, [0, 2]], FRAMERATE, root[:, 1]))
    return motions
