"""The library of key poses: names, kinds and rotations, read from one small file.

The file is baked from the authored angles by `python -m
sketch2pose.inference.training.key_poses.bake`.

Conventions: SMPL joint order; local rotations as quaternions wxyz away from the T-pose; y up, the
figure faces +z unless its pose turns it, left at +x; meters. `heights` say how high the hips'
joint is when the lowest point of the default body touches the ground.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from ...core.arrays import AnyArray, FloatArray
from ...core.kinematics import posed_joints
from ...core.rotations import rotvec_from_quat
from ..errors import RigError

LIBRARY_FILE = Path(__file__).resolve().parent / "key_poses.npz"
FORMAT_VERSION = 1


@dataclass(frozen=True)
class KeyPose:
    """One pose of the library.

    Attributes:
        name: unique, in lower case.
        category: the catalog it is filed under.
        tags: kinds it belongs to, the category among them.
        pose: [72] axis-angle, radians.
        joints: [24, 3] of the default body, standing on y = 0 with its hips over the origin.
        on_feet: whether it is the feet that touch the ground.
    """

    name: str
    category: str
    tags: tuple[str, ...]
    pose: FloatArray
    joints: FloatArray
    on_feet: bool

    @property
    def title(self) -> str:
        """The name as it is shown."""
        return self.name[:1].upper() + self.name[1:]


@dataclass(frozen=True)
class PoseLibrary:
    """All key poses and the body they were authored on.

    Attributes:
        poses: in the order of the file.
        offsets: [24, 3] of the default body's joints from their parents at rest; row 0 is zero.
    """

    poses: tuple[KeyPose, ...]
    offsets: FloatArray

    @property
    def categories(self) -> tuple[str, ...]:
        """Catalogs in alphabetical order."""
        return tuple(sorted({pose.category for pose in self.poses}))

    def named(self, name: str) -> KeyPose:
        """The pose of that name.

        Raises:
            RigError: there is none.
        """
        for pose in self.poses:
            if pose.name == name.lower():
                return pose
        raise RigError(
            f'There is no key pose "{name}"',
            f"the library has {len(self.poses)} others",
            "Choose one from the pose library",
        )


@lru_cache(maxsize=2)
def load_library(path: Path = LIBRARY_FILE) -> PoseLibrary:
    """Read the library.

    Raises:
        RigError: the file is missing, damaged or of another version.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {key: stored[key] for key in stored.files}
        return _from_arrays(arrays)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise RigError(
            "The pose library cannot be read", f"{path.name}: {error}", "Install it again"
        ) from error


def _from_arrays(arrays: dict[str, AnyArray]) -> PoseLibrary:
    if int(arrays["format_version"]) != FORMAT_VERSION:
        raise ValueError(f"it has format {int(arrays['format_version'])}, not {FORMAT_VERSION}")
    offsets = arrays["offsets"].astype(np.float64)
    rotvecs = rotvec_from_quat(arrays["quats"].astype(np.float64)).reshape(-1, 72)
    poses: list[KeyPose] = []
    for row, pose in enumerate(rotvecs):
        pelvis = np.array([0.0, float(arrays["heights"][row]), 0.0])
        poses.append(
            KeyPose(
                name=str(arrays["names"][row]),
                category=str(arrays["categories"][row]),
                tags=tuple(str(arrays["tags"][row]).split("|")),
                pose=pose,
                joints=posed_joints(pose, offsets, pelvis),
                on_feet=bool(arrays["on_feet"][row]),
            )
        )
    return PoseLibrary(tuple(poses), offsets)
