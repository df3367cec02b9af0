"""The sketch network: an ink map in, keypoints, bone directions and their doubts out.

A plain convolutional trunk (3x3 convolutions are the fastest thing both a CPU and a GPU run)
finds 25 keypoints as spatial distributions; a residual MLP lifts them, together with image
features read at each keypoint, to 26 directions in view space. Each direction is a *folded*
unit vector (x, y, |z|), the probability that it points away from the viewer, and a
concentration: what a drawing leaves open is said, not averaged away. A figure and its mirror
image in depth, left and right exchanged, make the same drawing: depth signs and sides are
told for one of the two, and how likely the other one is beside them.

Ideas taken and adapted: learn from synthesis (Sketch2PoseNet 2025), integral heatmaps (Sun et
al. 2018), length/direction split (DDHPose), explicit depth ambiguity (DiffPose 2022).
"""

from __future__ import annotations

from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..synthesis.layout import CONTACTS, DIRECTIONS, HEAD_UP, JOINTS, KEYPOINTS, PARENTS

WIDTHS = (24, 40, 80, 160, 256)
LIFTER_WIDTH = 512
FINE_WIDTH = 48
JOINT_FEATURES = 40
BONE_FEATURES = 20
BONE_WIDTH = 0.04  # of the image side: how far beside a bone its features are gathered
CONTEXT_WIDTH = 64
REACHES = (1, 2, 4)  # dilations: together they span most of a figure
Layer = TypeVar("Layer", nn.Linear, nn.Conv2d)
POOL = 2  # heatmap cells per feature cell
BONE_ENDS = [*range(1, JOINTS), HEAD_UP]  # the bone in row j ends in keypoint j
BONE_STARTS = [*(int(parent) for parent in PARENTS[1:]), 15]
SHORTEST = 0.02  # in spreads of the figure: from here on a bone's direction on paper is known


class ConvBlock(nn.Sequential):
    """Convolution, batch norm, ReLU."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int = 3, stride: int = 1, reach: int = 1
    ) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2 * reach, reach, bias=False),
            nn.BatchNorm2d(outputs, momentum=0.03),
            nn.ReLU(inplace=True),
        )


class Residual(nn.Module):
    """Two convolutions beside a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        norm = nn.BatchNorm2d(width, momentum=0.03)
        last = nn.Sequential(nn.Conv2d(width, width, 3, padding=1, bias=False), norm)
        nn.init.constant_(norm.weight, 0.2)  # starts near the identity
        self.body = nn.Sequential(ConvBlock(width, width), last)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


