"""Clips that people really have: each gives a result that is labelled, or one clear sentence."""

import json
import subprocess
import sys

import cv2
import numpy as np
import pytest

from sketch2pose.core.body_motion import read_body_motion
from sketch2pose.inference.estimators import Estimators, Settings
from sketch2pose.inference.protocol.requests import VideoRequest
from sketch2pose.inference.report import JobReport
from sketch2pose.inference.run_request import run_request


@pytest.fixture(scope="module")
def estimators():
    """The shipped networks, loaded once."""
    return Estimators(Settings())


@pytest.fixture(scope="module")
def person(shared_data):
    """A frame [960, 544, 3] BGR with one whole person."""
    path = shared_data / "video" / "pose2sim" / "cam02.mp4"
    if not path.is_file():
        pytest.skip(f"skipped: no footage at {path}")
    good, frame = cv2.VideoCapture(str(path)).read()
    assert good
    return cv2.resize(frame, None, fx=0.5, fy=0.5)


def read(estimators, tmp_path, path, **options):
    """The summary of one clip and its motions."""
    request = VideoRequest((str(path),), str(tmp_path / "out"), **options)
    (summary,) = run_request(request, estimators, JobReport())
    return summary, [read_body_motion(file) for file in summary.files]


def write_clip(path, frames, rate=24.0):
    path.parent.mkdir(parents=True, exist_ok=True)
    height, width = frames[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), rate, (width, height))
    for frame in frames:
        writer.write(frame)
    writer.release()
    return path


def in_middle(person, width, height):
    """The person, as large as fits, on a grey picture."""
    scale = min(width / person.shape[1], height / person.shape[0])
    small = cv2.resize(person, None, fx=scale, fy=scale)
    picture = np.full((height, width, 3), 128, np.uint8)
    y, x = (height - small.shape[0]) // 2, (width - small.shape[1]) // 2
    picture[y : y + small.shape[0], x : x + small.shape[1]] = small
    return picture


def grey(count, width=160, height=120):
    return [np.full((height, width, 3), 128, np.uint8)] * count


def sound_only(path):
    """A RIFF file of sound under the name of a clip."""
    sound = b"RIFF\x24\x08\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00"
    path.write_bytes(sound + b"\x80\x3e\x00\x00\x02\x00\x10\x00data\x00\x08\x00\x00" + bytes(2048))


