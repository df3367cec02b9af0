"""Normal equations of frames that are coupled to their neighbors, unknown by unknown."""

import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array


def solve_coupled_frames(
    blocks: Array, right: Array, coupling: Array, free: NDArray[np.bool_]
) -> Array:
    """Solves the block tridiagonal system of a smoothed sequence by forward and back substitution.

    The system is diag(blocks) + path graph Laplacian ⊗ diag(coupling), restricted to the
    free unknowns; the others get the step 0.

    Args:
        blocks: [T, n, n] symmetric positive definite.
        right: [T, n].
        coupling: [n] ≥ 0.
        free: [T, n] which unknowns take part.

    Returns:
        [T, n] solution.
    """
    frames = len(right)
    own = blocks + np.diag(coupling) * _neighbours(frames)[:, None, None]
    fixed = ~free
    own[fixed[:, :, None] | fixed[:, None, :]] = 0
    own[np.nonzero(fixed)[0], np.nonzero(fixed)[1], np.nonzero(fixed)[1]] = 1
    right = np.where(free, right, 0.0)
    link = -coupling * (free[1:] & free[:-1])  # diagonal of the off-diagonal blocks
    inverses, reduced = np.empty_like(own), right.copy()
    for frame in range(frames):
        block = own[frame]
        if frame:
            row = link[frame - 1]
            block = block - row[:, None] * inverses[frame - 1] * row
            reduced[frame] -= row * (inverses[frame - 1] @ reduced[frame - 1])
        inverses[frame] = np.linalg.inv(block)
    solution = np.empty_like(right)
    for frame in range(frames - 1, -1, -1):
        rest = reduced[frame]
        if frame < frames - 1:
            rest = rest - link[frame] * solution[frame + 1]
        solution[frame] = inverses[frame] @ rest
    return solution


def _neighbours(frames: int) -> Array:
    count = np.full(frames, 2.0)
    count[0] -= 1
    count[-1] -= 1
    return count
