"""What the sketch network is trained for."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

DEPENDENCE = 0.5  # bones of a limb tell the same twice
LIMB_DIRECTIONS = [4, 5, 7, 8, 18, 19, 20, 21]
WEIGHTS = {
    "heatmap": 0.7,
    "first": 0.2,  # heatmaps before the second thought
    "point": 10.0,
    "direction": 1.0,
    "depth": 0.35,
    "visible": 0.3,
    "person": 0.5,
    "contact": 0.15,
}


def direction_loss(out: dict[str, Tensor], directions: Tensor, seen: Tensor) -> Tensor:
    """Folded direction as a von Mises-Fisher-like likelihood.

    Args:
        out: the network's predictions.
        directions: [N, 26, 3] unit labels, view space.
        seen: [N, 26] float mask.
    """
    folded = torch.cat([directions[..., :2], directions[..., 2:].abs()], -1)
    chord = (out["folded"] - folded).square().sum(-1)  # 2 (1 - cos)
    kappa = out["concentration"].exp()
    likelihood = 0.5 * kappa * chord - out["concentration"]
    robust = chord.clamp_min(1e-8).sqrt()
    return _mean(2.0 * robust + 0.5 * likelihood, seen)


def depth_loss(
    out: dict[str, Tensor], directions: Tensor, seen: Tensor, exchanged: Tensor, person: Tensor
) -> Tensor:
    """Depth signs and sides, as the likelihood of a mixture of two figures.

    The mirror image of a figure in depth, left and right exchanged, makes the same drawing.
    Signs and sides are therefore learned for one of the two, whichever fits better, and
    ``reflected`` learns how often it is the other.

    Args:
        out: the network's predictions.
        directions: [N, 26, 3] unit labels, view space. seen: [N, 26] float mask.
        exchanged: [N, 2] float, which limb of a pair is the left one. person: [N] float.
    """
    depth = directions[..., 2]
    away = (depth > 0).float()
    weight = (depth.abs() * 3).clamp(max=1.5) * seen * DEPENDENCE
    plain, mirrored = (
        (_bernoulli(out["away"], sign) * weight).sum(1) + _bernoulli(out["exchanged"], side).sum(1)
        for sign, side in ((away, exchanged), (1 - away, 1 - exchanged))
    )
    reflected = out["reflected"]
    mixture = torch.logaddexp(F.logsigmoid(-reflected) - plain, F.logsigmoid(reflected) - mirrored)
    return _mean(-mixture, person)


def _bernoulli(logit: Tensor, label: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(logit, label, reduction="none")


def image_losses(
    out: dict[str, Tensor], points: Tensor, visible: Tensor, person: Tensor, sigma: float = 1.2
) -> dict[str, Tensor]:
    """Heatmaps, keypoints, presence.

    Args:
        out: the network's predictions.
        points: [N, 25, 2] labels, image side = 1.
        visible: [N, 25] float mask.
        person: [N] float, 1 where somebody is drawn.
        sigma: how blurred the keypoints of the heatmaps are, cells of the finer ones.
    """
    cells = out["logits"].shape[-1]
    maps = {
        name: _heatmap_loss(out[which], points, sigma * out[which].shape[-1] / cells)
        for name, which in (("heatmap", "logits"), ("first", "first"))
        if which in out  # one thought may be enough
    }
    point = (out["points"] - points).abs().sum(-1)
    return {
        **{name: _mean(loss, visible) for name, loss in maps.items()},
        "point": _mean(point, visible),
        "visible": _mean(
            F.binary_cross_entropy_with_logits(out["visible"], visible, reduction="none"),
            person[:, None],
        ),
        "person": F.binary_cross_entropy_with_logits(out["person"], person),
    }


def _heatmap_loss(logits: Tensor, points: Tensor, sigma: float) -> Tensor:
    """Cross entropy [N, K] of heatmaps [N, K, rows, columns] with blurred keypoints."""
    target = _gaussian(points, logits.shape[-2:], sigma)
    return -(target * logits.flatten(2).log_softmax(-1)).sum(-1)


def contact_loss(out: dict[str, Tensor], contacts: Tensor, person: Tensor) -> Tensor:
    """Cross entropy of the contact pairs [N, 9]."""
    loss = F.binary_cross_entropy_with_logits(out["contact"], contacts, reduction="none")
    return _mean(loss, person[:, None])


def lifting_losses(
    out: dict[str, Tensor],
    directions: Tensor,
    seen: Tensor,
    contacts: Tensor,
    exchanged: Tensor,
    person: Tensor,
) -> dict[str, Tensor]:
    """What the lifter says, against the labels; see the losses for their shapes."""
    return {
        "direction": direction_loss(out, directions, seen),
        "depth": depth_loss(out, directions, seen, exchanged, person),
        "contact": contact_loss(out, contacts, person),
    }


def total(parts: dict[str, Tensor]) -> Tensor:
    """Weighted sum; of ``known depth`` the last word names the weight."""
    weighed = (WEIGHTS[name.split()[-1]] * value for name, value in parts.items())
    return sum(weighed, torch.zeros(()))


def _gaussian(points: Tensor, shape: torch.Size, sigma: float) -> Tensor:
    """Normalised Gaussian targets [N, K, rows * columns], sigma in cells."""
    rows, columns = shape
    x = torch.arange(columns, device=points.device) + 0.5
    y = torch.arange(rows, device=points.device) + 0.5
    gx = torch.exp(-0.5 * ((x - points[..., :1] * columns) / sigma) ** 2)
    gy = torch.exp(-0.5 * ((y - points[..., 1:] * rows) / sigma) ** 2)
    grid = (gy[..., :, None] * gx[..., None, :]).flatten(2)
    return grid / grid.sum(-1, keepdim=True).clamp_min(1e-6)


def _mean(value: Tensor, mask: Tensor) -> Tensor:
    mask = mask.expand_as(value)
    return (value * mask).sum() / mask.sum().clamp_min(1.0)
