"""`python -m inference skel` and the backend's SKEL requests, from file to files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from sketch2pose.core.body_motion import (
    BodyModelNote,
    BodyMotion,
    read_body_motion,
    write_body_motion,
)
from sketch2pose.core.errors import CancelledByUser
from sketch2pose.inference import cli
from sketch2pose.inference.body import load_default_body
from sketch2pose.inference.estimators import Estimators, Settings
from sketch2pose.inference.protocol.messages import Submit
from sketch2pose.inference.protocol.requests import SkelRequest
from sketch2pose.inference.protocol.wire import decode, encode
from sketch2pose.inference.report import JobReport
from sketch2pose.inference.run_request import run_request
from sketch2pose.inference.skel.opensim.osim_frame import ground_from_body


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
            raise CancelledByUser

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


def test_skel_files_are_read_where_motions_are(motion_file: Path, tmp_path: Path, capsys) -> None:
    """Its npz and trc convert like any motion; upstream's npz has no word of its kind."""
    out, before = tmp_path / "out", read_body_motion(motion_file)
    assert cli.run(["skel", str(motion_file), "--out", str(out), "--json"]) == 0
    files = {Path(f).suffix: f for f in json.loads(capsys.readouterr().out)["files"]}
    with np.load(files[".npz"]) as stored:
        np.savez(tmp_path / "plain.npz", **{k: stored[k] for k in ("poses", "trans", "betas")})
    joints = load_default_body().forward(before.poses, before.trans)
    ground = ground_from_body(joints)  # a trc keeps the axes that OpenSim wants
    for source, wanted, most in (
        (files[".npz"], joints, 0.02),
        (tmp_path / "plain.npz", joints, 0.02),
        (files[".trc"], ground, 0.06),
    ):
        target = tmp_path / f"{Path(source).suffix[1:]}_again.npz"
        assert cli.run(["convert", str(source), str(target)]) == 0
        again = read_body_motion(target).joints3d
        assert again is not None
        limbs = (1, 2, 4, 5, 7, 8, 16, 17, 18, 19, 20, 21)
        rooted = (again - again[:, :1])[:, limbs] - (wanted - wanted[:, :1])[:, limbs]
        assert np.linalg.norm(rooted, axis=-1).mean() < most
    assert cli.run(["convert", str(files[".npz"]), str(tmp_path / "again.bvh")]) == 0


def test_one_bad_input_does_not_stop_the_others(motion_file: Path, tmp_path: Path, capsys) -> None:
    bad = tmp_path / "bad.npz"
    bad.write_bytes(b"nothing")
    arguments = ["skel", str(bad), str(motion_file), "--out", str(tmp_path), "--joints-only"]
    assert cli.run(arguments) == 3
    said = capsys.readouterr()
    assert "bad.npz" in said.err and "joints within" in said.out


@pytest.mark.parametrize("share", [0.02, 0.5, 0.99])
def test_files_that_were_cut_off_get_a_sentence(
    share: float, motion_file: Path, tmp_path: Path, capsys
) -> None:
    out = tmp_path / "out"
    assert cli.run(["skel", str(motion_file), "--out", str(out)]) == 0
    for whole in (motion_file, out / "ein tänzer_skel.npz"):
        cut = tmp_path / f"cut {whole.name}"
        data = whole.read_bytes()
        cut.write_bytes(data[: int(share * len(data))])
        capsys.readouterr()
        assert cli.run(["skel", str(cut), "--out", str(tmp_path / "none")]) != 0
        said = capsys.readouterr().err
        assert cut.name in said and "Traceback" not in said
        assert not list((tmp_path / "none").glob("*.npz"))


def test_one_model_without_the_other_is_refused(motion_file: Path, tmp_path: Path, capsys) -> None:
    arguments = ["skel", str(motion_file), "--out", str(tmp_path), "--skel-model", "skel.pkl"]
    assert cli.run(arguments) == 2
    assert "needed together" in capsys.readouterr().err


def test_requests_report_progress(motion_file: Path, tmp_path: Path) -> None:
    request = SkelRequest((str(motion_file),), str(tmp_path), surface=False)
    assert decode(encode(Submit(1, request))) == Submit(1, request)
    listener = Listener()
    (summary,) = run_request(request, Estimators(Settings()), listener)
    assert summary.error is None and summary.files[0].endswith("_skel.npz")
    assert listener.fractions == sorted(listener.fractions) and listener.fractions[-1] == 1.0


def test_requests_can_be_cancelled(motion_file: Path, tmp_path: Path) -> None:
    request = SkelRequest((str(motion_file),), str(tmp_path))
    with pytest.raises(CancelledByUser):
        list(run_request(request, Estimators(Settings()), Listener(cancel=True)))
    assert not list(tmp_path.glob("*_skel.*"))


@pytest.mark.parametrize("kind", ["ours", "a stranger's body", "amass"])
def test_command_and_request_give_the_same_files(kind: str, tmp_path: Path, capsys) -> None:
    """One road: the same rules for bodies and shapes, whoever asks."""
    turns = np.cumsum(np.random.default_rng(1).normal(0, 0.02, (4, 72)), 0).astype(np.float32)
    path, shape = tmp_path / "walk.npz", np.full(10, 1.5, np.float32)
    if kind == "amass":
        rates = {"mocap_framerate": 30.0, "gender": "neutral"}
        np.savez(path, poses=turns, trans=np.zeros((4, 3)), betas=shape, **rates)
    else:
        name = "default" if kind == "ours" else "somebody"
        note = BodyModelNote(load_default_body().name if kind == "ours" else name, "")
        write_body_motion(
            path, BodyMotion(turns, np.zeros((4, 3), np.float32), shape, body_model=note)
        )
    arguments = ["skel", str(path), "--out", str(tmp_path / "a"), "--joints-only", "--json"]
    assert cli.run(arguments) == 0
    told = json.loads(capsys.readouterr().out)
    request = SkelRequest((str(path),), str(tmp_path / "b"), surface=False)
    (summary,) = run_request(request, Estimators(Settings()), JobReport())
    assert [Path(file).name for file in told["files"]] == [Path(f).name for f in summary.files]
    assert told["warnings"] == summary.warnings
    with np.load(told["files"][0]) as one, np.load(summary.files[0]) as two:
        np.testing.assert_array_equal(one["poses"], two["poses"])
        np.testing.assert_array_equal(one["betas"], two["betas"])
        assert bool(np.any(one["betas"])) == (kind == "ours")
