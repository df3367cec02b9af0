"""Smallest rotations between directions, batched."""

import numpy as np
from numpy.typing import NDArray

from ...core.rotations import rotmat_from_rotvec

Array = NDArray[np.float64]

_PARALLEL = 1e-9  # sine below which two directions count as parallel


def swing(start: Array, end: Array) -> Array:
    """Smallest rotations that turn directions into others.

    Opposite directions, where any axis would do, are turned half about one across them.

    Args:
        start: [..., 3], any length but 0.
        end: [..., 3], any length but 0.

    Returns:
        [..., 3, 3].
    """
    start, end = unit(start), unit(end)
    axis = np.cross(start, end)
    sine = np.linalg.norm(axis, axis=-1, keepdims=True)
    cosine = np.sum(start * end, axis=-1, keepdims=True)
    across = np.cross(start, np.eye(3)[np.argmin(np.abs(start), axis=-1)])
    parallel = sine < _PARALLEL
    angle = np.where(parallel & (cosine > 0), 0.0, np.arctan2(sine, cosine))
    return rotmat_from_rotvec(unit(np.where(parallel, across, axis)) * angle)


def frame(first: Array, second: Array) -> Array:
    """Rotations whose columns are `first`, `second` made square to it, and their cross product.

    Args:
        first: [..., 3], kept as it is.
        second: [..., 3], not parallel to `first`.

    Returns:
        [..., 3, 3].
    """
    first = unit(first)
    second = unit(second - first * np.sum(first * second, axis=-1, keepdims=True))
    return np.stack([first, second, np.cross(first, second)], axis=-1)


def unit(vector: Array) -> Array:
    """[..., 3] vectors of length 1; zeros stay zeros."""
    length = np.linalg.norm(vector, axis=-1, keepdims=True)
    return vector / np.where(length > 0, length, 1.0)
