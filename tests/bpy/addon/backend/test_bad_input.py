"""Everything an animator can do wrong ends in one clear sentence, and in a scene as it was.

The backend is the real one, in a Python that has its libraries.
"""

from __future__ import annotations

import importlib.util
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import bpy
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[4]
NETWORK = ROOT / "inference" / "weights" / "sketch.onnx"
GIF_FRAME = b"\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00"
GIF_PAUSE = b"\x21\xf9\x04\x00\x0a\x00\x00\x00"


def backend_python() -> str:
    """A Python with the backend's libraries; empty: the full zip brought them; or skip."""
    if importlib.util.find_spec("onnxruntime") and importlib.util.find_spec("cv2"):
        return ""
    for python in (Path(sys.executable), ROOT / ".venv" / "bin" / "python"):
        check = [str(python), "-c", "import onnxruntime, cv2, numpy"]
        if python.exists() and subprocess.run(check, capture_output=True).returncode == 0:
            return str(python)
    pytest.skip("skipped: no Python with onnxruntime and OpenCV (python build.py setup)")


@pytest.fixture(scope="module")
def real_backend(addon):
    """The backend of the full zip, or for the light one a backend installed elsewhere."""
    if not NETWORK.exists():
        pytest.skip("skipped: the sketch network is not in this checkout")
    settings = addon("sketch2pose_addon.backend.addon").preferences(bpy.context)
    settings.backend_python = backend_python()
    yield settings
    addon("sketch2pose_addon.backend.jobs").stop()
    settings.backend_python = ""


