"""TRAM's NumPy files of PyTorch tensors, with and without the camera beside them."""

import io
import pickle

import numpy as np
import pytest

from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.core.rotations import rotmat_from_rotvec
from sketch2pose.inference.body import load_default_body
from sketch2pose.inference.importers.read_motion import read_motion
from sketch2pose.inference.importers.torch_file import storage_from_bytes
from sketch2pose.inference.importers.tram import in_world

T = 6
FLIP = np.diag([1.0, -1.0, -1.0])  # OpenCV's axes from ours
RNG = np.random.default_rng(4)
LOCAL = np.concatenate([np.zeros((T, 1, 3)), RNG.normal(size=(T, 21, 3)) * 0.2,
                        np.zeros((T, 2, 3))], axis=1)  # fmt: skip
PATH = np.stack([np.linspace(0, 0.5, T), np.zeros(T), np.zeros(T)], axis=1)
FRAMES = np.arange(2, 2 + T)
PANS = rotmat_from_rotvec(np.linspace(0, 0.6, 2 + T)[:, None] * [0.0, 1.0, 0.0])
EYES = np.stack([np.zeros(2 + T), np.zeros(2 + T), -0.1 * np.arange(2 + T)], axis=1)


class Storage:
    """Writes itself as PyTorch's storages do: as bytes of its format before 1.6."""

    def __init__(self, values):
        self.values = np.ascontiguousarray(values)

    def __reduce__(self):
        return _load_from_bytes, (old_storage(self.values),)


class Tensor:
    """Writes itself as PyTorch's tensors do."""

    def __init__(self, values):
        self.values = np.ascontiguousarray(values)

    def __reduce__(self):
        steps = tuple(step // self.values.itemsize for step in self.values.strides)
        return _rebuild_tensor_v2, (Storage(self.values), 0, self.values.shape, steps, False, None)


def _load_from_bytes(_data):
    raise AssertionError("no code of the file may run")


def _rebuild_tensor_v2(*_state):
    raise AssertionError("no code of the file may run")


class FloatStorage:
    """Stands in for PyTorch's class of this name, which need not be installed."""


class LongStorage:
    """Stands in for PyTorch's class of this name, which need not be installed."""


_NAMES = {
    _load_from_bytes: b"torch.storage\n_load_from_bytes\n",
    _rebuild_tensor_v2: b"torch._utils\n_rebuild_tensor_v2\n",
    FloatStorage: b"torch\nFloatStorage\n",
    LongStorage: b"torch\nLongStorage\n",
}


class _Pickler(pickle._Pickler):
    """Writes the stand-ins under the names of what they stand for."""

    def save_global(self, obj, name=None):
        if obj in _NAMES:
            self.write(pickle.GLOBAL + _NAMES[obj])
            self.memoize(obj)
        else:
            super().save_global(obj, name)

    def persistent_id(self, obj):
        if isinstance(obj, Storage) and self.in_storage:
            kind = FloatStorage if obj.values.dtype == np.float32 else LongStorage
            return ("storage", kind, "0", "cpu", obj.values.size, None)
        return None

    in_storage = False
    dispatch = dict(pickle._Pickler.dispatch)
    dispatch[type] = save_global
    dispatch[type(_load_from_bytes)] = save_global


def old_storage(values):
    """A storage in PyTorch's format before 1.6."""
    stream = io.BytesIO()
    for item in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}):
        pickle.dump(item, stream, 2)
    pickler = _Pickler(stream, 2)
    pickler.in_storage = True
    pickler.dump(Storage(values))
    pickle.dump(["0"], stream, 2)
    stream.write(values.size.to_bytes(8, "little") + values.tobytes())
    return stream.getvalue()


def npy(content):
    """A dictionary as `numpy.save` writes it."""
    whole = np.empty((), dtype=object)
    whole[()] = content
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        stream, {"descr": "|O", "fortran_order": False, "shape": ()}
    )
    _Pickler(stream, 4).dump(whole)
    return stream.getvalue()


def result(order=slice(None)):
    """The person as the camera of each frame sees them."""
    turns, place = seen_from_camera()
    return {
        "pred_rotmat": Tensor(turns[order].astype(np.float32)),
        "pred_trans": Tensor(place[order][:, None].astype(np.float32)),
        "pred_shape": Tensor(np.full((T, 10), 0.3, np.float32)),
        "frame": Tensor(FRAMES[order].astype(np.int64)),
    }


