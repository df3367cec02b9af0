"""How sure a posed bone is, from what network and solver leave open together.

The solver's own confidence takes what the network says at its word. Drawings unlike those the
network was taught with deserve less trust: here the doubts of both are weighed by logistic
coefficients fitted on drawings in styles that training never shows
(`inference.training.sketch.fit_confidence`).
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import numpy as np

from ...core.arrays import Array
from ...core.errors import Sketch2PoseError
from .layout import JOINTS, LEFT_ARM, LEFT_LEG, RIGHT_ARM, RIGHT_LEG
from .network_output import NetworkOutput

COEFFICIENTS = Path(__file__).resolve().parents[1] / "weights" / "sketch_confidence.json"
FEATURES = ("one", "solve", "readings", "direction", "depth sign", "sides", "keypoint")
BOUNDS = (0.01, 0.99)  # nothing is certain


def features(output: NetworkOutput, doubts: Array) -> Array:
    """Doubts about the bone that ends in each joint, [24, 7], in the order of ``FEATURES``.

    Args:
        output: of one crop, limbs in the rows of their likelier side.
        doubts: [24, 3] of the solver: one, log deviation of the solve, log spread of hypotheses.
    """
    rows = slice(0, JOINTS)
    away, depth = output.away[0, rows], output.folded[0, rows, 2]
    sides = np.zeros(JOINTS)
    for pair, joints in enumerate((LEFT_ARM + RIGHT_ARM, LEFT_LEG + RIGHT_LEG)):
        sides[joints] = _undecided(_either(output.exchanged[:1, pair], output.reflected[:1]))
    spread = np.log(np.maximum(output.spread[0, rows].mean(-1), 1e-3))
    direction = -0.5 * np.log(output.concentration[0, rows])
    return np.column_stack([doubts, direction, depth * _undecided(away), sides, spread])


def confidence(output: NetworkOutput, doubts: Array) -> Array:
    """Probability [24] that each bone points within ``GOOD_ANGLE`` of the truth and is there.

    Args:
        output: of one crop.
        doubts: see ``features``.

    Raises:
        Sketch2PoseError: the file of coefficients is missing or not one.
    """
    score = (features(output, doubts) * coefficients()).sum(-1)
    chance = np.clip(1.0 / (1.0 + np.exp(-score)), *BOUNDS)
    chance[0] = chance[[1, 2, 3]].mean()
    return chance * output.visible[0, :JOINTS]


@lru_cache(maxsize=1)
def coefficients() -> Array:
    """The fitted coefficients [24, 7]."""
    try:
        stored = json.loads(COEFFICIENTS.read_text(encoding="utf-8"))
        return np.asarray(stored["coefficients"], float).reshape(JOINTS, len(FEATURES))
    except (OSError, ValueError, KeyError) as error:
        raise Sketch2PoseError(
            "The confidence calibration of drawings could not be read",
            f"{COEFFICIENTS.name}: {error}",
            "Install the extension again",
            "sketch.confidence",
        ) from error


def _either(first: Array, second: Array) -> Array:
    """Probability that one of two independent things is so, not both."""
    return first * (1.0 - second) + second * (1.0 - first)


def _undecided(probability: Array) -> Array:
    """0 for certain, 1 for even odds."""
    return 1.0 - np.abs(2.0 * probability - 1.0)
