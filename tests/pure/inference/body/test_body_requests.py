"""Users' bodies as files for rigs, and SMPL-H and SMPL-X as SMPL's 24 joints see them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sketch2pose.core.errors import CancelledByUser
from sketch2pose.core.smpl import SMPL_PARENTS
from sketch2pose.inference.body.model import BodyModel
from sketch2pose.inference.body.pose_vectors import SIZES, convert_poses
from sketch2pose.inference.body.smpl_files import joint_names, load_smpl_file
from sketch2pose.inference.body.smpl_sized import smpl_sized
from sketch2pose.inference.estimators import Estimators, Settings
from sketch2pose.inference.protocol.messages import Submit
from sketch2pose.inference.protocol.requests import BodyRequest
from sketch2pose.inference.protocol.wire import decode, encode
from sketch2pose.inference.run_request import run_request
from sketch2pose.inference.skel.files import load_models, write_skel_files
from tests.pure.inference.body.test_body_model import smpl_arrays
from tests.pure.inference.commands.test_cli_skel import Listener
from tests.pure.inference.skel.synthetic_skel import write_synthetic
from tests.pure.inference.skel.test_skel import walk

KINDS = {"smpl": 24, "smplh": 52, "smplx": 55}


def family_arrays(joints: int, every: int = 8) -> dict[str, np.ndarray]:
    """SMPL's keys for 24, 52 or 55 joints, with skin on every finger and correctives."""
    arrays, rng = smpl_arrays(every), np.random.default_rng(joints)
    if joints == 24:
        return arrays
    names, skin = joint_names(joints) or (), arrays["v_template"]
    weights = np.zeros((len(skin), joints))
    weights[:, :22] = arrays["weights"][:, :22]
    for side, joint in (("left", 20), ("right", 21)):
        mine = [i for i, name in enumerate(names) if name.startswith(side) and name[-1] in "123"]
        hand = arrays["weights"][:, joint] + arrays["weights"][:, joint + 2]
        weights[:, joint] = hand / 2
        weights[:, mine] = hand[:, None] / 2 * rng.dirichlet(np.ones(len(mine)), len(skin))
    arrays["weights"] = weights
    arrays["J_regressor"] = rng.dirichlet(np.ones(len(skin)), joints)
    arrays["kintree_table"] = np.array([[2**32 - 1, *parents_of(names)[1:]], range(joints)])
    arrays["posedirs"] = rng.normal(0, 1e-4, (len(skin), 3, 9 * (joints - 1)))
    return arrays


def parents_of(names: tuple[str, ...]) -> list[int]:
    """Parents of a body with fingers."""
    parents: list[int] = [*SMPL_PARENTS[:22]]
    for index in range(22, len(names)):
        name = names[index]
        if name[-1] in "23":
            parents.append(index - 1)
        else:
            parents.append(names.index("head" if "_" not in name or "eye" in name else
                                       f"{name.split('_')[0]}_wrist"))  # fmt: skip
    return parents


def family_file(folder: Path, kind: str, every: int = 8) -> Path:
    path = folder / f"{kind}.npz"
    np.savez(path, **family_arrays(KINDS[kind], every))
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_bodies_become_files_for_rigs(tmp_path: Path, kind: str) -> None:
    request = BodyRequest((str(family_file(tmp_path, kind)),), str(tmp_path))
    assert decode(encode(Submit(1, request))) == Submit(1, request)
    (summary,) = run_request(request, Estimators(Settings()), Listener())
    assert summary.error is None
    body = load_smpl_file(tmp_path / f"{kind}.npz")
    with np.load(summary.files[0], allow_pickle=False) as stored:
        assert list(stored["joint_names"]) == list(body.joint_names)
        assert np.array_equal(stored["shapedirs"], body.shapedirs)
        assert stored["posedirs"].shape == (len(body.v_template), 3, 9 * (KINDS[kind] - 1))


def test_one_refused_file_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "bad.pkl").write_bytes(b"cos\nsystem\n(S'echo 1'\ntR.")
    inputs = [str(tmp_path / "bad.pkl"), str(family_file(tmp_path, "smpl"))]
    bad, good = run_request(
        BodyRequest(tuple(inputs), str(tmp_path)), Estimators(Settings()), Listener()
    )
    assert bad.error is not None and "system" in bad.error["why"]
    assert good.error is None and Path(good.files[0]).is_file()


def test_reading_can_be_cancelled(tmp_path: Path) -> None:
    request = BodyRequest((str(family_file(tmp_path, "smpl")),), str(tmp_path))
    with pytest.raises(CancelledByUser):
        list(run_request(request, Estimators(Settings()), Listener(cancel=True)))
    assert not list(tmp_path.glob("*_body.npz"))


@pytest.mark.parametrize("kind", KINDS)
def test_with_still_fingers_the_skin_is_the_same(tmp_path: Path, kind: str) -> None:
    whole = load_smpl_file(family_file(tmp_path, kind))
    small = smpl_sized(whole)
    poses = np.random.default_rng(0).normal(0, 0.3, (3, SIZES["smpl"]))
    poses[:, 66:] = 0
    trans, betas = np.ones((3, 3)), np.linspace(-1, 1, 10)
    joints, skin = skinned(whole, convert_poses(poses, "smpl", kind), trans, betas)
    found, found_skin = skinned(small, poses, trans, betas)
    assert found.shape == (3, 24, 3)
    assert np.allclose(found[:, :22], joints[:, :22], atol=1e-6)
    assert np.allclose(found_skin, skin, atol=1e-6)


def skinned(body: BodyModel, poses, trans, betas) -> tuple[np.ndarray, np.ndarray]:
    return body.forward_vertices(poses, trans, betas)


def test_a_skeleton_is_fitted_in_the_skin_of_smplh(tmp_path: Path) -> None:
    skel = write_synthetic(tmp_path / "skel.pkl")
    models = load_models(skel, family_file(tmp_path, "smplh", every=4))
    fitted, files = write_skel_files(walk(4), "walk", tmp_path, models)
    assert fitted.model == "SKEL" and np.isfinite(fitted.q).all() and len(files) == 5
