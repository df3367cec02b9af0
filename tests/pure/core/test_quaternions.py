"""Quaternions and Euler angles of ``rigs`` by their inverses and invariants."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2pose.core import rotations
from sketch2pose.rigs import eulers
from sketch2pose.rigs.eulers import continuous_eulers, euler_from_quat, quat_from_euler

SEEDS = st.integers(0, 10_000)


def turns(seed: int, count: int = 8) -> np.ndarray:
    return rotations.normalized(np.random.default_rng(seed).normal(size=(count, 4)))


def same_turn(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(
        rotations.quat_angle(rotations.quat_multiply(rotations.quat_inverse(a), b)).max() < 1e-6
    )


@given(SEEDS)
def test_quaternions_go_through_matrices_and_rotvecs(seed):
    q = turns(seed)
    assert same_turn(rotations.quat_from_rotmat(rotations.rotmat_from_quat(q)), q)
    assert same_turn(rotations.quat_from_rotvec(rotations.rotvec_from_quat(q)), q)


@given(SEEDS, st.sampled_from(eulers.EULER_ORDERS))
def test_eulers_go_through_quaternions_in_every_order(seed, order):
    q = turns(seed)
    assert same_turn(quat_from_euler(euler_from_quat(q, order), order), q)


@pytest.mark.parametrize("order", eulers.EULER_ORDERS)
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_eulers_hold_at_the_pole(order, sign):
    angles = np.full((1, 3), 0.4)
    angles[0, "XYZ".index(order[1])] = sign * np.pi / 2
    q = quat_from_euler(angles, order)
    assert same_turn(quat_from_euler(euler_from_quat(q, order), order), q)


@given(SEEDS)
def test_products_turn_vectors_one_after_the_other(seed):
    a, b = turns(seed, 2)
    v = np.array([0.3, -1.0, 2.0])
    assert np.allclose(
        rotations.quat_rotate(rotations.quat_multiply(a, b), v),
        rotations.quat_rotate(a, rotations.quat_rotate(b, v)),
    )
    assert np.allclose(rotations.rotmat_from_quat(a) @ v, rotations.quat_rotate(a, v))


@given(SEEDS)
def test_swing_and_twist_put_a_turn_together(seed):
    q = turns(seed)
    axis = rotations.normalized(np.random.default_rng(seed + 1).normal(size=3))
    twist = rotations.quat_twist(q, axis)
    swing = rotations.quat_multiply(q, rotations.quat_inverse(twist))
    assert np.allclose(rotations.quat_rotate(twist, axis), axis, atol=1e-9)
    assert np.allclose(np.sum(swing[:, 1:] * axis, axis=1), 0.0, atol=1e-9)


@given(SEEDS)
def test_swing_between_is_the_shortest(seed):
    rng = np.random.default_rng(seed)
    a, b = rotations.normalized(rng.normal(size=(2, 3)))
    swing = rotations.quat_between(a, b, [0.0, 0.0, 1.0])
    assert np.allclose(rotations.quat_rotate(swing, a), b)
    assert np.isclose(rotations.quat_angle(swing), np.arccos(np.clip(a @ b, -1, 1)))


def test_opposite_directions_turn_about_the_given_axis():
    swing = rotations.quat_between([1.0, 0, 0], [-1.0, 0, 0], [0.0, 0.0, 1.0])
    assert np.allclose(rotations.quat_rotate(swing, [0.0, 0, 1]), [0, 0, 1])
    assert np.allclose(rotations.quat_rotate(swing, [1.0, 0, 0]), [-1, 0, 0])


@given(SEEDS)
def test_continuous_curves_never_jump(seed):
    rng = np.random.default_rng(seed)
    steps = rotations.quat_from_rotvec(rng.uniform(-0.4, 0.4, (60, 3)))
    path = [rotations.QUAT_IDENTITY]
    for step in steps:
        path.append(rotations.quat_multiply(step, path[-1]))
    flipped = np.array(path) * rng.choice([-1.0, 1.0], (61, 1))
    smooth = rotations.continuous_quats(flipped)
    assert np.sum(smooth[1:] * smooth[:-1], axis=1).min() > 0.9
    angles = continuous_eulers(euler_from_quat(smooth, "XYZ"), "XYZ")
    assert same_turn(quat_from_euler(angles, "XYZ"), smooth)
    assert np.abs(np.diff(angles, axis=0)).max() < np.pi + 1e-9


def test_euler_curves_pass_half_a_turn_smoothly():
    angles = np.zeros((50, 3))
    angles[:, 2] = np.linspace(0.0, 3.0 * np.pi, 50)
    wrapped = euler_from_quat(quat_from_euler(angles, "YXZ"), "YXZ")
    assert np.allclose(continuous_eulers(wrapped, "YXZ"), angles, atol=1e-6)