class Trunk(nn.Module):
    """Ink map [N, 1, S, S] -> features.

    Wide ones [N, 96, S/8, S/8], fine ones [N, 48, S/4, S/4] and a summary [N, 256].
    """

    def __init__(self) -> None:
        super().__init__()
        a, b, c, d, e = WIDTHS
        self.stem = nn.Sequential(ConvBlock(1, a, 5, 2), ConvBlock(a, b, 3, 2), Residual(b))
        self.stage8 = nn.Sequential(ConvBlock(b, c, 3, 2), Residual(c), Residual(c))
        self.stage16 = nn.Sequential(ConvBlock(c, d, 3, 2), Residual(d), Residual(d), Residual(d))
        self.stage32 = nn.Sequential(ConvBlock(d, e, 3, 2), Residual(e), Residual(e))
        self.lift32, self.lift16 = nn.Conv2d(e, d, 1), nn.Conv2d(d, c, 1)
        self.merge16 = nn.Sequential(ConvBlock(d, d), Residual(d))
        self.merge8 = nn.Sequential(ConvBlock(c, 96), Residual(96))
        self.lift8, self.lift4 = nn.Conv2d(96, FINE_WIDTH, 1), nn.Conv2d(b, FINE_WIDTH, 1)
        self.merge4 = nn.Sequential(ConvBlock(FINE_WIDTH, FINE_WIDTH))

    def forward(self, ink: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        at4, at8, at16, at32 = self.encoded(ink)
        up16 = self.merge16(
            at16 + F.interpolate(self.lift32(at32), scale_factor=2.0, mode="nearest")
        )
        up8 = self.merge8(at8 + F.interpolate(self.lift16(up16), scale_factor=2.0, mode="nearest"))
        wide = F.interpolate(self.lift8(up8), scale_factor=2.0, mode="nearest")
        return up8, self.merge4(self.lift4(at4) + wide), at32.mean((2, 3))

    def encoded(self, ink: Tensor) -> list[Tensor]:
        """Features of ``WIDTHS[1:]`` channels at the strides 4, 8, 16 and 32."""
        maps = [self.stem(ink)]
        for stage in (self.stage8, self.stage16, self.stage32):
            maps.append(stage(maps[-1]))
        return maps


def silent(layer: Layer) -> Layer:
    """The layer with nothing to say yet: what is added to a taught network starts like that."""
    nn.init.zeros_(layer.weight)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


class Context(nn.Module):
    """A second thought: features again, knowing where every keypoint seems to be.

    Which of two crossing limbs a hand ends is seen at the shoulder, not at the hand (Wei et al.
    2016, convolutional pose machines).
    """

    def __init__(self) -> None:
        super().__init__()
        inputs = [96 + KEYPOINTS, *[CONTEXT_WIDTH] * (len(REACHES) - 1)]
        self.body = nn.Sequential(
            *(ConvBlock(n, CONTEXT_WIDTH, reach=r) for n, r in zip(inputs, REACHES, strict=True))
        )
        self.last = silent(nn.Conv2d(CONTEXT_WIDTH, 96, 1))

    def forward(self, features: Tensor, logits: Tensor) -> Tensor:
        """Args: features [N, 96, H, W]; logits [N, 25, H, W] of the first thought."""
        belief = logits.float().flatten(2).softmax(-1).view_as(logits).sqrt()
        seen = torch.cat([features, belief.to(features.dtype)], 1)
        return features + self.last(self.body(seen))


class KeypointLifter(nn.Module):
    """Keypoints with their spread, and image features, to directions and doubts."""

    OUTPUTS = DIRECTIONS * 5 + len(CONTACTS) + KEYPOINTS + 1 + 2 + 1

    def __init__(self) -> None:
        super().__init__()
        width = LIFTER_WIDTH
        self.from_points = nn.Linear(KEYPOINTS * 4, width)
        self.from_bones = silent(nn.Linear(len(BONE_ENDS) * 3, width))
        self.from_image = silent(nn.Linear(KEYPOINTS * JOINT_FEATURES + WIDTHS[-1], width))
        self.from_lines = silent(nn.Linear(len(BONE_ENDS) * BONE_FEATURES, width))
        self.trust = silent(nn.Linear(width, len(BONE_ENDS)))  # in the bones as they lie on paper
        self.blocks = nn.ModuleList(
            nn.Sequential(
                nn.LayerNorm(width), nn.Linear(width, width), nn.GELU(), nn.Linear(width, width)
            )
            for _ in range(3)
        )
        self.head = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, self.OUTPUTS))

    def forward(
        self,
        points: Tensor,
        spread: Tensor,
        image: Tensor | None = None,
        lines: Tensor | None = None,
    ) -> Tensor:
        """What the keypoints mean, with or without having seen the drawing.

        Args:
            points: [N, 25, 2] and spread: [N, 25, 2], in units of the image side.
            image: [N, F] features at the keypoints and of the whole.
            lines: [N, G] features along the bones.
        """
        points = centred(points)
        x = self.from_points(torch.cat([points, spread * 10], -1).flatten(1))
        flat, length = bones(points)
        x = x + self.from_bones(torch.cat([flat, length.log()], -1).flatten(1))
        if image is not None:
            x = x + self.from_image(image)
        if lines is not None:
            x = x + self.from_lines(lines)
        for block in self.blocks:
            x = x + block(x)
        return self._trusting(self.head(x), self.trust(x)[..., None] * flat)

    @staticmethod
    def _trusting(raw: Tensor, flat: Tensor) -> Tensor:
        """Adds to the directions what their bones show on paper [N, 24, 2]."""
        vector = raw[:, : 3 * DIRECTIONS].view(-1, DIRECTIONS, 3)
        vector = vector + F.pad(flat, (0, 1, 1, 1))  # no bone shows where pelvis and face look
        return torch.cat([vector.flatten(1), raw[:, 3 * DIRECTIONS :]], 1)


def centred(points: Tensor) -> Tensor:
    """Keypoints relative to their mean, in units of their own spread."""
    offset = points - points.mean(1, keepdim=True)
    return offset / offset.square().sum(-1, keepdim=True).mean(1, keepdim=True).sqrt().clamp_min(
        1e-3
    )


def bones(points: Tensor) -> tuple[Tensor, Tensor]:
    """Unit vectors [N, 24, 2] and lengths [N, 24, 1] of the bones between points [N, 25, 2]."""
    vector = points[:, BONE_ENDS] - points[:, BONE_STARTS]
    length = (vector.square().sum(-1, keepdim=True) + SHORTEST**2).sqrt()
    return vector / length, length


