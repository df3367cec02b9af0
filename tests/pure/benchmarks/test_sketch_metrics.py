"""The benchmark's figures of merit: what each must ignore, and what each must notice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2pose.core.rotations import rotmat_from_rotvec
from tests.benchmarks.sketch import metrics

SEEDS = st.integers(0, 2**32 - 1)
# facing the camera (x right, y down, z forward): the body's left is at +x, metres
STANDING = np.array(
    [
        [0.2, -0.5, 0.0], [-0.2, -0.5, 0.0], [0.3, -0.2, 0.1], [-0.3, -0.2, 0.1],
        [0.3, 0.0, -0.1], [-0.3, 0.0, -0.1], [0.1, 0.0, 0.0], [-0.1, 0.0, 0.0],
        [0.1, 0.4, -0.1], [-0.1, 0.4, -0.1], [0.1, 0.8, 0.0], [-0.1, 0.8, 0.0],
    ]
)  # fmt: skip


def random_limbs(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(12, 3))


@given(SEEDS, st.floats(0.1, 10.0))
def test_pa_mpjpe_ignores_similarity(seed: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    limbs = random_limbs(seed)
    moved = scale * limbs @ rotmat_from_rotvec(rng.normal(size=3)).T + rng.normal(size=3)
    assert metrics.pa_mpjpe(moved, limbs) < 1e-9


@given(SEEDS)
def test_pa_mpjpe_sees_a_mirrored_body(seed: int) -> None:
    limbs = random_limbs(seed)
    assert metrics.pa_mpjpe(limbs * [-1, 1, 1], limbs) > 1e-2


@given(SEEDS, SEEDS)
def test_alignment_never_does_worse_than_hip_alignment(seed_a: int, seed_b: int) -> None:
    est, ref = random_limbs(seed_a), random_limbs(seed_b)
    squared = np.sum((metrics.align_similarity(est, ref) - ref) ** 2)
    hips_together = est - est[[6, 7]].mean(0) + ref[[6, 7]].mean(0)
    assert squared <= np.sum((hips_together - ref) ** 2) + 1e-9


def test_alignment_of_a_point_cloud_without_extent_is_finite() -> None:
    aligned = metrics.align_similarity(np.ones((12, 3)), STANDING)
    np.testing.assert_allclose(aligned, np.tile(STANDING.mean(0), (12, 1)))


@given(SEEDS)
def test_mpjpe_ignores_translation_only(seed: int) -> None:
    limbs = random_limbs(seed)
    assert metrics.mpjpe(np.add(limbs, [3.0, -2.0, 1.0]), limbs) < 1e-12
    assert metrics.mpjpe(limbs * 2.0, limbs) > 0.0


@given(SEEDS, st.floats(0.0, np.pi))
def test_direction_error_is_the_angle_of_a_turn_across_the_bone(seed: int, angle: float) -> None:
    limbs = random_limbs(seed)
    bone = metrics.bone_directions(limbs)[0]
    across = np.cross(bone, np.random.default_rng(seed + 1).normal(size=3))
    turn = rotmat_from_rotvec(across / np.linalg.norm(across) * angle)
    error = metrics.limb_direction_error(limbs @ turn.T, limbs)
    assert error[0] == pytest.approx(np.degrees(angle), abs=1e-6)
    assert np.all(error <= np.degrees(angle) + 1e-6)


@given(SEEDS, st.floats(0.2, 5.0))
def test_direction_error_ignores_bone_lengths(seed: int, stretch: float) -> None:
    longer = STANDING.copy()
    longer[[4, 5]] = STANDING[[2, 3]] + stretch * (STANDING[[4, 5]] - STANDING[[2, 3]])
    assert metrics.limb_direction_error(longer, STANDING).max() < 1e-6


def test_swapped_when_read_from_behind_but_not_when_right() -> None:
    from_behind = STANDING[list(metrics.MIRRORED)] * [1, 1, -1]
    assert not metrics.left_right_swapped(STANDING, STANDING)
    assert not metrics.left_right_swapped(STANDING * 3.0 + 1.0, STANDING)
    assert metrics.left_right_swapped(from_behind, STANDING)


def test_swapping_twice_is_identity() -> None:
    assert np.array_equal(np.array(metrics.MIRRORED)[list(metrics.MIRRORED)], np.arange(12))


@given(SEEDS, st.integers(1, 6))
def test_best_of_is_never_worse_than_the_first(seed: int, count: int) -> None:
    truth = random_limbs(seed)
    hypotheses = np.random.default_rng(seed + 1).normal(size=(count, 12, 3))
    best = metrics.best_of(hypotheses, truth)
    assert best <= metrics.pa_mpjpe(hypotheses[0], truth)
    assert metrics.best_of(np.concatenate([hypotheses, truth[None]]), truth) < 1e-9


@given(SEEDS)
def test_pair_errors_take_the_better_assignment(seed: int) -> None:
    pair = np.random.default_rng(seed).normal(size=(2, 3, 2))
    assert metrics.pair_errors(pair, pair).max() == 0.0
    assert metrics.pair_errors(pair, pair[::-1]).max() == 0.0
    assert metrics.pair_errors(pair, pair[1:]).max() == 0.0  # one limb was not drawn
    assert metrics.pair_errors(pair, pair[:0]).shape == (0, 3)


def test_pck_counts_what_was_drawn() -> None:
    errors = [0.0, 9.9, 10.1, np.nan]
    assert metrics.pck(errors, size=100.0, threshold=0.1) == pytest.approx(2 / 3)
    assert metrics.pck([np.inf, np.nan], 100.0, 0.1) == 0.0
    assert np.isnan(metrics.pck([], 100.0, 0.1))


@given(SEEDS)
def test_reliability_of_honest_confidence_is_near_zero(seed: int) -> None:
    rng = np.random.default_rng(seed)
    confidence = rng.uniform(size=20_000)
    honest = metrics.reliability(confidence, rng.uniform(size=20_000) < confidence)
    assert honest.error < 0.03
    assert honest.count.sum() == 20_000


def test_reliability_of_boasting() -> None:
    boast = metrics.reliability(np.ones(10), np.zeros(10))
    assert boast.error == 1.0
    assert boast.count[-1] == 10


def test_box_overlap() -> None:
    square = np.array([[0.0, 0.0], [2.0, 2.0]])
    assert metrics.box_overlap(square, square) == 1.0
    assert metrics.box_overlap(square, square + 5.0) == 0.0
    assert metrics.box_overlap(square, np.add(square, [1.0, 0.0])) == pytest.approx(1 / 3)
