"""Angles of knees, hips and elbows beside OpenSim's inverse kinematics of the same trial.

OpenSim's elbow is not the angle between the points of shoulder, elbow and wrist: between those that
its own solve was made from it differs by 17 to 25 degrees all through the trial. So errors of knees
and elbows are counted beyond the mean difference of the reference's own points, which no clip has a
part in; the error as it stands is told beside it.

Conventions: degrees; flexion is positive.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sketch2pose.core.body_motion import BodyMotion
from sketch2pose.core.rotations import rotmat_from_rotvec
from sketch2pose.core.smpl import SMPL_JOINT_NAMES
from sketch2pose.inference.skel.opensim.osim_frame import GROUND_FROM_BODY
from tests.benchmarks.skel.opensim_angles import angles_zxy
from tests.benchmarks.sketch.table import Row
from tests.benchmarks.video.measures import JOINTS

CHAINS = {"knee": ("hip", "knee", "ankle"), "elbow": ("shoulder", "elbow", "wrist")}
COLUMNS = {"knee": "knee_angle", "elbow": "elbow_flex", "hip flexion": "hip_flexion"}


def angle_rows(name: str, path: Path, motion: BodyMotion, truth: np.ndarray) -> list[Row]:
    """Correlation and mean error of the angles of both sides, each angle one row of either.

    Args:
        name: of the view. path: OpenSim's table. motion: what was solved.
        truth: [T, 12, 3] the reference's own points, all frames of the table.
    """
    table, rows = read_mot(path), []
    for angle, column in COLUMNS.items():
        found, known, beside = [], [], []
        for side in ("left", "right"):
            title = next(key for key in table if key.startswith(f"{column}") and
                         key.endswith(f"_{side[0]}"))  # fmt: skip
            found.append(angle_of(motion, angle, side))
            known.append(table[title][motion.source_frames])
            beside.append(definition_offset(truth, table[title], angle, side))
        away = [one - other for one, other in zip(found, known, strict=True)]
        left = [one - offset for one, offset in zip(away, beside, strict=True)]
        together = [np.corrcoef(a, b)[0, 1] for a, b in zip(found, known, strict=True)]
        rows += [
            Row(f"{name}: {angle}, correlation", float(np.mean(together)), "", 0.9, 0.95, True, 2),
            Row(f"{name}: {angle}, mean error", float(np.abs(left).mean()), "°", 8, 5, cases=2),
        ]
        if angle in CHAINS:
            error = float(np.abs(away).mean())
            rows.append(Row(f"{name}: {angle}, mean error as it stands", error, "°", cases=2))
    return rows


def definition_offset(truth: np.ndarray, known: np.ndarray, angle: str, side: str) -> float:
    """Mean of what the angle between points [T, 12, 3] is beyond OpenSim's; 0 for hips, whose
    angle is defined as OpenSim's."""
    if angle not in CHAINS:
        return 0.0
    rows = [JOINTS.index(f"{side}_{part}") for part in CHAINS[angle]]
    return float((bend(truth[:, rows]) - known).mean())


def angle_of(motion: BodyMotion, angle: str, side: str) -> np.ndarray:
    """[T] degrees of one joint of the solved body."""
    if angle in CHAINS:
        rows = [SMPL_JOINT_NAMES.index(f"{side}_{part}") for part in CHAINS[angle]]
        return bend(np.asarray(motion.joints3d, np.float64)[:, rows])
    hip = SMPL_JOINT_NAMES.index(f"{side}_hip")
    turns = rotmat_from_rotvec(np.asarray(motion.poses, np.float64).reshape(-1, 24, 3)[:, hip])
    return np.rad2deg(angles_zxy(GROUND_FROM_BODY @ turns @ GROUND_FROM_BODY.T)[0])


def bend(points: np.ndarray) -> np.ndarray:
    """[T] degrees by which a chain of three points [T, 3, 3] bends at the middle one."""
    upper, middle, lower = np.moveaxis(points, 1, 0)
    first, second = middle - upper, lower - middle
    cosine = (first * second).sum(-1) / np.linalg.norm(first, axis=-1)
    return np.rad2deg(np.arccos(np.clip(cosine / np.linalg.norm(second, axis=-1), -1, 1)))


def read_mot(path: Path) -> dict[str, np.ndarray]:
    """Columns of OpenSim's table of coordinates."""
    lines = path.read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.strip() == "endheader")
    names = lines[start + 1].split()
    values = np.array([[float(word) for word in line.split()] for line in lines[start + 2 :]])
    return dict(zip(names, values.T, strict=True))
