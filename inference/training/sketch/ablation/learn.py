"""Teaching and measuring one arm."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ...optimizers import descend, optimisers_of, seeing_weights
from ...synthesis.layout import PARENTS
from ...synthesis.sample import Batch
from ..data import Tensors, mirrored, to_tensors
from ..left_right_labels import PAIRS, by_place, settle_ties
from ..losses import LIMB_DIRECTIONS, contact_loss, depth_loss, direction_loss, image_losses, total
from ..train import KNOWN_WEIGHT, lifted_from_truth
from .nets import ArmNet
from .pool import resized, rows
from .variants import SketchVariant

BATCH = 64
PEAK_RATE = 2e-3
WARM_UP = 60  # steps
POSITION_WEIGHT = 8.0  # brings the positions' loss to the size of the directions'
SIMCC_SIGMA = 1.8  # bins, as the heatmap's target in px
HEATMAP_SIGMA = 0.9  # cells, here of 8 px
NEVER = -30.0  # as a logit
NEAR = 0.05  # of the image side: a keypoint counts as found

Out = dict[str, Tensor]


def teach(arm: SketchVariant, pool: Batch, images: int, seed: int) -> ArmNet:
    """Teaches one arm on ``images`` pictures of the pool, drawn again and again.

    Args:
        arm: what is special about it.
        pool: pictures to draw from; only those of the arm's styles are.
        images: how many are shown, repeats and mirror images counted.
        seed: of weights and order.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    allowed = np.flatnonzero(np.isin(pool.style, (-1, *arm.styles)))
    net = ArmNet(arm).train()
    optimisers = optimisers_of(net, seeing_weights(net) if arm.muon else [], PEAK_RATE)
    steps = max(1, images // BATCH)
    for step in range(steps):
        rate = min(1.0, (step + 1) / WARM_UP) * (0.5 + 0.5 * np.cos(np.pi * step / steps))
        batch = resized(rows(pool, rng.choice(allowed, BATCH)), arm.size)
        loss = _loss(net, mirrored(batch) if step % 2 else batch)
        descend(net, optimisers, loss, PEAK_RATE * rate + 1e-6)
    return net.eval()


def _loss(net: ArmNet, batch: Batch) -> Tensor:
    out = net(to_tensors(batch).ink)
    data = _ordered(batch, out)
    parts = _keypoint_losses(out, data)
    if "joints" in out:
        joints = _ordered_joints(batch, data)
        mask = data.person[:, None, None].expand_as(joints)
        parts["direction"] = POSITION_WEIGHT * F.smooth_l1_loss(
            out["joints"] * mask, joints * mask, beta=0.1
        )
    else:
        parts["direction"] = direction_loss(out, data.directions, data.direction_seen)
    parts["depth"] = _depth_loss(net.arm, out, data)
    parts["contact"] = contact_loss(out, data.contacts, data.person)
    if net.arm.known and net.arm.target == "directions":
        known = lifted_from_truth(net.lifter, out, data)
        parts |= {
            "known direction": KNOWN_WEIGHT
            * direction_loss(known, data.directions, data.direction_seen),
            "known depth": KNOWN_WEIGHT * _depth_loss(net.arm, known, data),
        }
    return total(parts)


def _depth_loss(arm: SketchVariant, out: Out, data: Tensors) -> Tensor:
    if not arm.two_figures:
        out = {**out, "reflected": torch.full_like(out["reflected"], NEVER)}
    return depth_loss(out, data.directions, data.direction_seen, data.exchanged, data.person)


def _ordered(batch: Batch, out: Out) -> Tensors:
    return settle_ties(by_place(to_tensors(batch)), out["points"].detach())


def _ordered_joints(batch: Batch, data: Tensors) -> Tensor:
    """True joints [N, 24, 3] with the limbs in the rows that their labels were put into."""
    joints = torch.from_numpy(batch.joints[:, :24])
    for pair, (left, right) in enumerate(PAIRS):
        order = torch.arange(24)
        order[left], order[right] = order[right].clone(), order[left].clone()
        swap = (data.exchanged[:, pair] > 0.5)[:, None, None]
        joints = torch.where(swap, joints[:, order], joints)
    return joints


def _keypoint_losses(out: Out, data: Tensors) -> Out:
    if "axes" not in out:
        return image_losses(out, data.points, data.visible, data.person, HEATMAP_SIGMA)
    bins = out["axes"].shape[-1]
    grid = torch.arange(bins) + 0.5
    target = torch.exp(-0.5 * ((grid - data.points[..., None] * bins) / SIMCC_SIGMA) ** 2)
    target /= target.sum(-1, keepdim=True).clamp_min(1e-6)
    unlike = -(target * out["axes"].log_softmax(-1)).sum((-1, -2))
    cells = out["points"].new_zeros(*out["points"].shape[:2], 1, 1)  # no plane to compare
    plain = image_losses({**out, "logits": cells}, data.points, data.visible, data.person)
    share = data.visible.sum().clamp_min(1.0)
    return {**plain, "heatmap": (unlike * data.visible).sum() / share}


@torch.no_grad()
def measure(net: ArmNet, batch: Batch) -> dict[str, float]:
    """What an arm reaches on people it was not taught.

    Returns:
        ``limbs`` and ``limbs_median`` (degrees, left and right ordered by place), ``folded`` (the
        same whichever way a bone points in depth), ``points`` (mean error, % of the image side),
        ``near`` (share of keypoints within 5 %).
    """
    angles, folded, errors = [], [], []
    for part in np.array_split(np.arange(len(batch.ink)), max(1, len(batch.ink) // BATCH)):
        piece = rows(batch, part)
        out = net(to_tensors(piece).ink)
        data = _ordered(piece, out)
        seen, truth = _limbs(net.arm, out, data, piece)
        angles.append(_degrees(seen, truth))
        folded.append(_degrees(_folded(seen), _folded(truth)))
        distance = (out["points"] - data.points).norm(dim=-1)
        errors.append(distance[data.visible > 0.5])
    angle, error = torch.cat(angles), torch.cat(errors)
    return {
        "limbs": float(angle.mean()),
        "limbs_median": float(angle.median()),
        "folded": float(torch.cat(folded).mean()),
        "points": 100 * float(error.mean()),
        "near": float((error < NEAR).float().mean()),
    }


def _limbs(arm: SketchVariant, out: Out, data: Tensors, piece: Batch) -> tuple[Tensor, Tensor]:
    """Limb directions [N, 8, 3] as seen and as they are."""
    if "joints" in out:
        seen, truth = _bones(out["joints"]), _bones(_ordered_joints(piece, data))
    else:
        other = (out["reflected"] > 0) & arm.two_figures
        away = (out["away"] > 0) ^ other[:, None]
        depth = out["folded"][..., 2:] * torch.where(away, 1.0, -1.0)[..., None]
        seen = torch.cat([out["folded"][..., :2], depth], -1)[:, LIMB_DIRECTIONS]
        truth = data.directions[:, LIMB_DIRECTIONS]
    return seen, truth


def _degrees(seen: Tensor, truth: Tensor) -> Tensor:
    return torch.rad2deg(torch.arccos((seen * truth).sum(-1).clamp(-1, 1)))


def _folded(bones: Tensor) -> Tensor:
    return torch.cat([bones[..., :2], bones[..., 2:].abs()], -1)


def _bones(joints: Tensor) -> Tensor:
    bones = joints[:, LIMB_DIRECTIONS] - joints[:, PARENTS[LIMB_DIRECTIONS]]
    return F.normalize(bones, dim=-1)
