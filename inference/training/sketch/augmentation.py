"""Variety that costs next to nothing: drawings turned, moved, resized and redrawn as tensors.

Drawing a figure takes a processor milliseconds; a GPU reads it in microseconds. So every drawing
is shown several times, each time through another paper-and-pen change. A turn of the paper is a
roll of the camera: directions (view space, x right, y down, z forward) turn with it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from .data import Tensors

TURN = np.radians(9.0)  # standard deviation
RESIZE = 0.06  # standard deviation of the log
MOVE = 0.02  # standard deviation, image side = 1
REDRAWN_SHARE = 0.12  # lines thinner or fatter by a pixel


def varied(data: Tensors, generator: torch.Generator) -> Tensors:
    """The same drawings on paper that lies a little differently, with labels to match.

    Args:
        data: a batch; points in units of the image side.
        generator: random source, on the CPU.
    """
    count, device = len(data.ink), data.ink.device
    turn, size, move = (
        torch.randn(shape, generator=generator).to(device) * scale
        for shape, scale in (((count,), TURN), ((count,), RESIZE), ((count, 2), MOVE))
    )
    rotation = _rotation(turn)
    change = rotation * size.exp()[:, None, None]
    ink = _redrawn(_warped(data.ink, change, move), generator)
    points = (data.points - 0.5) @ change.transpose(1, 2) + 0.5 + move[:, None]
    inside = ((points > -0.01) & (points < 1.01)).all(-1)
    flat = data.directions[..., :2] @ rotation.transpose(1, 2)
    return replace(
        data,
        ink=ink.contiguous(memory_format=torch.channels_last),
        points=points,
        visible=data.visible * inside,
        directions=torch.cat([flat, data.directions[..., 2:]], -1),
    )


def _rotation(angle: Tensor) -> Tensor:
    """[N] radians -> [N, 2, 2], clockwise on paper as y points down."""
    cos, sin = angle.cos(), angle.sin()
    return torch.stack([torch.stack([cos, -sin], -1), torch.stack([sin, cos], -1)], -2)


def _warped(ink: Tensor, change: Tensor, move: Tensor) -> Tensor:
    """Images whose content went through ``p -> change (p - centre) + centre + move``."""
    back = torch.linalg.inv(change)
    shift = -(back @ (2 * move)[:, :, None])
    grid = F.affine_grid(torch.cat([back, shift], 2), list(ink.shape), align_corners=False)
    return F.grid_sample(ink, grid, mode="bilinear", align_corners=False)


def _redrawn(ink: Tensor, generator: torch.Generator) -> Tensor:
    """Some drawings with fatter, some with thinner lines; ``ink`` is changed in place."""
    dice = torch.rand(len(ink), generator=generator).to(ink.device)
    fat, thin = dice < REDRAWN_SHARE / 2, dice > 1 - REDRAWN_SHARE / 2
    ink[fat] = F.max_pool2d(ink[fat], 3, 1, 1)
    ink[thin] = 0.5 * (ink[thin] - F.max_pool2d(-ink[thin], 3, 1, 1))
    return ink
