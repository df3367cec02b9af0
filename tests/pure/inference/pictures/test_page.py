"""Loading drawings: every kind of file, and one clear sentence for each that is none."""

import json
import os
import struct
import zlib

import cv2
import numpy as np
import pytest

from sketch2pose.core.axes import LEVEL_ROTATION
from sketch2pose.core.camera import Camera
from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.core.strokes import Stroke, StrokeDrawing, write_strokes
from sketch2pose.inference.pictures.page import LONGEST_SIDE, load_page, page_from_strokes

HEIGHT, WIDTH = 60, 90


def drawing_pixels(height=HEIGHT, width=WIDTH):
    """White paper with one dark bar near the top left, so that every turn shows."""
    pixels = np.full((height, width, 3), 255, np.uint8)
    pixels[5:15, 5:45] = (10, 20, 30)
    return pixels


def encoded(pixels, extension):
    return cv2.imencode(extension, pixels)[1].tobytes()


def save(path, data):
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("extension", [".png", ".jpg", ".webp", ".bmp", ".tif"])
def test_common_formats_load_whatever_the_name(tmp_path, extension):
    path = save(tmp_path / "ein Bild mit Ümläuten 絵.dat", encoded(drawing_pixels(), extension))
    page = load_page(path)
    assert page.gray.shape == (HEIGHT, WIDTH)
    assert page.image_size == (WIDTH, HEIGHT)
    assert page.scale == 1.0
    assert page.name == path.name
    assert page.kind == "drawing"
    assert page.gray[10, 20] < 40 < 240 < page.gray[40, 60]
    assert page.color is not None
    np.testing.assert_allclose(page.color[10, 20].astype(int), [30, 20, 10], atol=12)


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_depths_and_channels(tmp_path, depth, channels):
    top = np.iinfo(depth).max
    pixels = np.full((HEIGHT, WIDTH, channels), top, depth)
    pixels[5:15, 5:45, :3] = 0
    page = load_page(save(tmp_path / "d.png", encoded(pixels, ".png")))
    assert page.gray.dtype == np.uint8
    assert (page.gray[10, 20], page.gray[40, 60]) == (0, 255)


def test_transparency_lies_on_white_paper(tmp_path):
    pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    pixels[5:15, 5:45, 3] = 255
    page = load_page(save(tmp_path / "d.png", encoded(pixels, ".png")))
    assert (page.gray[10, 20], page.gray[40, 60]) == (0, 255)


def test_white_ink_on_a_transparent_page_is_seen(tmp_path):
    pixels = np.full((HEIGHT, WIDTH, 4), 255, np.uint8)
    pixels[..., 3] = 0
    pixels[5:15, 5:45, 3] = 255
    page = load_page(save(tmp_path / "d.png", encoded(pixels, ".png")))
    assert (page.gray[10, 20], page.gray[40, 60]) == (0, 255)


def exif(orientation):
    tag = (
        struct.pack("<H", 1)
        + struct.pack("<HHI", 0x0112, 3, 1)
        + struct.pack("<HHI", orientation, 0, 0)
    )
    return b"II*\x00" + struct.pack("<I", 8) + tag


def with_exif_jpeg(data, orientation):
    body = b"Exif\x00\x00" + exif(orientation)
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[2:]


def png_chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_exif_png(data, orientation):
    return data[:33] + png_chunk(b"eXIf", exif(orientation)) + data[33:]


