"""Training and run time of the solver's nets see the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="skipped: PyTorch is not installed")
pytestmark = pytest.mark.torch

from sketch2pose.inference.solver import features, initial_pose  # noqa: E402
from sketch2pose.inference.solver.hypotheses import FLIP_GROUPS  # noqa: E402
from sketch2pose.inference.solver.weights import _dense  # noqa: E402
from sketch2pose.inference.training.solver import features as torch_features  # noqa: E402
from sketch2pose.inference.training.solver import train_flip_ranker, train_neural_ik  # noqa: E402
from sketch2pose.inference.training.solver.net_file import read_net, write_net  # noqa: E402


def figures() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    seen = random.normal(size=(5, 24, 3))
    seen /= np.linalg.norm(seen, axis=-1, keepdims=True)
    deviation = random.uniform(0.01, 1, (5, 24))
    deviation[:, 0] = np.inf
    return seen, deviation


def test_features_agree():
    seen, deviation = figures()
    quality = features.quality_from_weight(deviation**-2.0)
    theirs = torch_features.quality_from_deviation(torch.as_tensor(deviation))
    assert np.allclose(quality, theirs)
    mine, frame = features.net_input(seen, quality)
    inputs, torch_frame = torch_features.net_input(
        torch.as_tensor(seen).float(), torch.as_tensor(quality).float()
    )
    assert np.allclose(mine, inputs, atol=1e-5)
    assert np.allclose(frame, torch_frame, atol=1e-5)


def test_exported_nets_compute_what_was_trained(tmp_path):
    torch.manual_seed(0)
    model = train_neural_ik.NeuralIK(32)
    write_net(tmp_path / "net.npz", model)
    net = _dense(read_net(tmp_path / "net.npz", "net"), "net")
    seen, deviation = figures()
    quality = features.quality_from_weight(deviation**-2.0)
    local, spread = initial_pose.neural_ik(net, seen, quality)
    inputs, frame = torch_features.net_input(
        torch.as_tensor(seen).float(), torch.as_tensor(quality).float()
    )
    with torch.no_grad():
        rotations, log_sigma = model(inputs)
        rotations[:, 0] = frame @ rotations[:, 0]
    assert np.allclose(local, rotations, atol=5e-3)  # float16 weights
    assert np.allclose(spread, log_sigma.exp(), rtol=2e-2)


def test_the_ranker_was_trained_on_the_groups_it_is_used_for():
    assert tuple(FLIP_GROUPS.values()) == train_flip_ranker.FLIP_GROUPS
