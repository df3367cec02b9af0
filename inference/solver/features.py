"""What the solver's nets see of a figure: bone directions in the figure's own rough frame.

Conventions: view space is x right, y down, z away from the viewer; the figure frame has columns
left, up and forward of the figure. The torch twin used in training is
`inference.training.solver.features`.
"""

from __future__ import annotations

import numpy as np

from ...core.arrays import Array
from ...core.rotations import cross

NOISE_SCALE = 0.25
"""Deviation (radians) at which a direction counts half."""


def quality_from_weight(weight: Array) -> Array:
    """Inverse variances [...] in 1/rad^2 as 0 (missing) .. 1 (exact) [...]."""
    return weight / (weight + NOISE_SCALE**-2)


def view_from_figure(seen: Array, quality: Array) -> Array:
    """Rough orientation of figures from hip, shoulder and spine directions.

    Args:
        seen: [N, 24, 3] unit view-space directions, zero where missing.
        quality: [N, 24] in 0..1.

    Returns:
        [N, 3, 3] rotations with columns left, up, forward. The pelvis decides, the shoulders help.
    """
    weighted = seen * quality[..., None]
    up = weighted[:, 3] + weighted[:, 6] + 0.5 * weighted[:, 9] + 0.5 * weighted[:, 12]
    up = _unit(up + np.array([0.0, -1e-3, 0.0]))
    left = weighted[:, 1] - weighted[:, 2]
    left = left + 0.5 * (weighted[:, 13] - weighted[:, 14] + weighted[:, 16] - weighted[:, 17])
    left = left + np.array([1e-3, 0.0, 0.0])
    left = _unit(left - np.sum(left * up, axis=-1, keepdims=True) * up)
    return np.stack([left, up, cross(left, up)], axis=-1)


def net_input(seen: Array, quality: Array) -> tuple[Array, Array]:
    """Input of the nets.

    Args:
        seen: [N, 24, 3] unit view-space directions, zero where missing.
        quality: [N, 24] in 0..1.

    Returns:
        [N, 95]: 23 directions in the figure frame, 23 qualities, the view axis; and the frame [N,
        3, 3].
    """
    frame = view_from_figure(seen, quality)
    in_figure = (seen[:, 1:] @ frame).reshape(len(seen), -1)
    return np.concatenate([in_figure, quality[:, 1:], frame[:, 2]], axis=-1), frame


def _unit(vectors: Array) -> Array:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
