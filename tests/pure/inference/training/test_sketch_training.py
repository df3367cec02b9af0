"""The sketch synthesis and training: exact labels, mirrored truth, a short run of the command."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="skipped: PyTorch is not installed")
pytestmark = pytest.mark.torch

from sketch2pose.inference.sketch.network_output import NetworkOutput, anatomical  # noqa: E402
from sketch2pose.inference.training.sketch import train_lifter  # noqa: E402
from sketch2pose.inference.training.sketch.augmentation import varied  # noqa: E402
from sketch2pose.inference.training.sketch.average_weights import averaged  # noqa: E402
from sketch2pose.inference.training.sketch.data import Tensors, mirrored, to_tensors  # noqa: E402
from sketch2pose.inference.training.sketch.export import weights_from_onnx  # noqa: E402
from sketch2pose.inference.training.sketch.left_right_labels import by_place, settle_ties  # noqa: E402
from sketch2pose.inference.training.sketch.net import KeypointLifter, SketchNet, moments, near_bones  # noqa: E402
from sketch2pose.inference.training.synthesis.figure import make_figures, sample_scales  # noqa: E402
from sketch2pose.inference.training.synthesis.layout import (  # noqa: E402
    DIRECTIONS,
    KEYPOINTS,
    LEFT_ARM,
    MIRROR_KEYPOINTS,
    PARENTS,
    RIGHT_ARM,
)
from sketch2pose.inference.training.synthesis.poses import PoseBank, shared_folder  # noqa: E402
from sketch2pose.inference.training.synthesis.sample import Batch, make_batch  # noqa: E402

ROOT = Path(__file__).resolve().parents[4]


def tiny_bank(count: int = 40) -> PoseBank:
    """Poses the test makes: gentle random rotations."""
    quats = np.random.default_rng(5).normal(0, 0.18, (count, 24, 4))
    quats[..., 0] = 1
    quats /= np.linalg.norm(quats, axis=-1, keepdims=True)
    return PoseBank(quats.astype(np.float16), np.arange(count), np.arange(count + 1))


def batch(count: int = 12, seed: int = 0, size: int = 96) -> Batch:
    return make_batch(tiny_bank(), np.random.default_rng(seed), count, size)


def test_the_same_seed_draws_the_same_pictures() -> None:
    first, again, other = batch(seed=3), batch(seed=3), batch(seed=4)
    assert np.array_equal(first.ink, again.ink)
    assert np.array_equal(first.directions, again.directions)
    assert not np.array_equal(first.ink, other.ink)


def test_every_person_leaves_ink_near_its_keypoints() -> None:
    drawn = batch(count=40)
    for ink, points, visible, person in zip(
        drawn.ink, drawn.points, drawn.visible, drawn.person, strict=True
    ):
        if not person or visible.sum() < 20:
            continue
        x, y = np.clip(points[visible].astype(int), 0, ink.shape[0] - 1).T
        nearby = [
            ink[max(0, v - 12) : v + 13, max(0, u - 12) : u + 13].max()
            for u, v in zip(x, y, strict=True)
        ]
        assert np.mean(np.array(nearby) > 60) > 0.75


def test_directions_are_unit_and_follow_the_true_body() -> None:
    rng = np.random.default_rng(1)
    local = tiny_bank().sample(rng, 16)
    figures = make_figures(local, sample_scales(rng, 16, 1.0), rng)
    assert np.allclose(np.linalg.norm(figures.directions, axis=-1), 1, atol=1e-4)
    bones = figures.joints[:, 1:24] - figures.joints[:, PARENTS[1:]]
    bones /= np.linalg.norm(bones, axis=-1, keepdims=True)
    angle = np.arccos(np.clip((bones * figures.directions[:, 1:24]).sum(-1), -1, 1))
    assert np.degrees(angle).max() < 45  # only the perspective of the ray lies between them


def test_mirroring_twice_changes_nothing() -> None:
    first = batch()
    again = mirrored(mirrored(first))
    for name, value in vars(first).items():
        assert np.allclose(value, getattr(again, name), atol=1e-3), name


def test_turned_paper_keeps_points_on_their_ink() -> None:
    """Labels follow the picture: a dot drawn at every keypoint is found where the label went."""
    count, size = 6, 128
    points = torch.rand(count, 1, 2, generator=torch.Generator().manual_seed(1)) * 0.4 + 0.3
    ink = torch.zeros(count, 1, size, size)
    for row, (x, y) in enumerate(points[:, 0]):
        ink[
            row, 0, int(y * size) - 2 : int(y * size) + 3, int(x * size) - 2 : int(x * size) + 3
        ] = 1
    along = torch.nn.functional.normalize(points - 0.5, dim=-1)
    data = tensors_of(ink, points, torch.cat([along, torch.zeros(count, 1, 1)], -1))
    after = varied(data, torch.Generator().manual_seed(2))
    mean, _ = moments(after.ink.flatten(2) / after.ink.sum((2, 3))[..., None], size, size)
    assert torch.allclose(mean, after.points, atol=1.5 / size)
    assert not torch.allclose(after.points, points, atol=0.01)
    # Directions turn as the paper does, and stay unit vectors.
    before = torch.atan2(along[..., 1], along[..., 0])
    turned = torch.atan2(after.directions[..., 1], after.directions[..., 0]) - before
    assert (turned.abs() > 0.01).any()
    assert torch.allclose(after.directions.norm(dim=-1), torch.ones(count, 1), atol=1e-5)


def tensors_of(ink, points, directions) -> Tensors:
    """A batch with these pictures and labels and nothing else."""
    one = torch.ones(len(ink), 1)
    return Tensors(ink, points, one, directions, one, one, one[:, 0], torch.zeros(len(ink), 2))


def test_limbs_are_ordered_by_place_and_come_back() -> None:
    data = to_tensors(batch(count=48))
    placed = by_place(data)
    left, right = placed.points[:, LEFT_ARM[1:4], 0], placed.points[:, RIGHT_ARM[1:4], 0]
    assert bool((left.mean(1) >= right.mean(1) - 1e-6).all())
    assert 0 < float(placed.exchanged.mean()) < 1
    output = NetworkOutput(
        placed.points.numpy(), placed.points.numpy(), placed.directions.numpy(),
        np.zeros((48, DIRECTIONS)), np.ones((48, DIRECTIONS)), placed.contacts.numpy(),
        placed.visible.numpy(), np.ones(48), placed.exchanged.numpy(), np.zeros(48),
    )  # fmt: skip
    back = anatomical(output)
    assert np.allclose(back.points, data.points.numpy())
    assert np.allclose(back.folded, data.directions.numpy())
    assert np.allclose(back.contact, data.contacts.numpy())


def test_ties_follow_the_network_and_clear_cases_do_not() -> None:
    data = by_place(to_tensors(batch(count=48)))
    same_place = data.points.clone()
    same_place[:, :, 0] = 0.5
    tied = replace(data, points=same_place)
    mirrored_view = tied.points[:, MIRROR_KEYPOINTS]
    changed = (settle_ties(tied, mirrored_view).points - tied.points).abs().sum((1, 2)) > 1e-6
    assert changed.any()
    assert torch.equal(settle_ties(data, data.points).points, data.points)


def test_heatmap_moments_find_a_peak() -> None:
    probability = torch.zeros(1, 1, 20 * 20)
    probability[0, 0, 5 * 20 + 12] = 1
    mean, spread = moments(probability, 20, 20)
    assert mean[0, 0].tolist() == pytest.approx([12.5 / 20, 5.5 / 20], abs=1e-5)
    assert float(spread.max()) < 0.01


def test_a_bone_gathers_the_cells_of_its_line() -> None:
    points = torch.full((1, KEYPOINTS, 2), 0.5)
    points[0, 18], points[0, 20] = torch.tensor([0.2, 0.7]), torch.tensor([0.8, 0.7])
    share = near_bones(points, 20, 20)[0, 19].view(20, 20)  # the bone that ends in the wrist
    assert share.sum() == pytest.approx(1.0, abs=1e-5)
    assert share[12:16].sum() > 0.9 and share[:, 2:18].sum() > 0.9
    assert float(share[13, 5:15].std() / share[13, 5:15].mean()) < 0.01


def test_a_second_thought_starts_by_changing_nothing() -> None:
    net, ink = SketchNet().eval(), torch.rand(2, 1, 96, 96)
    features, _, _ = net.trunk(ink)
    assert torch.equal(net.context(features, net.heatmap(features)), features)


def test_the_network_answers_at_every_size() -> None:
    net = SketchNet().eval()
    for size in (128, 160):
        with torch.no_grad():
            out = net(torch.rand(2, 1, size, size))
        assert out["points"].shape == (2, KEYPOINTS, 2)
        assert out["folded"].shape == (2, DIRECTIONS, 3)
        assert bool((out["folded"][..., 2] >= 0).all())


@pytest.mark.slow
@pytest.mark.shared
def test_a_short_run_of_the_training_command(tmp_path: Path) -> None:
    if not (shared_folder() / "data" / "mocap").exists():
        pytest.skip("skipped: the motion pack is not there (S2P_SHARED)")
    weights, network = tmp_path / "sketch.pt", tmp_path / "sketch.onnx"
    train = [
        "-m",
        "sketch2pose.inference.training.sketch.train",
        "--minutes",
        "0.2",
        "--batch",
        "8",
    ]
    subprocess.run(
        [sys.executable, *train, "--check", "16", "--out", str(weights)],
        cwd=ROOT,
        check=True,
        timeout=600,
    )
    export = [
        "-m",
        "sketch2pose.inference.training.sketch.export",
        str(weights),
        "--out",
        str(network),
    ]
    subprocess.run([sys.executable, *export], cwd=ROOT, check=True, timeout=300)
    assert network.stat().st_size < 25e6
    carried_on = weights_from_onnx(network)
    trained = torch.load(weights, weights_only=True)
    assert carried_on.keys() == trained.keys()
    counters = {name for name in trained if name.endswith("batches_tracked")}
    for name, value in trained.items():
        if name in counters:  # how long the run was, nothing the network answers with
            continue
        assert torch.allclose(carried_on[name].float(), value.float(), atol=2e-2, rtol=1e-2), name
    assert "sha256" in network.with_suffix(".json").read_text()


def test_poses_face_forward_whatever_way_they_were_recorded() -> None:
    poses = tiny_bank().sample(np.random.default_rng(2), 64)
    heading = np.arctan2(poses[:, 0, 0, 2], poses[:, 0, 2, 2])
    assert np.abs(heading).max() < 1e-3


def test_averaged_weights_lie_between_both() -> None:
    before, after = (SketchNet().state_dict() for _ in range(2))
    middle = averaged(before, after, 0.25)
    net = SketchNet()
    net.load_state_dict(middle)
    name = "lifter.head.1.weight"
    assert torch.allclose(middle[name], 0.75 * before[name] + 0.25 * after[name], atol=1e-6)


def test_the_lifter_learns_from_keypoints_alone() -> None:
    torch.manual_seed(0)
    drawn = train_lifter.draw(tiny_bank(), np.random.default_rng(2), 64)
    lifter = KeypointLifter()
    optimiser = torch.optim.AdamW(lifter.parameters(), 2e-3)
    before = train_lifter.loss(lifter, *drawn).item()
    for _ in range(20):
        optimiser.zero_grad()
        train_lifter.loss(lifter, *drawn).backward()
        optimiser.step()
    assert train_lifter.loss(lifter, *drawn).item() < before
