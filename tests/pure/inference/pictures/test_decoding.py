"""Every picture passes one door: known formats by content, no chunk beyond the first picture."""

import struct
import zlib

import cv2
import numpy as np
import pytest

from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.inference.pictures import decoding
from sketch2pose.inference.pictures.decoding import (
    decoded_frame,
    decoded_rendering,
    first_picture_of_png,
)
from sketch2pose.inference.video.clips.frame_sources import NumberedPicture, PictureFrames
from tests.architecture.source_tree import name_of, source_files
from tests.pure.inference.pictures.test_page import gif, with_exif_jpeg

INK = np.random.default_rng(0).integers(0, 255, (40, 50, 3)).astype(np.uint8)


def stored(extension, pixels=INK):
    return cv2.imencode(extension, pixels)[1].tobytes()


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(
        ">I", zlib.crc32(kind + content)
    )  # fmt: skip


def apng():
    """A picture with an animation whose second frame lies outside of it."""
    plain = stored(".png")
    control = chunk(b"acTL", struct.pack(">II", 2, 0))
    outside = chunk(b"fcTL", struct.pack(">IIIIIHHBB", 1, 4000, 4000, 9, 9, 1, 1, 0, 0))
    data = chunk(b"fdAT", struct.pack(">I", 2) + zlib.compress(bytes(4000 * 12001)))
    end = plain.index(b"IEND") - 4
    return plain[:33] + control + plain[33:end] + outside + data + plain[end:]


def test_animation_chunks_never_reach_the_decoder():
    clean = first_picture_of_png(apng())
    assert clean == first_picture_of_png(stored(".png"))
    assert not any(kind in clean for kind in (b"acTL", b"fcTL", b"fdAT"))
    np.testing.assert_array_equal(decoded_frame(apng(), "a.png"), INK)


@pytest.mark.parametrize("extension", [".png", ".bmp", ".tiff"])
def test_known_formats_pass_exactly(extension):
    np.testing.assert_array_equal(decoded_frame(stored(extension), "a"), INK)


@pytest.mark.parametrize("extension", [".jp2", ".ppm", ".pgm", ".sr", ".hdr", ".pfm", ".pam"])
def test_formats_nobody_draws_in_are_no_pictures_whatever_their_name(tmp_path, extension):
    pixels = INK.astype(np.float32) if extension in (".hdr", ".pfm") else INK
    pixels = pixels[..., 0] if extension == ".pgm" else pixels
    try:
        data = stored(extension, pixels)
    except cv2.error:
        pytest.skip(f"skipped: this OpenCV writes no {extension}")
    assert decoded_frame(data, "a.png") is None
    assert decoded_rendering(data) is None
    (tmp_path / "shot1.png").write_bytes(data)
    (tmp_path / "shot2.png").write_bytes(stored(".png"))
    pictures = [NumberedPicture(n, tmp_path / f"shot{n}.png") for n in (1, 2)]
    frames = PictureFrames(pictures, 10.0)
    assert frames.read().seconds == pytest.approx(0.1)  # the first one is a gap
    assert frames.read() is None


@pytest.mark.parametrize("orientation", range(1, 9))
def test_frames_are_turned_upright_as_drawings_are(orientation):
    data = with_exif_jpeg(stored(".jpg"), orientation)
    expected = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    np.testing.assert_array_equal(decoded_frame(data, "a.jpg"), expected)


def test_a_frame_that_is_too_large_is_said_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(decoding, "MOST_FRAME_PIXELS", 100)
    with pytest.raises(Sketch2PoseError, match=r"shot1.png.*50 x 40 pixels"):
        decoded_frame(stored(".png"), "shot1.png")


def test_a_gif_larger_than_its_canvas_costs_nothing():
    whole = gif([INK[..., 0]])
    place = whole.index(b"\x2c\0\0\0\0") + 5
    for size in (b"\xff\xff\xff\xff", b"\x30\x75\x30\x75", b"\0\0\0\0"):
        assert decoded_frame(whole[:place] + size + whole[place + 4 :], "a.gif") is None
    at = place + 5  # behind the flags, as there is no palette of its own
    assert decoded_frame(whole, "a.gif") is not None
    for size in (0, 9, 31, 200, 255):
        assert decoded_frame(whole[:at] + bytes([size]) + whole[at + 1 :], "a.gif") is None


def test_nobody_decodes_pictures_beside_the_door():
    users = [
        name_of(path)
        for path in source_files("core", "rigs", "inference", "sketch2pose_addon")
        if "training" not in path.parts
        and any(word in path.read_text("utf-8") for word in ("imdecode", "imread"))
    ]
    assert users == ["inference/pictures/decoding.py"]
