"""Writes the trained lifter as ONNX, with half-precision storage and a model card.

python -m sketch2pose.inference.training.temporal_lifter.export
        build/lifter/lifter.pt --command "…" --date …
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

from ...estimators import LIFTER_NETWORK
from ...video.solving.lifter import OUTPUTS, WINDOW
from ...video.solving.lifter_input import FEATURES
from ..half_precision import halve
from ..onnx_file import InOrder, write_graph
from .net import Design, TemporalLifterNet

WEIGHTS = Path(__file__).resolve().parents[2] / "weights"
LARGEST_DIFFERENCE = 0.03  # of any output, after halving the weights


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--out", type=Path, default=WEIGHTS / LIFTER_NETWORK)
    parser.add_argument("--command", default="", help="how the weights were trained")
    parser.add_argument("--date", default="")
    args = parser.parse_args()
    figures = json.loads(args.weights.with_suffix(".json").read_text())
    net = TemporalLifterNet(Design(**figures["design"])).eval()
    net.grow_from(torch.load(args.weights, weights_only=True))
    export(net, args.out)
    write_card(args.out, figures, args.command, args.date)


def export(net: TemporalLifterNet, path: Path) -> None:
    """Writes `path` and checks it against the network.

    Raises:
        RuntimeError: the ONNX file answers differently.
    """
    example = torch.randn(2, WINDOW, FEATURES) / net.scale + net.mean
    model = InOrder(net, OUTPUTS).eval()
    write_graph(model, example, path, "features", {0: "clips", 1: "frames"})
    onnx.save(halve(onnx.load(str(path))), str(path))
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    for frames in (WINDOW, WINDOW // 3):  # any length must do
        given = example[:, :frames]
        with torch.no_grad():
            wanted = model(given)
        answers = session.run(list(OUTPUTS), {"features": given.numpy()})
        away = max(float(np.abs(a - w.numpy()).max()) for a, w in zip(answers, wanted, strict=True))
        if away > LARGEST_DIFFERENCE:
            raise RuntimeError(f"{path.name} differs from the network by {away:.4f}")


def write_card(path: Path, figures: dict, command: str, date: str) -> None:
    """Writes the model card beside `path`."""
    card = {
        "name": "Sketch2Pose temporal lifter",
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "licence": "CC0-1.0",
        "made_by": "Sketch2Pose",
        "date": date,
        "command": command,
        "data": "Motions of the CMU, ReActIdle, AnimatedDrawings, holosoma, DeepMimic and KayKit "
        "collections (docs/licenses.md) and motions through key poses on the default body, seen "
        "by random cameras: some painted and read by the pose landmark network, most through a "
        "noise model fitted on those. No footage of real people was used.",
        "input": f"features: float32 [N, T, {FEATURES}], see "
        "inference/video/solving/lifter_input.py",
        "outputs": list(OUTPUTS),
        "validation": {"what": "subjects that were not trained on; simulated: through the noise "
                       "model, painted: read by the landmark network; without the solver"}
        | figures,
    }  # fmt: skip
    path.with_suffix(".json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
