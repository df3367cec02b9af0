"""Normal equations of a sequence whose frames are coupled to the next two."""

import numpy as np

from ....core.arrays import Array


def solve_banded(own: Array, next_one: Array, next_two: Array, right: Array) -> Array:
    """Solve a symmetric positive definite block pentadiagonal system.

    Two frames make one block, so that the system is block tridiagonal, which forward and back
    substitution solve in time linear in the number of frames.

    Args:
        own: [T, n, n] blocks of the diagonal.
        next_one: [T - 1, n, n] blocks of rows t, columns t + 1.
        next_two: [T - 2, n] diagonals of the blocks of rows t, columns t + 2.
        right: [T, n].

    Returns:
        [T, n] solution.
    """
    frames, size = right.shape
    pairs = (frames + 1) // 2
    diagonal, links = _paired(own, next_one, next_two, pairs)
    values = np.zeros((2 * pairs, size))
    values[:frames] = right
    values = values.reshape(pairs, 2 * size)
    gains = np.empty_like(links)
    for k in range(pairs):
        block = diagonal[k]
        if k:
            block = block - links[k - 1].T @ gains[k - 1]
            values[k] -= gains[k - 1].T @ values[k - 1]
        if k < pairs - 1:
            joined = np.linalg.solve(block, np.concatenate([links[k], values[k][:, None]], 1))
            gains[k], diagonal[k, 0] = joined[:, :-1], joined[:, -1]
        else:
            diagonal[k, 0] = np.linalg.solve(block, values[k])
    solution = diagonal[:, 0].copy()
    for k in range(pairs - 2, -1, -1):
        solution[k] -= gains[k] @ solution[k + 1]
    return solution.reshape(2 * pairs, size)[:frames]


def _paired(own: Array, next_one: Array, next_two: Array, pairs: int) -> tuple[Array, Array]:
    """Diagonal blocks [K, 2n, 2n] and links [K - 1, 2n, 2n] of pairs of frames."""
    frames, size = own.shape[:2]
    diagonal = np.zeros((pairs, 2, size, 2, size))
    diagonal[: (frames + 1) // 2, 0, :, 0] = own[0::2]
    diagonal[: frames // 2, 1, :, 1] = own[1::2]
    if frames % 2:
        diagonal[-1, 1, :, 1] = np.eye(size)
    diagonal[: frames // 2, 0, :, 1] = next_one[0::2]
    diagonal[: frames // 2, 1, :, 0] = np.swapaxes(next_one[0::2], -1, -2)
    links = np.zeros((max(pairs - 1, 0), 2, size, 2, size))
    inner = next_one[1::2]
    links[: len(inner), 1, :, 0] = inner
    index = np.arange(size)
    for half in (0, 1):
        part = next_two[half::2]
        links[np.arange(len(part))[:, None], half, index, half, index] = part
    return (
        diagonal.reshape(pairs, 2 * size, 2 * size),
        links.reshape(max(pairs - 1, 0), 2 * size, 2 * size),
    )
