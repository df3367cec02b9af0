"""The ablation: every kind of arm learns and is measured, finished arms are not run again."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="skipped: PyTorch is not installed")
pytestmark = pytest.mark.torch

from sketch2pose.inference.training.sketch import ablate  # noqa: E402
from sketch2pose.inference.training.sketch.ablation import pool as pools  # noqa: E402
from sketch2pose.inference.training.sketch.ablation.learn import measure, teach  # noqa: E402
from sketch2pose.inference.training.sketch.ablation.variants import ARMS  # noqa: E402
from sketch2pose.inference.training.synthesis.poses import PoseBank  # noqa: E402


@pytest.fixture
def gentle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Poses the test makes instead of the motion pack."""
    quats = np.random.default_rng(5).normal(0, 0.18, (40, 24, 4))
    quats[..., 0] = 1
    quats /= np.linalg.norm(quats, axis=-1, keepdims=True)
    bank = PoseBank(quats.astype(np.float16), np.arange(40), np.arange(41))
    monkeypatch.setattr(pools, "load_pose_bank", lambda split: bank)
    monkeypatch.setattr(pools, "PIECE", 60)


@pytest.mark.parametrize("arm", ARMS[:3], ids=lambda arm: arm.name[:20])
def test_every_kind_of_arm_learns_and_is_measured(gentle, tmp_path: Path, arm) -> None:
    pool = pools.training_pool(tmp_path, 60, arm.true_proportions)
    figures = measure(teach(arm, pool, 128, 0), pools.test_batch(20, arm.size, False))
    assert 0 < figures["limbs_median"] < 180
    assert figures["folded"] <= figures["limbs"] + 1e-3
    assert 0 <= figures["near"] <= 1


def test_the_arms_differ_from_the_first_in_one_thing() -> None:
    for arm in ARMS[1:]:
        changed = [k for k in vars(arm) if k != "name" and vars(arm)[k] != vars(ARMS[0])[k]]
        assert len(changed) == 1, arm.name
    assert len({arm.name for arm in ARMS}) == len(ARMS)


def test_a_finished_arm_is_kept(gentle, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(ablate, "ARMS", (replace(ARMS[0], size=64),))
    monkeypatch.setattr(ablate, "test_batch", pools.test_batch)
    args = argparse.Namespace(images=64, pool=60, test=20, seed=0, arms=None, out=tmp_path)
    ablate.run(args)
    path = tmp_path / "arm_0_64_0.json"
    assert json.loads(path.read_text())["budget"]["images"] == 64
    path.write_text("{}")
    ablate.run(args)
    assert path.read_text() == "{}"


def test_smaller_pictures_keep_their_labels_in_place(gentle, tmp_path: Path) -> None:
    pool = pools.training_pool(tmp_path, 60, False)
    small = pools.resized(pool, 64)
    assert small.ink.shape[1:] == (64, 64)
    assert small.points * 2 == pytest.approx(pool.points)