def png(width: int, height: int, color: int = 255, *, body: bool = True) -> bytes:
    """A gray picture; without its body only the header, for sizes nobody should decode."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = (b"\x00" + bytes([color]) * width) * height if body else b""
    data = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + header + data + chunk(b"IEND", b"")


def animated_gif() -> bytes:
    head = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00"
    return head + 2 * (GIF_PAUSE + GIF_FRAME) + b"\x3b"


FILES = {
    "not an image": (b"This is a letter, not a picture.", "page.png"),
    "empty": (b"", "page.png"),
    "40 megapixels": (png(8000, 5000, body=False), "page.png"),
    "blank": (png(300, 300), "page.png"),
    "animated GIF": (animated_gif(), "page.gif"),
    "broken strokes": (b'{"format": "sketch2pose-strokes", "version": 1}', "page.json"),
    "spaces and accents": (b"not a picture", "Ein Männchen läuft – 人.png"),
}


def sentence_of(error: RuntimeError) -> str:
    text = str(error).removeprefix("Error: ").strip()
    assert "Traceback" not in text
    assert "\n" not in text
    assert text.endswith(".")
    assert text.count(": ") >= 1
    return text


@pytest.mark.parametrize("kind", FILES)
def test_a_bad_picture_is_one_sentence(rig, real_backend, snapshot, tmp_path, kind):
    content, name = FILES[kind]
    picture = tmp_path / name
    picture.write_bytes(content)
    before = snapshot()
    with pytest.raises(RuntimeError) as raised:
        bpy.ops.sketch2pose.pose_from_image(filepath=str(picture), target=rig.name)
    assert name in sentence_of(raised.value)
    assert snapshot() == before
    assert bpy.context.window_manager.sketch2pose.result == sentence_of(raised.value)


def test_a_drawing_without_a_person_is_one_sentence(rig, real_backend, snapshot, shared_data):
    picture = shared_data / "sketches" / "no_person" / "MoSketch_aircrafter3.png"
    before = snapshot()
    with pytest.raises(RuntimeError, match="Nobody was found"):
        bpy.ops.sketch2pose.pose_from_image(filepath=str(picture), target=rig.name)
    assert snapshot() == before


def test_one_stroke_is_one_sentence(rig, real_backend, snapshot, addon):
    grease_pencil = addon("sketch2pose_addon.host.grease_pencil")
    drawing = grease_pencil.new_drawing("One Stroke")
    bpy.context.scene.collection.objects.link(drawing)
    line = np.c_[np.linspace(0, 1, 20), np.zeros(20), np.linspace(1, 1.2, 20)]
    grease_pencil.add_strokes(drawing, [line], 1)
    before = snapshot()
    with pytest.raises(RuntimeError) as raised:
        bpy.ops.sketch2pose.pose_from_sketch(target=rig.name, drawing=drawing.name)
    sentence_of(raised.value)
    assert snapshot() == before


def test_a_path_with_spaces_and_accents_works(rig, real_backend, tmp_path, keyed_frames):
    example = next(iter(sorted((ROOT / "docs" / "examples").glob("*.png"))), None)
    if example is None:
        pytest.skip("skipped: docs/examples has no drawing")
    folder = tmp_path / "Zeichnungen & Übungen 人"
    folder.mkdir()
    picture = folder / "mein Männchen.png"
    picture.write_bytes(example.read_bytes())
    assert bpy.ops.sketch2pose.pose_from_image(filepath=str(picture), target=rig.name) == {
        "FINISHED"
    }
    assert keyed_frames(rig) == {1.0}


def test_no_file_is_one_sentence(rig, snapshot):
    before = snapshot()
    for path in ("", "/nowhere/at all.png"):
        with pytest.raises(RuntimeError, match="could not be opened"):
            bpy.ops.sketch2pose.pose_from_image(filepath=path, target=rig.name)
    assert snapshot() == before


def test_strokes_without_numbers_are_one_sentence(rig, drawing, backend, snapshot, addon):
    grease_pencil = addon("sketch2pose_addon.host.grease_pencil")
    grease_pencil.add_strokes(drawing, [np.full((5, 3), np.nan)], 1)
    before = snapshot()["actions"]
    with pytest.raises(RuntimeError, match=r"without a position \(NaN\)"):
        bpy.ops.sketch2pose.pose_from_sketch(target=rig.name, drawing=drawing.name)
    assert snapshot()["actions"] == before


def test_an_empty_drawing_is_one_sentence(rig, backend, snapshot, addon):
    empty = addon("sketch2pose_addon.host.grease_pencil").new_drawing("Empty")
    bpy.context.scene.collection.objects.link(empty)
    before = snapshot()
    with pytest.raises(RuntimeError, match="no visible strokes at this frame"):
        bpy.ops.sketch2pose.pose_from_sketch(target=rig.name, drawing=empty.name)
    assert snapshot() == before


def test_a_target_without_bones_is_one_sentence(drawing, backend, snapshot):
    bare = bpy.data.objects.new("Bare", bpy.data.armatures.new("Bare"))
    bpy.context.scene.collection.objects.link(bare)
    before = snapshot()
    with pytest.raises(RuntimeError, match='"Bare" has no bones'):
        bpy.ops.sketch2pose.pose_from_sketch(target="Bare", drawing=drawing.name)
    assert snapshot() == before


def test_a_target_that_is_no_rig_is_one_sentence(drawing, backend, snapshot):
    before = snapshot()
    with pytest.raises(RuntimeError, match=r"The rig cannot be posed|Nothing to pose"):
        bpy.ops.sketch2pose.pose_from_sketch(target=drawing.name, drawing=drawing.name)
    with pytest.raises(RuntimeError, match='no object "Nobody"'):
        bpy.ops.sketch2pose.pose_from_sketch(target="Nobody", drawing=drawing.name)
    assert snapshot() == before


def test_a_linked_rig_is_one_sentence(rig, drawing, backend, snapshot, tmp_path):
    library = str(tmp_path / "library.blend")
    bpy.data.libraries.write(library, {rig})
    bpy.data.objects.remove(rig)
    with bpy.data.libraries.load(library, link=True) as (source, wanted):
        wanted.objects = list(source.objects)
    linked = wanted.objects[0]
    bpy.context.scene.collection.objects.link(linked)
    before = snapshot()
    with pytest.raises(RuntimeError, match="is linked from another file"):
        bpy.ops.sketch2pose.pose_from_sketch(target=linked.name, drawing=drawing.name)
    assert snapshot() == before


def test_a_backend_that_is_not_there_is_one_sentence(rig, drawing, snapshot, addon, tmp_path):
    settings = addon("sketch2pose_addon.backend.addon").preferences(bpy.context)
    before = snapshot()
    for name, value in (("backend_python", "no python"), ("wheel_folder", "no folder")):
        setattr(settings, name, str(tmp_path / value))
        try:
            with pytest.raises(RuntimeError, match="The backend cannot start"):
                bpy.ops.sketch2pose.pose_from_sketch(target=rig.name, drawing=drawing.name)
            with pytest.raises(RuntimeError, match=f"{value}.* does not exist"):
                bpy.ops.sketch2pose.setup_check()
        finally:
            setattr(settings, name, "")
    assert snapshot() == before


def test_the_set_up_check_describes_the_real_backend(real_backend):
    assert bpy.ops.sketch2pose.setup_check() == {"FINISHED"}
    report = real_backend.report
    for word in ("Blender", "onnxruntime", "Device:", "Body:"):
        assert word in report
