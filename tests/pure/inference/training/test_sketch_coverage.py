"""Coverage of the pose source: what is there is covered, what is not is not."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="skipped: the training environment is not installed")

from sketch2pose.inference.training.sketch.coverage import (
    limb_directions,
    measure,
    nearest_degrees,
    sphere_points,
    sphere_shares,
)


def poses(count: int, seed: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, 8, 3)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def test_a_set_covers_itself() -> None:
    limbs = poses(40, 0)
    found = measure(limbs, limbs, limbs.reshape(40, -1))
    assert found.median < 0.5
    assert found.clusters == 1.0
    assert found.near[10] == 1.0


def test_the_nearest_pose_is_as_far_as_it_was_turned() -> None:
    limbs = poses(6, 1)
    turn = np.deg2rad(20.0)
    axis = np.cross(limbs, poses(6, 2))
    axis /= np.linalg.norm(axis, axis=-1, keepdims=True)
    turned = limbs * np.cos(turn) + np.cross(axis, limbs) * np.sin(turn)
    assert nearest_degrees(turned, limbs) == pytest.approx(np.full(6, 20.0), abs=0.1)


def test_the_pelvis_turns_nothing() -> None:
    local = np.tile(np.eye(3, dtype=np.float32), (2, 24, 1, 1))
    local[1, 0] = np.diag([-1.0, 1.0, -1.0])
    first, turned = limb_directions(local)
    assert first == pytest.approx(turned, abs=1e-6)


def test_the_lattice_is_even_and_all_of_it_can_be_visited() -> None:
    lattice = sphere_points(192)
    assert np.allclose(np.linalg.norm(lattice, axis=1), 1, atol=1e-5)
    assert np.abs(lattice.mean(0)).max() < 0.02
    everywhere = sphere_shares(np.tile(sphere_points(4000)[:, None], (1, 8, 1)))
    assert min(everywhere.values()) == 1.0
