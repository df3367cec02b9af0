"""Converts MediaPipe's pose and hand networks to ONNX and writes their cards.

    npm pack @mediapipe/pose@0.5.1675469404 @mediapipe/hands@0.4.1675469240
    mkdir nets && for file in *.tgz; do tar xzf $file -C nets --strip-components 1; done
    python -m sketch2pose.inference.training.pose_nets
        nets [--reference tests/pure/inference/training/pose_nets_reference.npz]
    python -m sketch2pose.inference.training.pose_nets
        nets --only pose_landmarks_heavy --out MY_MODELS

The heavy network is larger than what ships; the last line makes it for a folder of own models.

With `ai-edge-litert` installed, the answers of the original files are kept as the reference that
tests compare the converted ones with.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray

from ..half_precision import halve
from .onnx_graph import onnx_from_tflite
from .tflite_file import read_tflite

WEIGHTS = Path(__file__).resolve().parents[2] / "weights"
POSE = "npm @mediapipe/pose 0.5.1675469404"
HANDS = "npm @mediapipe/hands 0.4.1675469240"
SEED = 5


@dataclass(frozen=True)
class Net:
    """One network: package and file in it, file here, ONNX outputs → TFLite positions."""

    package: str
    source: str
    name: str
    title: str
    outputs: dict[str, int]
    shipped: bool = True


_POINTS = {"landmarks": 0, "presence": 1, "world_landmarks": 4}
NETS = (
    Net(POSE, "pose_solution_packed_assets.data", "pose_detector", "MediaPipe pose detector",
        {"boxes": 0, "scores": 1}),
    Net(POSE, "pose_landmark_lite.tflite", "pose_landmarks_lite",
        "MediaPipe pose landmarks (lite)", _POINTS),
    Net(POSE, "pose_landmark_full.tflite", "pose_landmarks", "MediaPipe pose landmarks (full)",
        _POINTS),
    Net(POSE, "pose_landmark_heavy.tflite", "pose_landmarks_heavy",
        "MediaPipe pose landmarks (heavy)", _POINTS, shipped=False),
    Net(HANDS, "hand_landmark_full.tflite", "hand_landmarks", "MediaPipe hand landmarks (full)",
        {"landmarks": 0, "presence": 1, "handedness": 2, "world_landmarks": 3}),
)  # fmt: skip


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", type=Path, help="folder with the unpacked npm packages")
    parser.add_argument("--only", help="one network by name; default all that ship")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--reference", type=Path, help="write the original files' answers here")
    args = parser.parse_args()
    reference: dict[str, NDArray] = {}
    for net in [n for n in NETS if (n.name == args.only if args.only else n.shipped)]:
        source = args.package / net.source
        path = args.out / f"{net.name}.onnx"
        model = halve(onnx_from_tflite(read_tflite(source), net.outputs))
        onnx.save(model, path)
        write_card(net, source, path)
        print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")
        if args.reference:
            size = model.graph.input[0].type.tensor_type.shape.dim[2].dim_value
            reference |= original_answers(net, source, probe_image(size))
    if args.reference:
        np.savez_compressed(args.reference, **reference)


def probe_image(size: int) -> NDArray[np.float32]:
    """A smooth random picture [1, 3, size, size] in 0..1, the same on every machine."""
    coarse = np.random.default_rng(SEED).random((3, 8, 8)).astype(np.float32)
    places = np.linspace(0, 7, size, dtype=np.float32)
    low = np.minimum(places.astype(int), 6)
    part = places - low
    rows = coarse[:, low] * (1 - part)[:, None] + coarse[:, low + 1] * part[:, None]
    image = rows[..., low] * (1 - part) + rows[..., low + 1] * part
    return image[None].astype(np.float32)


def original_answers(net: Net, source: Path, image: NDArray) -> dict[str, NDArray]:
    """What LiteRT answers with the original file, by "<net>/<output>"."""
    from ai_edge_litert.interpreter import Interpreter  # pyright: ignore[reportMissingImports]

    interpreter = Interpreter(model_content=source.read_bytes(), num_threads=1)
    interpreter.allocate_tensors()
    image = image.transpose(0, 2, 3, 1)
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], image)
    interpreter.invoke()
    details = interpreter.get_output_details()
    return {
        f"{net.name}/{name}": interpreter.get_tensor(details[position]["index"])
        for name, position in net.outputs.items()
    }


def write_card(net: Net, source: Path, path: Path) -> None:
    """Write the model card beside the weights."""
    card = {
        "name": net.title,
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "licence": "Apache-2.0",
        "made_by": "Google LLC (MediaPipe); converted to ONNX by inference/training/pose_nets",
        "source": f"{net.package}, {net.source}",
        "source_sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
        "changes": "operators rewritten for ONNX, sparse weights made dense, segmentation and "
        "heatmap outputs left out; the weights are those of the source",
        "outputs": list(net.outputs),
    }
    path.with_suffix(".json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
