"""`image` and `video` from the command line and over the protocol, on real footage."""

import json

import cv2
import numpy as np
import pytest

from sketch2pose.core.body_motion import read_body_motion
from sketch2pose.core.errors import CancelledByUser
from sketch2pose.inference.__main__ import main
from sketch2pose.inference.estimators import Estimators, Settings
from sketch2pose.inference.pictures.page import load_page
from sketch2pose.inference.protocol import messages
from sketch2pose.inference.protocol.requests import ImageRequest, VideoRequest
from sketch2pose.inference.protocol.wire import decode, encode
from sketch2pose.inference.report import JobReport
from sketch2pose.inference.run_request import run_request
from sketch2pose.inference.video.clips.photo import looks_like_drawing


@pytest.fixture(scope="module")
def footage(shared_data):
    return shared_data / "video" / "pose2sim" / "two_people_cam01.mp4"


def blank_clip(path):
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 24.0, (160, 120))
    for _ in range(6):
        writer.write(np.full((120, 160, 3), 128, np.uint8))
    writer.release()
    return path


@pytest.mark.parametrize("kind", [ImageRequest, VideoRequest])
def test_requests_travel_as_lines(kind):
    sent = messages.Submit(3, kind(("a b.mp4",), "out", lens=35.0))
    assert decode(encode(sent)) == sent


@pytest.mark.shared
def test_two_people_of_a_clip_get_a_file_each(footage, tmp_path, capsys):
    arguments = ["--step", "4", "--end", "0.5", "--threads", "1", "--json"]
    assert main(["video", str(footage), "--out", str(tmp_path), *arguments]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["people"] == 2
    one, two = (read_body_motion(path) for path in summary["files"])
    assert one.frame_index.tolist() == two.frame_index.tolist() == list(range(0, 31, 4))
    assert one.mocap_framerate == 15.0
    assert one.source.kind == "video"
    apart = np.linalg.norm(one.joints2d[:, 0] - two.joints2d[:, 0], axis=-1)
    assert apart.min() > 50


@pytest.mark.shared
def test_people_of_a_photo_come_from_left_to_right(footage, tmp_path, capsys):
    _, frame = cv2.VideoCapture(str(footage)).read()
    photo = tmp_path / "photo é.jpg"
    photo.write_bytes(cv2.imencode(".jpg", frame)[1].tobytes())
    assert main(["image", str(photo), "--out", str(tmp_path), "--threads", "1", "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    people = [read_body_motion(path) for path in summary["files"]]
    assert people[0].source.kind == "image"
    middles = [float(person.joints2d[0, :, 0].mean()) for person in people]
    assert len(people) >= 1 and middles == sorted(middles)
    assert all(0 < middle < frame.shape[1] for middle in middles)


@pytest.mark.parametrize("command", ["image", "video"])
def test_nobody_and_nonsense_give_3_and_one_sentence(tmp_path, capsys, command):
    empty = tmp_path / "empty.bin"
    empty.write_bytes(b"")
    blank = blank_clip(tmp_path / "blank.avi")
    if command == "image":
        blank = tmp_path / "blank.png"
        blank.write_bytes(cv2.imencode(".png", np.full((90, 90, 3), 128, np.uint8))[1].tobytes())
    inputs = [str(empty), str(blank)]
    assert main([command, *inputs, "--out", str(tmp_path / "out"), "--threads", "1"]) == 3
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 2 and "0 bytes" in lines[0] and "nobody" in lines[1]
    assert list((tmp_path / "out").iterdir()) == []


def test_a_clip_can_be_cancelled(tmp_path):
    report = JobReport()
    report.on_progress = lambda _done, text: report.cancelled.set() if "Frame 2" in text else None
    request = VideoRequest((str(blank_clip(tmp_path / "a.avi")),), str(tmp_path / "out"))
    with pytest.raises(CancelledByUser):
        list(run_request(request, Estimators(Settings()), report))
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.shared
def test_photos_are_told_from_drawings(footage, tmp_path, repository):
    _, frame = cv2.VideoCapture(str(footage)).read()
    photo = tmp_path / "photo.png"
    photo.write_bytes(cv2.imencode(".png", frame)[1].tobytes())
    assert not looks_like_drawing(load_page(photo))
    drawings = sorted((repository / "docs" / "examples").glob("*.jpg"))
    assert drawings and all(looks_like_drawing(load_page(path)) for path in drawings)
