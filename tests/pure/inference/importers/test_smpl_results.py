"""Result files of other SMPL programs, made here as those programs write them."""

import io
import pickle
import zipfile

import numpy as np
import pytest

from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.core.rotations import rotmat_from_rotvec, rotvec_from_rotmat
from sketch2pose.core.smpl import SMPL_JOINT_NAMES
from sketch2pose.core.untrusted_numbers import ByteBudget
from sketch2pose.inference.importers.read_motion import read_motion
from sketch2pose.inference.importers.torch_file import TensorReader, load_torch_archive

T = 6
RNG = np.random.default_rng(5)
BODY = RNG.normal(size=(T, 21, 3)) * 0.2
ROOT = RNG.normal(size=(T, 3)) * 0.1
HANDS = RNG.normal(size=(T, 30, 3)) * 0.2
PATH = np.cumsum(RNG.normal(size=(T, 3)) * 0.01, axis=0) * [1, 0, 1]
HEAD, PELVIS = SMPL_JOINT_NAMES.index("head"), SMPL_JOINT_NAMES.index("pelvis")


def turned(angle_about_x):
    """Root rotations and path of the same motion in a world with another up axis."""
    turn = rotmat_from_rotvec([angle_about_x, 0.0, 0.0])
    return rotvec_from_rotmat(turn @ rotmat_from_rotvec(ROOT)), PATH @ turn.T


def read(tmp_path, **arrays):
    path = tmp_path / "result é.npz"
    np.savez(path, **arrays)
    imported = read_motion(path)
    (motion,) = imported.motions
    assert motion.source == (path.name, "import")
    return motion, imported.warnings


def assert_is_the_motion(motion):
    poses = motion.poses.reshape(T, 24, 3)
    np.testing.assert_allclose(poses[:, 1:22], BODY, atol=1e-6)
    np.testing.assert_allclose(poses[:, 0], ROOT, atol=1e-5)
    moved = motion.joints3d[:, PELVIS] - motion.joints3d[0, PELVIS]
    np.testing.assert_allclose(moved, PATH - PATH[0], atol=1e-5)
    assert np.all(motion.joints3d[:, HEAD, 1] > 1.0)
    assert -0.05 < motion.joints3d[..., 1].min() < 0.1


def test_amass_smplh(tmp_path):
    root, path = turned(np.pi / 2)
    hands = HANDS.reshape(T, 90)
    poses = np.hstack([root, BODY.reshape(T, 63), hands])
    motion, warnings = read(
        tmp_path, poses=poses, trans=path, betas=np.zeros(16), gender=np.array("female"),
        mocap_framerate=np.array(120.0), dmpls=np.zeros((T, 8)),
    )  # fmt: skip
    assert_is_the_motion(motion)
    np.testing.assert_allclose(motion.hands, HANDS, atol=1e-6)
    assert (motion.gender, motion.mocap_framerate) == ("female", 120.0)
    assert warnings == ("The motion was rotated from z up to y up.",)


def test_proportions_that_are_left_behind_are_said(tmp_path):
    root, path = turned(np.pi / 2)
    poses = np.hstack([root, BODY.reshape(T, 63), HANDS.reshape(T, 90)])
    _, warnings = read(tmp_path, poses=poses, trans=path, betas=np.ones(16), mocap_framerate=120.0)
    assert "betas" in warnings[-1]


def test_amass_smplx_with_bytes_for_text(tmp_path):
    root, path = turned(np.pi / 2)
    face = np.zeros((T, 9))
    poses = np.hstack([root, BODY.reshape(T, 63), face, HANDS.reshape(T, 90)])
    motion, _ = read(
        tmp_path, poses=poses, trans=path, gender=np.array(b"male"), mocap_frame_rate=60
    )
    assert_is_the_motion(motion)
    np.testing.assert_allclose(motion.hands, HANDS, atol=1e-6)
    assert motion.gender == "male"


def test_amass_in_parts(tmp_path):
    root, path = turned(np.pi / 2)
    parts = {"root_orient": root, "pose_body": BODY.reshape(T, 63), "trans": path}
    motion, _ = read(tmp_path, **parts, pose_hand=HANDS.reshape(T, 90), mocap_frame_rate=60)
    assert_is_the_motion(motion)


