"""What the temporal lifter learns from: cameras, truth, noise, and people in mirrors."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="skipped: training needs torch")
pytest.importorskip("numba", reason="skipped: painting needs numba")

from sketch2pose.core.rotations import quat_from_rotvec, rotmat_from_rotvec  # noqa: E402
from sketch2pose.inference.training.temporal_lifter import (  # noqa: E402
    batches,
    losses,
    noise,
    resampled_detections,
    truth,
)
from sketch2pose.inference.training.temporal_lifter.cameras import Cameras, sample_cameras  # noqa: E402
from sketch2pose.inference.training.temporal_lifter.motions import blended, turned_about_y  # noqa: E402
from sketch2pose.inference.training.temporal_lifter.net import Design, TemporalLifterNet  # noqa: E402
from sketch2pose.inference.training.temporal_lifter.people import sample_betas  # noqa: E402
from sketch2pose.inference.video.observing.landmarks import MIRRORED  # noqa: E402
from sketch2pose.inference.video.solving.lifter_input import FEATURES  # noqa: E402


def clips_of(seed, count=2, frames=6, wrong=0.0):
    """Random bodies before random cameras, seen with errors of `wrong` px and mm."""
    rng = np.random.default_rng(seed)
    poses = np.repeat(rng.normal(0, 0.3, (count, 1, 24, 3)), frames, axis=1)
    quats = quat_from_rotvec(poses)
    roots = np.cumsum(rng.normal(0, 0.01, (count, frames, 3)), axis=1)
    betas = sample_betas(rng, count)
    rotations, joints, rest = truth.posed(quats, roots, betas)
    cameras = sample_cameras(rng, joints[:, :, 0])
    known = truth.truth_of(rotations, joints, rest, betas, cameras)
    full = noise.all_landmarks(known.marks)
    flat = full[..., :2] / full[..., 2:]
    points = flat * cameras.focal[:, None, None, None] + cameras.center[:, None, None]
    turn, _, _ = noise.true_view(known, cameras)
    world = (full - full[..., [23, 24], :].mean(-2, keepdims=True)) @ turn
    points = points + wrong * rng.normal(size=points.shape)
    world = world + 1e-3 * wrong * rng.normal(size=world.shape)
    seen = np.ones(points.shape[:2], bool)
    return noise.Clips(known, cameras, points, world, np.full(points.shape[:3], 0.9), seen)


@given(st.integers(0, 999))
@settings(max_examples=20, deadline=None)
def test_cameras_are_turns_that_see_the_person(seed):
    rng = np.random.default_rng(seed)
    roots = np.array([0, 0.9, 0]) + np.cumsum(rng.normal(0, 0.02, (3, 20, 3)), axis=1)
    cameras = sample_cameras(rng, roots)
    unit = cameras.rotation @ np.swapaxes(cameras.rotation, 1, 2)
    np.testing.assert_allclose(unit, np.broadcast_to(np.eye(3), unit.shape), atol=1e-9)
    assert np.all(np.linalg.det(cameras.rotation) > 0)
    assert np.all(cameras.rotation[:, 1, 1] < 0)  # upright: the world's up is the picture's up
    seen = roots @ np.swapaxes(cameras.rotation, 1, 2) + cameras.translation[:, None]
    assert seen[..., 2].min() > 0.3


def test_what_was_seen_without_errors_has_none():
    wrong = noise.errors(clips_of(0))
    np.testing.assert_allclose(wrong[..., :5], 0, atol=1e-5)


def test_a_rolled_camera_changes_no_error():
    clips = clips_of(1, wrong=5.0)
    before = np.abs(noise.errors(clips)).mean((0, 1, 2))
    after = np.abs(noise.errors(batches.rolled(np.random.default_rng(2), clips))).mean((0, 1, 2))
    np.testing.assert_allclose(after[2:], before[2:], rtol=0.25)
    np.testing.assert_allclose(after[:2].sum(), before[:2].sum(), rtol=0.2)


def test_two_mirrors_show_the_world_as_it_is():
    clips = clips_of(3, wrong=5.0)
    given_ = noise.conditions(clips.truth, noise.true_view(clips.truth, clips.cameras)[0])
    wrong = noise.errors(clips)
    twice = noise.mirrored(*noise.mirrored(given_, wrong))
    np.testing.assert_allclose(twice[0], given_, atol=1e-6)
    np.testing.assert_allclose(twice[1], wrong, atol=1e-6)
    assert np.array_equal(MIRRORED[MIRRORED], np.arange(33))


def test_labels_are_the_forward_kinematics_of_their_orientations():
    clips = clips_of(4)
    batch = batches.of_clips(clips)
    places = losses.positions(batch["orientations"], batch["offsets"])
    np.testing.assert_allclose(places.numpy(), batch["joints"].numpy(), atol=1e-5)
    told = losses.figures(
        {"sixd": batch["orientations"].mT.reshape(2, 6, 24, 9)[..., :6], "up": batch["up"]},
        batch, Design(),
    )  # fmt: skip
    assert told["pa_mm"] < 0.1 and told["root_mm"] < 0.1 and told["local_deg"] < 0.1


@pytest.mark.parametrize(
    "design",
    [
        Design(width=32),
        Design(width=32, local=True),
        Design(width=32, every=3),
        Design(width=32, with_world=False),
        Design(width=32, places=True),
    ],
    ids=["usual", "local", "tokens", "picture only", "places"],
)
def test_a_step_of_training_lowers_the_loss(design):
    torch.manual_seed(0)
    batch = batches.of_clips(clips_of(5, count=3, frames=12, wrong=3.0))
    assert batch["features"].shape == (3, 12, FEATURES)
    net = TemporalLifterNet(design)
    optimiser = torch.optim.Adam(net.parameters(), 1e-3)
    told = []
    for _ in range(6):
        loss = losses.total(losses.losses(net(batch["features"]), batch, design))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        told.append(float(loss.detach()))
    assert told[-1] < told[0]


def test_a_noise_model_replays_what_was_left_over(tmp_path):
    clips = clips_of(6, count=4, frames=10, wrong=4.0)
    model = noise.fit(clips, minutes=0.01)
    model.save(tmp_path / "noise.pt")
    again = noise.load_noise(tmp_path / "noise.pt")
    rng = np.random.default_rng(0)
    points, world, sight = again.sample(rng, clips.truth, clips.cameras)
    assert points.shape == (4, 10, 33, 2) and world.shape == (4, 10, 33, 3)
    assert np.all((sight >= 0) & (sight <= 1))
    assert np.abs(points - clips.points).mean() > 0.1


@given(st.floats(-3, 3), st.floats(0, 1))
def test_turns_about_the_vertical_add_up(angle, share):
    quat = np.array([[0.9, 0.1, 0.3, -0.2]])
    quat /= np.linalg.norm(quat)
    back = turned_about_y(turned_about_y(quat, np.array([angle])), np.array([-angle]))
    np.testing.assert_allclose(back, quat, atol=1e-6)
    assert np.linalg.norm(blended(quat, -quat, np.array([[share]]))) == pytest.approx(1, abs=1e-5)


def test_cameras_keep_their_middle():
    cameras = Cameras(np.eye(3)[None], np.zeros((1, 3)), np.ones(1), np.array([[640.0, 480.0]]))
    assert cameras.center.tolist() == [[320.0, 240.0]]


def packed_clips(path, count=3, frames=8):
    """A file as `detections` writes it, of people seen with errors."""
    rng = np.random.default_rng(7)
    clips = clips_of(7, count, frames, wrong=4.0)
    quats = quat_from_rotvec(np.repeat(rng.normal(0, 0.3, (count, 1, 24, 3)), frames, axis=1))
    _, joints, _ = truth.posed(quats, np.zeros((count, frames, 3)), clips.truth.betas)
    cameras = clips.cameras
    seen = np.ones((count, frames), bool)
    np.savez(
        path, quats=quats, roots=joints[:, :, 0], betas=clips.truth.betas,
        rotation=cameras.rotation, translation=cameras.translation, focal=cameras.focal,
        size=cameras.size, points=clips.points, world=clips.world, visibility=clips.visibility,
        seen=seen,
    )  # fmt: skip
    return path


def test_clips_told_again_unchanged_are_the_clips(tmp_path):
    path = packed_clips(tmp_path / "clips.npz")
    clips, told = noise.read_clips(path), resampled_detections.read_told(path)
    again = resampled_detections.told_again(
        np.random.default_rng(0), told, np.arange(3), changed=False
    )
    np.testing.assert_allclose(again.points, clips.points, atol=1e-3)
    np.testing.assert_allclose(again.world, clips.world, atol=1e-5)
    np.testing.assert_allclose(again.visibility, clips.visibility, atol=1e-5)
    np.testing.assert_allclose(again.truth.joints, clips.truth.joints, atol=1e-6)


def test_clips_told_again_are_wrong_by_as_much_about_other_poses(tmp_path):
    path = packed_clips(tmp_path / "clips.npz")
    told = resampled_detections.read_told(path)
    again = resampled_detections.told_again(np.random.default_rng(0), told, np.arange(3))
    np.testing.assert_allclose(noise.errors(again), told.wrong, atol=1e-4)
    moved = np.abs(again.truth.joints - noise.read_clips(path).truth.joints)
    assert 0.005 < moved.mean() < 0.3


def test_a_noise_model_sees_as_surely_as_the_detector_did():
    clips = clips_of(8, count=6, frames=12, wrong=4.0)
    model = noise.fit(clips, minutes=0.02)
    _, _, sight = model.sample(np.random.default_rng(0), clips.truth, clips.cameras)
    assert abs(np.median(sight) - np.median(clips.visibility)) < 0.1


def test_a_net_grows_without_changing_what_it_says():
    torch.manual_seed(0)
    small = TemporalLifterNet(Design(width=32))
    blocks, dilations = Design().blocks, Design().dilations
    grown = TemporalLifterNet(
        Design(width=32, blocks=(*blocks, "conv", "attention"), dilations=(*dilations, 8, 1))
    )
    grown.grow_from(small.state_dict())
    given_ = torch.randn(2, 9, FEATURES)
    torch.testing.assert_close(grown(given_)["sixd"], small(given_)["sixd"])
    with pytest.raises(ValueError, match="another design"):
        small.grow_from(grown.state_dict())


def test_landmarks_that_know_the_tilt_lean_with_the_body():
    """Bodies seen as through a level camera stand up again when all of the tilt is known."""
    clips = clips_of(9, count=6)
    view = noise.true_view(clips.truth, clips.cameras)[0]
    up = np.einsum("ntij,ni->ntj", view, clips.truth.up)
    tilt = np.arcsin(up[..., 2])
    level = np.cross(up * [1, 1, 0], up)
    back = -batches.TILT_MISSED * np.abs(tilt)[..., None] * level
    back /= np.linalg.norm(level, axis=-1, keepdims=True)
    leaning = clips.world @ np.swapaxes(rotmat_from_rotvec(back), -1, -2)
    known = batches.tilted(Always(), replace(clips, world=leaning))
    np.testing.assert_allclose(known.world, clips.world, atol=1e-9)


class Always:
    """A generator that knows all of the tilt, always."""

    def uniform(self, low, high, count):
        return np.ones(count)

    def random(self, count):
        return np.zeros(count)

    def normal(self, mean, spread, shape):
        return np.zeros(shape)


def test_places_of_landmarks_are_sums_of_what_parts_carry():
    rng = np.random.default_rng(0)
    rotations, carried = rng.normal(size=(2, 3, 5, 3, 3)), rng.normal(size=(2, 4, 5, 3))
    summed = np.einsum("ntpij,nmpj->ntmi", rotations, carried)
    np.testing.assert_allclose(truth.carried_places(rotations, carried), summed, atol=1e-12)
