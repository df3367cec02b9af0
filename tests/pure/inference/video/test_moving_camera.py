"""Clips of a camera whose path is known: people land in its world, on its floor."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2pose.core.body_motion.check import check
from sketch2pose.core.camera import Camera, CameraPath
from sketch2pose.core.rotations import rotmat_from_rotvec
from sketch2pose.inference.body import load_default_body
from sketch2pose.inference.solver import tree
from sketch2pose.inference.video.observing.landmarks import NUMBER, Track
from sketch2pose.inference.video.solving import terms
from sketch2pose.inference.video.solving.body_points import body_points
from sketch2pose.inference.video.solving.person import PersonSolver
from sketch2pose.inference.video.solving.scale_from_floor import LARGEST_SCALE, scale_on_floor

BODY = load_default_body()
SIZE = (1280, 720)
FOCAL, CENTER = 1100.0, np.array([640.0, 360.0])
FRAMES, RATE = 24, 24.0


def looking_at(eyes, targets):
    """Camera paths from eyes [T, 3] to targets [T, 3]."""
    forward = targets - eyes
    forward /= np.linalg.norm(forward, axis=-1, keepdims=True)
    right = np.cross(forward, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right, axis=-1, keepdims=True)
    turn = np.stack([right, np.cross(forward, right), forward], axis=1)
    return CameraPath(turn, -np.einsum("tij,tj->ti", turn, eyes), FOCAL, CENTER, SIZE)


def dolly():
    """One second along an arc, panning with the person."""
    share = np.linspace(0, 1, FRAMES)
    eyes = np.stack([-1.5 + 2.5 * share, 1.6 + 0 * share, 4.5 - 1.0 * share], axis=1)
    return looking_at(eyes, np.stack([0.8 * share, 0.9 + 0 * share, 0 * share], axis=1))


def still_feet_and_waving(betas):
    """Somebody who stands on the floor and waves: poses [T, 24, 3] and translation [3]."""
    poses = np.zeros((FRAMES, 24, 3))
    poses[:, [16, 17], 2] = [-1.0, 1.0]
    poses[:, 16, 2] += np.linspace(0, 1.2, FRAMES)
    poses[:, [18, 19], 1] = [-0.5, 0.5]
    sole = float(np.asarray(BODY.vertices(betas))[:, 1].min())
    return poses, np.array([0.4, -sole, 0.2])


def filmed(path, betas):
    """The track of that person, as an ideal detector sees it, and their joints [T, 24, 3]."""
    poses, trans = still_feet_and_waving(betas)
    rotations, joints = BODY.frames(rotmat_from_rotvec(poses), trans, betas)
    points = body_points(BODY, betas)
    places = path.to_camera(points.positions(rotations[:, tree.SOLVED], joints[:, 0]))
    pixels, metric = np.zeros((FRAMES, 33, 2)), np.zeros((FRAMES, 33, 3))
    pixels[:, points.used] = CENTER + FOCAL * places[..., :2] / places[..., 2:]
    hips = [int(np.flatnonzero(points.used == NUMBER[f"{s}_hip"])[0]) for s in ("left", "right")]
    middle = places[:, hips].mean(1, keepdims=True)
    rays = middle / np.linalg.norm(middle, axis=-1, keepdims=True)
    metric[:, points.used] = pointed_at(places - middle, rays[:, 0])
    unused = np.setdiff1d(np.arange(33), points.used)
    pixels[:, unused] = pixels[:, [0]]
    return Track(np.arange(FRAMES), pixels, metric, np.ones((FRAMES, 33))), joints


def pointed_at(vectors, rays):
    """Vectors as the network gives them: as if the camera pointed at the person."""
    from sketch2pose.core.projection import camera_from_ray

    return vectors @ camera_from_ray(rays)


def solved(track, path):
    lens = Camera.at_origin(FOCAL, CENTER) if path is None else path
    return PersonSolver(BODY).solve(track, 1, RATE, lens, SIZE, check=lambda: None)


@pytest.mark.parametrize("height", [-1.5, 0.0, 1.5])
def test_people_stand_where_they_stood_in_the_world_of_the_camera(height):
    path, betas = dolly(), np.array([height] + [0.0] * 9)
    track, joints = filmed(path, betas)
    motion = solved(track, path)
    check(motion)
    assert np.linalg.norm(motion.joints3d[:, 0] - joints[:, 0], axis=-1).mean() < 0.06
    feet = [7, 8]
    assert np.abs(motion.joints3d[:, feet, 1] - joints[:, feet, 1]).mean() < 0.03
    assert np.abs(np.diff(motion.joints3d[:, feet], axis=0)).max() < 0.003
    np.testing.assert_allclose(motion.camera_rotation, path.rotation, atol=1e-6)
    seen = path.to_camera(np.asarray(motion.joints3d, np.float64))
    pixels = CENTER + FOCAL * seen[..., :2] / seen[..., 2:]
    assert np.linalg.norm(pixels - motion.joints2d, axis=-1)[:, [4, 5, 7, 8]].mean() < 15


def test_without_its_path_the_cameras_motion_is_taken_for_the_persons():
    path = dolly()
    track, _ = filmed(path, np.zeros(10))
    paths = [motion.joints3d[:, 0] for motion in (solved(track, path), solved(track, None))]
    travelled = [float(np.linalg.norm(way[-1] - way[0])) for way in paths]
    assert travelled[0] < 0.05 < 0.5 < travelled[1]


@given(st.integers(0, 999))
def test_there_and_back_through_a_path_is_where_it_was(seed):
    rng = np.random.default_rng(seed)
    turns = rotmat_from_rotvec(rng.normal(size=(3, 3)))
    path = CameraPath(turns, rng.normal(size=(3, 3)), FOCAL, CENTER)
    points = rng.normal(size=(3, 5, 3))
    np.testing.assert_allclose(path.to_world(path.to_camera(points)), points, atol=1e-9)
    np.testing.assert_allclose(path.to_camera(path.eyes[:, None]), 0, atol=1e-9)
    turns = rotmat_from_rotvec(rng.normal(size=(3, 2, 3)))
    np.testing.assert_allclose(
        path.rotation[:, None] @ path.turns_to_world(turns), turns, atol=1e-9
    )


@given(st.floats(0.8, 1.25), st.floats(0.5, 8.0), st.floats(1.0, 9.0))
def test_the_floor_says_how_large_somebody_is(size, height, away):
    eye = np.array([0.0, height, 0.0])
    foot = np.array([0.0, 0.0, -away])
    too_small = eye + (foot - eye) / size
    found = scale_on_floor(np.tile(too_small, (3, 1)), np.tile(eye, (3, 1)))
    assert found == pytest.approx(size) or eye[1] - too_small[1] <= 0.3


def test_a_scene_of_another_scale_makes_no_giants():
    eye, foot = np.array([[0.0, 20.0, 0.0]]), np.array([[0.0, 18.4, -4.0]])
    assert scale_on_floor(foot, eye) == LARGEST_SCALE
    assert scale_on_floor(np.array([[0.0, 0.1, -4.0]]), np.array([[0.0, 0.2, 0.0]])) == 1.0


@pytest.mark.parametrize("term", ["picture", "floor"])
def test_gradients_with_a_path_are_those_of_the_cost(term):
    rng = np.random.default_rng(5)
    part = slice(0, 4)
    path, points = dolly().part(part), body_points(BODY, np.zeros(10))
    poses, trans = still_feet_and_waving(np.zeros(10))
    turns, joints = BODY.frames(rotmat_from_rotvec(poses[part]), trans)
    turns, pelvis = turns[:, tree.SOLVED], joints[:, 0]
    lens, size = path, 3 * len(tree.SOLVED) + 3
    seen_at = path.to_camera(points.positions(turns, pelvis))
    flat = CENTER + FOCAL * seen_at[..., :2] / seen_at[..., 2:]
    shape = flat.shape[:2]
    seen = terms.Observed(
        flat + rng.normal(0, 20, flat.shape), np.ones(shape), np.full(4, 400.0),
        np.zeros((4, 0, 3)), np.zeros((4, 0)), np.zeros((0, 2), int),
    )  # fmt: skip

    def equations(step):
        turned = rotmat_from_rotvec(step[:, :-3].reshape(4, -1, 3)) @ turns
        places = points.positions(turned, pelvis + step[:, -3:])
        found, jacobian = terms.empty_equations(4, size), terms.point_jacobian(turned, points)
        if term == "picture":
            terms.add_picture(found, places, jacobian, seen, lens)
        else:
            rows, heights = np.array([3, 7]), np.array([0.1, 0.9])
            terms.add_floor(found, places, jacobian, rows, heights, np.full((4, 2), 30.0))
        return found

    direction = rng.normal(size=(4, size))
    tiny = 1e-5
    slope = (equations(tiny * direction).cost - equations(-tiny * direction).cost) / (2 * tiny)
    claimed = 2 * float((equations(0 * direction).gradient * direction).sum())
    np.testing.assert_allclose(claimed, slope, rtol=2e-3)
