"""Muon (Jordan et al. 2024) for convolutions: no direction of a layer is taught more than others.

A step of Adam is ruled by the few directions in which a layer's gradient is largest; Muon replaces
the momentum of a weight matrix by the nearest orthogonal one, so that what is rarely taught is
learned as readily. PyTorch has it for matrices; a convolution is one whose rows are its outputs.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


def muon_of(layers: list[nn.Conv2d], rate: float, weight_decay: float) -> torch.optim.Muon:
    """An optimiser of the layers' weights, which takes its rates as AdamW does.

    It learns matrices that share their memory with the weights, and fetches the weights'
    gradients before every step: their memory must stay where it is.
    """
    weights = [layer.weight for layer in layers]
    matrices = [nn.Parameter(_rows(weight.detach(), weight)) for weight in weights]
    optimiser = torch.optim.Muon(
        matrices, rate, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw"
    )

    def fetch(*_: object) -> None:
        for matrix, weight in zip(matrices, weights, strict=True):
            matrix.grad = None if weight.grad is None else _rows(weight.grad, weight)

    optimiser.register_step_pre_hook(fetch)
    return optimiser


def _rows(values: Tensor, weight: Tensor) -> Tensor:
    """Values [outputs, inputs, rows, columns] as rows, ordered as the weight lies in memory."""
    channels_last = weight.is_contiguous(memory_format=torch.channels_last)
    return (values.permute(0, 2, 3, 1) if channels_last else values).flatten(1)


def seeing_layers(net: nn.Module) -> list[nn.Conv2d]:
    """The convolutions that are learned, of 3x3 cells or more: what comes after them speaks."""
    return [
        layer
        for layer in net.modules()
        if isinstance(layer, nn.Conv2d)
        and layer.weight.requires_grad
        and layer.kernel_size[0] > 1
        and layer.in_channels > 1
    ]
