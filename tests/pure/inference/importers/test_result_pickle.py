"""Result pickles of WHAM, 4D-Humans and others; nothing in them is ever executed."""

import io
import os
import pickle
import zlib

import numpy as np
import pytest

from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.core.rotations import rotmat_from_rotvec
from sketch2pose.inference.importers import result_pickle
from sketch2pose.inference.importers.read_motion import read_motion
from sketch2pose.inference.importers.result_pickle import load_result_pickle

T = 5
RNG = np.random.default_rng(2)
POSES = np.concatenate([RNG.normal(size=(T, 22, 3)) * 0.2, np.zeros((T, 2, 3))], axis=1)
PATH = np.cumsum(RNG.normal(size=(T, 3)) * 0.01, axis=0) * [1, 0, 1]


class NumpyArrayWrapper:
    """Stands in for joblib's class of this name, which need not be installed."""


NumpyArrayWrapper.__module__ = "joblib.numpy_pickle"
NumpyArrayWrapper.__qualname__ = "NumpyArrayWrapper"


class _JoblibPickler(pickle._Pickler):
    """Writes arrays as joblib does: a description, then aligned bytes outside of the pickle."""

    def __init__(self, stream, protocol, alignment):
        super().__init__(stream, protocol)
        self.stream, self.alignment = stream, alignment

    def save(self, obj, save_persistent_id=True):
        if not isinstance(obj, np.ndarray):
            return super().save(obj, save_persistent_id)
        wrapper = NumpyArrayWrapper()
        order = "F" if obj.flags.f_contiguous and not obj.flags.c_contiguous else "C"
        wrapper.__dict__.update(
            subclass=np.ndarray, shape=obj.shape, order=order, dtype=obj.dtype, allow_mmap=True,
            numpy_array_alignment_bytes=self.alignment,
        )  # fmt: skip
        super().save(wrapper)
        if self.proto >= 4:
            self.framer.commit_frame(force=True)
        if self.alignment:
            padding = self.alignment - (self.stream.tell() + 1) % self.alignment
            self.stream.write(bytes([padding]) + b"\xff" * padding)
        self.stream.write(obj.tobytes(order))
        return None

    def save_global(self, obj, name=None):
        if obj is NumpyArrayWrapper:
            self.write(pickle.GLOBAL + b"joblib.numpy_pickle\nNumpyArrayWrapper\n")
            self.memoize(obj)
        else:
            super().save_global(obj, name)

    dispatch = dict(pickle._Pickler.dispatch)
    dispatch[type] = save_global


def joblib_bytes(content, protocol=3, alignment=16):
    stream = io.BytesIO()
    _JoblibPickler(stream, protocol, alignment).dump(content)
    return stream.getvalue()


def wham(people=1):
    person = {
        "pose": POSES.reshape(T, 72) * 0,
        "trans": PATH * 0,
        "pose_world": POSES.reshape(T, 72),
        "trans_world": PATH,
        "betas": np.zeros((T, 10), np.float32),
        "verts": np.zeros((T, 7, 3), np.float32),
        "frame_ids": np.arange(3, 3 + T),
    }
    return dict.fromkeys(range(people), person)


def phalp():
    """Two people, the second one missing in the middle frame."""
    frames = {}
    for number in range(T):
        matrices = rotmat_from_rotvec(POSES[number])
        smpl = {"global_orient": matrices[:1], "body_pose": matrices[1:], "betas": np.zeros(10)}
        tracks = [1] if number == 2 else [1, 4]
        frames[f"img/{number:06d}.jpg"] = {
            "time": number, "tid": tracks, "smpl": [smpl] * len(tracks),
            "camera": [np.zeros(3)] * len(tracks), "mask": [{"counts": b"abc"}],
        }  # fmt: skip
    return frames


def read(tmp_path, data):
    (tmp_path / "output é.pkl").write_bytes(data)
    return read_motion(tmp_path / "output é.pkl")


def assert_poses(motion, rows=slice(None)):
    np.testing.assert_allclose(motion.poses.reshape(-1, 24, 3), POSES[rows], atol=1e-5)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("alignment", [None, 16])
def test_wham_through_joblib(tmp_path, protocol, alignment):
    imported = read(tmp_path, joblib_bytes(wham(2), protocol, alignment))
    assert [motion.person_id for motion in imported.motions] == [0, 1]
    for motion in imported.motions:
        assert_poses(motion)
        assert motion.frame_index.tolist() == [3, 4, 5, 6, 7]
        moved = motion.joints3d[:, 0] - motion.joints3d[0, 0]
        np.testing.assert_allclose(moved, PATH - PATH[0], atol=1e-5)


