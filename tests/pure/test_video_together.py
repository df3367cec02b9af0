"""Several people in one world, and the overlay that shows what was read."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from inference.body import load_default_body
from inference.protocol.body_motion import BodyMotion
from inference.report import JobReport
from inference.video.overlay import floor_lines, pixels_of, projected, row_at, write_overlay
from inference.video.together import camera_turn, in_one_world, tilt_of

SIZE = (320, 240)
TILT, ROLL, HEIGHT = 0.45, 0.12, 2.2


def camera_of(tilt, roll, height):
    """Camera from world, of somebody who holds it `height` above the ground."""
    turn = camera_turn(tilt, roll)
    return turn, -turn @ np.array([0.0, height, 0.0])


def standing(place, tilt, frames=4):
    """A person who stands at a place, solved as if the camera had another tilt."""
    body = load_default_body()
    poses = np.zeros((frames, 72))
    ground = np.array([0.0, -float(body.vertices()[:, 1].min()), 0.0])
    trans = np.tile(np.asarray(place, float) + ground, (frames, 1))
    joints = body.forward(poses, trans)
    turn, shift = camera_of(TILT, ROLL, HEIGHT)
    wrong = camera_turn(tilt)
    again = wrong.T @ turn
    rest = joints[0, 0] - trans[0]
    moved = joints @ again.T + wrong.T @ shift
    lift = np.array([0.0, moved[:, [10, 11], 1].min() - joints[:, [10, 11], 1].min(), 0.0])
    moved = moved - lift
    from inference.rotations import rotvec_from_rotmat

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
    return [standing((-0.6, 0, -3.0), TILT - 0.05), standing((0.8, 0, -6.0), TILT + 0.05)]


def test_people_stand_on_one_ground_where_they_were_seen(people):
    together = in_one_world(people)
    for before, after in zip(people, together, strict=True):
        np.testing.assert_allclose(pixels_of(after, 0), pixels_of(before, 0), atol=0.05)
        assert abs(after.joints3d[:, [10, 11], 1].min() - 0.03) < 0.15
    np.testing.assert_array_equal(together[0].camera_rotation, together[1].camera_rotation)
    assert abs(tilt_of(together[0].camera_rotation) - TILT) < np.deg2rad(3)
    up = together[0].camera_rotation[:, 1]
    assert 0.3 * ROLL < np.arcsin(-up[0]) < 1.3 * ROLL  # held back: they show none alone
    apart = np.linalg.norm(together[0].joints3d[0, 0] - together[1].joints3d[0, 0])
    assert abs(apart - np.hypot(1.4, 3.0)) < 0.1


def test_joints_and_pose_agree_after_the_move(people):
    body = load_default_body()
    for motion in in_one_world(people):
        joints = body.forward(motion.poses, motion.trans, motion.betas)
        np.testing.assert_allclose(joints, motion.joints3d, atol=1e-4)


def test_one_person_stays_as_they_are(people):
    assert in_one_world(people[:1]) == people[:1]


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