@pytest.mark.parametrize("layout", ["vectors", "flat", "matrices"])
def test_smplx_package_names(tmp_path, layout):
    body, root = BODY, ROOT[:, None]
    if layout == "flat":
        body, root = body.reshape(T, 63), ROOT
    if layout == "matrices":  # as 4D-Humans keeps them
        body, root = rotmat_from_rotvec(body), rotmat_from_rotvec(root)
    motion, warnings = read(tmp_path, body_pose=body, global_orient=root, transl=PATH, fps=25)
    assert_is_the_motion(motion)
    assert warnings == ()
    assert motion.mocap_framerate == 25.0


def test_camera_space_results_are_set_upright(tmp_path):
    root, path = turned(np.pi)
    motion, warnings = read(tmp_path, body_pose=BODY, global_orient=root, pred_cam_t=path)
    assert_is_the_motion(motion)
    assert "rotated from -y up" in warnings[0]
    assert "no frame rate" in warnings[1]


def test_wham_keeps_its_frame_numbers(tmp_path):
    pose = np.hstack([ROOT, BODY.reshape(T, 63), np.zeros((T, 6))])
    frames = np.arange(T) * 2 + 10
    motion, _ = read(tmp_path, pose_world=pose, trans_world=PATH, frame_ids=frames, pose=pose * 0)
    assert_is_the_motion(motion)
    assert motion.frame_index.tolist() == frames.tolist()


def test_groups_of_gvhmr_prefer_the_world(tmp_path):
    names = {"smpl_params_global.body_pose": BODY, "smpl_params_global.global_orient": ROOT}
    names |= {"smpl_params_global.transl": PATH}
    names |= {"smpl_params_incam.body_pose": BODY * 0, "smpl_params_incam.global_orient": ROOT * 0}
    motion, _ = read(tmp_path, **names)
    assert_is_the_motion(motion)


BAD = {
    "unknown": {"pictures": np.zeros((3, 3))},
    "empty": {},
    "odd width": {"poses": np.zeros((T, 71))},
    "too few joints": {"poses": np.zeros((T, 30))},
    "other length": {"poses": np.zeros((T, 72)), "trans": np.zeros((T + 1, 3))},
    "nan": {"poses": np.full((T, 72), np.nan)},
    "no frames": {"poses": np.zeros((0, 72))},
    "a number": {"poses": np.array(3.0)},
    "texts": {"poses": np.array(["a", "b"])},
    "half named": {"global_orient": np.zeros((T, 3))},
    "frames backwards": {"pose": np.zeros((T, 72)), "frame_ids": np.arange(T)[::-1]},
}


@pytest.mark.parametrize("arrays", BAD.values(), ids=BAD.keys())
def test_bad_archives_are_one_sentence(tmp_path, arrays):
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(Sketch2PoseError):
        read_motion(tmp_path / "a.npz")


# ---- .pt files -------------------------------------------------------------------------------


class _Named:
    """Pickles as a reference to a name of a module that need not be installed."""

    def __init__(self, module, name, *arguments):
        self.path, self.arguments = (module, name), arguments


