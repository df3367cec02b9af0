"""`python -m inference skel` and the backend's SKEL requests, from file to files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from inference import cli
from inference.protocol.body_motion import BodyMotion, read_body_motion, write_body_motion
from inference.protocol.errors import Cancelled
from inference.protocol.messages import SkelRequest, Submit, decode, encode
from inference.skel.request import run_skel_request


@pytest.fixture
def motion_file(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    poses = np.cumsum(rng.normal(0, 0.02, (6, 72)), 0).astype(np.float32)
    motion = BodyMotion(poses, np.zeros((6, 3), np.float32), np.zeros(10, np.float32))
    path = tmp_path / "ein tänzer.npz"
    write_body_motion(path, motion)
    return path


class Listener:
    """A report that remembers, and cancels when told to."""

    def __init__(self, cancel: bool = False) -> None:
        self.fractions: list[float] = []
        self.cancel = cancel

    def progress(self, fraction: float, text: str) -> None:
        self.fractions.append(fraction)

    def warn(self, text: str) -> None:
        raise AssertionError(text)

    def check(self) -> None:
        if self.cancel:
            raise Cancelled

    def enough(self) -> bool:
        return False


def test_there_and_back(motion_file: Path, tmp_path: Path, capsys) -> None:
    out = tmp_path / "out"
    assert cli.run(["skel", str(motion_file), "--out", str(out), "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    names = {Path(file).name.removeprefix("ein tänzer") for file in summary["files"]}
    assert names == {f"_skel{suffix}" for suffix in (".npz", ".mot", ".trc", ".csv", ".osim")}
    assert all(Path(file).is_file() for file in summary["files"])
    assert cli.run(["skel", summary["files"][0], "--out", str(out), "--json"]) == 0
    back = read_body_motion(Path(json.loads(capsys.readouterr().out)["files"][0]))
    assert back.poses.shape == (6, 72)


def test_one_bad_input_does_not_stop_the_others(motion_file: Path, tmp_path: Path, capsys) -> None:
    bad = tmp_path / "bad.npz"
    bad.write_bytes(b"nothing")
    arguments = ["skel", str(bad), str(motion_file), "--out", str(tmp_path), "--joints-only"]
    assert cli.run(arguments) == 3
    said = capsys.readouterr()
    assert "bad.npz" in said.err and "joints within" in said.out


def test_one_model_without_the_other_is_refused(motion_file: Path, tmp_path: Path, capsys) -> None:
    arguments = ["skel", str(motion_file), "--out", str(tmp_path), "--skel-model", "skel.pkl"]
    assert cli.run(arguments) == 2
    assert "needed together" in capsys.readouterr().err


def test_requests_report_progress(motion_file: Path, tmp_path: Path) -> None:
    request = SkelRequest([str(motion_file)], str(tmp_path), {"surface": False})
    assert decode(encode(Submit(1, request))) == Submit(1, request)
    listener = Listener()
    (summary,) = run_skel_request(request, listener)
    assert summary.error is None and summary.files[0].endswith("_skel.npz")
    assert listener.fractions == sorted(listener.fractions) and listener.fractions[-1] == 1.0


def test_requests_can_be_cancelled(motion_file: Path, tmp_path: Path) -> None:
    request = SkelRequest([str(motion_file)], str(tmp_path))
    with pytest.raises(Cancelled):
        list(run_skel_request(request, Listener(cancel=True)))
    assert not list(tmp_path.glob("*_skel.*"))
