"""Stroke documents: exact round trips and one clear sentence for each bad one."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2pose.core.axes import LEVEL_ROTATION
from sketch2pose.core.camera import Camera
from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.core.strokes import (
    Stroke,
    StrokeDrawing,
    json_from_strokes,
    read_strokes,
    strokes_from_json,
    write_strokes,
)

CAMERA = Camera(LEVEL_ROTATION, np.array([0.0, 1.0, 4.0]), 900.0, np.array([320.0, 240.0]))
coordinate = st.floats(-1e4, 1e4, allow_nan=False)
stroke_lists = st.lists(
    st.tuples(
        st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=5), st.floats(0, 50)
    ),
    max_size=4,
)


def document(**changes):
    line = {"points": [[0, 0], [10, 10]], "width": 3}
    base = {"format": "sketch2pose-strokes", "version": 1, "width": 640, "height": 480}
    return {**base, "strokes": [line], "camera": None, **changes}


@given(stroke_lists, st.booleans())
def test_json_round_trip_is_exact(strokes, with_camera):
    drawing = StrokeDrawing(
        640.0,
        480.0,
        tuple(Stroke(np.array(points), width) for points, width in strokes),
        CAMERA if with_camera else None,
    )
    text = json.dumps(json_from_strokes(drawing))
    again = strokes_from_json(json.loads(text))
    assert json.dumps(json_from_strokes(again)) == text


def test_file_round_trip(tmp_path):
    path = tmp_path / "croquis à la main.json"
    drawing = strokes_from_json(document())
    write_strokes(path, drawing)
    again = read_strokes(path)
    np.testing.assert_array_equal(again.strokes[0].points, [[0, 0], [10, 10]])


def test_strokes_without_points_are_left_out():
    drawing = strokes_from_json(document(strokes=[{"points": [], "width": 1}]))
    assert drawing.strokes == ()


def camera(**changes):
    base = json_from_strokes(StrokeDrawing(1, 1, (), CAMERA))["camera"]
    return {**base, **changes}


BAD = {
    "not an object": [],
    "other format": document(format="svg"),
    "newer": document(version=2),
    "strokes missing": document(strokes=None),
    "stroke no object": document(strokes=[3]),
    "points no pairs": document(strokes=[{"points": [1, 2, 3], "width": 1}]),
    "points ragged": document(strokes=[{"points": [[1], [2, 3]], "width": 1}]),
    "points text": document(strokes=[{"points": "abc", "width": 1}]),
    "points missing": document(strokes=[{"width": 1}]),
    "NaN": document(strokes=[{"points": [[float("nan"), 0]], "width": 1}]),
    "width negative": document(strokes=[{"points": [[0, 0]], "width": -1}]),
    "size zero": document(width=0),
    "size missing": document(height=None),
    "size huge": document(width=1e9),
    "camera text": document(camera="front"),
    "camera rotation": document(camera=camera(rotation=[[1, 0], [0, 1]])),
    "camera sheared": document(camera=camera(rotation=[[1, 1, 0], [0, 1, 0], [0, 0, 1]])),
    "camera focal": document(camera=camera(focal=0)),
    "camera center": document(camera=camera(center=None)),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_bad_documents_are_one_sentence(bad):
    with pytest.raises(Sketch2PoseError, match=r"could not be used: .+ again"):
        strokes_from_json(bad)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"{", b"[" * 100000], ids=range(4))
def test_bad_files_are_one_sentence(tmp_path, content):
    (tmp_path / "s.json").write_bytes(content)
    with pytest.raises(Sketch2PoseError, match="could not be used"):
        read_strokes(tmp_path / "s.json")


def test_missing_file():
    with pytest.raises(Sketch2PoseError, match="No such file"):
        read_strokes("/nowhere/s.json")
