"""Going down a loss: what Muon moves, and that memory layout changes nothing."""

import copy

import pytest

torch = pytest.importorskip("torch", reason="skipped: PyTorch is not installed")
pytestmark = pytest.mark.torch

from sketch2pose.inference.training.optimizers import (  # noqa: E402
    descend,
    muon_of,
    optimisers_of,
    seeing_weights,
)
from sketch2pose.inference.training.sketch.net import SketchNet  # noqa: E402

RATE = 0.01


def step_of(layer: torch.nn.Conv2d, image: torch.Tensor) -> torch.Tensor:
    """How one step moves the layer's weights, in the order in which they are indexed."""
    before = layer.weight.detach().clone()
    optimiser = muon_of([layer.weight], RATE, weight_decay=0.0)
    layer(image).square().mean().backward()
    optimiser.step()
    return layer.weight.detach() - before


def test_a_step_turns_every_direction_equally_far() -> None:
    torch.manual_seed(0)
    moved = step_of(torch.nn.Conv2d(8, 12, 3), torch.randn(64, 8, 9, 9)).flatten(1)
    lengths = torch.linalg.svdvals(moved)
    assert lengths.max() < 2.5 * lengths.min()
    assert 0.1 * RATE < moved.square().mean().sqrt() < 0.4 * RATE  # the size of Adam's steps


def test_memory_layout_does_not_change_a_step() -> None:
    torch.manual_seed(0)
    plain, image = torch.nn.Conv2d(6, 10, 3), torch.randn(16, 6, 9, 9)
    turned = copy.deepcopy(plain).to(memory_format=torch.channels_last)
    assert not turned.weight.is_contiguous()
    assert torch.allclose(step_of(plain, image), step_of(turned, image), atol=0.03 * RATE)


def test_every_learned_weight_has_one_optimiser_and_moves() -> None:
    torch.manual_seed(0)
    net = SketchNet()
    net.trunk.stem.requires_grad_(False)
    optimisers = optimisers_of(net, seeing_weights(net), RATE)
    before = copy.deepcopy(net.state_dict())
    out = net(torch.rand(2, 1, 64, 64))
    loss = torch.stack([value.float().square().mean() for value in out.values()]).sum()
    descend(net, optimisers, loss, RATE)
    weights = dict(net.named_parameters())
    learned = {name for name, weight in weights.items() if weight.grad is not None}
    taught = {name for name in learned if weights[name].grad.any()}  # not behind silent layers
    assert len(taught) > 100
    assert not {name for name in taught if torch.equal(before[name], weights[name])}
    assert not any(name.startswith("trunk.stem") for name in learned)


def test_frozen_small_and_first_layers_are_left_to_adam() -> None:
    net = SketchNet()
    weights = seeing_weights(net)
    assert not any(weight is net.heatmap.weight for weight in weights)
    assert all(weight.shape[1] > 1 for weight in weights)  # the drawing itself comes in one
    net.trunk.requires_grad_(False)
    assert len(seeing_weights(net)) == 3  # the second thought's
