"""The track solver: derivatives, linear algebra, recovery of known motion, ground and contacts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2pose.core.body_motion.check import check
from sketch2pose.core.camera import Camera
from sketch2pose.core.rotations import rotmat_from_rotvec, rotvec_from_rotmat
from sketch2pose.inference.body import load_default_body
from sketch2pose.inference.protocol.requests import Trim, VideoRequest
from sketch2pose.inference.protocol.wire import checked
from sketch2pose.inference.solver import tree
from sketch2pose.inference.video.observing.landmarks import NUMBER, Track
from sketch2pose.inference.video.solving import terms, world
from sketch2pose.inference.video.solving.banded import solve_banded
from sketch2pose.inference.video.solving.body_points import BodyPoints, body_points, joint_points
from sketch2pose.inference.video.solving.confidence import FILLED, joint_confidence
from sketch2pose.inference.video.solving.initial_track import every_frame, starting_pelvis
from sketch2pose.inference.video.solving.multi_person import roll_of, tilt_of, up_of
from sketch2pose.inference.video.solving.person import OVERLAP, PersonSolver, Solved, joined

BODY = load_default_body()
LENS = Camera.at_origin(900.0, np.array([320.0, 400.0]))
SIZE = (640, 800)
FLIP = np.diag([1.0, -1.0, -1.0])


def small_poses(frames, seed=0, spread=0.15):
    """A person who raises an arm; knees and elbows bend the way they can."""
    rng = np.random.default_rng(seed)
    poses = np.repeat(rng.normal(0, spread, (1, 24, 3)), frames, axis=0)
    poses[:, [4, 5, 10, 11, 18, 19, 22, 23]] = 0
    poses[:, [4, 5], 0] = 0.7
    poses[:, 18, 1], poses[:, 19, 1] = -0.7, 0.7
    poses[:, [16, 17], 2] += np.array([-1.0, 1.0])
    poses[:, 17] += np.linspace(0, 0.4, frames)[:, None] * np.array([0, 0, 1.0])
    return poses


def in_camera(poses, depth=4.0):
    """Orientations camera from part [T, 24, 3, 3] and pelvis [T, 3]."""
    rotations, _ = BODY.frames(rotmat_from_rotvec(poses), np.zeros(3))
    return FLIP @ rotations, np.tile([0.0, 0.0, depth], (len(poses), 1))


@given(st.integers(1, 9), st.integers(1, 4), st.integers(0, 99))
def test_banded_systems_are_solved_like_dense_ones(frames, size, seed):
    rng = np.random.default_rng(seed)
    own = rng.normal(size=(frames, size, size))
    own = own + np.swapaxes(own, 1, 2) + 20 * np.eye(size)
    one = rng.normal(size=(max(frames - 1, 0), size, size))
    two = rng.normal(size=(max(frames - 2, 0), size))
    dense = np.zeros((frames, size, frames, size))
    for t in range(frames):
        dense[t, :, t] = own[t]
        if t + 1 < frames:
            dense[t, :, t + 1], dense[t + 1, :, t] = one[t], one[t].T
        if t + 2 < frames:
            dense[t, :, t + 2] = dense[t + 2, :, t] = np.diag(two[t])
    right = rng.normal(size=(frames, size))
    expected = np.linalg.solve(dense.reshape(frames * size, -1), right.reshape(-1))
    solution = solve_banded(own, one, two, right)
    np.testing.assert_allclose(solution.reshape(-1), expected, atol=1e-9)


def test_carried_vectors_are_forward_kinematics():
    poses = small_poses(3, spread=0.6)
    betas = np.linspace(-1, 1, 10)
    rotations, joints = BODY.frames(rotmat_from_rotvec(poses), np.zeros(3), betas)
    carried = joint_points(np.asarray(BODY.joints(betas), np.float64))
    points = BodyPoints(np.arange(24), carried)
    found = points.positions(rotations[:, tree.SOLVED], joints[:, 0])
    solved = [joint for joint in range(24) if joint not in tree.ENDS]
    np.testing.assert_allclose(found[:, solved], joints[:, solved], atol=1e-5)


def observed_of(points, places):
    flat = LENS.center + LENS.focal * places[..., :2] / places[..., 2:]
    pairs = np.array([[0, 3], [5, 9]])
    vectors = places[:, pairs[:, 1]] - places[:, pairs[:, 0]]
    vectors /= np.linalg.norm(vectors, axis=-1, keepdims=True)
    frames, count = places.shape[:2]
    return terms.Observed(
        flat + 25.0, np.full((frames, count), 0.8), np.full(frames, 500.0),
        vectors[..., ::-1], np.full((frames, 2), 0.6), pairs,
    )  # fmt: skip


def expected_of(world):
    """Orientations a little away from the body's own, with spreads that differ by axis."""
    orientations = in_camera(small_poses(len(world)))[0][:, tree.SOLVED]
    away = np.random.default_rng(4).normal(0, 0.05, (len(tree.SOLVED), 3))
    view = np.broadcast_to(rotmat_from_rotvec(np.array([0.1, -0.2, 0.05])), (len(world), 3, 3))
    precision = np.full((*world.shape[:2], 3), [9.0, 4.0, 16.0])
    return terms.Expected(rotmat_from_rotvec(away) @ orientations, view, precision)


