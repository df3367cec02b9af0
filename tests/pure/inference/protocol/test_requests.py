"""Requests are checked by one rule, on the line and from the command line."""

import json

import pytest

from sketch2pose.core.corrections.edits import Edit
from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.inference.protocol import requests as r
from sketch2pose.inference.protocol.messages import Submit
from sketch2pose.inference.protocol.wire import RequestRefusedError, checked, decode, encode

FILES = {"inputs": ["a.mp4"], "out_dir": "out"}
EDITS = (Edit("depth", joint=20, radians=-0.2), Edit("flip", "LEFT_ARM"))
WHOLE = [
    r.SketchRequest(("a.png", "b é.svg"), "out"),
    r.ImageRequest(("a.png",), "out", 50.0, "lite", True, True),
    r.VideoRequest(
        ("a.mp4",), "out", 35.0, "heavy", True, r.Trim(1.5, 4.0, 2, 3, 9), 30.0, (1920, 1080),
        "cache", "camera.json", True,
    ),
    r.SkelRequest(("a.npz",), "out", False, True, True, "skel.pkl", "smpl.npz"),
    r.BodyRequest(("a.npz",), "out"),
    r.EditRequest(("a.npz",), "out", EDITS),
    r.ImportRequest((), ""),
    r.BesideRequest(("a.mp4",), "out", ("m.npz",), (0, 1), "p", ("filmed", "side"), ".png", 12.0),
]  # fmt: skip


@pytest.mark.parametrize("request_", WHOLE, ids=lambda one: type(one).__name__)
def test_every_request_survives_its_line(request_):
    assert checked(request_) == request_
    assert decode(encode(Submit(1, request_))) == Submit(1, request_)


HUGE = "1" + "0" * 400
BAD = [
    ("video", '"lens": 3', "lens", "5 to 2000 mm"),
    ("video", '"lens": NaN', "lens", "finite"),
    ("video", '"lens": "wide"', "lens", "finite"),
    ("video", '"lens": true', "lens", "finite"),
    ("video", '"quality": "best"', "quality", "lite, full, heavy"),
    ("video", '"hands": 1', "hands", "true or false"),
    ("video", '"cache": -1', "cache", "a text"),
    ("video", '"image_size": [1920]', "image_size", "Give 2"),
    ("video", f'"image_size": {HUGE}', "image_size", "a list"),
    ("video", '"image_size": [0, 5]', "image_size", "at least 1"),
    ("video", f'"trim": {{"start": {HUGE}}}', "start", "finite"),
    ("video", '"trim": {"start": -1}', "start", "at least 0"),
    ("video", '"trim": {"start": 2, "end": 2}', "end", "more than the start"),
    ("video", '"trim": {"step": 1.5}', "step", "whole number"),
    ("video", '"trim": {"pace": 1}', "pace", "start, end, step"),
    ("video", '"trim": []', "trim", "an object"),
    ("video", '"mood": "good"', "mood", "inputs, out_dir"),
    ("video", '"framerate": 0', "framerate", "frames a second"),
    ("beside", '"kind": ".gif"', "kind", ".mp4, .png"),
    ("beside", '"frames": [-1]', "frames", "at least 0"),
    ("skel", '"surface": null', "surface", "true or false"),
    ("sketch", '"inputs": "a.png"', "inputs", "a list"),
    ("sketch", '"inputs": [7]', "inputs", "a text"),
]


@pytest.mark.parametrize(("kind", "text", "field", "fix"), BAD, ids=lambda one: one[:24])
def test_what_makes_no_sense_is_named_with_its_fix(kind, text, field, fix):
    files = json.dumps(FILES)[1:-1] if "inputs" not in text else '"out_dir": "out"'
    line = f'{{"type": "submit", "job_id": 4, "request": {{"type": "{kind}", {files}, {text}}}}}'
    with pytest.raises(RequestRefusedError) as refused:
        decode(line.encode())
    error = refused.value.error
    assert refused.value.job_id == 4 and error.code == f"{kind}.{field}"
    assert f'"{field}"' in error.why and fix in error.fix and len(str(error)) < 300


@pytest.mark.parametrize("name", ["inputs", "out_dir"])
def test_a_missing_field_is_named(name):
    body = {key: value for key, value in FILES.items() if key != name}
    line = {"type": "submit", "job_id": 1, "request": {"type": "sketch", **body}}
    with pytest.raises(RequestRefusedError, match=f'"{name}" is missing'):
        decode(json.dumps(line).encode())


EDIT = {"kind": "limb", "limb": "LEFT_ARM", "points": [[1, 2], [3, 4]]}
BAD_EDITS = [
    ([{**EDIT, "enabled": 1}], "neither true nor false"),
    ([{**EDIT, "limb": 5}], "not a text"),
    ([{**EDIT, "color": "red"}], '"color" is unknown'),
    ([{**EDIT, "points": [[1, int(HUGE)], [2, 3]]}], "not numbers"),
    ([{**EDIT, "points": [[1, float("nan")], [2, 3]]}], "not finite"),
    ({}, "not a list"),
]


@pytest.mark.parametrize(("edits", "why"), BAD_EDITS)
def test_bad_corrections_are_one_sentence(edits, why):
    request = {"type": "edit", "inputs": ["a.npz"], "out_dir": "out", "edits": edits}
    line = json.dumps({"type": "submit", "job_id": 1, "request": request}).encode()
    with pytest.raises(RequestRefusedError, match=why):
        decode(line)


def test_a_request_that_the_add_on_made_is_checked_too():
    with pytest.raises(Sketch2PoseError, match='"lens" is nan'):
        checked(r.ImageRequest(("a.png",), "out", lens=float("nan")))
