"""TRC files: joint centers or markers over time (Motion Analysis; OpenSim, Pose2Sim).

Conventions: the file's positions are in its own unit and, as OpenSim wants, y up.
"""

import re
from dataclasses import dataclass

import numpy as np

from ...core.arrays import FloatArray
from ...core.time_bounds import frame_count_problem, framerate_problem
from ..body import load_default_body
from .bvh_smpl import finished_motion
from .imported import Imported
from .pose_from_points import OPTIONAL, REQUIRED, pose_from_points
from .refusal import refused
from .smpl_params import on_ground

METRES_PER_UNIT = {"m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254, "ft": 0.3048}
# our names → what programs call joint centers, without side, separators and case
_ALIASES = {
    "hip": ("hip", "hjc", "femur"), "knee": ("knee", "kjc", "tibia"),
    "ankle": ("ankle", "ajc", "talus"), "shoulder": ("shoulder", "sjc", "gh", "humerus"),
    "elbow": ("elbow", "ejc", "ulna"), "wrist": ("wrist", "wjc", "hand"),
    "toe": ("bigtoe", "toe", "toes"), "heel": ("heel",),
}  # fmt: skip
_MIDDLE = {"neck": ("neck",), "head": ("head", "headtop"), "nose": ("nose",)}


@dataclass(frozen=True)
class Trc:
    """Named points: `positions` name → [T, 3] meters, NaN where missing; frames a second."""

    positions: dict[str, FloatArray]
    framerate: float


def parse_trc(text: str) -> Trc:
    """Parse a TRC document.

    Args:
        text: the document.

    Returns:
        Its points.

    Raises:
        ValueError: with the reason, when it is damaged.
    """
    lines = text.splitlines()
    if len(lines) < 6 or not lines[0].startswith("PathFileType"):
        raise ValueError("it has no TRC header")
    head = dict(zip(lines[1].split(), lines[2].split(), strict=False))
    unit = METRES_PER_UNIT.get(head.get("Units", "").lower())
    if unit is None:
        raise ValueError(f'its unit "{head.get("Units")}" is unknown')
    names = [name for name in re.split(r"\t+", lines[3].strip())[2:] if name]
    if problem := frame_count_problem(len(lines) - 5):
        raise ValueError(f"it {problem}")
    rows = [_row(line, len(names)) for line in lines[5:] if line.strip()]
    if not names or not rows:
        raise ValueError("it has no points or no frames")
    values = np.array(rows).reshape(len(rows), len(names), 3) * unit
    rate = float(head["DataRate"])
    if problem := framerate_problem(rate):
        raise ValueError(f"its data rate {problem}")
    return Trc({name: values[:, n] for n, name in enumerate(names)}, rate)


def _row(line: str, count: int) -> list[float]:
    """Positions of one frame; an empty cell is a missing point."""
    cells = [cell.strip() for cell in line.rstrip("\r\n").split("\t")][2:]
    cells = (cells + [""] * (3 * count))[: 3 * count]
    return [float(cell) if cell else np.nan for cell in cells]


def motion_from_trc(data: bytes, name: str) -> Imported:
    """Motion of a TRC file with joint centers.

    Args:
        data: the file.
        name: its name for sentences.

    Returns:
        The motion on the default body.

    Raises:
        Sketch2PoseError: a joint is missing (named).
        ValueError: damaged.
    """
    document = parse_trc(data.decode("utf-8", "replace"))
    found = _joints(document)
    missing = [joint for joint in REQUIRED if joint not in found]
    if missing:
        why = f"it has no point for {', '.join(missing)}"
        fix = "Export joint centers named like RHip, RKnee, RAnkle, RShoulder, RElbow, RWrist"
        raise refused(name, why, fix, "import.trc_joints")
    filled = {joint: _filled(points) for joint, points in found.items()}
    poses, trans, scale = pose_from_points(filled)
    body = load_default_body()
    motion = finished_motion(poses, trans, np.zeros(10), document.framerate, body)
    warnings = [f"The person was scaled by {scale:.4g} to the default body."]
    gaps = max(int(np.isnan(points).any(axis=1).sum()) for points in found.values())
    if gaps:
        warnings.append(f"Up to {gaps} frames of a point were missing and are interpolated.")
    return Imported((on_ground(motion, body),), tuple(warnings))


def _joints(document: Trc) -> dict[str, FloatArray]:
    """Our name → positions, for the points whose names are known and seen at least once."""
    plain = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in document.positions}
    wanted = dict(_MIDDLE)
    for side, words in (("left", ("l", "left")), ("right", ("r", "right"))):
        for part, aliases in _ALIASES.items():
            wanted[f"{side}_{part}"] = tuple(
                text for alias in aliases for word in words for text in (word + alias, alias + word)
            )
    if "humerusr" in plain:  # bones' names: a head's joint is then where the neck begins
        wanted |= {"neck": ("head",), "head": (), "nose": ()}
    found = {}
    for joint in (*REQUIRED, *OPTIONAL):
        name = next((plain[alias] for alias in wanted[joint] if alias in plain), None)
        if name is not None and np.isfinite(document.positions[name]).all(axis=1).any():
            found[joint] = document.positions[name]
    return found


def _filled(points: FloatArray) -> FloatArray:
    """Gaps closed by straight lines, ends by standing still."""
    good = np.isfinite(points).all(axis=1)
    frames = np.arange(len(points))
    return np.stack([np.interp(frames, frames[good], axis[good]) for axis in points.T], axis=1)