TERMS = {
    "picture": lambda e, w, p, pl, j, s: terms.add_picture(e, pl, j, s, LENS),
    "directions": lambda e, w, p, pl, j, s: terms.add_directions(e, pl, j, s, np.array([0.4, 0.3])),
    "expected": lambda e, w, p, pl, j, s: terms.add_expected(e, w, expected_of(w)),
    "smoothness": lambda e, w, p, pl, j, s: terms.add_smoothness(e, w, p, 3.0, 5.0),
    "feet": lambda e, w, p, pl, j, s: terms.add_still_feet(
        e, pl, j, np.array([2, 4]), np.full((len(w) - 1, 2), 7.0)
    ),
}


@pytest.mark.parametrize("term", TERMS.values(), ids=TERMS)
def test_gradients_are_those_of_the_cost(term):
    """The gradient is half of the derivative (costs are not halved)."""
    orientations, pelvis = in_camera(small_poses(4))
    pelvis = pelvis + np.random.default_rng(1).normal(0, 0.02, pelvis.shape)
    points = body_points(BODY, np.zeros(10))
    seen = observed_of(points, points.positions(orientations[:, tree.SOLVED], pelvis))
    size = 3 * len(tree.SOLVED) + 3

    def equations(step):
        turned = rotmat_from_rotvec(step[:, :-3].reshape(4, -1, 3)) @ orientations[:, tree.SOLVED]
        moved = pelvis + step[:, -3:]
        found = terms.empty_equations(4, size)
        places = points.positions(turned, moved)
        term(found, turned, moved, places, terms.point_jacobian(turned, points), seen)
        return found

    direction = np.random.default_rng(2).normal(size=(4, size))
    tiny = 1e-5
    slope = (equations(tiny * direction).cost - equations(-tiny * direction).cost) / (2 * tiny)
    claimed = 2 * float((equations(0 * direction).gradient * direction).sum())
    # turns between frames are differentiated as if they were small
    np.testing.assert_allclose(claimed, slope, rtol=0.1)


def seen_track(poses, noise=0.0, seed=3):
    """A track as an ideal detector with noise would give it."""
    rng = np.random.default_rng(seed)
    orientations, pelvis = in_camera(poses)
    points = body_points(BODY, np.zeros(10))
    places = points.positions(orientations[:, tree.SOLVED], pelvis)
    frames = len(poses)
    pixels, metric = np.zeros((frames, 33, 2)), np.zeros((frames, 33, 3))
    pixels[:, points.used] = LENS.center + LENS.focal * places[..., :2] / places[..., 2:]
    hips = [int(np.flatnonzero(points.used == NUMBER[f"{s}_hip"])[0]) for s in ("left", "right")]
    metric[:, points.used] = places - places[:, hips].mean(1, keepdims=True)
    unused = np.setdiff1d(np.arange(33), points.used)
    pixels[:, unused] = pixels[:, [0]]
    pixels += rng.normal(0, noise, pixels.shape)
    metric += rng.normal(0, noise * 0.004, metric.shape)
    return Track(np.arange(frames), pixels, metric, np.ones((frames, 33)))


