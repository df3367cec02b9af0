"""Small networks for the ablation: the shipped lifter and heads behind a light trunk."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...synthesis.layout import JOINTS, KEYPOINTS
from ..net import JOINT_FEATURES, ConvBlock, KeypointLifter, Residual, moments, split
from .variants import SketchVariant

WIDTHS = (12, 24, 48, 96, 160)
FEATURES, SUMMARY = 96, 256  # what the shipped network's heads take
BINS_PER_CELL = 4  # of SimCC


class LightTrunk(nn.Module):
    """As the shipped trunk, with a fifth of its work."""

    def __init__(self) -> None:
        super().__init__()
        a, b, c, d, e = WIDTHS
        self.stem = nn.Sequential(ConvBlock(1, a, 5, 2), ConvBlock(a, b, 3, 2))
        self.stage8 = nn.Sequential(ConvBlock(b, c, 3, 2), Residual(c))
        self.stage16 = nn.Sequential(ConvBlock(c, d, 3, 2), Residual(d))
        self.stage32 = nn.Sequential(ConvBlock(d, e, 3, 2), Residual(e))
        self.lift32, self.lift16 = nn.Conv2d(e, d, 1), nn.Conv2d(d, c, 1)
        self.merge = ConvBlock(c, FEATURES)
        self.summary = nn.Linear(e, SUMMARY)

    def forward(self, ink: Tensor) -> tuple[Tensor, Tensor]:
        """Ink maps [N, 1, S, S] to features [N, 96, S/8, S/8] and a summary [N, 256]."""
        at8 = self.stage8(self.stem(ink))
        at16 = self.stage16(at8)
        at32 = self.stage32(at16)
        at16 = at16 + F.interpolate(self.lift32(at32), scale_factor=2.0, mode="nearest")
        at8 = at8 + F.interpolate(self.lift16(at16), scale_factor=2.0, mode="nearest")
        return self.merge(at8), self.summary(at32.mean((2, 3)))


class ArmNet(nn.Module):
    """The network of one arm; its outputs are named as those of ``SketchNet``.

    With positions as the target, ``joints`` [N, 24, 3] (metres from the pelvis, view space) stand
    beside them.
    """

    def __init__(self, arm: SketchVariant) -> None:
        super().__init__()
        self.arm = arm
        self.trunk = LightTrunk()
        self.heatmap = nn.Conv2d(FEATURES, KEYPOINTS, 1)
        self.features = nn.Conv2d(FEATURES, JOINT_FEATURES, 1)
        self.lifter = KeypointLifter()
        self.bins = arm.size // 8 * BINS_PER_CELL
        self.axes = nn.Linear((arm.size // 8) ** 2, 2 * self.bins)

    def forward(self, ink: Tensor) -> dict[str, Tensor]:
        """Args: ink: [N, 1, S, S] in 0..1."""
        features, summary = self.trunk(ink)
        logits = self.heatmap(features).float()
        chance = logits.flatten(2).softmax(-1)
        local = chance @ self.features(features).float().flatten(2).mT
        out = self._simcc(logits) if self.arm.keypoints == "simcc" else _plane(logits, chance)
        image = torch.cat([local.flatten(1), summary.float()], 1)
        raw = self.lifter(out["points"].detach(), out["spread"].detach(), image).float()
        joints = {"joints": raw[:, : JOINTS * 3].view(-1, JOINTS, 3)}
        joints = joints if self.arm.target == "positions" else {}
        return {**out, **split(raw), "image": image, **joints}

    def _simcc(self, maps: Tensor) -> dict[str, Tensor]:
        """A distribution for each axis of each keypoint (SimCC, Li et al. 2022)."""
        axes = self.axes(maps.flatten(2)).view(len(maps), KEYPOINTS, 2, self.bins)
        chance = axes.softmax(-1)
        grid = (torch.arange(self.bins, device=maps.device) + 0.5) / self.bins
        points = chance @ grid
        spread = (chance @ grid.square() - points.square()).clamp_min(1e-6).sqrt()
        return {"axes": axes, "points": points, "spread": spread}


def _plane(logits: Tensor, chance: Tensor) -> dict[str, Tensor]:
    points, spread = moments(chance, logits.shape[-2], logits.shape[-1])
    return {"logits": logits, "points": points, "spread": spread}
