"""The temporal lifter: what it is told, how windows are joined, what the shipped one says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2pose.core.camera import Camera
from sketch2pose.core.rotations import rotmat_angle, rotmat_from_rotvec
from sketch2pose.inference.body import load_default_body
from sketch2pose.inference.devices import Device, create_session
from sketch2pose.inference.estimators import LIFTER_NETWORK, find_model
from sketch2pose.inference.solver import tree
from sketch2pose.inference.video.observing.landmarks import NUMBER, Track
from sketch2pose.inference.video.solving.body_points import body_points
from sketch2pose.inference.video.solving.lifter import (
    WINDOW,
    TemporalLifter,
    faded,
    resampled,
    window_starts,
)
from sketch2pose.inference.video.solving.lifter_input import (
    FEATURES,
    POINTS,
    encode,
    view_rotations,
)
from sketch2pose.inference.video.solving.person import PersonSolver

BODY = load_default_body()
LENS = Camera.at_origin(900.0, np.array([320.0, 400.0]))
FLIP = np.diag([1.0, -1.0, -1.0])
SEEN = slice(0, 2 * POINTS)  # features of the image plane


@pytest.fixture(scope="module")
def lifter():
    return TemporalLifter(create_session(find_model(LIFTER_NETWORK), Device(threads=1)))


def track_of(frames, turn=None, pelvis=(0.0, 0.0, 4.0)):
    """A person who lifts an arm and turns, seen without error; orientations camera from part."""
    poses = np.zeros((frames, 24, 3))
    poses[:, [4, 5], 0] = 0.5
    poses[:, 18, 1], poses[:, 19, 1] = -0.6, 0.6
    poses[:, [16, 17], 2] = np.array([-1.0, 1.0])
    poses[:, 17, 2] += np.linspace(0, 0.8, frames)
    poses[:, 0, 1] = 0.4
    rotations, _ = BODY.frames(rotmat_from_rotvec(poses), np.zeros(3))
    orientations = FLIP @ rotations if turn is None else turn @ FLIP @ rotations
    points = body_points(BODY, np.zeros(10))
    places = points.positions(orientations[:, tree.SOLVED], np.tile(pelvis, (frames, 1)))
    full = np.repeat(places[:, :1], POINTS, axis=1)
    full[:, points.used] = places
    pixels = LENS.center + LENS.focal * full[..., :2] / full[..., 2:]
    hips = full[:, [NUMBER["left_hip"], NUMBER["right_hip"]]].mean(1, keepdims=True)
    track = Track(np.arange(frames), pixels, full - hips, np.full((frames, POINTS), 0.99))
    return track, orientations


def features_of(track):
    view = view_rotations(track.points, np.array([LENS.focal]), LENS.center)
    return encode(track.points, track.world @ view, track.visibility, LENS.focal, LENS.center)


@given(st.floats(-0.25, 0.25), st.floats(-0.25, 0.25))
def test_the_same_pose_looks_the_same_anywhere_in_the_picture(across, down):
    """Turning the camera about its own place moves somebody in the picture, and nothing else."""
    plain, _ = track_of(5)
    pelvis = np.array([0.0, 0.0, 4.0])
    ray = np.array([np.sin(across), np.sin(down), 1.0])
    ray /= np.linalg.norm(ray)
    axis = np.cross([0.0, 0.0, 1.0], ray)
    sine = np.linalg.norm(axis)
    turn = rotmat_from_rotvec(axis / max(sine, 1e-12) * np.arcsin(sine))
    moved, _ = track_of(5, turn, turn @ pelvis)
    np.testing.assert_allclose(
        features_of(moved)[..., SEEN], features_of(plain)[..., SEEN], atol=0.03
    )


def test_features_are_what_the_network_expects():
    assert features_of(track_of(3)[0]).shape == (3, FEATURES)


@given(st.integers(1, 400))
def test_windows_cover_every_frame(count):
    rows = [np.arange(first, min(first + WINDOW, count)) for first in window_starts(count)]
    assert set(np.concatenate(rows)) == set(range(count))
    assert len({len(row) for row in rows}) == 1


def test_windows_that_agree_fade_into_what_they_agree_on():
    count = 3 * WINDOW
    rows = [np.arange(first, first + WINDOW) for first in window_starts(count)]
    truth = np.random.default_rng(0).normal(size=(count, 4))
    np.testing.assert_allclose(faded(np.stack([truth[r] for r in rows]), rows, count), truth)


def test_resampling_there_and_back_keeps_straight_lines():
    times, wanted = np.arange(21) / 60, np.arange(11) / 30
    values = np.stack([times, 1 - 2 * times], axis=1)
    there = resampled(values, times, wanted)
    np.testing.assert_allclose(there[:, 0], wanted)
    np.testing.assert_allclose(resampled(there, wanted, times), values, atol=1e-12)


@pytest.mark.parametrize(("frames", "rate"), [(1, 24.0), (5, 30.0), (60, 30.0), (120, 60.0)])
def test_the_shipped_network_finds_a_known_pose(lifter, frames, rate):
    track, truth = track_of(frames)
    lifted = lifter.lift(track, rate, LENS)
    away = np.rad2deg(rotmat_angle(lifted.orientations, truth))
    assert away.shape == (frames, 24)
    assert away[:, list(tree.SOLVED)].mean() < 20
    assert lifted.up @ np.array([0.0, -1.0, 0.0]) == pytest.approx(1.0, abs=0.1)
    assert np.all(lifted.turn_spread > 0) and np.all(lifted.spread > 0)


def test_spreads_grow_where_nothing_is_seen(lifter):
    track, _ = track_of(40)
    sight = track.visibility.copy()
    arm = [NUMBER[f"left_{part}"] for part in ("elbow", "wrist", "index", "pinky", "thumb")]
    points, world = track.points.copy(), track.world.copy()
    rng = np.random.default_rng(0)
    sight[:, arm] = 0.02
    points[:, arm] += rng.normal(0, 60, (40, len(arm), 2))
    world[:, arm] += rng.normal(0, 0.2, (40, len(arm), 3))
    hidden = lifter.lift(Track(track.frames, points, world, sight), 30.0, LENS)
    plain = lifter.lift(track, 30.0, LENS)
    assert hidden.turn_spread[:, 18].mean() > 1.2 * plain.turn_spread[:, 18].mean()


def test_the_solver_goes_where_the_lifter_says(lifter):
    """With the lifter, too, what is solved meets the landmarks and the known joints."""
    track, truth = track_of(24)
    motion = PersonSolver(BODY, lifter).solve(track, 1, 30.0, LENS, (640, 800), lambda: None)
    seen = motion.joints3d @ motion.camera_rotation.T
    rest = tree.rest_body(np.asarray(BODY.joints(), np.float64))
    away = seen - seen[:, :1] - tree.positions(truth, rest)
    assert np.linalg.norm(away, axis=-1)[:, [4, 5, 7, 8, 18, 19, 20, 21]].mean() < 0.07
