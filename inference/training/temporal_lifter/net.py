"""The temporal lifter: residual blocks over time, each frame's parts and how sure they are.

Conventions: orientations are those of the 24 parts in the view of their frame (see
`inference.video.solving.lifter_input`), 6D after Zhou et al. 2019 (first two columns).
`turn_spread` is the log of the usual turn (rad) that is missing about the three axes of the view,
`spread` that of the usual distance (m) of a joint from its place about the pelvis, `contact` are
logits.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
from torch import nn
from torch.nn import functional

from ...video.solving.lifter_input import FEATURES, POINTS

PARTS = 24
SIZES = {"sixd": PARTS * 6, "turn_spread": PARTS * 3, "spread": PARTS, "contact": 4, "up": 3,
         "betas": 10}  # fmt: skip
OUTPUTS = tuple(SIZES)
SURE = (-4.5, 0.5)  # log of the smallest and largest spread


@dataclass(frozen=True)
class Design:
    """What is ablated.

    Attributes:
        width: channels. blocks: "conv" or "attention". dilations: of convolutions, frames.
        local: joints' rotations in their parents' frames instead of parts' in the view.
        places: places of joints, without lengths or turns, instead of the turns of parts.
        with_world: metric landmarks among the inputs. every: frames that make one token.
    """

    width: int = 256
    blocks: tuple[str, ...] = ("conv", "conv", "attention", "conv", "attention")
    dilations: tuple[int, ...] = (1, 2, 1, 4, 1)
    local: bool = False
    places: bool = False
    with_world: bool = True
    every: int = 1

    def as_json(self) -> dict:
        """For the file of weights."""
        return asdict(self)


class TemporalLifterNet(nn.Module):
    """Features [N, T, F] to the outputs of `OUTPUTS`, a dictionary of [N, T, …]."""

    mean: torch.Tensor
    scale: torch.Tensor

    def __init__(self, design: Design = Design()) -> None:
        super().__init__()
        self.design = design
        self.register_buffer("mean", torch.zeros(FEATURES))
        self.register_buffer("scale", torch.ones(FEATURES))
        self.first = nn.Linear(FEATURES, design.width)
        kinds = zip(design.blocks, design.dilations, strict=True)
        self.blocks = nn.ModuleList(
            Convolution(design.width, dilation) if kind == "conv" else Attention(design.width)
            for kind, dilation in kinds
        )
        self.norm = nn.LayerNorm(design.width)
        self.last = nn.Linear(design.width, sum(SIZES.values()))
        with torch.no_grad():
            self.last.weight *= 0.1

    def grow_from(self, weights: dict[str, torch.Tensor]) -> None:
        """Takes the weights of a net of the same or fewer blocks; new ones change nothing yet."""
        missing, unknown = self.load_state_dict(weights, strict=False)
        if unknown:
            raise ValueError(f"These weights are of another design: {unknown[0]} has no place.")
        new = {name.split(".")[1] for name in missing}
        for number in new:
            block = self.blocks[int(number)]
            if isinstance(block, Convolution | Attention):
                block.silence()

    def forward(self, features: torch.Tensor) -> dict[str, torch.Tensor]:
        return self.answer(self.hidden(features))

    def hidden(self, features: torch.Tensor) -> torch.Tensor:
        """[N, T, width] what all the blocks make of the features."""
        scaled = (features - self.mean) * self.scale
        if not self.design.with_world:
            scaled = torch.cat([scaled[..., : 2 * POINTS], 0 * scaled[..., 2 * POINTS : 5 * POINTS],
                                scaled[..., 5 * POINTS :]], -1)  # fmt: skip
        return self._through_blocks(self.first(scaled))

    def answer(self, hidden: torch.Tensor) -> dict[str, torch.Tensor]:
        """The outputs that `hidden` stands for."""
        return self._parts(self.last(self.norm(hidden)))

    def _through_blocks(self, first: torch.Tensor) -> torch.Tensor:
        """All blocks but the first on one token for `every` frames (after HoT, 2024)."""
        hidden, every = self.blocks[0](first), self.design.every
        if every > 1:
            hidden = functional.avg_pool1d(hidden.transpose(1, 2), every).transpose(1, 2)
        for block in self.blocks[1:]:
            hidden = block(hidden)
        if every > 1:
            frames = first.shape[1]
            hidden = functional.interpolate(hidden.transpose(1, 2), frames, mode="linear")
            hidden = hidden.transpose(1, 2) + self.blocks[0](first)
        return hidden

    def _parts(self, out: torch.Tensor) -> dict[str, torch.Tensor]:
        parts = dict(zip(SIZES, torch.split(out, list(SIZES.values()), -1), strict=True))
        shape = out.shape[:2]
        upright = torch.tensor([1.0, 0.0, 0.0, 0.0, -1.0, 0.0])  # a body that faces the camera
        parts["sixd"] = parts["sixd"].reshape(*shape, PARTS, 6) + 0.3 * upright
        spread = parts["turn_spread"].reshape(*shape, PARTS, 3)
        parts["turn_spread"] = (spread - 1.5).clamp(*SURE)
        parts["spread"] = (parts["spread"] - 2.5).clamp(*SURE)
        parts["betas"] = parts["betas"].mean(1, keepdim=True).expand(*shape, 10)
        return parts


class Convolution(nn.Module):
    """A dilated convolution over time, then a mixing of channels with what the clip is like."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.time = nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation)
        self.mix = nn.Linear(2 * width, width)

    def silence(self) -> None:
        """Adds nothing from now on, until it learns to."""
        _zero(self.mix)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        near = functional.gelu(self.time(self.norm(hidden).transpose(1, 2)).transpose(1, 2))
        whole = near.mean(1, keepdim=True).expand_as(near)
        return hidden + self.mix(torch.cat([near, whole], -1))


class Attention(nn.Module):
    """Every frame looks at all others, by what they show and how far away they are."""

    HEADS = 4
    REACH = 64  # frames

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm, self.norm_mix = nn.LayerNorm(width), nn.LayerNorm(width)
        self.ask = nn.Linear(width, 3 * width)
        self.join = nn.Linear(width, width)
        self.near = nn.Parameter(torch.tensor([0.0, 0.02, 0.1, 0.4]))
        self.mix = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )

    def silence(self) -> None:
        """Adds nothing from now on, until it learns to."""
        _zero(self.join)
        _zero(self.mix[-1])

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        count, frames, width = hidden.shape
        ask = self.ask(self.norm(hidden)).reshape(count, frames, 3, self.HEADS, -1)
        query, key, value = ask.permute(2, 0, 3, 1, 4)
        at = torch.arange(frames, dtype=hidden.dtype)
        away = (at[:, None] - at[None]).abs() * self.near.abs()[:, None, None]
        match = query @ key.transpose(-1, -2) * (width // self.HEADS) ** -0.5 - away
        seen = (match.softmax(-1) @ value).transpose(1, 2).reshape(count, frames, width)
        hidden = hidden + self.join(seen)
        return hidden + self.mix(self.norm_mix(hidden))


def _zero(layer: nn.Module) -> None:
    for weight in layer.parameters():
        nn.init.zeros_(weight)


def rotmat_from_6d(sixd: torch.Tensor) -> torch.Tensor:
    """[..., 6] = first two columns, not normalised, to rotation matrices [..., 3, 3]."""
    first = functional.normalize(sixd[..., :3], dim=-1)
    second = sixd[..., 3:] - (first * sixd[..., 3:]).sum(-1, keepdim=True) * first
    second = functional.normalize(second, dim=-1)
    return torch.stack([first, second, torch.linalg.cross(first, second, dim=-1)], -1)
