"""The converted pose networks answer like the originals; the converter's own arithmetic."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2pose.inference.devices import Device, create_session
from sketch2pose.inference.estimators import WEIGHTS_FOLDER

REFERENCE = Path(__file__).with_name("pose_nets_reference.npz")
SIZES = {
    "pose_detector": 224,
    "pose_landmarks_lite": 256,
    "pose_landmarks": 256,
    "hand_landmarks": 224,
}
CLOSE = {
    "boxes": 0.01,
    "scores": 0.01,
    "landmarks": 0.01,
    "presence": 1e-4,
    "handedness": 1e-4,
    "world_landmarks": 1e-4,
}


@pytest.mark.parametrize("name", SIZES)
def test_the_converted_network_answers_like_the_original(name):
    """Reference: LiteRT with Google's files (inference/training/pose_nets --reference)."""
    main = pytest.importorskip(
        "sketch2pose.inference.training.pose_nets.__main__", reason="needs tflite"
    )
    session = create_session(WEIGHTS_FOLDER / f"{name}.onnx", Device(threads=1))
    outputs = json.loads((WEIGHTS_FOLDER / f"{name}.json").read_text())["outputs"]
    answers = session.run(outputs, {"image": main.probe_image(SIZES[name])})
    with np.load(REFERENCE) as reference:
        for output, answer in zip(outputs, answers, strict=True):
            expected = reference[f"{name}/{output}"]
            np.testing.assert_allclose(answer, expected, atol=CLOSE[output], rtol=1e-3)


def test_sparse_blocks_become_dense():
    """Rows compressed, then 2-wide blocks along the columns: two blocks stored of four."""
    tflite_file = pytest.importorskip("sketch2pose.inference.training.pose_nets.tflite_file")
    level = tflite_file.Level
    levels = [level(2), level(0, np.array([0, 1, 2]), np.array([1, 0])), level(2)]
    dense = tflite_file.densify(np.array([1, 2, 3, 4]), [2, 4], levels, [0, 1, 2], [1])
    np.testing.assert_array_equal(dense, [[0, 0, 1, 2], [3, 4, 0, 0]])


@given(st.integers(1, 40), st.integers(1, 7), st.integers(1, 3))
def test_same_padding_gives_one_output_for_each_stride(size, kernel, stride):
    graph = pytest.importorskip("sketch2pose.inference.training.pose_nets.onnx_graph")
    top, _, bottom, _ = graph.same_padding((size, size), (kernel, kernel), (stride, stride))
    assert 0 <= bottom - top <= 1
    outputs = (size + top + bottom - kernel) // stride + 1
    assert outputs == -(-size // stride)
