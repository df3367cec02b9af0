"""How the networks go down their losses: Muon for weight matrices, AdamW for all the rest.

A step of Adam is ruled by the few directions in which a layer's gradient is largest; Muon (Jordan
et al. 2024) replaces the momentum of a weight matrix by the nearest orthogonal one, so that what
is rarely taught is learned as readily. PyTorch has it for matrices; a convolution is one whose
rows are its outputs. Both take the same rates.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

WEIGHT_DECAY = 0.02
FASTER = 4.0  # than what is taught already: layers that are new to drawings
Optimisers = list[torch.optim.Optimizer]


def fast_in_half(device: str) -> bool:
    """Whether bfloat16 is quicker than single precision: not where a CPU must emulate it."""
    kind = torch.device(device).type
    return kind != "cpu" or torch.backends.cpu.get_cpu_capability() == "AVX512"


def optimisers_of(
    net: nn.Module,
    matrices: Sequence[Tensor],
    rate: float,
    faster: Sequence[Tensor] = (),
) -> Optimisers:
    """Muon for the matrices and convolutions named, AdamW for all else that the net learns.

    Those among ``faster`` learn at ``FASTER`` times the rate.
    """
    known, new = ({id(weight) for weight in weights} for weights in (matrices, faster))
    rest = [w for w in net.parameters() if w.requires_grad and id(w) not in known]
    groups = [
        {"params": [w for w in rest if (id(w) in new) is fast], "share": FASTER if fast else 1.0}
        for fast in (False, True)
    ]
    adam = torch.optim.AdamW(groups, rate, weight_decay=WEIGHT_DECAY)
    return [muon_of(matrices, rate, WEIGHT_DECAY), adam] if matrices else [adam]


def muon_of(weights: Sequence[Tensor], rate: float, weight_decay: float) -> torch.optim.Muon:
    """An optimiser of weights of two or four dimensions, outputs first.

    It learns matrices that share their memory with the weights, and fetches the weights'
    gradients before every step: their memory must stay where it is.
    """
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
    """Values [outputs, ...] as rows, ordered as the weight lies in memory."""
    channels_last = weight.ndim == 4 and weight.is_contiguous(memory_format=torch.channels_last)
    return (values.permute(0, 2, 3, 1) if channels_last else values).flatten(1)


def seeing_weights(net: nn.Module) -> list[Tensor]:
    """Of the convolutions that are learned, of 3x3 cells or more: what comes after them speaks."""
    return [
        layer.weight
        for layer in net.modules()
        if isinstance(layer, nn.Conv2d)
        and layer.weight.requires_grad
        and layer.kernel_size[0] > 1
        and layer.in_channels > layer.groups  # else each channel has but a few numbers of its own
    ]


def descend(
    net: nn.Module, optimisers: Optimisers, loss: Tensor, rate: float, longest: float = 5.0
) -> None:
    """One step down the gradient of the loss, whose norm is cut at ``longest``."""
    net.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), longest)
    for optimiser in optimisers:
        for group in optimiser.param_groups:
            group["lr"] = rate * group.get("share", 1.0)
        optimiser.step()