class SketchNet(nn.Module):
    """Ink maps [N, 1, S, S] in 0..1 -> dictionary of predictions (see ``split``)."""

    def __init__(self, trunk: Trunk | None = None) -> None:
        super().__init__()
        self.trunk = trunk or Trunk()
        self.heatmap = nn.Conv2d(96, KEYPOINTS, 1)
        self.detail = silent(nn.Conv2d(FINE_WIDTH, KEYPOINTS, 1))
        self.context = Context()
        self.features = nn.Conv2d(96, JOINT_FEATURES, 1)
        self.along_bones = nn.Conv2d(96, BONE_FEATURES, 1)
        self.lifter = KeypointLifter()

    def forward(self, ink: Tensor) -> dict[str, Tensor]:
        features, fine, summary = self.trunk(ink)
        first = self.heatmap(features)
        features = self.context(features, first)
        wide = F.interpolate(self.heatmap(features).float(), scale_factor=POOL, mode="bilinear")
        logits = wide + self.detail(fine).float()
        at_cells = _cells(self.features(features)), _cells(self.along_bones(features))
        with torch.autocast(ink.device.type, enabled=False):  # variances need all their digits
            probability = logits.flatten(2).softmax(-1)
            points, spread = moments(probability, logits.shape[-2], logits.shape[-1])
            joints = F.avg_pool2d(probability.view_as(logits), POOL) * POOL**2
            bones_at = near_bones(points.detach(), features.shape[-2], features.shape[-1])
            local, lines = joints.flatten(2) @ at_cells[0], bones_at @ at_cells[1]
        image = torch.cat([local.flatten(1), summary.float()], 1)
        seen = {"image": image, "lines": lines.flatten(1)}
        out = split(self.lifter(points.detach(), spread.detach(), **seen).float())
        first = first.float()
        return {"logits": logits, "first": first, "points": points, "spread": spread, **seen, **out}


def _cells(features: Tensor) -> Tensor:
    """[N, C, H, W] -> [N, H W, C]."""
    return features.float().flatten(2).transpose(1, 2)


def near_bones(points: Tensor, rows: int, columns: int) -> Tensor:
    """How much each cell belongs to the line of each bone: [N, 24, rows * columns], sums to 1.

    Args:
        points: [N, 25, 2] in units of the image side.
        rows: cells of the feature map. columns: as well.
    """
    start, step = points[:, BONE_STARTS], points[:, BONE_ENDS] - points[:, BONE_STARTS]
    away = cells(rows, columns, points.device) - start[:, :, None]
    length2 = step.square().sum(-1, keepdim=True).clamp_min(1e-6)
    along = ((away * step[:, :, None]).sum(-1) / length2).clamp(0.0, 1.0)
    beside = (away - along[..., None] * step[:, :, None]).square().sum(-1)
    return (-0.5 * beside / BONE_WIDTH**2).softmax(-1)


def cells(rows: int, columns: int, device: torch.device) -> Tensor:
    """Centres [rows * columns, 2] of a feature map's cells in units of the image side."""
    y = (torch.arange(rows, device=device, dtype=torch.float32) + 0.5) / rows
    x = (torch.arange(columns, device=device, dtype=torch.float32) + 0.5) / columns
    return torch.stack([x.repeat(rows), y.repeat_interleave(columns)], 1)


def moments(probability: Tensor, rows: int, columns: int) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation [N, K, 2] of heatmaps [N, K, rows * columns], image side = 1."""
    grid = cells(rows, columns, probability.device)
    mean = probability @ grid
    second = probability @ grid.square()
    return mean, (second - mean.square()).clamp_min(1e-6).sqrt()


def split(raw: Tensor) -> dict[str, Tensor]:
    """Names the lifter's outputs.

    ``folded`` [N, 26, 3] unit vectors with z >= 0; ``away`` [N, 26] logit of pointing away;
    ``concentration`` [N, 26] log of kappa; ``contact`` [N, 9], ``visible`` [N, 25],
    ``person`` [N] and ``exchanged`` [N, 2] logits (see ``sketch_sides``); ``reflected`` [N]
    logit that all of ``away`` and ``exchanged`` are the other way round.
    """
    d = DIRECTIONS
    vector = raw[:, : 3 * d].view(-1, d, 3)
    vector = torch.cat([vector[..., :2], F.softplus(vector[..., 2:])], -1)
    at = 5 * d
    return {
        "folded": vector / vector.norm(dim=-1, keepdim=True).clamp_min(1e-6),
        "away": raw[:, 3 * d : 4 * d],
        "concentration": raw[:, 4 * d : at].clamp(-1.0, 6.0),
        "contact": raw[:, at : at + len(CONTACTS)],
        "visible": raw[:, at + len(CONTACTS) : at + len(CONTACTS) + KEYPOINTS],
        "person": raw[:, at + len(CONTACTS) + KEYPOINTS],
        "exchanged": raw[:, -3:-1],
        "reflected": raw[:, -1],
    }
