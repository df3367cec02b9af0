"""Decoding: even time, rotation flags, numbered pictures, large frames, the lens of photos."""

import struct

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.inference.video.clips import clip as clip_module
from sketch2pose.inference.video.clips.clip import Clip, Trim, number_at
from sketch2pose.inference.video.clips.exif_lens import lens_of_photo
from sketch2pose.inference.video.clips.frame_sources import TimedFrame, numbered_pictures

GRAY = np.full((96, 128, 3), 90, np.uint8)


def write_pictures(folder, numbers, name="shot-{:04d}.png", size=(96, 128)):
    folder.mkdir(exist_ok=True)
    for number in numbers:
        pixels = np.full((*size, 3), number, np.uint8)
        folder.joinpath(name.format(number)).write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    return folder


class Stamped:
    """A source whose pictures are shown at given moments; NaN where the file keeps no time."""

    def __init__(self, moments, framerate=30.0, frame=GRAY):
        self.framerate, self.count, self.frame = framerate, len(moments), frame
        self._left = iter(moments)

    def read(self):
        moment = next(self._left, None)
        return None if moment is None else TimedFrame(self.frame, moment)

    def close(self):
        pass


@pytest.fixture
def stamped(monkeypatch, tmp_path):
    path = tmp_path / "phone.mp4"
    path.write_bytes(b"x")

    def opened(moments, trim=None, **source):
        monkeypatch.setattr(clip_module, "MovieFrames", lambda _path: Stamped(moments, **source))
        return Clip(path, trim)

    return opened


def test_an_uneven_clip_is_read_on_an_even_clock(stamped):
    moments = [0.0, 0.035, 0.064, 0.2, 0.235, 0.24, 0.268]  # 30/s, a pause, one picture too many
    with stamped(moments) as clip:
        assert [number for number, _ in clip.frames()] == [0, 1, 2, 6, 7, 8]
        assert clip.gaps == 3


def test_steps_count_time_and_not_pictures(stamped):
    moments = [0.0, 1 / 30, 2 / 30, 5 / 30, 6 / 30, 7 / 30]
    with stamped(moments, Trim(step=2)) as clip:
        assert [number for number, _ in clip.frames()] == [0, 2, 4, 6]


@pytest.mark.parametrize("moment", [0.0, float("nan")])
def test_a_file_without_times_counts_its_pictures(stamped, moment):
    with stamped([moment] * 5) as clip:
        assert [number for number, _ in clip.frames()] == [0, 1, 2, 3, 4]


@given(st.lists(st.floats(0.005, 0.3), min_size=1, max_size=60), st.floats(5, 120))
def test_numbers_rise_and_stay_near_their_time(steps, rate):
    """However uneven a clip is, a picture's number is its time to within one frame."""
    moments, number = np.concatenate([[0.0], np.cumsum(steps)]), -1
    for moment in moments * rate:
        after = number_at(float(moment), number)
        if after is not None:
            assert after > number and abs(after - moment) <= 1.0
            number = after


def test_a_phone_clip_stands_upright(tmp_path):
    """The rotation flag is the matrix of the track header (ISO 14496-12, tkhd)."""
    path = tmp_path / "phone.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 24.0, (128, 96))
    frame = np.zeros((96, 128, 3), np.uint8)
    frame[:, :64] = 255
    for _ in range(5):
        writer.write(frame)
    writer.release()
    data = bytearray(path.read_bytes())
    matrix = data.index(b"tkhd") + 4 + 40
    quarter = [0, 1 << 16, 0, -(1 << 16), 0, 0, 96 << 16, 0, 1 << 30]
    data[matrix : matrix + 36] = struct.pack(">9i", *quarter)
    path.write_bytes(bytes(data))
    with Clip(path) as clip:
        assert clip.image_size == (96, 128)
        _, rgb = next(clip.frames())
    assert rgb[:50].mean() > 200 and rgb[78:].mean() < 55