# how a camera stores the upright picture for each EXIF orientation
STORED = {
    1: lambda p: p,
    2: lambda p: p[:, ::-1],
    3: lambda p: p[::-1, ::-1],
    4: lambda p: p[::-1],
    5: lambda p: np.swapaxes(p, 0, 1),
    6: lambda p: np.rot90(p, 1),
    7: lambda p: np.swapaxes(p, 0, 1)[::-1, ::-1],
    8: lambda p: np.rot90(p, -1),
}


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("kind", ["jpg", "png"])
def test_exif_orientation_is_undone_once(tmp_path, orientation, kind):
    upright = drawing_pixels()
    stored = np.ascontiguousarray(STORED[orientation](upright))
    add = with_exif_jpeg if kind == "jpg" else with_exif_png
    data = add(encoded(stored, f".{kind}"), orientation)
    page = load_page(save(tmp_path / "d", data))
    assert page.image_size == (WIDTH, HEIGHT)
    difference = page.gray.astype(int) - cv2.cvtColor(upright, cv2.COLOR_BGR2GRAY)
    assert np.abs(difference).mean() < 4
    turned_by_opencv = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    if kind == "jpg":
        np.testing.assert_allclose(page.gray.astype(int), turned_by_opencv, atol=2)


def test_large_pictures_shrink_and_small_ones_stay(tmp_path):
    page = load_page(save(tmp_path / "d.png", encoded(drawing_pixels(1500, 3000), ".png")))
    assert page.gray.shape == (LONGEST_SIDE // 2, LONGEST_SIDE)
    assert page.image_size == (3000, 1500)
    assert page.scale == LONGEST_SIDE / 3000


def gif_frame(indices, interlaced=False):
    """Image block whose LZW stream has a clear code before every 100 pixels."""
    height, width = indices.shape
    rows = range(height)
    if interlaced:
        passes = ((0, 8), (4, 8), (2, 4), (1, 2))
        rows = [row for start, step in passes for row in range(start, height, step)]
    codes = []
    for number, value in enumerate(indices[list(rows)].ravel()):
        codes += ([256] if number % 100 == 0 else []) + [int(value)]
    bits = "".join(format(code, "09b")[::-1] for code in [*codes, 257])
    stream = bytes(int(bits[i : i + 8][::-1], 2) for i in range(0, len(bits), 8))
    blocks = b"".join(bytes([len(part)]) + part for part in
                      (stream[i : i + 255] for i in range(0, len(stream), 255)))  # fmt: skip
    flags = 0x40 if interlaced else 0
    return b"," + struct.pack("<HHHHB", 0, 0, width, height, flags) + b"\x08" + blocks + b"\x00"


def gif(frames, interlaced=False):
    height, width = frames[0].shape
    palette = bytes(value for level in range(256) for value in (level, level, level))
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0xF7, 0, 0) + palette
    control = b"\x21\xf9\x04\x00\x0a\x00\x00\x00"
    return head + b"".join(control + gif_frame(f, interlaced) for f in frames) + b";"


@pytest.mark.parametrize("interlaced", [False, True])
def test_gif_is_exact(tmp_path, interlaced):
    levels = np.random.default_rng(0).integers(0, 256, (37, 53)).astype(np.uint8)
    page = load_page(save(tmp_path / "d.gif", gif([levels], interlaced)))
    np.testing.assert_array_equal(page.gray, levels)
    assert page.warnings == ()


def test_gif_with_growing_codes_matches_a_known_encoder(tmp_path):
    """The string table must grow at the right code: a long run exercises every width."""
    levels = np.tile(np.arange(40, dtype=np.uint8), (40, 5))
    page = load_page(save(tmp_path / "d.gif", lzw_gif(levels)))
    np.testing.assert_array_equal(page.gray, levels)


def lzw_gif(levels):
    table = {bytes([i]): i for i in range(256)}
    bits, codes, current, size = [], 258, b"", 9
    bits.append((256, 9))
    for value in levels.tobytes():
        grown = current + bytes([value])
        if grown in table:
            current = grown
            continue
        bits.append((table[current], size))
        table[grown] = codes
        codes += 1
        if codes > 1 << size:
            size += 1
        if codes == 4095:
            bits.append((256, size))
            table, codes, size = {bytes([i]): i for i in range(256)}, 258, 9
        current = bytes([value])
    bits += [(table[current], size), (257, size)]
    text = "".join(format(code, f"0{width}b")[::-1] for code, width in bits)
    stream = bytes(int(text[i : i + 8][::-1], 2) for i in range(0, len(text), 8))
    blocks = b"".join(bytes([len(part)]) + part for part in
                      (stream[i : i + 255] for i in range(0, len(stream), 255)))  # fmt: skip
    whole = gif([levels])
    start = whole.index(b",\x00\x00\x00\x00")
    return whole[: start + 10] + b"\x08" + blocks + b"\x00;"


