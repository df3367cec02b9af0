"""Networks as ONNX files: the graph as the trainer has it, before weights are halved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

OPSET = 17


class InOrder(torch.nn.Module):
    """A network that answers with a dictionary, with its answers as a tuple."""

    def __init__(self, net: torch.nn.Module, outputs: Sequence[str]) -> None:
        super().__init__()
        self.net, self.outputs = net, tuple(outputs)

    def forward(self, given: torch.Tensor) -> tuple[torch.Tensor, ...]:
        answers = self.net(given)
        return tuple(answers[name] for name in self.outputs)


def write_graph(
    model: InOrder,
    example: torch.Tensor,
    path: Path,
    given: str,
    axes: Mapping[int, str],
    **options: Any,
) -> None:
    """Writes a network to `path`.

    Args:
        model: the network.
        example: an input.
        path: of the ONNX file.
        given: name of the input.
        axes: names of the axes of any length, of input and outputs alike.
        options: of `torch.onnx.export`.
    """
    torch.onnx.export(
        model,
        (example,),
        str(path),
        dynamo=False,
        input_names=[given],
        output_names=list(model.outputs),
        dynamic_axes={name: dict(axes) for name in (given, *model.outputs)},
        opset_version=OPSET,
        **options,
    )