@pytest.mark.parametrize("chosen", ["", "shot-%04d.png", "shot-0003.png"])
def test_numbered_pictures_are_a_clip(tmp_path, chosen):
    folder = write_pictures(tmp_path / "été", [3, 4, 6, 7])
    write_pictures(folder, [1], name="other-{:04d}.png")
    with Clip(folder / chosen, picture_framerate=12.0) as clip:
        frames = list(clip.frames())
        assert (clip.framerate, clip.frame_count) == (12.0, 5)
    assert [number for number, _ in frames] == [0, 1, 3, 4]
    assert [int(rgb[0, 0, 0]) for _, rgb in frames] == [3, 4, 6, 7]


def test_a_damaged_picture_is_a_gap(tmp_path):
    folder = write_pictures(tmp_path / "shots", range(5))
    folder.joinpath("shot-0002.png").write_bytes(b"not a picture")
    with Clip(folder) as clip:
        assert [number for number, _ in clip.frames()] == [0, 1, 3, 4]


def test_a_picture_begins_the_sequence_and_a_lone_one_is_a_clip_of_one(tmp_path):
    folder = write_pictures(tmp_path / "shots", [1, 2, 10])
    assert [p.number for p in numbered_pictures(folder / "shot-0002.png")] == [2, 10]
    lone = write_pictures(tmp_path / "lone", [1], name="photo.png")
    with Clip(lone / "photo.png") as clip:
        assert len(list(clip.frames())) == 1


def test_a_folder_without_pictures_says_so(tmp_path):
    with pytest.raises(Sketch2PoseError, match="no images"):
        Clip(tmp_path)


def test_very_large_frames_are_shrunk_and_their_size_is_kept(stamped):
    with stamped([0.0, 0.1], frame=np.zeros((4320, 7680, 3), np.uint8)) as clip:
        assert clip.image_size == (7680, 4320) and clip.scale == pytest.approx(1 / 3)
        assert next(clip.frames())[1].shape == (1440, 2560, 3)


def exif(tags: dict[int, tuple[int, bytes]], order: str) -> bytes:
    """A JPEG's beginning: an EXIF directory with SHORT (3) and RATIONAL (5) tags."""
    byte_order = b"II" if order == "<" else b"MM"
    head = byte_order + struct.pack(order + "HI", 42, 8)
    main = struct.pack(order + "HHHII", 1, 0x8769, 4, 1, 26) + struct.pack(order + "I", 0)
    entries, data = b"", b""
    start = 26 + 2 + 12 * len(tags) + 4
    for tag, (kind, value) in tags.items():
        held = value.ljust(4, b"\0") if kind == 3 else struct.pack(order + "I", start + len(data))
        entries += struct.pack(order + "HHI", tag, kind, 1) + held
        data += value if kind == 5 else b""
    directory = struct.pack(order + "H", len(tags)) + entries + struct.pack(order + "I", 0)
    tiff = (head + main).ljust(26, b"\0") + directory + data
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_lens_of_a_photo_is_read(order):
    full_frame = exif({0xA405: (3, struct.pack(order + "H", 50))}, order)
    assert lens_of_photo(full_frame, (3000, 2000)) == pytest.approx(50, rel=1e-3)
    assert lens_of_photo(full_frame, (2000, 3000)) == pytest.approx(50, rel=1e-3)
    # equal diagonal: on 4:3 the same field is reached with a lens some percent longer
    assert lens_of_photo(full_frame, (4000, 3000)) == pytest.approx(52.0, rel=1e-3)


def test_the_lens_follows_from_the_sensor_when_only_that_is_known():
    """8 mm on a sensor of 4000 px at 5000 px a centimetre, which is 8 mm wide."""
    rational = lambda a, b: struct.pack("<II", a, b)  # noqa: E731
    tags = {
        0x920A: (5, rational(80, 10)),
        0xA20E: (5, rational(5000, 1)),
        0xA210: (3, struct.pack("<H", 3)),
    }
    assert lens_of_photo(exif(tags, "<"), (4000, 3000)) == pytest.approx(36.0)


@given(st.binary(max_size=200))
def test_broken_exif_is_no_lens(content):
    assert lens_of_photo(b"\xff\xd8Exif\0\0" + content, (100, 100)) is None or b"I" in content
    for cut in range(0, 90, 7):
        whole = exif({0xA405: (3, struct.pack("<H", 50))}, "<")
        lens = lens_of_photo(whole[:cut], (300, 200))
        assert lens is None or lens == pytest.approx(50, rel=1e-3)