def solved_joints(motion):
    seen = motion.joints3d @ motion.camera_rotation.T + motion.camera_translation
    return seen - seen[:, :1]


@pytest.mark.parametrize("noise", [0.0, 4.0])
def test_a_known_motion_comes_back(noise):
    poses = small_poses(8)
    motion = PersonSolver(BODY).solve(
        seen_track(poses, noise), 1, 24.0, LENS, SIZE, check=lambda: None
    )
    check(motion)
    truth = BODY.forward(poses.reshape(8, 72), np.zeros(3)) @ FLIP
    away = np.linalg.norm(solved_joints(motion) - (truth - truth[:, :1]), axis=-1)
    assert away[:, [4, 5, 7, 8, 18, 19, 20, 21]].mean() < 0.045
    assert motion.confidence.mean() > 0.7
    assert motion.image_size.tolist() == [640, 800]


def test_unseen_frames_are_filled_in_and_marked():
    poses = small_poses(9)
    whole = seen_track(poses)
    kept = np.array([0, 1, 2, 3, 7, 8])
    track = Track(kept, whole.points[kept], whole.world[kept], whole.visibility[kept])
    motion = PersonSolver(BODY).solve(track, 1, 24.0, LENS, SIZE, check=lambda: None)
    assert motion.frame_index.tolist() == list(range(9))
    np.testing.assert_allclose(motion.confidence[4:7], FILLED)
    assert motion.confidence[kept].min() > FILLED
    turns = rotvec_from_rotmat(rotmat_from_rotvec(motion.poses[:, :3]))
    assert np.abs(np.diff(turns, axis=0)).max() < 0.1


def test_a_still_is_solved_too():
    motion = PersonSolver(BODY).solve(
        seen_track(small_poses(1)), 1, 24.0, LENS, SIZE, check=lambda: None
    )
    check(motion)
    lowest = BODY.forward_vertices(motion.poses, motion.trans, motion.betas)[1][..., 1].min()
    assert abs(lowest) < 0.02


def test_gaps_are_bridged_at_the_step_of_the_clip():
    track = seen_track(small_poses(3))
    gapped = Track(np.array([4, 6, 12]), track.points, track.world, track.visibility)
    whole = every_frame(gapped, 2)
    assert whole.frames.tolist() == [4, 6, 8, 10, 12]
    assert whole.visibility.max(1).tolist() == [1, 1, 0, 0, 1]
    middle = whole.points[2] - (2 * track.points[1] + track.points[2]) / 3
    np.testing.assert_allclose(middle, 0, atol=1e-9)


def test_the_pelvis_follows_from_pixels():
    orientations, pelvis = in_camera(small_poses(2), depth=3.0)
    points = body_points(BODY, np.zeros(10))
    relative = points.positions(orientations[:, tree.SOLVED], np.zeros((2, 3)))
    seen = observed_of(points, relative + pelvis[:, None])
    exact = terms.Observed(seen.points - 25.0, *(getattr(seen, n) for n in _REST))
    np.testing.assert_allclose(starting_pelvis(relative, exact, LENS), pelvis, atol=1e-4)


_REST = ("weight", "size", "directions", "direction_weight", "pairs")


def test_windows_are_blended_without_a_seam():
    def part(first, last, height):
        count = last - first
        turns = np.tile(np.eye(3), (count, 24, 1, 1))
        return slice(first, last), Solved(turns, np.full((count, 3), height), np.ones((count, 4)))

    whole = joined([part(0, 100, 0.0), part(100 - OVERLAP, 180, 1.0)], 180)
    assert np.all(np.diff(whole.pelvis[:, 0]) >= -1e-12)
    assert np.abs(np.diff(whole.pelvis[:, 0])).max() < 0.1
    assert whole.pelvis[0, 0] == 0.0 and whole.pelvis[-1, 0] == 1.0


