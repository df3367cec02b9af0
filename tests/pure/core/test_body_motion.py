"""BodyMotion: exact file round trips, and bad files refused with the field named."""

import dataclasses
import io
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sketch2pose.core import body_motion as bm
from sketch2pose.core.errors import Sketch2PoseError

T = 3


def full_motion(frames: int = T, seed: int = 0) -> bm.BodyMotion:
    """A motion with every field set."""
    rng = np.random.default_rng(seed)

    def floats(*shape):
        return rng.random(shape).astype(np.float32)

    return bm.BodyMotion(
        poses=floats(frames, 72),
        trans=floats(frames, 3),
        betas=floats(10),
        gender="female",
        mocap_framerate=29.97,
        joints3d=floats(frames, 24, 3),
        joints2d=floats(frames, 24, 2),
        confidence=floats(frames, 24),
        camera_rotation=np.diag([1, -1, -1]).astype(np.float32),
        camera_translation=floats(3),
        camera_focal=1234.5,
        camera_center=floats(2),
        image_size=np.array([640, 480]),
        contacts=floats(frames, 2),
        contact_names=("left_foot", "right_foot"),
        hands=floats(frames, 30, 3),
        face=floats(frames, 52),
        hypothesis_poses=floats(4, frames, 72),
        hypothesis_scores=np.array([4, 3, 3, 1], dtype=np.float32),
        frame_index=np.arange(frames) * 2 + 5,
        person_id=2,
        body_model=bm.BodyModelNote("default", "CC0-1.0"),
        source=bm.SourceNote("Ünïcode drawing 画.png", "drawing"),
    )


def least_motion() -> bm.BodyMotion:
    """A motion with only what must be there."""
    zeros = np.zeros((1, 72), np.float32), np.zeros((1, 3), np.float32), np.zeros(10, np.float32)
    return bm.BodyMotion(*zeros)


def assert_same(a: bm.BodyMotion, b: bm.BodyMotion) -> None:
    for field in dataclasses.fields(bm.BodyMotion):
        left, right = getattr(a, field.name), getattr(b, field.name)
        if isinstance(left, np.ndarray):
            np.testing.assert_array_equal(left, right, err_msg=field.name)
            assert left.dtype == right.dtype, field.name
        else:
            assert left == right, field.name


@pytest.mark.parametrize("motion", [full_motion(), least_motion()], ids=["full", "least"])
def test_file_round_trip_is_exact(tmp_path, motion):
    path = tmp_path / "with spaces é 動.npz"
    bm.write_body_motion(path, motion)
    assert_same(bm.read_body_motion(path), motion)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frames=st.integers(1, 6), seed=st.integers(0, 1000))
def test_any_motion_survives_its_file(tmp_path, frames, seed):
    motion = full_motion(frames, seed)
    bm.write_body_motion(tmp_path / "m.npz", motion)
    assert_same(bm.read_body_motion(tmp_path / "m.npz"), motion)


def test_moving_camera_is_allowed(tmp_path):
    rotation = np.tile(np.eye(3, dtype=np.float32), (T, 1, 1))
    motion = dataclasses.replace(
        full_motion(), camera_rotation=rotation, camera_translation=np.ones((T, 3), np.float32)
    )
    bm.write_body_motion(tmp_path / "m.npz", motion)
    assert_same(bm.read_body_motion(tmp_path / "m.npz"), motion)


def test_amass_readers_find_their_fields(tmp_path):
    bm.write_body_motion(tmp_path / "m.npz", full_motion())
    with np.load(tmp_path / "m.npz", allow_pickle=False) as amass:
        assert amass["poses"].shape == (T, 72)
        assert str(amass["gender"]) == "female"
        assert float(amass["mocap_framerate"]) == 29.97


@pytest.mark.parametrize(
    ("index", "times"),
    [(None, [0, 0.1, 0.2]), ([5, 7, 9], [0, 0.1, 0.2]), ([3, 4, 8], [0, 0.1, 0.5])],
)
def test_times_count_gaps_but_not_the_step(index, times):
    """Rows lie one picture apart at the motion's rate, whatever source frame they come from."""
    frames = None if index is None else np.array(index)
    motion = dataclasses.replace(full_motion(), mocap_framerate=10.0, frame_index=frames)
    np.testing.assert_allclose(motion.times, times)


def test_frames_without_an_index_count_from_zero():
    assert least_motion().source_frames.tolist() == [0]
    assert full_motion().source_frames.tolist() == [5, 7, 9]


