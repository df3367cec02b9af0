r"""Packs the trained nets and fitted ranges into `inference/weights/solver.npz`.

    python -m sketch2pose.inference.training.solver.export --mocap ../shared/data/mocap \
        --neural-ik build/neural_ik.npz --flip-ranker build/flip_ranker.npz \
        --out inference/weights/solver.npz
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..key_poses.library import load_library
from ..model_card import renew_checksum
from . import fit_limits, net_file

CONFIDENCE_TERMS = 3


def main() -> None:
    """Command line; see the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mocap", type=Path, required=True)
    parser.add_argument("--neural-ik", type=Path, required=True)
    parser.add_argument("--flip-ranker", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    packed = np.load(arguments.mocap / "train_poses.npz")
    rest = packed["rest_offsets"].astype(np.float64)
    lengths = np.maximum(np.linalg.norm(rest, axis=-1, keepdims=True), 1e-9)
    authored = np.stack([pose.rotations() for pose in load_library()])
    limits = fit_limits.fit(packed["quats"], rest / lengths, authored)
    arrays = {name: values.astype(np.float32) for name, values in limits.items()}
    for name, path in (("neural_ik", arguments.neural_ik), ("flip_ranker", arguments.flip_ranker)):
        arrays |= net_file.read_net(path, name)
    arrays["confidence"] = _kept_confidence(arguments.out)
    np.savez_compressed(arguments.out, **arrays)
    renew_checksum(arguments.out)


def _kept_confidence(path: Path) -> NDArray[np.floating]:
    """The calibration is fitted afterwards with the solver itself; a new export keeps the last
    one.
    """
    if path.exists():
        with np.load(path) as packed:
            return packed["confidence"]
    return np.zeros((24, CONFIDENCE_TERMS), np.float32)


if __name__ == "__main__":
    main()
