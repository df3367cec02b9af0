"""Camera files, and clips that are read with them."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2pose.core.camera import Camera, CameraPath
from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.core.filmed_camera import read_camera, write_camera
from sketch2pose.core.rotations import rotmat_from_rotvec
from sketch2pose.inference.protocol.requests import VideoOptions
from sketch2pose.inference.protocol.wire import read_request
from sketch2pose.inference.report import JobReport
from sketch2pose.inference.video.estimate import VideoEstimator
from sketch2pose.inference.video.observing.observation import Observation, PersonSeen
from sketch2pose.inference.video.showing.overlay import pixels_of
from sketch2pose.inference.video.solving.known_camera import (
    doubts_about,
    known_lens,
    path_at,
    standing_height,
)
from tests.pure.inference.video import test_moving_camera as scene


def camera_of(path, **how):
    values = {"first": 0, "framerate": None, **how}
    return CameraPath(path.rotation, path.translation, scene.FOCAL, scene.CENTER, scene.SIZE,
                        **values)  # fmt: skip


def sideways(count=5):
    """A level camera that travels one metre a row to the right."""
    turn = np.tile(np.diag([1.0, -1.0, -1.0]), (count, 1, 1))
    eyes = np.stack([np.arange(count), np.full(count, 1.5), np.full(count, 4.0)], axis=1)
    return CameraPath(turn, -np.einsum("tij,tj->ti", turn, eyes), 800.0, np.array([320.0, 180]),
                        (640, 360))  # fmt: skip


@settings(max_examples=20)
@given(st.integers(1, 6), st.integers(0, 999), st.sampled_from([None, 23.976, 60.0]))
def test_cameras_survive_their_file(tmp_path_factory, count, seed, rate):
    rng = np.random.default_rng(seed)
    path = tmp_path_factory.mktemp("camera") / "kamera é.json"
    turns = rotmat_from_rotvec(rng.normal(size=(count, 3)))
    camera = CameraPath(turns, rng.normal(size=(count, 3)), 900.0, rng.normal(size=2),
                          (640, 360), int(rng.integers(0, 99)), rate)  # fmt: skip
    write_camera(path, camera)
    back = read_camera(path)
    for name in ("rotation", "translation", "center"):
        np.testing.assert_array_equal(getattr(back, name), getattr(camera, name))
    assert (back.focal, back.size, back.first, back.framerate) == (
        camera.focal, camera.size, camera.first, camera.framerate
    )  # fmt: skip


BAD = {
    "no JSON": b"{",
    "another format": b'{"format": "else"}',
    "a list": b"[]",
    "newer": {"version": 2},
    "no numbers": {"rotation": "abc"},
    "rows differ": {"translation": [[0, 0, 0]] * 4},
    "mirrored": {"rotation": [np.diag([-1, 1, 1]).tolist()] * 5},
    "scaled": {"rotation": [(2 * np.eye(3)).tolist()] * 5},
    "not finite": {"translation": [[float("nan"), 0, 0]] * 5},
    "no focal": {"focal": 0},
    "no rate": {"framerate": 0},
    "empty": {"rotation": [], "translation": []},
}


@pytest.mark.parametrize("change", BAD.values(), ids=BAD)
def test_bad_camera_files_are_one_sentence(tmp_path, change):
    path = tmp_path / "camera.json"
    if isinstance(change, bytes):
        path.write_bytes(change)
    else:
        write_camera(path, sideways())
        path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(Sketch2PoseError, match=r'camera file "camera.json" could not be used'):
        read_camera(path)


def test_a_missing_camera_file_and_a_camera_that_is_no_path_are_named(tmp_path):
    with pytest.raises(Sketch2PoseError, match=r"none\.json"):
        read_camera(tmp_path / "none.json")
    with pytest.raises(Sketch2PoseError, match='"camera" is 5'):
        read_request({"type": "video", "inputs": ["a.mp4"], "out_dir": "out", "camera": 5})


def test_rows_are_frames_or_time():
    frames = np.array([0, 2, 9])
    by_frame = path_at(sideways(), frames, 30.0)
    np.testing.assert_allclose(by_frame.eyes[:, 0], [0, 2, 4])  # held after the end
    by_time = CameraPath(*vars(sideways()).values())
    by_time = CameraPath(**{**vars(by_time), "framerate": 15.0, "first": 1})
    np.testing.assert_allclose(path_at(by_time, np.array([3, 4, 6]), 30.0).eyes[:, 0], [0.5, 1, 2])


def test_between_rows_the_camera_turns_the_short_way():
    turns = rotmat_from_rotvec(np.array([[0, 0.2, 0], [0, 1.0, 0]]))
    camera = CameraPath(turns, np.zeros((2, 3)), 1.0, np.zeros(2), (2, 2), 0, 15.0)
    expected = rotmat_from_rotvec(np.array([0, 0.6, 0]))
    np.testing.assert_allclose(path_at(camera, np.array([1]), 30.0).rotation[0], expected)


def test_the_cameras_picture_may_be_of_another_size_but_not_of_another_shape():
    lens = known_lens(sideways(), (1280, 720), np.arange(2), 24.0)
    assert lens.focal == 1600.0 and lens.center.tolist() == [640, 360]
    with pytest.raises(Sketch2PoseError, match="640 x 360 px, the clip has 360 x 640"):
        known_lens(sideways(), (360, 640), np.arange(2), 24.0)


@pytest.fixture
def estimator(monkeypatch):
    """An estimator that sees somebody who waves, filmed by `scene.dolly`."""
    track, _ = scene.filmed(scene.dolly(), np.zeros(10))
    seen = Observation((PersonSeen(track),), scene.RATE, scene.SIZE, scene.FRAMES)
    made = VideoEstimator(None, None)  # type: ignore[arg-type]
    monkeypatch.setattr(made, "observed", lambda *_: seen)
    return made


def test_a_clip_with_its_camera_lands_in_the_cameras_world(tmp_path, estimator):
    write_camera(tmp_path / "camera.json", camera_of(scene.dolly()))
    options, warned = VideoOptions(camera=str(tmp_path / "camera.json")), []
    (motion,) = estimator.estimate_clip("a.mp4", options, JobReport(on_warning=warned.append))
    assert np.linalg.norm(motion.joints3d[:, 0, [0, 2]] - [0.4, 0.2], axis=-1).max() < 0.1
    assert abs(standing_height(motion)) < 0.02
    assert motion.camera_translation.shape == (scene.FRAMES, 3)
    joints = [4, 5, 7, 8]
    for row in (0, scene.FRAMES - 1):  # what the overlay draws lies on what was seen
        away = pixels_of(motion, row)[joints] - motion.joints2d[row, joints]
        assert np.linalg.norm(away, axis=1).mean() < 15
    assert not warned


def test_a_camera_of_another_scale_or_length_is_said(tmp_path, estimator):
    path = scene.dolly()
    high = camera_of(replace(path, translation=6 * path.translation))
    write_camera(tmp_path / "camera.json", high)
    options, warned = VideoOptions(camera=str(tmp_path / "camera.json")), []
    (motion,) = estimator.estimate_clip("a.mp4", options, JobReport(on_warning=warned.append))
    assert any("the floor of the scene" in sentence for sentence in warned)
    short = camera_of(path.part(slice(0, 9)))
    assert any("frames 0 to 8" in text for text in doubts_about(short, [motion], 24.0))
    still = Camera.at_origin(1.0, np.zeros(2))
    assert still.part(slice(0, 1)) is still