BAD_FIELDS = {
    "poses": np.zeros((T, 75), np.float32),
    "trans": np.zeros((T + 1, 3), np.float32),
    "betas": np.full(10, np.nan, np.float32),
    "gender": "robot",
    "mocap_framerate": 0.0,
    "joints3d": np.zeros((T, 23, 3), np.float32),
    "joints2d": np.full((T, 24, 2), np.inf, np.float32),
    "confidence": np.full((T, 24), 1.5, np.float32),
    "camera_rotation": np.ones((3, 3), np.float32),
    "camera_translation": None,
    "camera_focal": -1.0,
    "camera_center": np.zeros(3, np.float32),
    "image_size": np.zeros(2, np.int64),
    "contacts": np.full((T, 2), -0.5, np.float32),
    "contact_names": ("one",),
    "hands": np.zeros((T, 15, 3), np.float32),
    "face": np.zeros((T, 51), np.float32),
    "hypothesis_poses": np.zeros((3, T, 72), np.float32),
    "hypothesis_scores": np.array([1, 2, 3, 4], np.float32),
    "frame_index": np.zeros(T, np.int64),
    "person_id": -1,
}


@pytest.mark.parametrize("field", BAD_FIELDS)
def test_a_bad_field_is_named(tmp_path, field):
    motion = dataclasses.replace(full_motion(), **{field: BAD_FIELDS[field]})
    with pytest.raises(Sketch2PoseError) as caught:
        bm.write_body_motion(tmp_path / "m.npz", motion)
    # a wrong count of hypotheses may be blamed on either field of the pair
    blamed = caught.value.code.removeprefix("body_motion.")
    assert blamed.split("_")[0] == field.split("_")[0]
    assert field.split("_")[0] in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_a_motion_without_frames_is_refused():
    empty = dataclasses.replace(
        least_motion(), poses=np.zeros((0, 72), np.float32), trans=np.zeros((0, 3), np.float32)
    )
    with pytest.raises(Sketch2PoseError, match="no frames"):
        bm.check(empty)


@pytest.mark.parametrize("field", ["poses", "trans", "betas"])
def test_a_missing_field_is_named(tmp_path, field):
    arrays = {"poses": np.zeros((1, 72)), "trans": np.zeros((1, 3)), "betas": np.zeros(10)}
    del arrays[field]
    np.savez(tmp_path / "m.npz", **arrays)
    with pytest.raises(Sketch2PoseError, match=f'"{field}" is missing'):
        bm.read_body_motion(tmp_path / "m.npz")


def test_wrong_types_are_named(tmp_path):
    np.savez(tmp_path / "m.npz", poses=np.array(["x"]), trans=np.zeros((1, 3)), betas=np.zeros(10))
    with pytest.raises(Sketch2PoseError, match='"poses" is of the wrong type'):
        bm.read_body_motion(tmp_path / "m.npz")


def test_a_newer_format_is_refused(tmp_path):
    np.savez(tmp_path / "m.npz", format_version=99)
    with pytest.raises(Sketch2PoseError, match="newer"):
        bm.read_body_motion(tmp_path / "m.npz")


def test_pickled_objects_are_refused(tmp_path):
    np.savez(tmp_path / "m.npz", poses=np.array([{"a": 1}], dtype=object), trans=0, betas=0)
    with pytest.raises(Sketch2PoseError, match="pickled objects"):
        bm.read_body_motion(tmp_path / "m.npz")


@pytest.mark.parametrize(
    "content", [b"", b"text", b"PK\x03\x04 half a zip", b"\x93NUMPY\x01\x00"], ids=repr
)
def test_other_files_are_refused(tmp_path, content):
    (tmp_path / "m.npz").write_bytes(content)
    with pytest.raises(Sketch2PoseError, match="could not be read"):
        bm.read_body_motion(tmp_path / "m.npz")


def test_truncated_file_is_refused(tmp_path):
    bm.write_body_motion(tmp_path / "m.npz", full_motion())
    whole = (tmp_path / "m.npz").read_bytes()
    for size in (len(whole) // 3, len(whole) - 30):
        (tmp_path / "m.npz").write_bytes(whole[:size])
        with pytest.raises(Sketch2PoseError, match="could not be read"):
            bm.read_body_motion(tmp_path / "m.npz")


def test_a_single_array_and_a_zip_of_texts_are_refused(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros(3))
    with zipfile.ZipFile(tmp_path / "z.npz", "w") as archive:
        archive.writestr("poses", "hello")
    for name in ("a.npy", "z.npz", "absent.npz"):
        with pytest.raises(Sketch2PoseError):
            bm.read_body_motion(tmp_path / name)


def test_an_array_larger_than_memory_is_refused(tmp_path):
    header = io.BytesIO()
    claim = {"descr": "<f8", "fortran_order": False, "shape": (1 << 50,)}
    np.lib.format.write_array_header_1_0(header, claim)
    with zipfile.ZipFile(tmp_path / "m.npz", "w") as archive:
        archive.writestr("poses.npy", header.getvalue())
    with pytest.raises(Sketch2PoseError, match="could not be read"):
        bm.read_body_motion(tmp_path / "m.npz")


def test_an_unwritable_place_is_one_sentence(tmp_path):
    with pytest.raises(Sketch2PoseError, match="could not be written"):
        bm.write_body_motion(tmp_path / "absent" / "m.npz", least_motion())
