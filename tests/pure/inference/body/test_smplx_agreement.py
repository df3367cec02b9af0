"""The `smplx` package, where someone has it, gives the same joints and skin for the same file."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from sketch2pose.inference.body.smpl_files import load_smpl_file
from tests.pure.inference.body.test_body_model import smpl_arrays

FACE, FEET = ("nose", "reye", "leye", "rear", "lear"), ("BigToe", "SmallToe", "Heel")
TIPS = ("thumb", "index", "middle", "ring", "pinky")
NOWHERE = dict.fromkeys(  # vertices that are not compared; the package wants them named
    (
        *FACE,
        *(side + part for side in "LR" for part in FEET),
        *(s + tip for s in "lr" for tip in TIPS),
    ),
    0,
)
smplx = pytest.importorskip(
    "smplx", reason="skipped: smplx is not installed (build.py test --only agreement)"
)
torch = pytest.importorskip("torch", reason="skipped: PyTorch is not installed")
pytestmark = pytest.mark.agreement


def test_joints_and_skin_agree(tmp_path: Path) -> None:
    rng, arrays = np.random.default_rng(0), smpl_arrays()
    path = tmp_path / "SMPL_NEUTRAL.pkl"
    path.write_bytes(pickle.dumps(arrays))
    ours = load_smpl_file(path)
    poses, betas = rng.normal(0, 0.3, (3, 72)), rng.normal(0, 1, 10)
    joints, skin = ours.forward_vertices(poses, np.zeros((3, 3)), betas)
    file = smplx.body_models.Struct(**{**arrays, "kintree_table": arrays["kintree_table"].copy()})
    theirs = smplx.SMPL(str(tmp_path), data_struct=file, vertex_ids=NOWHERE)
    found = theirs(
        global_orient=torch.as_tensor(poses[:, :3]).float(),
        body_pose=torch.as_tensor(poses[:, 3:]).float(),
        betas=torch.as_tensor(betas[None].repeat(3, 0)).float(),
    )
    assert np.abs(found.joints[:, :24].detach().numpy() - joints).max() < 1e-4
    assert np.abs(found.vertices.detach().numpy() - skin).max() < 1e-4
