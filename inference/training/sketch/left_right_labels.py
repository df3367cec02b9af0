"""Limbs by their place in the picture, and which of them is the left one.

Which leg is the left one is often unknowable from a drawing, where each leg lies is not. A
network that must name sides puts both limbs half-way between. So the labels of a limb pair are
ordered by place - the limb farther right in the picture is in the left limb's slots, as with a
figure that faces the viewer - and ``exchanged`` says whether that order is wrong. Where two limbs
lie at the same place, the order follows the network's own.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from ..synthesis.layout import (
    CONTACTS,
    DIRECTIONS,
    KEYPOINTS,
    LEFT_ARM,
    LEFT_LEG,
    MIRROR_CONTACTS,
    RIGHT_ARM,
    RIGHT_LEG,
)
from .data import Tensors

PAIRS = ((LEFT_ARM, RIGHT_ARM), (LEFT_LEG, RIGHT_LEG))
CONTACT_ROWS = ([0, 1, 2, 3], [5, 6, 7, 8])
MIDDLE = slice(
    1, 4
)  # the joints of a limb that place it: shoulder, elbow, wrist; knee, ankle, foot


def by_place(data: Tensors) -> Tensors:
    """Orders the limbs of each pair by their place in the picture."""
    for pair in range(2):
        data = _exchange(data, _gap(data.points, pair) < 0, pair)
    return data


def settle_ties(data: Tensors, points: Tensor) -> Tensors:
    """Exchanges pairs where the network's order fits better by more than the limbs are apart.

    Args:
        data: the batch, ordered by place.
        points: [N, 25, 2] where the network sees the keypoints, image side = 1.
    """
    for pair, (left, right) in enumerate(PAIRS):
        other = data.points[:, _order(pair, KEYPOINTS, points.device)]
        kept, swapped = (_error(points, labels, left + right) for labels in (data.points, other))
        data = _exchange(data, swapped + _gap(data.points, pair).abs() < kept, pair)
    return data


def _gap(points: Tensor, pair: int) -> Tensor:
    """How far the left limb lies right of the right limb, [N], image side = 1."""
    left, right = PAIRS[pair]
    return (points[:, left[MIDDLE], 0] - points[:, right[MIDDLE], 0]).mean(1)


def _order(pair: int, count: int, device: torch.device) -> Tensor:
    left, right = PAIRS[pair]
    order = torch.arange(count, device=device)
    order[left], order[right] = order[right].clone(), order[left].clone()
    return order


def _contact_order(pair: int, device: torch.device) -> Tensor:
    order = torch.arange(len(CONTACTS), device=device)
    rows = CONTACT_ROWS[pair]
    order[rows] = torch.as_tensor(MIRROR_CONTACTS[rows], device=device)
    return order


def _error(points: Tensor, labels: Tensor, joints: list[int]) -> Tensor:
    return (points[:, joints] - labels[:, joints]).abs().sum(-1).mean(1)


def _exchange(data: Tensors, swap: Tensor, pair: int) -> Tensors:
    device = swap.device
    keypoints, bones = _order(pair, KEYPOINTS, device), _order(pair, DIRECTIONS, device)

    def pick(values: Tensor, order: Tensor) -> Tensor:
        shape = (-1,) + (1,) * (values.dim() - 1)
        return torch.where(swap.view(shape), values[:, order], values)

    exchanged = data.exchanged.clone()
    exchanged[:, pair] = torch.where(swap, 1 - exchanged[:, pair], exchanged[:, pair])
    return replace(
        data,
        points=pick(data.points, keypoints),
        visible=pick(data.visible, keypoints),
        directions=pick(data.directions, bones),
        direction_seen=pick(data.direction_seen, bones),
        contacts=pick(data.contacts, _contact_order(pair, device)),
        exchanged=exchanged,
    )
