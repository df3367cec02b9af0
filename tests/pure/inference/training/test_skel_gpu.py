"""The PyTorch twin of the SKEL fit gives NumPy's numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="skipped: PyTorch is not installed")
pytestmark = pytest.mark.torch

from sketch2pose.inference.body import load_default_body  # noqa: E402
from sketch2pose.inference.skel.fitting import tridiagonal  # noqa: E402
from sketch2pose.inference.skel.fitting.fit import fit_skel  # noqa: E402
from sketch2pose.inference.skel.fitting.targets import targets_from_smpl  # noqa: E402
from sketch2pose.inference.skel.model import kinematics  # noqa: E402
from sketch2pose.inference.skel.model.default import load_default_skel  # noqa: E402
from sketch2pose.inference.training.skel_gpu import coupled  # noqa: E402
from sketch2pose.inference.training.skel_gpu.fit import fit_skel_torch  # noqa: E402
from sketch2pose.inference.training.skel_gpu.kinematics import TorchSkeleton, dof_twists  # noqa: E402
from tests.pure.inference.skel.test_skel import some_angles, walk  # noqa: E402


@pytest.mark.parametrize("frames", [2, 3, 4, 5, 8, 13])
def test_cyclic_reduction_solves_the_same_system(frames: int) -> None:
    rng = np.random.default_rng(frames)
    roots = rng.normal(size=(frames, 6, 6))
    system = (
        roots @ roots.swapaxes(1, 2) + np.eye(6),
        rng.normal(size=(frames, 6)),
        rng.uniform(0, 2, 6),
        rng.random((frames, 6)) > 0.2,
    )
    expected = tridiagonal.solve_coupled_frames(*system)
    found = coupled.solve_coupled_frames(*map(torch.as_tensor, system))
    assert np.allclose(found, expected, atol=1e-12)


def test_kinematics_agree() -> None:
    rest, q = load_default_skel().rest(np.linspace(-1, 1, 10)), some_angles(5)
    trans = np.random.default_rng(0).normal(size=(5, 3))
    ours = kinematics.pose_skeleton(rest, q, trans)
    twin = TorchSkeleton(rest).pose(torch.as_tensor(q), torch.as_tensor(trans))
    for name in ("rotations", "positions", "axes", "slide_steps"):
        assert np.allclose(getattr(twin, name), getattr(ours, name), atol=1e-7), name
    assert np.allclose(dof_twists(twin), kinematics.dof_twists(ours), atol=1e-7)


def test_the_fit_agrees() -> None:
    motion, skel, body = walk(20), load_default_skel(), load_default_body()
    given = (motion.poses, motion.trans, motion.betas)
    targets = replace(targets_from_smpl(skel, body, *given, surface=False), pace=None)
    rest = skel.rest(motion.betas)
    ours, twin = fit_skel(rest, targets), fit_skel_torch(rest, targets)
    assert twin.iterations == ours.iterations
    assert np.abs(twin.q - ours.q).max() < 1e-6 and np.abs(twin.trans - ours.trans).max() < 1e-6
