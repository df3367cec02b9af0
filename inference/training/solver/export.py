"""Packs the trained nets and fitted ranges into `inference/weights/solver.npz`.

    python -m inference.training.solver.export --mocap ../shared/data/mocap --neural-ik build/neural_ik.pt \
        --flip-ranker build/flip_ranker.pt --out inference/weights/solver.npz
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from inference.training.solver import fit_limits

CONFIDENCE_TERMS = 3


def net_arrays(name: str, state: dict[str, torch.Tensor]) -> dict[str, NDArray[np.floating]]:
    """Layers of a residual MLP as float16 arrays, weights as [in, out]."""
    middle = sorted({key.split(".")[1] for key in state if key.startswith("middle")})
    layers = ["first", *(f"middle.{index}" for index in middle), "last"]
    arrays = {}
    for index, layer in enumerate(layers):
        arrays[f"{name}_weight{index}"] = (
            state[f"{layer}.weight"].T.contiguous().numpy().astype(np.float16)
        )
        arrays[f"{name}_bias{index}"] = state[f"{layer}.bias"].numpy().astype(np.float16)
    return arrays


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
    arrays = {
        name: values.astype(np.float32)
        for name, values in fit_limits.fit(packed["quats"], rest / lengths).items()
    }
    for name, path in (("neural_ik", arguments.neural_ik), ("flip_ranker", arguments.flip_ranker)):
        arrays |= net_arrays(name, torch.load(path, weights_only=False)["state"])
    arrays["confidence"] = _kept_confidence(arguments.out)
    np.savez_compressed(arguments.out, **arrays)


def _kept_confidence(path: Path) -> NDArray[np.floating]:
    """The calibration is fitted afterwards with the solver itself; a new export keeps the last one."""
    if path.exists():
        with np.load(path) as packed:
            return packed["confidence"]
    return np.zeros((24, CONFIDENCE_TERMS), np.float32)


if __name__ == "__main__":
    main()
