"""Writes the trained sketch network as ONNX, with half-precision storage and a model card.

python -m sketch2pose.inference.training.sketch.export
        build/sketch.pt --command "…" --date 2026-01-31
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
from onnx import numpy_helper

from ...sketch.crops import CROP
from ...sketch.network_output import OUTPUTS, WEIGHTS
from ..half_precision import halve
from ..onnx_file import InOrder, write_graph
from .net import SketchNet
from .second_eye import TwoEyedTrunk, net_for, net_with

MERGED = "merged_weights"  # metadata: weight -> equal weight that stands for it
ONE_EYE = {"licence": "CC0-1.0", "made_by": "Sketch2Pose"}
TWO_EYES = {
    "licence": "Apache-2.0",
    "made_by": "Sketch2Pose; the second eye from EfficientNet-Lite0, (c) Google and ML Illustrated",
}
LARGEST_DIFFERENCE = 0.02  # of any output, after halving the weights


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--command", default="", help="how the weights were trained")
    parser.add_argument("--date", default="")
    args = parser.parse_args()
    net = net_with(torch.load(args.weights, weights_only=True)).eval()
    export(net, args.out)
    figures = json.loads(args.weights.with_suffix(".json").read_text())
    made_from = TWO_EYES if isinstance(net.trunk, TwoEyedTrunk) else ONE_EYE
    write_card(args.out, figures, made_from | {"date": args.date, "command": args.command})


def export(net: SketchNet, path: Path) -> None:
    """Writes ``path`` and checks it against the network.

    Raises:
        RuntimeError: the ONNX file answers differently.
    """
    example = torch.rand(2, 1, CROP, CROP)
    model = InOrder(net, OUTPUTS).eval()
    write_graph(
        model,
        example,
        path,
        "ink",
        {0: "figures"},
        training=torch.onnx.TrainingMode.PRESERVE,  # keeps batch norms, so that training
        do_constant_folding=False,  # can go on from the shipped file
    )
    exported = onnx.load(str(path))
    note_merged(exported, net)
    onnx.save(halve(exported), str(path))
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    with torch.no_grad():
        expected = model(example)
    for name, mine, theirs in zip(
        OUTPUTS, session.run(list(OUTPUTS), {"ink": example.numpy()}), expected, strict=True
    ):
        difference = float(np.abs(mine - theirs.numpy()).max())
        if difference > LARGEST_DIFFERENCE * max(1.0, float(theirs.abs().max())):
            raise RuntimeError(f"{name} differs by {difference:.4f} after export")


def weights_from_onnx(path: Path) -> dict[str, torch.Tensor]:
    """The weights of an exported network, as ``SketchNet`` takes them: to carry training on."""
    model = onnx.load(str(path))
    weights = {}
    for tensor in model.graph.initializer:
        name = tensor.name.removesuffix(".half").removeprefix("net.")
        weights[name] = torch.from_numpy(numpy_helper.to_array(tensor).astype(np.float32))
    known = net_for(weights).state_dict()
    weights |= {name: value for name, value in known.items() if name.endswith("batches_tracked")}
    merged = {entry.key: entry.value for entry in model.metadata_props}.get(MERGED, "{}")
    weights |= {name: weights[kept].clone() for name, kept in json.loads(merged).items()}
    return {name: value for name, value in weights.items() if name in known}


def note_merged(model: onnx.ModelProto, net: SketchNet) -> None:
    """Writes down which equal weights the exporter has merged, so that none is lost."""
    stored = {
        t.name.removeprefix("net."): numpy_helper.to_array(t) for t in model.graph.initializer
    }
    merged = {}
    for name, value in net.state_dict().items():
        if name not in stored and not name.endswith("batches_tracked"):
            same = (kept for kept, other in stored.items() if np.array_equal(other, value.numpy()))
            merged[name] = next(same)
    if merged:
        onnx.helper.set_model_props(model, {MERGED: json.dumps(merged)})


def write_card(path: Path, figures: dict[str, float], made: dict[str, str]) -> None:
    """Writes the model card beside the weights.

    Args:
        path: of the weights.
        figures: what they reach.
        made: licence, maker, date and command.
    """
    card = {
        "name": "Sketch2Pose sketch network",
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        **made,
        "data": (
            "Drawings synthesised while training (inference/training/synthesis) from poses of the "
            "CMU, ReActIdle, AnimatedDrawings, holosoma, DeepMimic and KayKit motion collections "
            "(docs/licenses.md) on the default body; no real drawing was used."
        ),
        "input": f"ink: float32 [N, 1, {CROP}, {CROP}], 0 = paper, 1 = ink, one figure, "
        "its longer side about 78 % of the crop",
        "outputs": list(OUTPUTS),
        "validation": {
            "what": "drawings of unseen subjects' poses; *_limbs: mean angle of 8 limb bones, "
            "degrees; *_points: keypoint error, % of the crop; withheld: drawing styles not "
            "used in training",
            **figures,
        },
    }
    path.with_suffix(".json").write_text(
        json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