def broken(path):
    """An MP4 without its table of frames, which is at the end: a copy that was cut off."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 24.0, (160, 120))
    for frame in grey(12):
        writer.write(frame)
    writer.release()
    path.write_bytes(path.read_bytes()[:-600])


REFUSED = {
    "broken": (broken, "no video that can be decoded"),
    "sound only": (sound_only, "sound only"),
    "empty": (lambda path: path.write_bytes(b""), "0 bytes"),
    "nobody": (lambda path: write_clip(path.with_suffix(".avi"), grey(6)).replace(path), "nobody"),
    "tiny": (lambda path: write_clip(path.with_suffix(".avi"), grey(3, 48, 48)).replace(path),
             "48 x 48"),
    "a strip": (lambda path: write_clip(path.with_suffix(".avi"), grey(3, 4000, 80)).replace(path),
                "nobody"),
    "a column": (lambda path: write_clip(path.with_suffix(".avi"), grey(3, 80, 3000)).replace(path),
                 "nobody"),
    "missing": (lambda path: None, "no such file"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "why"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_one_sentence_and_no_file(tmp_path, estimators, make, why):
    path = tmp_path / "clip é.mp4"
    make(path)
    summary, _ = read(estimators, tmp_path, path)
    assert summary.error is not None and why in str(summary.exception())
    assert "clip é.mp4" in str(summary.exception())
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.shared
def test_one_frame_is_a_pose(tmp_path, estimators, person):
    summary, (motion,) = read(estimators, tmp_path, write_clip(tmp_path / "one.avi", [person]))
    assert summary.error is None and motion.frame_count == 1


@pytest.mark.shared
def test_a_person_for_three_frames_is_kept_and_labelled(tmp_path, estimators, person):
    height, width = person.shape[:2]
    frames = grey(9, width, height) + [person] * 3 + grey(9, width, height)
    summary, (motion,) = read(estimators, tmp_path, write_clip(tmp_path / "brief.avi", frames))
    assert motion.frame_index.tolist() == [9, 10, 11]
    assert any("Nobody is seen for long" in sentence for sentence in summary.warnings)


@pytest.mark.shared
def test_a_clip_cut_short_keeps_what_it_has_and_says_so(tmp_path, estimators, person):
    path = write_clip(tmp_path / "short.avi", [person] * 24)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    summary, (motion,) = read(estimators, tmp_path, path)
    assert 5 < motion.frame_count < 20
    assert any("ends early" in sentence for sentence in summary.warnings)


@pytest.mark.shared
def test_8k_is_read_in_its_own_pixels(tmp_path, estimators, person):
    frames = [in_middle(person, 7680, 4320)] * 2
    summary, (motion,) = read(estimators, tmp_path, write_clip(tmp_path / "8k.avi", frames))
    assert summary.error is None and motion.image_size.tolist() == [7680, 4320]
    assert abs(motion.joints2d[0, 0, 0] - 3840) < 1000


@pytest.mark.shared
@pytest.mark.parametrize("size", [(2400, 400), (300, 1500)])
def test_people_are_found_in_pictures_of_odd_shape(tmp_path, estimators, person, size):
    frames = [in_middle(person, *size)] * 2
    summary, motions = read(estimators, tmp_path, write_clip(tmp_path / "odd.avi", frames))
    assert summary.error is None and len(motions) == 1
    assert motions[0].image_size.tolist() == list(size)


@pytest.mark.shared
def test_paths_may_be_in_any_script(tmp_path, estimators, person):
    path = write_clip(tmp_path / "été 日本" / "клип.avi", [person] * 2)
    summary, motions = read(estimators, tmp_path, path, overlay=True)
    assert summary.error is None and motions[0].source.name == "клип.avi"
    assert (tmp_path / "out" / "клип_overlay.mp4").is_file()


FULL_DISK = """
import json, resource, signal, sys
from sketch2pose.inference.estimators import Estimators, Settings
from sketch2pose.inference.protocol.requests import VideoRequest
from sketch2pose.inference.report import JobReport
from sketch2pose.inference.run_request import run_request

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
clip, out, cache, most = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), int(most)))
request = VideoRequest((clip,), out, overlay=True, cache=cache)
(summary,) = run_request(request, Estimators(Settings()), JobReport())
print(json.dumps({"error": str(summary.exception() or ""), "warnings": summary.warnings}))
"""


@pytest.mark.shared
@pytest.mark.skipif(sys.platform == "win32", reason="skipped: no limit of file sizes on Windows")
@pytest.mark.parametrize("most", [2000, 40_000])
def test_a_full_disk_is_said_and_leaves_nothing_half(tmp_path, repository, person, most):
    clip = write_clip(tmp_path / "walk.avi", [person] * 12)
    command = [sys.executable, "-c", FULL_DISK, str(clip), str(tmp_path / "out"),
               str(tmp_path / "cache"), str(most)]  # fmt: skip
    done = subprocess.run(command, cwd=repository, capture_output=True, check=True)
    said = json.loads(done.stdout)
    left = {path.name for path in (tmp_path / "out").iterdir()}
    if most < 40_000:  # the result itself does not fit
        assert "could not be written" in said["error"] and "space left" in said["error"]
        assert left == set()
    else:  # the result does, the overlay does not
        assert said["error"] == "" and left == {"walk.npz"}
        assert any("The overlay could not be written" in text for text in said["warnings"])
