"""Left and right where a drawing does not tell them.

A stick figure in profile looks the same with its arms exchanged. Asking for one of the two
answers teaches the network to put both arms half-way between. So labels follow the network's
own choice there: an arm pair or leg pair of a stick figure is exchanged when the exchanged
labels fit better, by more than a margin that grows as the figure turns to face the viewer
(where left and right are plain).
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from .sketch_data import Tensors
from .synthesis.layout import DIRECTIONS, KEYPOINTS, LEFT_ARM, LEFT_LEG, RIGHT_ARM, RIGHT_LEG

MARGIN = 0.25  # of the image side, for a figure that faces the viewer squarely
LEFT_HIP = 1
# Hips and collars stay: they carry which way the trunk faces.
PAIRS = ((LEFT_ARM[1:], RIGHT_ARM[1:]), (LEFT_LEG[1:], RIGHT_LEG[1:]))


def settle_sides(data: Tensors, points: Tensor) -> Tensors:
    """Labels with sides exchanged where the drawing leaves them open.

    Args:
        data: the batch.
        points: [N, 25, 2] where the network sees the keypoints, image side = 1.
    """
    facing = data.directions[:, LEFT_HIP, 0].abs()
    for left, right in PAIRS:
        swapped = _order(left, right, KEYPOINTS, points.device)
        kept_error = _error(points, data.points, left + right)
        swap_error = _error(points, data.points[:, swapped], left + right)
        swap = (data.sideless > 0) & (swap_error + MARGIN * facing < kept_error)
        data = _exchange(data, swap, left, right)
    return data


def _order(left: list[int], right: list[int], count: int, device: torch.device) -> Tensor:
    order = torch.arange(count, device=device)
    order[left], order[right] = order[right].clone(), order[left].clone()
    return order


def _error(points: Tensor, labels: Tensor, joints: list[int]) -> Tensor:
    return (points[:, joints] - labels[:, joints]).abs().sum(-1).mean(1)


def _exchange(data: Tensors, swap: Tensor, left: list[int], right: list[int]) -> Tensors:
    keypoints = _order(left, right, KEYPOINTS, swap.device)
    bones = _order(left, right, DIRECTIONS, swap.device)

    def pick(values: Tensor, order: Tensor) -> Tensor:
        shape = (-1,) + (1,) * (values.dim() - 1)
        return torch.where(swap.view(shape), values[:, order], values)

    return replace(
        data,
        points=pick(data.points, keypoints),
        visible=pick(data.visible, keypoints),
        directions=pick(data.directions, bones),
        direction_seen=pick(data.direction_seen, bones),
    )
