"""The command line: exit codes, summaries, files, conversions."""

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from sketch2pose.core.body_motion import read_body_motion, write_body_motion
from sketch2pose.inference.__main__ import main
from sketch2pose.inference.estimators import Estimators
from sketch2pose.inference.version import read_version
from tests.fakes.scripted_server import ScriptedEstimator
from tests.pure.core.test_body_motion import assert_same, full_motion, least_motion

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(autouse=True)
def scripted(monkeypatch):
    monkeypatch.setattr(Estimators, "sketch", ScriptedEstimator())


@pytest.fixture
def draw(tmp_path):
    def make(name):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(cv2.imencode(".png", np.full((40, 40), 255, np.uint8))[1].tobytes())
        return str(path)

    return make


def summaries(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_sketch_writes_people_and_says_so(draw, tmp_path, capsys):
    out = tmp_path / "out put ü"
    inputs = [draw("one é.png"), draw("two.png")]
    assert main(["sketch", *inputs, "--out", str(out), "--json"]) == 0
    one, two = summaries(capsys)
    assert (one["input"], one["people"], one["error"]) == (inputs[0], 1, None)
    assert [Path(file).name for file in two["files"]] == ["two_p0.npz", "two_p1.npz"]
    assert one["seconds"] >= 0
    for file in (*one["files"], *two["files"]):
        read_body_motion(file)
    assert json.loads(Path(two["index"]).read_text())["format"] == "sketch2pose-people"
    assert not [path for path in out.iterdir() if path.name.startswith(".")]


def test_sketch_without_json_is_for_people(draw, tmp_path, capsys):
    assert main(["sketch", draw("a.png"), "--out", str(tmp_path)]) == 0
    assert "1 person in" in capsys.readouterr().out


def test_some_inputs_without_result_give_3_and_a_reason(draw, tmp_path, capsys):
    inputs = [draw("a.png"), draw("nobody.png"), str(tmp_path / "absent.png")]
    assert main(["sketch", *inputs, "--out", str(tmp_path / "o"), "--json"]) == 3
    good, nobody, absent = summaries(capsys)
    assert good["people"] == 1
    assert nobody["error"]["what"] == "No figure was found"
    assert absent["error"]["code"] == "page.unreadable"
    assert main(["sketch", inputs[1], "--out", str(tmp_path / "o")]) == 3
    assert "No figure was found: nothing looks like one. Draw one." in capsys.readouterr().err


def test_inputs_of_one_name_do_not_overwrite_each_other(draw, tmp_path, capsys):
    inputs = [draw("x/a.png"), draw("y/a.png")]
    assert main(["sketch", *inputs, "--out", str(tmp_path / "o"), "--json"]) == 0
    files = [Path(summary["files"][0]).name for summary in summaries(capsys)]
    assert files == ["a.npz", "a-2.npz"]


def test_wildcards_work_without_a_shell(draw, tmp_path, capsys):
    draw("a.png"), draw("b.png")
    assert main(["sketch", str(tmp_path / "*.png"), "--out", str(tmp_path / "o"), "--json"]) == 0
    assert len(summaries(capsys)) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["sketch"],
        ["sketch", "a.png"],
        ["sketch", "a.png", "--out", "o", "--device", "abacus"],
        ["sketch", "a.png", "--out", "o", "--threads", "-1"],
        ["sketch", "a.png", "--out", "o", "--models", "/nowhere"],
        ["sketch", "a.png", "--out", "{file}/o"],
        ["convert", "a.npz"],
        ["convert", "a.npz", "b.fbx"],
    ],
)
def test_unusable_arguments_give_2(arguments, draw, capsys):
    blocked = draw("file.png")
    assert main([argument.replace("{file}", blocked) for argument in arguments]) == 2
    assert capsys.readouterr().err


