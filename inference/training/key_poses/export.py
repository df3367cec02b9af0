"""Samples the pose library for training.

    python -m sketch2pose.inference.training.key_poses.export
        --count 20000 --out build/key_poses.npz

The file holds `quats` [N, 24, 4] wxyz float16 (local, as in the mocap pack), `pose` [N] index and
`names`. The root keeps the authored pitch and roll; turn it about the vertical as you like.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from ....core.rotations import quat_from_rotmat
from .library import load_library


def main() -> None:
    """Command line; see the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    library = load_library()
    random = np.random.default_rng(arguments.seed)
    index = np.arange(arguments.count) % len(library)
    rotations = np.stack([library[row].sample(random) for row in index])
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        arguments.out,
        quats=quat_from_rotmat(rotations).astype(np.float16),
        pose=index.astype(np.int16),
        names=np.array([pose.name for pose in library]),
    )


if __name__ == "__main__":
    main()
