"""The solver's learned numbers: one npz with two small nets, joint limits and spreads.

The file is written by `inference.training.solver.export`; its model card lies beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ...core.arrays import Array
from ...core.errors import Sketch2PoseError
from .limits import JointLimits, make_limits

LIMIT_ARRAYS = ("bone_axis", "swing_center", "swing_limit", "twist_limit")
WEIGHTS_PATH = Path(__file__).parent.parent / "weights" / "solver.npz"


@dataclass(frozen=True)
class Dense:
    """A residual MLP: first layer, residual layers of equal width, last layer; ReLU between."""

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]

    def __call__(self, inputs: Array) -> Array:
        """Outputs [N, out] of inputs [N, in], float32."""
        hidden = np.maximum(inputs.astype(np.float32) @ self.weights[0] + self.biases[0], 0)
        for weight, bias in zip(self.weights[1:-1], self.biases[1:-1], strict=True):
            hidden += np.maximum(hidden @ weight + bias, 0)
        return hidden @ self.weights[-1] + self.biases[-1]


@dataclass(frozen=True)
class SolverWeights:
    """Everything that was learned for the solver.

    Attributes:
        neural_ik: net input [N, 95] to 24 x (6D rotation, 3 log deviations).
        flip_ranker: net input [N, 95] to log plausibility [N, 1].
        limits: swing and twist ranges of the joints.
        confidence: [24, F] logistic coefficients, see `inference.solver.confidence`.
    """

    neural_ik: Dense
    flip_ranker: Dense
    limits: JointLimits
    confidence: Array


@lru_cache(maxsize=2)
def load_weights(path: Path = WEIGHTS_PATH) -> SolverWeights:
    """Reads the weights once.

    Raises:
        Sketch2PoseError: the file is missing or not a weights file.
    """
    try:
        with np.load(path, allow_pickle=False) as packed:
            arrays = {name: packed[name].astype(np.float32) for name in packed.files}
        return SolverWeights(
            neural_ik=_dense(arrays, "neural_ik"),
            flip_ranker=_dense(arrays, "flip_ranker"),
            limits=make_limits(
                *(arrays[name].astype(np.float64) for name in LIMIT_ARRAYS),
            ),
            confidence=arrays["confidence"].astype(np.float64),
        )
    except (OSError, KeyError, ValueError) as error:
        raise Sketch2PoseError(
            "The pose solver's weights could not be read",
            f"{path.name}: {error}",
            "Install the extension again",
            "solver.weights",
        ) from error


def _dense(arrays: dict[str, Array], name: str) -> Dense:
    count = sum(key.startswith(f"{name}_weight") for key in arrays)
    weights = tuple(arrays[f"{name}_weight{index}"] for index in range(count))
    biases = tuple(arrays[f"{name}_bias{index}"] for index in range(count))
    return Dense(weights, biases)
