"""Several people in one world, and the overlay that shows what was read."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2pose.core.body_motion import BodyMotion
from sketch2pose.inference.body import load_default_body
from sketch2pose.inference.report import JobReport
from sketch2pose.inference.video.showing.overlay import (
    floor_lines,
    pixels_of,
    projected,
    row_at,
    write_overlay,
)
from sketch2pose.inference.video.solving.multi_person import (
    camera_turn,
    in_one_world,
    roll_of,
    tilt_of,
)
from sketch2pose.inference.video.solving.shared_ground import (
    SIZE_SPREAD,
    factors_on,
    level_of_most,
    resized,
    standing_feet,
)

SIZE = (320, 240)
BODY = load_default_body()
TILT, ROLL, HEIGHT = 0.45, 0.12, 2.2


def camera_of(tilt, roll, height):
    """Camera from world, of somebody who holds it `height` above the ground."""
    turn = camera_turn(tilt, roll)
    return turn, -turn @ np.array([0.0, height, 0.0])


def standing(place, tilt, roll=ROLL, frames=4):
    """A person who stands at a place, solved as if the camera had another tilt and roll."""
    body = BODY
    poses = np.zeros((frames, 72))
    ground = np.array([0.0, -float(body.vertices()[:, 1].min()), 0.0])
    trans = np.tile(np.asarray(place, float) + ground, (frames, 1))
    joints = body.forward(poses, trans)
    turn, shift = camera_of(TILT, ROLL, HEIGHT)
    wrong = camera_turn(tilt, roll)
    again = wrong.T @ turn
    rest = joints[0, 0] - trans[0]
    moved = joints @ again.T + wrong.T @ shift
    lift = np.array([0.0, moved[:, [10, 11], 1].min() - joints[:, [10, 11], 1].min(), 0.0])
    moved = moved - lift
    from sketch2pose.core.rotations import rotvec_from_rotmat

    poses[:, :3] = rotvec_from_rotmat(again)
    seen = joints @ turn.T + shift
    return BodyMotion(
        poses=poses.astype(np.float32),
        trans=(moved[:, 0] - rest).astype(np.float32),
        betas=np.zeros(10, np.float32),
        joints3d=moved.astype(np.float32),
        joints2d=(300 * seen[..., :2] / seen[..., 2:] + [160, 120]).astype(np.float32),
        camera_rotation=wrong.astype(np.float32),
        camera_translation=(wrong @ lift).astype(np.float32),
        camera_focal=300.0,
        camera_center=np.array([160.0, 120.0], np.float32),
        image_size=np.array(SIZE),
        contacts=np.ones((frames, 2), np.float32),
        contact_names=("left_foot", "right_foot"),
        confidence=np.ones((frames, 24), np.float32),
    )


@pytest.fixture
def people():
    return [
        standing((-0.6, 0, -3.0), TILT - 0.05, ROLL + 0.05),
        standing((0.8, 0, -6.0), TILT + 0.05, ROLL - 0.07),
    ]


def test_people_stand_on_one_ground_where_they_were_seen(people):
    together = in_one_world(people, BODY)
    for before, after in zip(people, together, strict=True):
        np.testing.assert_allclose(pixels_of(after, 0), pixels_of(before, 0), atol=0.3)
        assert abs(after.joints3d[:, [10, 11], 1].min() - 0.03) < 0.15
    np.testing.assert_array_equal(together[0].camera_rotation, together[1].camera_rotation)
    assert abs(tilt_of(together[0].camera_rotation) - TILT) < np.deg2rad(3)
    assert abs(roll_of(together[0].camera_rotation) - ROLL) < np.deg2rad(2)
    apart = np.linalg.norm(together[0].joints3d[0, 0] - together[1].joints3d[0, 0])
    assert abs(apart - np.hypot(1.4, 3.0)) < 0.1


def test_joints_and_pose_agree_after_the_move(people):
    for motion in in_one_world(people, BODY):
        joints = BODY.forward(motion.poses, motion.trans, motion.betas)
        np.testing.assert_allclose(joints, motion.joints3d, atol=1e-4)


def test_one_person_stays_as_they_are(people):
    assert in_one_world(people[:1], BODY) == people[:1]


def levels(motions):
    """[P] heights of resting feet."""
    return np.array([np.median(standing_feet(motion, BODY)[0][:, 1]) for motion in motions])


def eye_of(motion):
    return -motion.camera_rotation.T @ motion.camera_translation


@settings(max_examples=20)  # a skin each
@given(st.floats(0.88, 1.12))
def test_a_size_moves_somebody_along_the_rays_of_the_camera(factor):
    before = standing((0.5, 0, -4.0), TILT)
    after = resized(before, BODY, factor)
    for frame in (0, 3):  # some pixels, of people 100 high
        np.testing.assert_allclose(pixels_of(after, frame), pixels_of(before, frame), atol=1.5)
    far = [np.linalg.norm(one.joints3d[:, 0] - eye_of(one), axis=-1) for one in (before, after)]
    np.testing.assert_allclose(far[1], factor * far[0], rtol=0.01)
    tall = [np.ptp(BODY.vertices(one.betas)[:, 1]) for one in (before, after)]
    assert tall[1] / tall[0] - 1 == pytest.approx(factor - 1, rel=0.15, abs=1e-4)
    again = resized(after, BODY, 1 / factor)
    np.testing.assert_allclose(again.joints3d, before.joints3d, atol=0.005)


def test_people_taken_for_too_large_and_too_small_stand_on_one_level_again():
    true = [standing((-0.6, 0, -3.0), TILT), standing((0.8, 0, -6.0), TILT)]
    guessed = [resized(true[0], BODY, 1.06), resized(true[1], BODY, 0.95)]
    together = in_one_world(guessed, BODY)
    assert np.ptp(levels(together)) < 0.02
    sizes = [motion.betas[0] for motion in together]
    assert abs(sizes[0] - sizes[1]) < 0.5 * abs(guessed[0].betas[0] - guessed[1].betas[0])
    for before, after in zip(guessed, together, strict=True):
        np.testing.assert_allclose(pixels_of(after, 0), pixels_of(before, 0), atol=1.0)


def test_who_stands_on_a_stage_keeps_their_level_and_size():
    people = [standing((-1, 0, -3.0), TILT), standing((0, 0, -4.0), TILT)]
    people.append(standing((1, 0.6, -4.0), TILT))
    together = in_one_world(people, BODY)
    found = levels(together)
    assert abs(found[0] - found[1]) < 0.02
    assert found[2] - found[0] == pytest.approx(0.6, abs=0.12)
    np.testing.assert_array_equal(together[2].betas, people[2].betas)


def test_two_of_whom_one_stands_on_a_stage_keep_their_sizes():
    people = [standing((-1, 0, -3.0), TILT), standing((1, 0.7, -4.0), TILT)]
    for before, after in zip(people, in_one_world(people, BODY), strict=True):
        np.testing.assert_array_equal(after.betas, before.betas)


def test_feet_of_somebody_who_sits_do_not_tell_the_ground():
    stands = standing((0, 0, -4.0), TILT)
    bent = np.array(stands.poses)
    bent[:, [3, 6]] += np.array([-1.5, -1.5])  # hips, and shins hang down
    bent[:, [12, 15]] += np.array([1.5, 1.5])
    sits = replace(stands, poses=bent, joints3d=BODY.forward(bent, stands.trans, stands.betas))
    assert standing_feet(stands, BODY)[1] and not standing_feet(sits, BODY)[1]
    below = np.array([1.5, 1.6, 1.1])
    assert level_of_most(below, np.array([True, True, False])) == pytest.approx(1.55)
    assert factors_on(1.55, below)[2] == 1


@given(st.lists(st.floats(1.2, 2.5), min_size=2, max_size=6))
def test_sizes_bring_levels_nearer_and_stay_what_people_are(depths):
    below = np.array(depths)
    ground = float(level_of_most(below, np.ones(len(below), bool)))
    factors = factors_on(ground, below)
    assert np.all(np.abs(factors * below - ground) <= np.abs(below - ground) + 1e-9)
    assert np.all(np.abs(factors - 1) < 2.5 * SIZE_SPREAD)


def test_an_overlay_is_a_clip_of_the_same_frames(tmp_path, people):
    clip = tmp_path / "clip é.avi"
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"MJPG"), 12.0, SIZE)
    for _ in range(8):
        writer.write(np.full((SIZE[1], SIZE[0], 3), 128, np.uint8))
    writer.release()
    shown = [replace(motion, frame_index=np.arange(2, 6)) for motion in people]
    assert (row_at(shown[0], 3), row_at(shown[0], 1), row_at(shown[0], 6)) == (1, None, None)
    out = tmp_path / "overlay.mp4"
    write_overlay(out, str(clip), shown, JobReport())
    capture = cv2.VideoCapture(str(out))
    frames = []
    while (read := capture.read())[0]:
        frames.append(read[1])
    assert len(frames) == 4 and capture.get(cv2.CAP_PROP_FPS) == pytest.approx(12.0)
    height, width = frames[0].shape[:2]
    assert (width, height) == (960 + 480, 720)
    left = frames[1][:, :960].astype(int)
    assert (np.abs(left - 128).max(-1) > 60).mean() > 0.005  # skeletons over the gray clip
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []


def test_the_ground_is_a_grid_under_everybody(people):
    lines = floor_lines(people)
    assert np.all(lines[..., 1] == 0)
    every = np.concatenate([motion.joints3d.reshape(-1, 3) for motion in people])
    for axis in (0, 2):
        low, high = lines[..., axis].min(), lines[..., axis].max()
        assert low < every[:, axis].min() and every[:, axis].max() < high
    pixels, depth = projected(people[0], 0, np.asarray(people[0].joints3d[0], float))
    np.testing.assert_allclose(pixels, pixels_of(people[0], 0), atol=0.01)
    assert depth.min() > 0
