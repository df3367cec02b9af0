"""Angles of knees, hips and elbows beside OpenSim's inverse kinematics of the same trial.

Conventions: degrees; flexion is positive.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from inference.protocol.body_motion import SMPL_JOINT_NAMES, BodyMotion
from inference.rotations import rotmat_from_rotvec
from inference.skel.opensim_angles import angles_zxy
from inference.skel.osim_frame import GROUND_FROM_BODY
from tests.benchmarks.sketch.table import Row

CHAINS = {"knee": ("hip", "knee", "ankle"), "elbow": ("shoulder", "elbow", "wrist")}
COLUMNS = {"knee": "knee_angle", "elbow": "elbow_flex", "hip flexion": "hip_flexion"}


def angle_rows(name: str, path: Path, motion: BodyMotion) -> list[Row]:
    """Correlation and mean error of the angles of both sides, each angle one row of either."""
    truth = read_mot(path)
    rows = []
    for angle, column in COLUMNS.items():
        found, known = [], []
        for side in ("left", "right"):
            title = next(key for key in truth if key.startswith(f"{column}") and
                         key.endswith(f"_{side[0]}"))  # fmt: skip
            found.append(angle_of(motion, angle, side))
            known.append(truth[title][motion.source_frames])
        together = [np.corrcoef(a, b)[0, 1] for a, b in zip(found, known, strict=True)]
        away = float(np.abs(np.concatenate(found) - np.concatenate(known)).mean())
        rows.append(Row(f"{name}: {angle}, correlation", float(np.mean(together)), "", 0.9, 0.95,
                        True, 2))  # fmt: skip
        rows.append(Row(f"{name}: {angle}, mean error", away, "°", 8, 5, cases=2))
    return rows


def angle_of(motion: BodyMotion, angle: str, side: str) -> np.ndarray:
    """[T] degrees of one joint of the solved body."""
    if angle in CHAINS:
        rows = [SMPL_JOINT_NAMES.index(f"{side}_{part}") for part in CHAINS[angle]]
        upper, middle, lower = np.moveaxis(np.asarray(motion.joints3d, np.float64)[:, rows], 1, 0)
        first, second = middle - upper, lower - middle
        cosine = (first * second).sum(-1) / np.linalg.norm(first, axis=-1)
        return np.rad2deg(np.arccos(np.clip(cosine / np.linalg.norm(second, axis=-1), -1, 1)))
    hip = SMPL_JOINT_NAMES.index(f"{side}_hip")
    turns = rotmat_from_rotvec(np.asarray(motion.poses, np.float64).reshape(-1, 24, 3)[:, hip])
    return np.rad2deg(angles_zxy(GROUND_FROM_BODY @ turns @ GROUND_FROM_BODY.T)[0])


def read_mot(path: Path) -> dict[str, np.ndarray]:
    """Columns of OpenSim's table of coordinates."""
    lines = path.read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.strip() == "endheader")
    names = lines[start + 1].split()
    values = np.array([[float(word) for word in line.split()] for line in lines[start + 2 :]])
    return dict(zip(names, values.T, strict=True))
