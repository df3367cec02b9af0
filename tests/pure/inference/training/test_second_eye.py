"""The second eye: nothing lost by it, what of it learns, export and back."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="skipped: PyTorch is not installed")
pytestmark = pytest.mark.torch

from sketch2pose.inference.training.optimizers import optimisers_of, seeing_weights  # noqa: E402
from sketch2pose.inference.training.sketch import lite0, second_eye  # noqa: E402
from sketch2pose.inference.training.sketch.average_weights import averaged  # noqa: E402
from sketch2pose.inference.training.sketch.export import export, weights_from_onnx  # noqa: E402
from sketch2pose.inference.training.sketch.net import SketchNet  # noqa: E402
from sketch2pose.inference.training.sketch.second_eye import net_for, net_with, with_second_eye  # noqa: E402
from sketch2pose.inference.training.sketch.train import keep, weights_of  # noqa: E402


@pytest.fixture
def imagenet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other weights in place of the published ones, which need not be installed."""
    made = lite0.Lite0().state_dict()
    monkeypatch.setattr(second_eye, "imagenet_weights", lambda: made)


@pytest.mark.usefixtures("imagenet")
def test_a_taught_network_loses_nothing_by_a_second_eye() -> None:
    taught, ink = SketchNet().eval(), torch.rand(2, 1, 128, 128)
    net = with_second_eye(taught.state_dict()).eval()
    with torch.no_grad():
        before, after = taught(ink), net(ink)
    assert torch.equal(before["points"], after["points"])
    with pytest.raises(ValueError, match="one eye"):
        with_second_eye(net.state_dict())


@pytest.mark.usefixtures("imagenet")
def test_averaging_with_a_network_of_one_eye_keeps_the_second() -> None:
    before, after = SketchNet().state_dict(), with_second_eye().state_dict()
    both = averaged(before, after, 0.5)
    assert both.keys() == after.keys()
    kept, mixed = "trunk.eye.stem.0.weight", "trunk.stage8.0.0.weight"
    assert torch.equal(both[kept], after[kept])
    assert torch.allclose(both[mixed], 0.5 * (before[mixed] + after[mixed]), atol=1e-6)


@pytest.mark.usefixtures("imagenet")
def test_what_is_frozen_stays_and_the_rest_learns() -> None:
    net = with_second_eye()
    net.trunk.freeze_first()
    joins = [*net.trunk.joins.parameters()]
    optimiser = optimisers_of(net, [], 1e-3, joins)[0]
    taught = {id(w) for group in optimiser.param_groups for w in group["params"]}
    assert not taught & {id(w) for w in net.trunk.stage16.parameters()}
    assert {id(w) for w in net.trunk.eye.stages[6].parameters()} < taught
    assert optimiser.param_groups[1]["share"] > optimiser.param_groups[0]["share"]
    kernels = {id(w) for w in seeing_weights(net)}  # Muon's; not those of one channel each
    assert not kernels & {id(w) for w in net.trunk.eye.parameters()}


@pytest.mark.slow
@pytest.mark.usefixtures("imagenet")
def test_export_brings_back_the_weights_of_both_eyes(tmp_path: Path) -> None:
    net = with_second_eye().eval()
    torch.nn.init.normal_(net.trunk.joins[0][1].weight, std=0.01)
    export(net, tmp_path / "sketch.onnx")  # compares the answers
    back = weights_from_onnx(tmp_path / "sketch.onnx")
    assert back.keys() == net.state_dict().keys() == net_for(back).state_dict().keys()
    for name, value in net.state_dict().items():
        assert torch.allclose(back[name].float(), value.float(), atol=1e-3, rtol=1e-3), name


def test_halved_weights_are_carried_on_from(tmp_path: Path) -> None:
    net = SketchNet().half()
    keep(net, tmp_path / "half.pt")
    weights = weights_of(tmp_path / "half.pt")
    assert weights["heatmap.weight"].dtype == torch.float32
    assert not list(tmp_path.glob("*.new"))
    net_with(weights)
