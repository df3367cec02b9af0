"""Ambiguous drawings: reflections keep the picture; only poses that people take count."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.sketch import metrics
from tests.benchmarks.sketch.ambiguous import _in_trunk, is_ambiguous, reflections

SEEDS = st.integers(0, 2**32 - 1)
# shoulders, elbows, wrists, hips, knees, ankles; left before right; y down
STANDING = np.array(
    [[0.2, 0, 0], [-0.2, 0, 0], [0.25, 0.3, 0], [-0.25, 0.3, 0], [0.27, 0.55, 0], [-0.27, 0.55, 0],
     [0.1, 0.5, 0], [-0.1, 0.5, 0], [0.12, 0.9, 0], [-0.12, 0.9, 0], [0.12, 1.3, 0],
     [-0.12, 1.3, 0]]
)  # fmt: skip


def reaching(depth: float) -> np.ndarray:
    """Both arms stretched forwards, towards the viewer (negative depth) or away."""
    limbs = STANDING.copy()
    for side, sign in ((0, 1), (1, -1)):
        limbs[2 + side] = limbs[side] + [0.05 * sign, 0.1, depth]
        limbs[4 + side] = limbs[2 + side] + [0.0, 0.05, depth]
    return limbs


@given(SEEDS)
def test_a_reflection_leaves_the_same_drawing_with_bones_as_long(seed: int) -> None:
    limbs = np.random.default_rng(seed).normal(size=(12, 3))
    others = reflections(limbs)
    assert np.allclose(others[..., :2], limbs[:, :2], atol=1e-9)
    start, end = np.array(metrics.LIMB_BONES).T
    lengths = np.linalg.norm(others[:, end] - others[:, start], axis=-1)
    assert np.allclose(lengths, np.linalg.norm(limbs[end] - limbs[start], axis=-1))


def test_a_flat_figure_is_not_ambiguous() -> None:
    assert not is_ambiguous(STANDING, _in_trunk(STANDING[None]))


def test_only_a_reflection_that_people_take_makes_a_drawing_ambiguous() -> None:
    forwards, backwards = reaching(-0.25), reaching(0.25)
    only_forwards = _in_trunk(forwards[None])
    both = _in_trunk(np.stack([forwards, backwards]))
    assert not is_ambiguous(forwards, only_forwards)
    assert is_ambiguous(forwards, both)
