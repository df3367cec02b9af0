"""A second eye for the sketch network: a small picture of the drawing, seen by EfficientNet-Lite0.

Our own trunk knows lines, from drawings we made; the second eye knows shapes, from photographs of
the world (`lite0`). It looks at the crop made smaller, which costs a seventh of the network's time,
and what it sees is added to our features at the same depth through layers that start silent: a
taught network loses nothing when it is given the eye.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from torch import Tensor, nn
from torch.nn import functional as F

from .lite0 import CHANNELS, Lite0, imagenet_weights
from .net import WIDTHS, SketchNet, Trunk, silent

EYE_SIZE = 96  # px
JOINED = 3  # strides 8, 16, 32 of either eye; 4 is for lines, which the first one knows
NEW = ("trunk.eye.", "trunk.joins.")  # how the names of its weights begin


class TwoEyedTrunk(Trunk):
    """As ``Trunk``, with features of the second eye added to those of strides 8, 16 and 32."""

    def __init__(self) -> None:
        super().__init__()
        self.eye = Lite0()
        pairs = zip(CHANNELS[-JOINED:], WIDTHS[-JOINED:], strict=True)
        self.joins = nn.ModuleList(
            nn.Sequential(nn.BatchNorm2d(a, affine=False), silent(nn.Conv2d(a, b, 1)))
            for a, b in pairs
        )

    def encoded(self, ink: Tensor) -> list[Tensor]:
        small = F.interpolate(ink, (EYE_SIZE, EYE_SIZE), mode="bilinear")
        maps, seen = super().encoded(ink), self.eye(small)
        for number, join in enumerate(self.joins, start=len(maps) - JOINED):
            more = join(seen[number])
            maps[number] = maps[number] + F.interpolate(
                more, maps[number].shape[2:], mode="bilinear"
            )
        return maps

    def freeze_first(self) -> None:
        """Our own eye, and the second one's sense for strokes, learn no more."""
        for part in (self.stem, self.stage8, self.stage16, self.stage32):
            part.eval().requires_grad_(False)
        for part in (self.eye.stem, self.eye.stages[:2]):
            part.eval().requires_grad_(False)


def with_second_eye(weights: Mapping[str, Tensor] | None = None) -> SketchNet:
    """A network with a second eye fresh from photographs, all else as taught or new.

    Args:
        weights: of a taught network with one eye; None for a new one.

    Raises:
        ValueError: the weights are those of something else.
    """
    trunk = TwoEyedTrunk()
    trunk.eye.load_state_dict(imagenet_weights())
    net = SketchNet(trunk)
    if weights is not None:
        if {*weights} != {name for name in net.state_dict() if not name.startswith(NEW)}:
            raise ValueError("These are not the weights of a sketch network with one eye.")
        net.load_state_dict(weights, strict=False)
    return net


def net_for(names: Collection[str]) -> SketchNet:
    """A network whose weights have these names, with one eye or two."""
    two = any(name.startswith(NEW) for name in names)
    return SketchNet(TwoEyedTrunk() if two else Trunk())


def net_with(weights: Mapping[str, Tensor]) -> SketchNet:
    """The network of these weights."""
    net = net_for(weights)
    net.load_state_dict(weights)
    return net