def test_animated_gif_gives_its_first_frame_and_says_so(tmp_path):
    first, second = np.full((20, 20), 200, np.uint8), np.zeros((20, 20), np.uint8)
    page = load_page(save(tmp_path / "d.gif", gif([first, second])))
    assert np.all(page.gray == 200)
    assert page.warnings == ('"d.gif" is an animation; only its first frame is used.',)


def test_blank_page_is_a_page(tmp_path):
    blank = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    assert np.all(load_page(save(tmp_path / "d.png", encoded(blank, ".png"))).gray == 255)


def test_a_cut_off_file_is_refused_or_warned_about(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 255, (200, 200, 3)).astype(np.uint8)
    for extension in (".png", ".jpg"):
        data = encoded(pixels, extension)
        path = save(tmp_path / f"d{extension}", data[: len(data) // 2])
        try:
            assert "ends early" in load_page(path).warnings[0]
        except Sketch2PoseError as error:
            assert error.code == "page.damaged"


def png_header(width, height):
    return b"\x89PNG\r\n\x1a\n" + png_chunk(
        b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    )


REFUSED = {
    "empty": (b"", "page.empty", r"0 bytes"),
    "text": (b"Dear diary, today I drew", "page.not_image", "not an image"),
    "pdf": (b"%PDF-1.7", "page.not_image", "a PDF document"),
    "video": (b"\x00\x00\x00\x18ftypisom", "page.not_image", "a video"),
    "heic": (b"\x00\x00\x00\x18ftypheic", "page.not_image", "a HEIC photo"),
    "huge png": (png_header(8000, 5000), "page.too_large", "40 megapixels"),
    "huge jpeg": (
        b"\xff\xd8\xff\xc0\x00\x11\x08" + struct.pack(">HH", 5000, 8000) + b"\x03" * 9,
        "page.too_large",
        "40 megapixels",
    ),
    "huge bmp": (
        b"BM" + b"\0" * 12 + struct.pack("<Iii", 40, 8000, -5000),
        "page.too_large",
        "40 meg",
    ),
    "huge webp": (
        b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0" + b"\0" * 4 + b"\x3f\x1f\0\x87\x13\0",
        "page.too_large",
        "40 megapixels",
    ),
    "tiny": (png_header(4, 4), "page.too_small", "4 x 4"),
    "png without pixels": (png_header(64, 64), "page.damaged", "damaged"),
    "png cut in its header": (png_header(64, 64)[:20], "page.not_image", "not an image"),
    "jpeg without frame": (b"\xff\xd8\xff\xd9", "page.not_image", "not an image"),
    "other json": (b'{"a": 1}', "page.not_image", "format"),
    "broken json": (b'{"a": ', "page.not_image", "neither"),
    "deep json": (b'{"a":' + b"[" * 100000, "page.not_image", "neither"),
    "strip": (encoded(np.zeros((20, 4000, 3), np.uint8), ".png"), "page.too_narrow", "strip"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_files_that_are_no_drawing_are_refused_in_one_sentence(tmp_path, case):
    content, code, words = case
    path = save(tmp_path / "my drawing ñ.png", content)
    with pytest.raises(Sketch2PoseError, match=words) as caught:
        load_page(path)
    assert caught.value.code == code
    assert '"my drawing ñ.png"' in str(caught.value)


def test_missing_folder_and_forbidden_files(tmp_path):
    for path in (tmp_path / "absent.png", tmp_path):
        with pytest.raises(Sketch2PoseError, match="could not be opened") as caught:
            load_page(path)
        assert caught.value.code == "page.unreadable"


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="skipped: root reads all"
)
def test_a_file_without_permission(tmp_path):
    path = save(tmp_path / "d.png", encoded(drawing_pixels(), ".png"))
    path.chmod(0)
    with pytest.raises(Sketch2PoseError, match="permission"):
        load_page(path)


CAMERA = Camera(LEVEL_ROTATION, np.array([0.0, 1.0, 4.0]), 900.0, np.array([400.0, 200.0]))


def strokes(*lines, width=4.0, size=(800.0, 400.0)):
    drawn = tuple(Stroke(np.array(line, dtype=float), width) for line in lines)
    return StrokeDrawing(*size, drawn, CAMERA)


def test_strokes_become_ink_where_they_were_drawn(tmp_path):
    drawing = strokes([[100, 100], [700, 100]], [[400, 50], [400, 350]])
    write_strokes(tmp_path / "d.json", drawing)
    page = load_page(tmp_path / "d.json")
    assert page.kind == "strokes"
    assert page.scale == LONGEST_SIDE / 800
    assert page.gray.shape == (512, 1024)
    assert page.camera is not None
    assert page.camera.focal == 900.0
    assert page.strokes is not None
    assert len(page.strokes) == 2
    rows = np.flatnonzero(page.gray[:, 200] < 128)
    np.testing.assert_allclose(rows.mean() + 0.5, 100 * page.scale, atol=0.3)
    assert abs(len(rows) - 4 * page.scale) <= 1
    assert page.gray[256, 900] == 255


def test_ink_is_as_wide_as_asked():
    for width in (1.0, 2.0, 3.0, 5.0, 10.0):
        page = page_from_strokes(strokes([[0, 200], [800, 200]], width=width), "d")
        ink = (255.0 - page.gray[:, 512]).sum() / 255.0
        assert abs(ink - max(width * page.scale, 1.2)) < 0.7


def test_dots_among_lines_are_drawn():
    page = page_from_strokes(strokes([[100, 100], [700, 100]], [[400, 300]], width=12), "d")
    assert page.gray[int(300 * page.scale), int(400 * page.scale)] < 10


def test_strokes_far_outside_do_not_disturb():
    page = page_from_strokes(strokes([[100, 100], [700, 100]], [[1e9, 1e9], [2e9, 1e9]]), "d")
    assert page.gray.min() < 50


BAD_STROKES = {
    "none": (strokes(), "page.no_strokes"),
    "one dot": (strokes([[10, 10]]), "page.only_dots"),
    "many dots": (strokes([[10, 10], [10.1, 10]], [[50, 50]]), "page.only_dots"),
    "outside": (strokes([[-10, -10], [-500, -10]]), "page.outside"),
    "strip": (strokes([[0, 0], [700, 1]], size=(800.0, 2.0)), "page.too_narrow"),
}


@pytest.mark.parametrize("case", BAD_STROKES.values(), ids=BAD_STROKES.keys())
def test_strokes_without_a_drawing_are_refused(case):
    drawing, code = case
    with pytest.raises(Sketch2PoseError, match="could not be opened") as caught:
        page_from_strokes(drawing, "d")
    assert caught.value.code == code


def test_nan_strokes_are_refused(tmp_path):
    document = {"format": "sketch2pose-strokes", "version": 1, "width": 10, "height": 10}
    document["strokes"] = [{"points": [[float("nan"), 1]], "width": 1}]
    save(tmp_path / "d.json", json.dumps(document).encode())
    with pytest.raises(Sketch2PoseError, match="NaN"):
        load_page(tmp_path / "d.json")


def test_a_chunk_that_claims_gigabytes_never_reaches_the_decoder(tmp_path, monkeypatch):
    """OpenCV allocates what a chunk claims: 2 kB of damage cost it half a minute."""
    monkeypatch.setattr("cv2.imdecode", lambda *_: pytest.fail("decoded"))
    data = png_header(64, 64) + struct.pack(">I", 0x7FFFFFF0) + b"IDAT" + bytes(100)
    with pytest.raises(Sketch2PoseError, match="cut short") as caught:
        load_page(save(tmp_path / "d.png", data))
    assert caught.value.code == "page.damaged"
