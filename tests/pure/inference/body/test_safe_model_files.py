"""Hostile, damaged and honest model files: nothing of a file is ever executed."""

from __future__ import annotations

import io
import os
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.inference.body.safe_npz import load_npz
from sketch2pose.inference.body.safe_pickle import load_pickle

HONEST = {
    "matrix": np.arange(12.0).reshape(3, 4),
    "columns": np.asfortranarray(np.arange(12.0).reshape(3, 4)),
    "big_endian": np.arange(3, dtype=">i4"),
    "table": np.array([[2**32 - 1, 0], [0, 1]], np.uint32),
    "number": 3,
    "scalar": np.float64(2.5),
    "text": "lbs",
    "names": np.array(["a", "bc"]),
    "nothing": np.zeros((0, 3)),
}


class Runs:
    """A pickle of this calls a function with an argument."""

    def __init__(self, function, *arguments) -> None:
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


def written(tmp_path: Path, content: object, protocol: int = 4) -> Path:
    path = tmp_path / "model.pkl"
    path.write_bytes(content if isinstance(content, bytes) else pickle.dumps(content, protocol))
    return path


@pytest.mark.parametrize("protocol", range(6))
def test_honest_pickles_of_every_protocol(tmp_path: Path, protocol: int) -> None:
    found = load_pickle(written(tmp_path, HONEST, protocol))
    assert set(found) == set(HONEST)
    for key, value in HONEST.items():
        assert np.array_equal(found[key], value), key


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize(
    ("function", "arguments", "name"),
    [
        (os.system, ("echo 1 > proof",), "system"),
        (eval, ("open('proof', 'w')",), "eval"),
        (os.remove, ("proof",), "remove"),
        (getattr, ("proof", "upper"), "getattr"),
        (np.load, ("proof",), "load"),
    ],
)
def test_code_is_refused_by_name_and_not_run(
    tmp_path: Path, monkeypatch, protocol, function, arguments, name
) -> None:
    monkeypatch.chdir(tmp_path)
    path = written(tmp_path, {"v_template": Runs(function, *arguments)}, protocol)
    with pytest.raises(Sketch2PoseError, match=name):
        load_pickle(path)
    assert not (tmp_path / "proof").exists()


DAMAGED = {
    "empty": b"",
    "not a pickle": b"\x89PNG\r\n\x1a\n",
    "four gigabytes of bytes": b"\x80\x04\x8e" + (1 << 32).to_bytes(8, "little"),
    "bytearray of 16 GB": b"\x80\x05\x96" + (1 << 34).to_bytes(8, "little") + b"abc",
    "memo slot of 4 G": b"\x80\x04Nr\xff\xff\xff\xff.",
    "cut short": pickle.dumps({"a": np.arange(1000)})[:500],
    "no dictionary": pickle.dumps([1, 2]),
    "persistent reference": b"\x80\x02X\x01\x00\x00\x00aQ.",
    "state on a class": b"\x80\x02cnumpy\nndarray\n}X\x01\x00\x00\x00aK\x01sb.",
    "state on a function": b"\x80\x02ccopyreg\n_reconstructor\n}X\x01\x00\x00\x00aK\x01sb.",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_damaged_pickles_are_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Sketch2PoseError) as refusal:
        load_pickle(written(tmp_path, content))
    assert str(refusal.value).endswith("site.") and refusal.value.code.startswith("model.")


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    whole = pickle.dumps({"a": np.arange(20.0)}, 4)
    for end in range(0, len(whole) - 1, 7):
        with pytest.raises(Sketch2PoseError):
            load_pickle(written(tmp_path, whole[:end]))


def test_array_size_that_lies(tmp_path: Path) -> None:
    honest = pickle.dumps({"a": np.zeros(5)}, 2)
    lying = honest.replace(b"K\x05\x85", b"K\x06\x85", 1)
    assert lying != honest
    with pytest.raises(Sketch2PoseError, match="match its data"):
        load_pickle(written(tmp_path, lying))


@pytest.mark.agreement
def test_sparse_matrices_need_no_scipy(tmp_path: Path) -> None:
    sparse = pytest.importorskip(
        "scipy.sparse", reason="skipped: needs SciPy (build.py test --only agreement)"
    )
    dense = np.random.default_rng(0).random((5, 8)) * (
        np.random.default_rng(1).random((5, 8)) > 0.6
    )
    kinds = {name: getattr(sparse, f"{name}_matrix")(dense) for name in ("csc", "csr", "coo")}
    found = load_pickle(written(tmp_path, kinds))
    for name in kinds:
        assert np.array_equal(found[name], dense), name


def npy(shape: tuple[int, ...], body: bytes) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        stream, {"descr": "<f8", "fortran_order": False, "shape": shape}
    )
    return stream.getvalue() + body


def archive(tmp_path: Path, **members: bytes) -> Path:
    path = tmp_path / "model.npz"
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(f"{name}.npy", content)
    return path


def test_npz_whose_header_claims_four_gigabytes(tmp_path: Path) -> None:
    path = archive(tmp_path, v_template=npy((1 << 29,), b"12345678"))
    with pytest.raises(Sketch2PoseError, match="does not match its data"):
        load_npz(path)


def test_npz_objects_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    evil = np.array([Runs(os.system, "echo 1 > proof")], dtype=object)
    np.savez(path, good=np.arange(3), bad=evil)
    assert set(load_npz(path)) == {"good"}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"hello"])
def test_no_archive(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    with pytest.raises(Sketch2PoseError):
        load_npz(path)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    for load, name in ((load_npz, "a.npz"), (load_pickle, "a.pkl")):
        with pytest.raises(Sketch2PoseError, match="no such file"):
            load(tmp_path / name)