def seen_from_camera():
    world = rotmat_from_rotvec(LOCAL)
    world[:, 0] = FLIP @ world[:, 0]
    place = PATH + [0.0, 0.0, 4.0]
    pelvis = np.asarray(load_default_body().joints(), float)[0]
    back = np.swapaxes(PANS[FRAMES], 1, 2)
    world[:, 0] = back @ world[:, 0]
    return world, np.einsum("tij,tj->ti", back, place + pelvis - EYES[FRAMES]) - pelvis


def write(tmp_path, data, camera=True):
    folder = tmp_path / "results é" / "hps"
    folder.mkdir(parents=True)
    if camera:
        content = {"pred_cam_R": PANS.astype(np.float32), "pred_cam_T": EYES.astype(np.float32)}
        np.save(folder.parent / "camera.npy", content, allow_pickle=True)
    (folder / "hps_track_0.npy").write_bytes(data)
    return folder / "hps_track_0.npy"


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
def test_a_person_before_a_moving_camera_walks_through_the_world(tmp_path, order):
    (motion,) = read_motion(write(tmp_path, npy(result(order)))).motions
    found = motion.poses.reshape(T, 24, 3)
    np.testing.assert_allclose(found[:, 1:], LOCAL[:, 1:], atol=1e-4)
    np.testing.assert_allclose(rotmat_from_rotvec(found[:, 0]), np.eye(3)[None].repeat(T, 0),
                               atol=1e-4)  # fmt: skip
    np.testing.assert_allclose(motion.trans - motion.trans[0], PATH, atol=1e-4)
    assert motion.frame_index.tolist() == FRAMES.tolist()


def test_without_its_camera_file_that_is_said(tmp_path):
    imported = read_motion(write(tmp_path, npy(result()), camera=False))
    assert any("assumed to stand still" in sentence for sentence in imported.warnings)
    assert any("proportions" in sentence for sentence in imported.warnings)


def test_files_that_pytorch_itself_writes_are_read_alike(tmp_path):
    torch = pytest.importorskip("torch", reason="skipped: PyTorch is not installed")
    tensors = {key: torch.from_numpy(value.values) for key, value in result().items()}
    path = write(tmp_path, b"")
    np.save(path, tensors, allow_pickle=True)
    (motion,) = read_motion(path).motions
    np.testing.assert_allclose(motion.poses.reshape(T, 24, 3)[:, 1:], LOCAL[:, 1:], atol=1e-4)


def test_the_world_of_a_camera_that_stands_is_its_own():
    poses, place = RNG.normal(size=(3, 24, 3)) * 0.3, RNG.normal(size=(3, 3))
    still = np.tile(np.eye(3), (3, 1, 1)), np.zeros((3, 3))
    again = in_world(poses, place, *still)
    np.testing.assert_allclose(again[0], poses, atol=1e-6)
    np.testing.assert_allclose(again[1], place, atol=1e-9)


class Evil:
    """Asks for code when it is loaded."""

    def __reduce__(self):
        return print, ("must not run",)


BAD = {
    "code": (npy({"pred_rotmat": Evil()}), "print"),
    "an array": (b"", "single array"),
    "other keys": (npy({"a": 1}), "not in a known format"),
    "no dictionary": (npy([1, 2]), "dictionary"),
    "lengths": (npy({**result(), "frame": Tensor(np.arange(2))}), "2 frames"),
    "cut short": (npy(result())[:-40], "exhausted"),
    "another version": (b"\x93NUMPY\x09\x00v\x00" + bytes(99), "damaged"),
}


@pytest.mark.parametrize(("data", "why"), BAD.values(), ids=BAD)
def test_bad_files_are_one_sentence(tmp_path, data, why, capsys):
    path = write(tmp_path, data)
    if not data:
        np.save(path, np.zeros((3, 4)))
    with pytest.raises(Sketch2PoseError, match=why):
        read_motion(path)
    assert capsys.readouterr().out == ""


def test_storages_are_read_exactly_and_nothing_else_is():
    values = RNG.normal(size=7).astype(np.float32)
    np.testing.assert_array_equal(storage_from_bytes(old_storage(values)), values)
    with pytest.raises((pickle.UnpicklingError, ValueError, EOFError)):
        storage_from_bytes(pickle.dumps(Evil()) * 3)
