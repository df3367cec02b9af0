"""The block tridiagonal system of a smoothed sequence by cyclic reduction.

Elimination frame by frame, as NumPy does it, would keep a graphics card waiting: T small steps.
Cyclic reduction (Hockney 1965) eliminates every other frame at once, and again, in log2 T steps.
"""

import torch
from torch import Tensor


def solve_coupled_frames(blocks: Tensor, right: Tensor, coupling: Tensor, free: Tensor) -> Tensor:
    """Solves what `inference.skel.fitting.tridiagonal.solve_coupled_frames` solves, to rounding.

    Args:
        blocks: [T, n, n] symmetric positive definite. right: [T, n]. coupling: [n] ≥ 0.
        free: [T, n] which unknowns take part.

    Returns:
        [T, n] solution.
    """
    frames = len(right)
    neighbours = torch.full((frames, 1), 2.0, dtype=right.dtype, device=right.device)
    neighbours[0] -= 1
    neighbours[-1] -= 1
    both = free[:, :, None] & free[:, None, :]
    own = torch.where(both, blocks + torch.diag_embed(neighbours * coupling), 0.0)
    own = own + torch.diag_embed((~free).to(right.dtype))
    link = torch.diag_embed(-coupling * (free[1:] & free[:-1]).to(right.dtype))
    return _reduced(own, link, torch.where(free, right, 0.0)[..., None])[..., 0]


def _reduced(own: Tensor, link: Tensor, right: Tensor) -> Tensor:
    """Solution for blocks [T, n, n], couplings [T-1, n, n] to the next frame, right [T, n, 1]."""
    frames = len(own)
    if frames == 1:
        return torch.linalg.solve(own, right)
    odd_inverse = torch.linalg.inv(own[1::2])
    before, after = link[0::2], link[1::2]  # couplings of odd frames to the even beside them
    left_part = before @ odd_inverse  # [odd]: what an odd frame passes to the even before it
    right_part = after.transpose(1, 2) @ odd_inverse[: len(after)]  # … and to the one after it
    even, even_right = own[0::2].clone(), right[0::2].clone()
    even[: len(before)] -= left_part @ before.transpose(1, 2)
    even_right[: len(before)] -= left_part @ right[1::2]
    even[1 : len(after) + 1] -= right_part @ after
    even_right[1 : len(after) + 1] -= right_part @ right[1::2][: len(after)]
    crossing = -left_part[: len(after)] @ after
    solved = _reduced(even, crossing, even_right)
    odd_right = right[1::2] - before.transpose(1, 2) @ solved[: len(before)]
    odd_right[: len(after)] -= after @ solved[1 : len(after) + 1]
    result = torch.empty_like(right)
    result[0::2], result[1::2] = solved, odd_inverse @ odd_right
    return result