class _TorchPickler(pickle._Pickler):
    """Writes what torch.save writes for tensors on the CPU, without torch."""

    def __init__(self, stream):
        super().__init__(stream, protocol=2)
        self.storages = []

    def save(self, obj, save_persistent_id=True):
        if isinstance(obj, np.ndarray):
            self.save_tensor(obj)
        elif isinstance(obj, _Named):
            self.write(pickle.GLOBAL + "{}\n{}\n".format(*obj.path).encode())
            if obj.arguments:
                super().save(obj.arguments)
                self.write(pickle.REDUCE)
        else:
            super().save(obj, save_persistent_id)

    def save_tensor(self, array):
        kinds = {"f4": "FloatStorage", "f8": "DoubleStorage", "i8": "LongStorage"}
        storage = _Named("torch", kinds[array.dtype.str[1:]])
        base = array if array.base is None else array.base
        key = str(len(self.storages))
        self.storages.append(np.ascontiguousarray(base).tobytes())
        self.write(pickle.GLOBAL + b"torch._utils\n_rebuild_tensor_v2\n" + pickle.MARK)
        super().save(("storage", storage, key, "cpu", base.size))
        self.write(pickle.BINPERSID)
        steps = tuple(step // array.itemsize for step in array.strides)
        for item in (0, tuple(array.shape), steps, False):
            super().save(item)
        self.write(pickle.GLOBAL + b"collections\nOrderedDict\n" + pickle.EMPTY_TUPLE)
        self.write(pickle.REDUCE + pickle.TUPLE + pickle.REDUCE)


def torch_archive(content):
    stream = io.BytesIO()
    pickler = _TorchPickler(stream)
    pickler.dump(content)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as entries:
        entries.writestr("results/data.pkl", stream.getvalue())
        for number, storage in enumerate(pickler.storages):
            entries.writestr(f"results/data/{number}", storage)
    return archive.getvalue()


def test_gvhmr_results_without_torch(tmp_path):
    still = {"body_pose": BODY * 0, "global_orient": ROOT * 0, "transl": PATH * 0}
    world = {"body_pose": BODY.reshape(T, 63), "global_orient": ROOT, "transl": PATH}
    content = {
        "smpl_params_incam": still,
        "smpl_params_global": world,
        "K_fullimg": np.zeros((T, 9)),
    }
    path = tmp_path / "hmr4d_results.pt"
    path.write_bytes(torch_archive(content))
    (motion,) = read_motion(path).motions
    assert_is_the_motion(motion)


def test_transposed_tensors_are_read_in_order():
    array = np.arange(12, dtype=np.float32).reshape(3, 4)
    content = load_torch_archive(torch_archive({"a": array.T, "b": array}))
    np.testing.assert_array_equal(content["b"], array)
    np.testing.assert_array_equal(content["a"], array.T)


def test_archives_of_the_real_torch(tmp_path):
    torch = pytest.importorskip("torch", reason="skipped: PyTorch is only for training")
    content = {
        "smpl_params_global": {
            "body_pose": torch.tensor(BODY.reshape(T, 63)),
            "global_orient": torch.tensor(ROOT, dtype=torch.float32),
            "transl": torch.tensor(PATH).t().contiguous().t(),
        },
        "names": ["a", "b"],
        "scale": 1.5,
    }
    torch.save(content, tmp_path / "hmr4d_results.pt")
    (motion,) = read_motion(tmp_path / "hmr4d_results.pt").motions
    assert_is_the_motion(motion)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"a": _Named("os", "system", "echo gotcha")}, 'requests "os.system"'),
        ({"a": _Named("builtins", "eval", "1")}, 'requests "builtins.eval"'),
        ({"a": _Named("torch._utils", "_rebuild_anything")}, "_rebuild_anything"),
        ({"something": 1}, "not in a known format"),
        ([1, 2], "dictionary"),
    ],
)
def test_bad_torch_archives_are_one_sentence(tmp_path, content, words):
    (tmp_path / "a.pt").write_bytes(torch_archive(content))
    with pytest.raises(Sketch2PoseError, match=words):
        read_motion(tmp_path / "a.pt")


@pytest.mark.parametrize(
    ("offset", "size", "stride"),
    [(0, (9,), (1,)), (5, (4,), (1,)), (0, (2, 2), (7, 1)), (0, (1 << 40,), (0,)), (-1, (2,), (1,)),
     (0, (3,), (-1,)), (0, (3,), (1, 1)), (0, (True,), (1,)), (0, (2.0,), (1,)), (0, 3, 1),
     (np.int64(2**62), (np.int64(2),), (np.int64(2**62),)),
     (0, (np.int64(3), np.int64(2)), (np.int64(2**63 - 1), np.int64(2)))],
)  # fmt: skip
def test_tensors_that_claim_more_than_their_storage_are_refused(offset, size, stride):
    with pytest.raises(ValueError, match=r"tensor|unpacks|size"):
        TensorReader(ByteBudget(1 << 20)).rebuild(np.zeros(8, np.float32), offset, size, stride)


def test_a_cut_torch_archive_is_one_sentence(tmp_path):
    whole = torch_archive({"poses": np.zeros((T, 72))})
    (tmp_path / "a.pt").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Sketch2PoseError):
        read_motion(tmp_path / "a.pt")
