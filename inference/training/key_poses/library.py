"""The library of key poses: JSON files of named, tagged poses with ranges.

A file is `{"tags": [...], "poses": [...]}`; its tags hold for all its poses. A pose is

    {"name": "warrior two", "tags": ["standing"], "angles": {"leg": [0, 40, 0], "left_knee": [90]},
     "spread": {"default": 4, "left_knee": 10}}

Angles are degrees as in `angles`; a paired part without a prefix holds for both sides, a prefixed
one overrides it. A pose is sampled uniformly within plus or minus its spread.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ....core.arrays import Array
from . import clearance
from .angles import CENTRAL, SIZES, pose_from_angles

POSES_FOLDER = Path(__file__).parent / "poses"
DEFAULT_SPREAD = 5.0
"""Degrees."""
ATTEMPTS = 20


@dataclass(frozen=True)
class AuthoredPose:
    """A named pose with ranges.

    Attributes:
        name: unique in the library.
        tags: kinds it belongs to.
        angles: degrees by part, paired parts with their side's prefix.
        spread: degrees by part, same keys.
    """

    name: str
    tags: tuple[str, ...]
    angles: Mapping[str, tuple[float, ...]]
    spread: Mapping[str, float]

    def rotations(self) -> Array:
        """Local rotations [24, 3, 3] of the pose itself."""
        return pose_from_angles(self.angles)

    def sample(self, random: np.random.Generator) -> Array:
        """Local rotations [24, 3, 3] of a pose within the ranges that does not cut into itself.

        Poses whose limbs touch by nature keep the clearance of the pose itself; after `ATTEMPTS`
        failures the pose itself is given.
        """
        allowed = clearance.deepest_overlap(self.rotations()) + clearance.TOLERANCE
        for _ in range(ATTEMPTS):
            varied = {
                part: tuple(value + random.uniform(-1, 1) * self.spread[part] for value in values)
                for part, values in self.angles.items()
            }
            pose = pose_from_angles(varied)
            if clearance.deepest_overlap(pose) <= allowed:
                return pose
        return self.rotations()


def load_library(folder: Path = POSES_FOLDER) -> list[AuthoredPose]:
    """All poses of the library, ordered by file and place.

    Raises:
        ValueError: a pose has an unknown part, a wrong number of angles, or a name twice.
    """
    poses: list[AuthoredPose] = []
    for path in sorted(folder.glob("*.json")):
        document = json.loads(path.read_text("utf-8"))
        poses += [key_pose(entry, tuple(document["tags"])) for entry in document["poses"]]
    names = [pose.name for pose in poses]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"poses named twice: {', '.join(sorted(twice))}")
    return poses


def key_pose(entry: Mapping, tags: tuple[str, ...] = ()) -> AuthoredPose:
    """A pose from its JSON entry, with both sides written out."""
    angles: dict[str, tuple[float, ...]] = {}
    for sided in (False, True):
        for part, values in entry["angles"].items():
            plain = part.removeprefix("left_").removeprefix("right_")
            if SIZES.get(plain) != len(values):
                raise ValueError(f"{entry['name']}: {part} takes {SIZES.get(plain, 'no')} angles")
            if (plain != part) == sided:
                targets = [part] if sided or plain in CENTRAL else [f"left_{part}", f"right_{part}"]
                angles |= dict.fromkeys(targets, tuple(map(float, values)))
    given = entry.get("spread", {})
    spread = {part: _spread(part, given) for part in angles}
    return AuthoredPose(entry["name"], tags + tuple(entry.get("tags", ())), angles, spread)


def _spread(part: str, given: Mapping[str, float]) -> float:
    plain = part.removeprefix("left_").removeprefix("right_")
    return float(given.get(part, given.get(plain, given.get("default", DEFAULT_SPREAD))))
