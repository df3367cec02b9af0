"""Bakes the authored key poses into the file that ships.

    python -m sketch2pose.inference.training.key_poses.bake

The file (`rigs/poses/key_poses.npz`) holds `names`, `categories` (the JSON file's stem), `tags`
(joined by `|`), `quats` [N, 24, 4] wxyz float32 (local), `offsets` [24, 3] of the default body's
joints from their parents, `heights` [N] of the hips over the ground and `on_feet` [N].
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ....core.rotations import quat_from_rotmat
from ...body import load_default_body
from ...solver import tree
from .library import POSES_FOLDER, AuthoredPose, load_library

FORMAT_VERSION = 1
OUT = Path(__file__).resolve().parents[3] / "rigs" / "poses" / "key_poses.npz"
FEET = (7, 8, 10, 11)
TOUCHES = 0.03
"""Metres from the lowest point within which skin touches the ground."""


def categories() -> list[str]:
    """The catalog of each pose, in the library's order."""
    found: list[str] = []
    for path in sorted(POSES_FOLDER.glob("*.json")):
        count = len(json.loads(path.read_text("utf-8"))["poses"])
        found += [path.stem.replace("_", " ").capitalize()] * count
    return found


def arrays(library: list[AuthoredPose]) -> dict[str, NDArray]:
    """What the file holds."""
    body = load_default_body()
    joints = np.asarray(body.joints(), np.float64)
    offsets = tree.rest_body(joints).offsets
    offsets[0] = 0
    rotations = np.stack([pose.rotations() for pose in library])
    grounds = [_ground(pose) for pose in rotations]
    return {
        "format_version": np.array(FORMAT_VERSION),
        "names": np.array([pose.name for pose in library]),
        "categories": np.array(categories()),
        "tags": np.array(["|".join(dict.fromkeys(pose.tags)) for pose in library]),
        "quats": quat_from_rotmat(rotations).astype(np.float32),
        "offsets": offsets.astype(np.float32),
        "heights": np.array([height for height, _ in grounds], np.float32),
        "on_feet": np.array([feet for _, feet in grounds]),
    }


def _ground(pose: NDArray) -> tuple[float, bool]:
    """How high the hips' joint of a pose [24, 3, 3] is, and whether only feet touch the ground."""
    body = load_default_body()
    joints, vertices = body.forward_vertices(pose[None], np.zeros((1, 3)))
    heights = vertices[0, :, 1]
    touching = np.flatnonzero(heights < heights.min() + TOUCHES)
    carriers = body.weights[touching].argmax(axis=1)
    return float(joints[0, 0, 1] - heights.min()), bool(np.isin(carriers, FEET).all())


def main() -> None:
    """Command line; see the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    baked = arrays(load_library())
    np.savez_compressed(arguments.out, **baked)
    size = arguments.out.stat().st_size / 1e3
    print(
        f"{len(baked['names'])} poses, {size:.0f} kB, {int(baked['on_feet'].sum())} on their feet"
    )


if __name__ == "__main__":
    main()