@given(st.floats(-0.6, 0.6))
def test_the_cameras_tilt_follows_from_upright_people(tilt):
    up = np.array([[0.0, -np.cos(tilt), -np.sin(tilt)]] * 5)
    rotation = world.level_rotation(up)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(rotation[:, 1], up[0], atol=1e-12)
    assert np.linalg.det(rotation) > 0


def test_somebody_who_lies_does_not_turn_the_world():
    lying = np.array([[1.0, 0.05, 0.1]])
    np.testing.assert_allclose(world.level_rotation(lying), np.diag([1.0, -1, -1]), atol=1e-12)


def test_feet_that_rest_low_stand_and_moving_ones_do_not():
    feet = np.zeros((20, 4, 3))
    feet[:, 2:, 0] = np.linspace(0, 2, 20)[:, None]  # the right foot moves at 2.5 m/s
    found = world.find_contacts(feet, np.array([0.0, -1.0, 0.0]), 24.0)
    assert found.standing[:, :2].min() == 1 and found.standing[:, 2:].max() == 0
    assert found.weight[:, :2].min() > 0 and found.weight[:, 2:].max() == 0


def test_feet_whose_distance_wavers_stand_and_those_that_come_nearer_do_not():
    times = np.arange(60) / 60.0
    feet = np.tile([0.2, 1.0, 4.0], (60, 4, 1))
    feet[:, :2, 2] += 0.012 * np.sin(2 * np.pi * 6 * times)[:, None]  # up to 0.45 m/s
    feet[:, 2:, 2] -= 1.5 * times[:, None]
    down = np.array([0.0, -1.0, 0.0])
    found = world.find_contacts(feet, down, 60.0)
    assert found.standing[:, :2].mean() > 0.9 and found.standing[:, 2:].max() == 0
    eyes = np.tile([0.0, 0.0, -3.0], (60, 1))  # the same seen in a world with the camera elsewhere
    moved = world.find_contacts(feet + eyes[:, None], down, 60.0, eyes)
    np.testing.assert_array_equal(moved.standing, found.standing)


def test_confidence_falls_where_nothing_was_seen_or_met():
    visibility, away = np.ones((3, 33)), np.zeros((3, 33))
    visibility[0, NUMBER["left_knee"]] = 0.1
    away[1, NUMBER["left_knee"]] = 0.2
    sure = joint_confidence(visibility, away, np.array([False, False, True]))
    assert sure[0, 4] < 0.2 and sure[1, 4] < 0.1 and sure[0, 5] == 1.0
    assert np.all(sure[2] == FILLED)


SENSELESS = {
    "start": {"trim": Trim(start=-1)},
    "end": {"trim": Trim(start=3, end=2)},
    "step": {"trim": Trim(step=-2)},
    "lens": {"lens": 1},
    "image_size": {"image_size": (0, 0)},
}


@pytest.mark.parametrize("bad", SENSELESS)
def test_senseless_options_are_named(bad):
    with pytest.raises(Exception, match=f'"{bad}"'):
        checked(VideoRequest(("a.mp4",), "out", **SENSELESS[bad]))


@given(st.floats(-1.2, 1.2), st.floats(-0.6, 0.6))
def test_a_camera_stands_under_any_up(tilt, roll):
    up = up_of(np.array(tilt), np.array(roll))
    turn = world.camera_under(up)
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(turn) > 0
    np.testing.assert_allclose(turn[:, 1], up, atol=1e-12)
    assert abs(turn[2, 0]) < 1e-12  # it looks along the world's -z
    np.testing.assert_allclose([tilt_of(turn), roll_of(turn)], [tilt, roll], atol=1e-9)


def test_a_camera_that_looks_straight_down_has_a_world():
    turn = world.camera_under(np.array([0.0, 0.0, -1.0]))
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(turn[:, 1], [0, 0, -1], atol=1e-12)


def test_directions_that_cancel_out_leave_the_picture_upright():
    both = np.array([[1.0, 0, 0], [-1.0, 0, 0]])
    np.testing.assert_allclose(world.usual_direction(both), [0, -1, 0])