@pytest.mark.agreement
def test_the_real_joblib_agrees(tmp_path):
    joblib = pytest.importorskip(
        "joblib", reason="skipped: needs joblib (build.py test --only agreement)"
    )
    for number, options in enumerate(({}, {"compress": 3}, {"protocol": 2})):
        path = tmp_path / f"{number}.pkl"
        joblib.dump(wham(), path, **options)
        assert_poses(read_motion(path).motions[0])


def test_4d_humans_tracks_people_through_gaps(tmp_path):
    first, second = read(tmp_path, zlib.compress(joblib_bytes(phalp()), 3)).motions
    assert_poses(first)
    assert first.frame_index.tolist() == [0, 1, 2, 3, 4]
    assert_poses(second, [0, 1, 3, 4])
    assert second.frame_index.tolist() == [0, 1, 3, 4]


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_plain_pickles_of_one_person(tmp_path, protocol):
    content = {"smpl_poses": POSES.reshape(T, 72), "smpl_trans": PATH, "smpl_scaling": [1.0]}
    (motion,) = read(tmp_path, pickle.dumps(content, protocol)).motions
    assert_poses(motion)


def test_pickles_with_the_names_of_the_smplx_package(tmp_path):
    """As SMPLify-X writes them; what is not of the body is left alone."""
    content = {
        "global_orient": POSES[:, 0],
        "body_pose": POSES[:, 1:22].reshape(T, 63),
        "transl": PATH,
        "camera_rotation": np.eye(3)[None],
    }
    (motion,) = read(tmp_path, pickle.dumps(content, 2)).motions
    assert_poses(motion)


def test_transposed_and_integer_arrays_are_exact():
    content = {"a": np.arange(12, dtype=np.int16).reshape(3, 4).T, "b": [np.float32(2.5), "é"]}
    again = load_result_pickle(joblib_bytes(content))
    np.testing.assert_array_equal(again["a"], content["a"])
    assert again["a"].dtype == np.int16
    assert again["b"] == [2.5, "é"]


class _Evil:
    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("protocol", [2, 4])
@pytest.mark.parametrize("function", [os.system, eval, exec, open, getattr, __import__])
def test_pickles_that_ask_for_code_are_refused_by_name(tmp_path, function, protocol):
    marker = tmp_path / "gotcha"
    data = pickle.dumps({"poses": _Evil(function, f"open({str(marker)!r}, 'w')")}, protocol)
    with pytest.raises(Sketch2PoseError, match=f"requests .*{function.__name__}"):
        read(tmp_path, data)
    assert not marker.exists()


def test_objects_in_arrays_are_refused(tmp_path):
    array = np.array([{"a": 1}, None], dtype=object)
    with pytest.raises(Sketch2PoseError):
        read(tmp_path, joblib_bytes({"poses": array.view(np.ndarray)}))


def test_functions_of_the_whitelist_cannot_be_changed():
    """BUILD on something without __setstate__ would write into its namespace."""
    data = b"\x80\x02ccollections\nOrderedDict\n}X\x01\x00\x00\x00aK\x01sb."
    with pytest.raises(pickle.UnpicklingError, match="not an array"):
        load_result_pickle(data)


@pytest.mark.parametrize(
    "content", [{}, [], {"a": 1}, {0: {"verts": np.zeros(3)}}, {"f": {"tid": [1], "smpl": [None]}}]
)
def test_other_content_is_one_sentence(tmp_path, content):
    with pytest.raises(Sketch2PoseError, match="no SMPL parameters"):
        read(tmp_path, joblib_bytes(content))


def test_damaged_pickles_are_one_sentence(tmp_path):
    whole = joblib_bytes(wham())
    compressed = zlib.compress(whole)
    for data in (
        whole[:100],
        whole[:-3000],
        compressed[:100],
        b"\x80\x04",
        b"\x78\x9cxxxx",
        b"\x80",
    ):
        with pytest.raises(Sketch2PoseError, match="could not be imported"):
            read(tmp_path, data)


def test_a_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(result_pickle, "FREE_BYTES", 1 << 16)
    with pytest.raises(Sketch2PoseError, match="unpacks to more"):
        read(tmp_path, zlib.compress(bytes(1 << 20)))
