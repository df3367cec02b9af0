"""Trained nets on disk: plain arrays, layer by layer, as the solver's numpy reads them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from ....core.arrays import Array


def net_arrays(state: dict[str, torch.Tensor]) -> dict[str, Array]:
    """Layers of a residual MLP as float16 `weight0`, `bias0`, …; weights are [in, out]."""
    middle = sorted({key.split(".")[1] for key in state if key.startswith("middle")})
    layers = ["first", *(f"middle.{index}" for index in middle), "last"]
    arrays = {}
    for index, layer in enumerate(layers):
        weight = state[f"{layer}.weight"].T.contiguous()
        arrays[f"weight{index}"] = weight.numpy().astype(np.float16)
        arrays[f"bias{index}"] = state[f"{layer}.bias"].numpy().astype(np.float16)
    return arrays


def write_net(path: Path, model: torch.nn.Module) -> None:
    """Writes a trained net for `inference.training.solver.export`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **net_arrays(model.state_dict()))


def read_net(path: Path, name: str) -> dict[str, Array]:
    """Arrays of a net under the names of the weights file: `<name>_weight0`, …"""
    with np.load(path, allow_pickle=False) as packed:
        return {f"{name}_{key}": packed[key] for key in packed.files}


def read_state(path: Path) -> dict[str, torch.Tensor]:
    """State of the torch module whose net was written, to train it further."""
    with np.load(path, allow_pickle=False) as packed:
        arrays = {key: torch.as_tensor(packed[key].astype(np.float32)) for key in packed.files}
    count = len(arrays) // 2
    layers = ["first", *(f"middle.{index}" for index in range(count - 2)), "last"]
    state = {}
    for index, layer in enumerate(layers):
        state[f"{layer}.weight"] = arrays[f"weight{index}"].T.contiguous()
        state[f"{layer}.bias"] = arrays[f"bias{index}"]
    return state
