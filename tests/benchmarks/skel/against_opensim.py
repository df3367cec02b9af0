"""Joint angles of the balancing clip beside OpenSim's inverse kinematics.

Pose2Sim's demo has two of them for one clip: of the triangulated keypoints (`balancing.trc`, what
we read), and of anatomical markers that a network guesses from those. Both are shown, and how far
they are from each other: no fit of the keypoints can be nearer to the second than the first is by
more than chance.

Conventions: degrees, OpenSim's definitions (`opensim_angles.py`).
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sketch2pose.inference.body import load_default_body
from sketch2pose.inference.importers.read_motion import read_motion
from sketch2pose.inference.skel.fitting.convert import skel_from_smpl
from sketch2pose.inference.skel.model.default import load_default_skel
from tests.benchmarks.skel.opensim_angles import elbow_zero, opensim_angles
from tests.benchmarks.skel.opensim_elbow import points_angle
from tests.benchmarks.sketch.table import Row

Angles = dict[str, NDArray[np.floating]]

SAME_POINTS = Path(__file__).with_name("balancing_body25b_ik.csv")
COMPARED = {  # figure → (our coordinate, OpenSim's), each with a side to come
    "knee": ("knee_angle", "knee_angle"),
    "hip flexion": ("hip_flexion", "hip_flexion"),
    "elbow": ("elbow_flexion", "elbow_flex"),
}
LIMBS = {"knee": ("Hip", "Knee", "Ankle"), "elbow": ("Shoulder", "Elbow", "Wrist")}


def against_opensim() -> list[Row]:
    """Correlation, error, and error without the mean difference, for both references."""
    shared = Path(os.environ.get("S2P_SHARED", Path(__file__).resolve().parents[4] / "shared"))
    folder = shared / "data" / "video" / "pose2sim"
    ours, points = our_angles(folder / "balancing.trc"), read_trc(folder / "balancing.trc")
    same, guessed = read_csv(SAME_POINTS), read_mot(folder / "balancing_opensim_ik.mot")
    rows = [row for name in LIMBS for row in _beside_points(name, ours, points)]
    rows += _elbow_of_the_reference(same, points)
    for name, (mine, theirs) in COMPARED.items():
        pairs = [(ours[f"{mine}_{side}"], same[f"{theirs}_{side}"]) for side in "rl"]
        rows += _beside(f"IK of the same keypoints, {name}", pairs)
    for name, (mine, theirs) in COMPARED.items():
        pairs = [(ours[f"{mine}_{side}"], guessed[f"{theirs}_{side}"]) for side in "rl"]
        rows += _beside(f"IK of guessed markers, {name}", pairs)
        pairs = [(same[f"{theirs}_{side}"], guessed[f"{theirs}_{side}"]) for side in "rl"]
        rows += _beside(f"the two IK beside each other, {name}", pairs, asked=False)
    return rows


def our_angles(path: Path) -> Angles:
    """Coordinate → [T] degrees of the skeleton fitted to a TRC file."""
    motion = read_motion(path).motions[0]
    skel = load_default_skel()
    fitted = skel_from_smpl(motion, skel, load_default_body(), surface=False)
    pose = skel.forward(fitted.q, fitted.trans, fitted.betas)
    return {name: np.degrees(values) for name, values in opensim_angles(pose, fitted.q).items()}


def _beside(what: str, pairs: list, asked: bool = True) -> list[Row]:
    pairs = [(a[: len(b)], b[: len(a)]) for a, b in pairs]
    correlation = np.mean([np.corrcoef(a, b)[0, 1] for a, b in pairs])
    error = np.mean([np.abs(a - b).mean() for a, b in pairs])
    centred = np.mean([np.abs(a - b - (a - b).mean()).mean() for a, b in pairs])
    least, most = ((0.95, 0.98), (5, 3)) if asked else ((None, None), (None, None))
    return [
        Row(f"{what}: correlation", correlation, "", *least, larger_is_better=True, cases=2),
        Row(f"{what}: mean error", error, "°", *most, cases=2),
        Row(f"{what}: mean error without the mean difference", centred, "°", cases=2),
    ]


def _elbow_of_the_reference(same: Angles, points: Angles) -> list[Row]:
    """How far the points that OpenSim's model carries are, as angles, from those it was given."""
    ours_not = [(points_angle(same[f"elbow_flex_{side}"]), side.upper()) for side in "rl"]
    errors = [np.abs(a - file_angle("elbow", s, points)[: len(a)]).mean() for a, s in ours_not]
    middle = 60.0
    return [
        Row(
            "OpenSim's model, elbow: elbow_flex less the angle between its own points",
            middle - float(points_angle(middle)),
            "°",
        ),
        Row(
            "IK of the same keypoints, elbow: its own points beside the file's, mean error",
            np.mean(errors),
            "°",
            cases=2,
        ),
    ]


def file_angle(name: str, side: str, points: Angles) -> NDArray[np.floating]:
    """[T] degrees between the two segments of a limb in the file itself; side "R" or "L"."""
    upper, middle, lower = (points[side + part] for part in LIMBS[name])
    first, second = middle - upper, lower - middle
    cosine = (first * second).sum(1)
    cosine /= np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return np.degrees(np.arccos(cosine))


def _beside_points(name: str, ours: Angles, points: Angles) -> list[Row]:
    """Our hinge, counted from its straight limb, beside the angle between the file's segments."""
    errors = []
    zero = np.degrees(elbow_zero()) if name == "elbow" else 0.0
    for side in "RL":
        mine = ours[f"{COMPARED[name][0]}_{side.lower()}"] - zero
        errors.append(np.abs(file_angle(name, side, points) - mine).mean())
    what = f"balancing, {name}: beside the angle between the file's own points, mean error"
    return [Row(what, np.mean(errors), "°", cases=2)]


def read_trc(path: Path) -> Angles:
    """Point → [T, 3] in the file's unit."""
    lines = path.read_text().splitlines()
    names = [name for name in lines[3].split("\t")[2:] if name.strip()]
    table = np.array([line.split()[2:] for line in lines[5:] if line.strip()], float)
    return dict(zip(names, table.reshape(len(table), -1, 3).swapaxes(0, 1), strict=True))


def read_mot(path: Path) -> Angles:
    """Columns of a `.mot`."""
    lines = path.read_text().splitlines()
    start = lines.index("endheader") + 1
    table = np.array([line.split() for line in lines[start + 1 :] if line.strip()], float)
    return dict(zip(lines[start].split(), table.T, strict=True))


def read_csv(path: Path) -> Angles:
    """Columns of a `.csv` with one line of names."""
    names = path.read_text().splitlines()[0].split(",")
    return dict(zip(names, np.loadtxt(path, delimiter=",", skiprows=1).T, strict=True))
