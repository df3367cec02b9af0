"""Two figures make the same drawing: learning signs and sides, and reading them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2pose.inference.sketch.network_output import (
    OUTPUTS,
    PROBABILITIES,
    NetworkOutput,
    _averaged,
    decode,
)

torch = pytest.importorskip("torch", reason="skipped: PyTorch is not installed")
pytestmark = pytest.mark.torch

from sketch2pose.inference.training.sketch.losses import depth_loss  # noqa: E402
from sketch2pose.inference.training.sketch.net import BONE_ENDS, BONE_STARTS, bones  # noqa: E402
from sketch2pose.inference.training.synthesis.layout import HEAD_TOP, PARENTS  # noqa: E402
from sketch2pose.inference.training.synthesis.parts import random_part  # noqa: E402

SHAPES = {
    "points": (25, 2), "spread": (25, 2), "folded": (26, 3), "away": (26,),
    "concentration": (26,), "contact": (9,), "visible": (25,), "person": (),
    "exchanged": (2,), "reflected": (),
}  # fmt: skip


def raw(seed: int, count: int = 4) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    return {name: random.normal(size=(count, *SHAPES[name])) for name in OUTPUTS}


def other_side(out: dict) -> dict:
    """The same answer, told for the other one of the two figures."""
    return {**out, **{name: -out[name] for name in ("away", "exchanged", "reflected")}}


def read(out: dict) -> NetworkOutput:
    return decode([out[name] for name in OUTPUTS])


@given(st.integers(0, 1000))
def test_it_does_not_matter_for_which_figure_the_network_tells(seed: int) -> None:
    out = raw(seed)
    for name in OUTPUTS:
        assert np.allclose(getattr(read(out), name), getattr(read(other_side(out)), name))
    assert (read(out).reflected <= 0.5).all()
    for name in PROBABILITIES:
        assert getattr(read(out), name).min() >= 0 and getattr(read(out), name).max() <= 1


@given(st.integers(0, 1000))
def test_the_loss_is_the_same_for_either_figure(seed: int) -> None:
    out = {name: torch.from_numpy(value) for name, value in raw(seed).items()}
    random = np.random.default_rng(seed + 1)
    directions = torch.from_numpy(random.normal(size=(4, 26, 3)))
    sides = torch.from_numpy(random.integers(0, 2, (4, 2)).astype(float))
    seen, person = torch.ones(4, 26), torch.ones(4)
    loss = depth_loss(out, directions, seen, sides, person)
    assert torch.allclose(loss, depth_loss(other_side(out), directions, seen, sides, person))
    mirrored = directions * torch.tensor([1.0, 1.0, -1.0])
    even = {**out, "reflected": torch.zeros(4)}
    one, two = (
        depth_loss(even, labels, seen, side, person)
        for labels, side in ((directions, sides), (mirrored, 1 - sides))
    )
    assert torch.allclose(one, two)


def test_the_mirror_image_is_averaged_with_the_same_figure() -> None:
    sure = raw(3)
    sure["away"] *= 9
    sure["reflected"] = np.full(4, -0.1)
    output = read(sure)
    told = replace(
        output,
        away=1 - output.away,
        exchanged=1 - output.exchanged,
        reflected=1 - output.reflected,
    )
    assert np.allclose(_averaged(output, told).away, output.away)


def test_bones_lie_between_a_joint_and_its_parent() -> None:
    assert [PARENTS[end] for end in BONE_ENDS[:-1]] == BONE_STARTS[:-1]
    assert (BONE_STARTS[-1], BONE_ENDS[-1]) == (15, HEAD_TOP)
    points = torch.zeros(1, 25, 2)
    points[0, 4] = torch.tensor([3.0, 4.0])
    flat, length = bones(points)
    assert torch.allclose(flat[0, 3], torch.tensor([0.6, 0.8]), atol=1e-3)
    assert float(length[0, 3]) == pytest.approx(5.0, abs=1e-3)
    assert torch.isfinite(flat).all() and (length > 0).all()


def test_a_bust_keeps_the_head_and_legs_keep_the_feet() -> None:
    points = np.zeros((25, 2))
    points[:, 1] = np.linspace(100, 0, 25)  # neck above, pelvis below: as in a picture
    points[0], points[12], points[HEAD_TOP], points[10] = (50, 100), (50, 40), (50, 10), (50, 190)
    for seed in range(20):
        part = random_part(points, 180, np.random.default_rng(seed))
        assert part is not None
        head, foot = part.keeps(points[[HEAD_TOP, 10]])
        assert head != foot
        ink = np.full((200, 100), 255, np.uint8)
        part.blank(ink)
        assert (ink[10, 50] > 0) == head and (ink[190, 50] > 0) == foot
    assert random_part(points * 0.0, 180, np.random.default_rng(0)) is None
