"""Every message survives its line; lines that are no messages are named."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2pose.inference.protocol import messages as m
from sketch2pose.inference.protocol import requests as r
from sketch2pose.inference.protocol.wire import ProtocolError, decode, encode

text = st.text(max_size=30)
number = st.integers(0, 1 << 40)
paths = st.lists(text, max_size=3).map(tuple)
requests = st.one_of(
    st.builds(r.SketchRequest, inputs=paths, out_dir=text),
    st.builds(r.VideoRequest, inputs=paths, out_dir=text, cache=st.none() | text),
)
everything = st.one_of(
    st.builds(m.Submit, job_id=number, request=requests),
    st.builds(m.Cancel, job_id=number),
    st.builds(
        m.Ready, protocol=number, version=text, device=text, models=st.lists(text, max_size=3)
    ),
    st.builds(m.Started, job_id=number),
    st.builds(m.Progress, job_id=number, fraction=st.floats(0, 1), text=text),
    st.builds(m.Warning, job_id=number, text=text),
    st.builds(m.Error, job_id=number, what=text, why=text, fix=text, code=text),
    st.builds(m.Result, job_id=number, files=st.lists(text, max_size=3)),
    st.builds(m.Cancelled, job_id=number),
)


@given(everything)
def test_every_message_survives_its_line(message):
    line = encode(message)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert line.isascii()
    assert decode(line) == message


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"hello\n",
        b"[1, 2]",
        b"null",
        b'{"type": "dance"}',
        b'{"type": ["ready"]}',
        b'{"no": "type"}',
        b'{"type": "progress", "job_id": 1}',
        b'{"type": "progress", "job_id": "1", "fraction": 0, "text": ""}',
        b'{"type": "progress", "job_id": 1, "fraction": "half", "text": ""}',
        b'{"type": "result", "job_id": 1, "files": "a.npz"}',
        b'{"type": "submit", "job_id": 1, "request": {"type": "sing"}}',
        b'{"type": "submit", "job_id": 1, "request": 7}',
        b'{"type": "submit", "job_id": 1}',
        b"[" * 100000,
        b"\xff\xfe",
    ],
)
def test_other_lines_are_refused(line):
    with pytest.raises(ProtocolError):
        decode(line)


def test_newer_fields_are_ignored():
    line = json.dumps({"type": "started", "job_id": 3, "mood": "good"}).encode()
    assert decode(line) == m.Started(3)


def test_an_error_is_one_sentence():
    error = m.Error(
        1, "The drawing could not be read", "it is blank", "Draw something", "c"
    ).error()
    assert str(error) == "The drawing could not be read: it is blank. Draw something."
    assert m.Error.of(1, error).error().code == "c"
