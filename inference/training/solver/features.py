"""What the solver's nets see of a figure: bone directions in the figure's own rough frame.

The same function exists in numpy in `inference.solver.features`; a test holds the two together.
"""

from __future__ import annotations

import torch

NOISE_SCALE = 0.25
"""Deviation (radians) at which a direction counts half."""


def figure_frame(seen: torch.Tensor, quality: torch.Tensor) -> torch.Tensor:
    """view_from_figure [B, 3, 3] with columns left, up, forward, from hip, shoulder and spine
    directions.

    Args:
        seen: unit view-space directions [B, 24, 3], zero where missing.
        quality: [B, 24] in 0..1.
    """
    weighted = seen * quality[..., None]
    up = weighted[:, 3] + weighted[:, 6] + 0.5 * weighted[:, 9] + 0.5 * weighted[:, 12]
    up = torch.nn.functional.normalize(up + torch.tensor([0.0, -1e-3, 0.0]), dim=-1)
    left = weighted[:, 1] - weighted[:, 2]
    left = left + 0.5 * (weighted[:, 13] - weighted[:, 14] + weighted[:, 16] - weighted[:, 17])
    left = left + torch.tensor([1e-3, 0.0, 0.0])
    left = torch.nn.functional.normalize(left - (left * up).sum(-1, keepdim=True) * up, dim=-1)
    return torch.stack([left, up, torch.linalg.cross(left, up)], -1)


def quality_from_deviation(deviation: torch.Tensor) -> torch.Tensor:
    """Angular deviations in radians to 0 (missing, inf) .. 1 (exact)."""
    return 1 / (1 + (deviation / NOISE_SCALE) ** 2)


def net_input(seen: torch.Tensor, quality: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Input [B, 95] of the nets and the figure frame [B, 3, 3]."""
    frame = figure_frame(seen, quality)
    in_figure = seen[:, 1:] @ frame
    view_axis = frame[:, 2]
    return torch.cat([in_figure.flatten(1), quality[:, 1:], view_axis], -1), frame
