"""Files made to hurt: each ends in one sentence, in little time and memory, in a child process."""

import io
import os
import pickle
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT

if not sys.platform.startswith("linux"):
    pytest.skip("skipped: limits of child processes are Linux's", allow_module_level=True)

from tests.pure.inference.hostile_readers import MEMORY, READERS, SECONDS, outcome_of, warm_up

SHARED = Path(os.environ.get("S2P_SHARED", ROOT.parent / "shared")) / "hostile"
HARMLESS = {
    # decoded without the chunks, patterns or names that made them dangerous, or None for a cache
    "page": ("apng_oob2", "svg_css_redos", "svg_length_", "svg_strokewidth_redos"),
    "kpframes": ("op_", "opid_", "2_169"), "card": ("card2",), "observation": ("",),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def warm():
    warm_up()


def assert_harmless(path, reader="", accepted=False):
    found = outcome_of(path, reader)
    verdicts = ("sentence", "accepted") if accepted else ("sentence",)
    assert found.verdict in verdicts, found
    assert found.seconds < SECONDS
    assert found.megabytes < MEMORY >> 20
    if found.verdict == "sentence":
        assert found.said.endswith(".")
        assert ": " in found.said
    return found


def may_be_accepted(path):
    parts = path.stem.split("__")
    return len(parts) == 3 and parts[2].startswith(HARMLESS.get(parts[1], ("nothing",)))


def shared_files():
    return sorted(p for p in SHARED.glob("*") if p.suffix != ".md") if SHARED.is_dir() else [None]


@pytest.mark.parametrize("path", shared_files(), ids=lambda path: path.name if path else "none")
def test_the_collection_of_hostile_files(path):
    if path is None:
        pytest.skip(f"skipped: no hostile files at {SHARED} (set S2P_SHARED)")
    assert_harmless(path, accepted=may_be_accepted(path))


def laughs(depth=60):
    """A list of ten lists of ten lists …, each stored once."""
    inner = ["ha"]
    for _ in range(depth):
        inner = [inner] * 10
    return inner


def tuples(depth=200):
    inner = ("ha",)
    for _ in range(depth):
        inner = (inner, inner)
    return inner


def pickled_key(depth=200):
    """A dictionary whose key is a nest of tuples; its hash takes 2^200 steps."""
    body = pickle.dumps(tuples(depth), 2)[2:-1]
    return b"\x80\x02}" + body + b"K\x01s."


def torch_bytes(program, storage=bytes(64)):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a/data.pkl", program)
        archive.writestr("a/data/0", storage)
    return stream.getvalue()


def tensor(offset, size, stride):
    """The program of a tensor with these numbers, each an opcode of its own."""
    storage = b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000"
    storage += b"X\x03\x00\x00\x00cpuK\x10tQ"
    return (b"\x80\x02}X\x05\x00\x00\x00posesctorch._utils\n_rebuild_tensor_v2\n(" + storage
            + offset + size + stride + b"tRs.")  # fmt: skip


def int64(value):
    """A NumPy integer as pickles have it; torch files may not ask for NumPy, results may."""
    return pickle.dumps(np.int64(value), 2)[2:-1]


def lying_npz():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        text = b"{'descr':'<f4','fortran_order':False,'shape':(600000000,72)}\n"
        head = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little")
        archive.writestr("poses.npy", head + text + bytes(16))
    return stream.getvalue()


def gap_npz():
    stream = io.BytesIO()
    np.savez(
        stream, format_version=1, poses=np.zeros((3, 72)), trans=np.zeros((3, 3)),
        betas=np.zeros(10), frame_index=np.array([0, 1, 9_000_000]), mocap_framerate=1000.0,
        joints3d=np.zeros((3, 24, 3)),
    )  # fmt: skip
    return stream.getvalue()


OWN = {
    "laughs.pkl": (pickle.dumps({"poses": laughs()}, 2), ("motion", "smpl", "skel")),
    "laughs.pklz": (zlib.compress(pickle.dumps({"poses": laughs()}, 2)), ("motion",)),
    "laughs.pt": (torch_bytes(pickle.dumps({"poses": laughs()}, 2)), ("motion",)),
    "key.pkl": (pickled_key(), ("motion", "smpl", "skel")),
    "key.pt": (torch_bytes(pickled_key()), ("motion",)),
    "slot.pt": (torch_bytes(b"\x80\x02}r\xff\xff\xff\x7f."), ("motion",)),
    "slot.pkl": (b"\x80\x02}r\xff\xff\xff\x7f.", ("smpl",)),
    "bytes.pkl": (b"\x80\x05\x96\x00\x00\x00\x00\x02\x00\x00\x00.", ("motion", "smpl")),
    "stride.pt": (torch_bytes(tensor(b"K\x00", b"J\xff\xff\xff\x7fK\x48\x86", b"K\x00K\x00\x86")),
                  ("motion",)),
    "outside.pt": (torch_bytes(tensor(b"K\x00", b"K\x02K\x48\x86",
                                      b"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7fK\x01\x86")),
                   ("motion",)),
    "outside.pkl": (tensor(b"K\x00", b"(" + int64(3) + int64(2) + b"t",
                           b"(" + int64(2**62) + int64(2**62) + b"t"), ("motion",)),
    "bomb.pklz": (zlib.compress(bytes(1 << 29), 9), ("motion",)),
    "lying.npz": (lying_npz(), ("motion", "body_motion", "smpl", "skel", "skelmotion")),
    "gap.npz": (gap_npz(), ("motion", "body_motion")),
}  # fmt: skip


@pytest.mark.parametrize(("name", "reader"), [(n, r) for n, (_, rs) in OWN.items() for r in rs])
def test_small_files_that_ask_for_much(tmp_path, name, reader):
    path = tmp_path / name
    path.write_bytes(OWN[name][0])
    assert_harmless(path, reader)


def test_each_reader_is_known():
    unknown = {p.name for p in shared_files() if p and not set(READERS) & set(p.stem.split("__"))}
    assert unknown == set()
