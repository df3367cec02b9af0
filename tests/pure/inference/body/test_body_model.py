"""The default body, linear blend skinning, users' SMPL files and pose vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.core.rotations import rotmat_from_rotvec
from sketch2pose.core.smpl import SMPL_JOINT_NAMES, SMPL_PARENTS
from sketch2pose.inference.body import load_default_body
from sketch2pose.inference.body.pose_vectors import SIZES, convert_poses
from sketch2pose.inference.body.smpl_files import load_smpl_file


def smpl_arrays(every: int = 8) -> dict[str, np.ndarray]:
    """SMPL's keys with the default body's thinned numbers and random pose correctives."""
    body = load_default_body()
    keep = np.arange(0, len(body.v_template), every)
    rng = np.random.default_rng(0)
    return {
        "v_template": body.v_template[keep],
        "f": np.arange(len(keep) // 3 * 3).reshape(-1, 3),
        "weights": body.weights[keep],
        "J_regressor": rng.dirichlet(np.ones(len(keep)), 24),
        "kintree_table": np.array([[2**32 - 1, *SMPL_PARENTS[1:]], range(24)]),
        "shapedirs": body.shapedirs[keep],
        "posedirs": rng.normal(0, 1e-4, (len(keep), 3, 207)),
    }


def saved(tmp_path: Path, **changes: object) -> Path:
    path = tmp_path / "SMPL_NEUTRAL.npz"
    arrays = {**smpl_arrays(), **changes}
    np.savez(path, **{key: value for key, value in arrays.items() if value is not None})
    return path


def test_default_body_is_a_person_of_smpls_layout() -> None:
    body = load_default_body()
    assert body.joint_names == SMPL_JOINT_NAMES and body.parents == SMPL_PARENTS
    assert 1.6 < np.ptp(body.v_template[:, 1]) < 1.8
    joints = dict(zip(body.joint_names, body.joints(), strict=True))
    assert joints["left_wrist"][0] > 0.5 > -0.5 > joints["right_wrist"][0]
    assert abs(joints["left_wrist"][1] - joints["left_shoulder"][1]) < 0.02
    assert body.v_template[body.landmarks["nose"], 2] > joints["head"][2]
    assert np.allclose(body.weights.sum(1), 1, atol=1e-5)


def test_default_body_is_symmetric() -> None:
    body = load_default_body()
    left = [i for i, name in enumerate(body.joint_names) if name.startswith("left")]
    right = [body.joint_names.index(body.joint_names[i].replace("left", "right")) for i in left]
    assert np.abs(body.joints()[left] * [-1, 1, 1] - body.joints()[right]).max() < 1e-3


def test_rest_pose_gives_the_template() -> None:
    body = load_default_body()
    betas = np.linspace(-1, 1, 10)
    joints, skin = body.forward_vertices(np.zeros((1, 72)), np.zeros((1, 3)), betas)
    assert np.allclose(joints[0], body.joints(betas), atol=1e-6)
    assert np.allclose(skin[0], body.vertices(betas), atol=1e-5)


def test_the_root_turns_about_the_pelvis() -> None:
    body = load_default_body()
    poses, trans = np.zeros((1, 72)), np.array([[0.3, 1.0, -0.2]])
    poses[0, :3] = [0.2, 1.5, -0.4]
    joints, skin = body.forward_vertices(poses, trans)
    assert np.allclose(joints[0, 0], body.joints()[0] + trans[0], atol=1e-6)
    turned = (body.v_template - body.joints()[0]) @ rotmat_from_rotvec(poses[0, :3]).T
    assert np.allclose(skin[0], turned + joints[0, 0], atol=1e-5)


def test_matrices_and_vectors_mean_the_same() -> None:
    body, rng = load_default_body(), np.random.default_rng(0)
    poses, trans = rng.normal(0, 0.5, (3, 72)), rng.normal(0, 1, (3, 3))
    matrices = rotmat_from_rotvec(poses.reshape(3, 24, 3))
    assert np.allclose(body.forward(poses, trans), body.forward(matrices, trans))


def test_a_users_smpl_file(tmp_path: Path) -> None:
    model = load_smpl_file(saved(tmp_path))
    arrays = smpl_arrays()
    assert model.name == "SMPL" and model.posedirs is not None
    assert np.allclose(model.joints(), arrays["J_regressor"] @ arrays["v_template"], atol=1e-6)
    poses = np.random.default_rng(2).normal(0, 0.4, (2, 72))
    _, skin = model.forward_vertices(poses, np.zeros((2, 3)), vertex_ids=[0, 5, 9])
    _, whole = model.forward_vertices(poses, np.zeros((2, 3)))
    assert np.allclose(skin, whole[:, [0, 5, 9]], atol=1e-6)
    assert np.abs(whole).max() < 3 and set(model.landmarks) == set(load_default_body().landmarks)


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("v_template", None, "'v_template' is missing"),
        ("v_template", np.full((1715, 3), np.nan), "not finite"),
        ("v_template", np.zeros((1715, 2)), "instead of n × 3"),
        ("f", np.array([[0, 1, 99999]]), "indices outside"),
        ("weights", np.zeros((1715, 24)), "sum to 1"),
        ("J_regressor", np.zeros((30, 1715)), "30 joints instead of 24, 52 or 55"),
        ("kintree_table", np.array([[2**32 - 1] + [23] * 23, range(24)]), "not a tree"),
        ("shapedirs", np.zeros((3, 3, 10)), "instead of 1715 × 3 × n"),
    ],
)
def test_wrong_contents_are_named(tmp_path: Path, key: str, value: object, why: str) -> None:
    with pytest.raises(Sketch2PoseError, match=why):
        load_smpl_file(saved(tmp_path, **{key: value}))


@given(st.sampled_from(sorted(SIZES)), st.sampled_from(sorted(SIZES)))
def test_pose_vectors_keep_the_body(source: str, target: str) -> None:
    poses = np.random.default_rng(0).normal(size=(2, SIZES[source]))
    there = convert_poses(poses, source, target)
    assert there.shape == (2, SIZES[target])
    back = convert_poses(there, target, source)
    assert np.array_equal(back[:, :66], poses[:, :66])
    if "smpl" not in (source, target):
        assert np.array_equal(back[:, -90:], poses[:, -90:])