def test_version_and_help_give_0(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == read_version()
    assert main(["sketch", "--help"]) == 0


def test_info(capsys):
    assert main(["info", "--json"]) == 0
    info = json.loads(capsys.readouterr().out)
    assert info["device"]["name"] == "cpu"
    assert {library["name"] for library in info["libraries"]} == {"numpy", "onnxruntime", "cv2"}
    assert info["body"]["licence"]
    assert main(["info"]) == 0
    assert "Check: sketch estimator loads: ok" in capsys.readouterr().out


def test_a_device_that_is_not_there_falls_back_with_a_sentence(draw, tmp_path, capsys):
    assert main(["sketch", draw("a.png"), "--out", str(tmp_path), "--device", "CUDA"]) == 0
    assert "cuda is not used" in capsys.readouterr().err


@pytest.mark.parametrize("make", [full_motion, least_motion])
def test_convert_to_json_and_back_is_exact(tmp_path, make):
    write_body_motion(tmp_path / "a.npz", make())
    assert main(["convert", str(tmp_path / "a.npz"), str(tmp_path / "b é.json")]) == 0
    assert main(["convert", str(tmp_path / "b é.json"), str(tmp_path / "c.npz")]) == 0
    original, again = (read_body_motion(tmp_path / name) for name in ("a.npz", "c.npz"))
    assert_same(original, again)


def test_convert_to_bvh_says_what_is_lost_and_comes_back(tmp_path, capsys):
    write_body_motion(tmp_path / "a.npz", full_motion())
    assert main(["convert", str(tmp_path / "a.npz"), str(tmp_path / "b.bvh"), "--json"]) == 0
    (summary,) = summaries(capsys)
    assert "confidence" in summary["warnings"][0]
    assert main(["convert", str(tmp_path / "b.bvh"), str(tmp_path / "c.npz")]) == 0
    original, again = (read_body_motion(tmp_path / name) for name in ("a.npz", "c.npz"))
    np.testing.assert_allclose(again.poses, original.poses, atol=1e-5)
    np.testing.assert_allclose(again.trans, original.trans, atol=1e-6)
    np.testing.assert_allclose(again.betas, original.betas, atol=1e-3)


BAD_MOTIONS = {
    "empty": b"",
    "text": b"hello",
    "zip": b"PK\x03\x04 broken",
    "json": b'{"format": "something"}',
    "half json": b'{"format": ',
    "our json, bad field": b'{"format": "sketch2pose-motion", "version": 1, "poses": [[1]], '
    b'"trans": [[0,0,0]], "betas": [0]}',
    "our json, ragged": b'{"format": "sketch2pose-motion", "version": 1, "poses": [[1],[2,3]]}',
    "our json, newer": b'{"format": "sketch2pose-motion", "version": 7}',
    "bvh": b"HIERARCHY\nROOT a\n{\n",
    "bvh of a table": b"HIERARCHY\nROOT leg\n{\nOFFSET 0 0 0\nCHANNELS 1 Xrotation\n}\nMOTION\n"
    b"Frames: 1\nFrame Time: 0.1\n0\n",
}


@pytest.mark.parametrize("content", BAD_MOTIONS.values(), ids=BAD_MOTIONS.keys())
def test_bad_motions_give_3_one_sentence_and_no_file(tmp_path, capsys, content):
    (tmp_path / "a.xyz").write_bytes(content)
    assert main(["convert", str(tmp_path / "a.xyz"), str(tmp_path / "b.npz")]) == 3
    printed = capsys.readouterr()
    assert len(printed.err.strip().splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.xyz"]


def test_missing_input_and_unwritable_output_give_3(tmp_path):
    assert main(["convert", str(tmp_path / "a.npz"), str(tmp_path / "b.npz")]) == 3
    write_body_motion(tmp_path / "a.npz", least_motion())
    assert main(["convert", str(tmp_path / "a.npz"), str(tmp_path / "no" / "b.npz")]) == 3


def test_the_program_runs_from_anywhere_with_library_folders_by_argument(tmp_path):
    """`--site` must act before the first library is imported, as inside Blender."""
    site = tmp_path / "wheels é"
    site.mkdir()
    (site / "hello_from_a_wheel.py").write_text("")
    program = (
        "import sys, runpy; sys.argv[1:] = ['convert', 'a', 'b.fbx', '--site', sys.argv[1]];"
        "sys.modules.pop('numpy', None);"
        "import inference.__main__ as entry; code = entry.main();"
        "import hello_from_a_wheel; sys.exit(code)"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program, str(site)], cwd=tmp_path, env=env, capture_output=True
    )
    assert done.returncode == 2, done.stderr
    assert b"suffix" in done.stderr
