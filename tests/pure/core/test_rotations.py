"""Rotations of the backend: inverses, edge cases near 0 and pi, conventions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sketch2pose.core import rotations as rot

coordinates = st.floats(-1.0, 1.0, allow_nan=False, width=64)
vectors = hnp.arrays(np.float64, (5, 3), elements=coordinates)


def _unit(vector):
    norm = np.linalg.norm(vector, axis=-1, keepdims=True)
    return np.where(norm > 1e-3, vector / np.maximum(norm, 1e-3), [1.0, 0.0, 0.0])


@given(vectors, st.floats(0.0, np.pi, allow_nan=False))
def test_rotvec_survives_the_matrix_up_to_and_including_pi(axes, angle):
    rotmat = rot.rotmat_from_rotvec(_unit(axes) * angle)
    again = rot.rotmat_from_rotvec(rot.rotvec_from_rotmat(rotmat))
    np.testing.assert_allclose(again, rotmat, atol=1e-9)


@given(vectors, st.floats(0.0, np.pi - 1e-5, allow_nan=False))
def test_rotvec_below_pi_is_unique(axes, angle):
    rotvec = _unit(axes) * angle
    again = rot.rotvec_from_rotmat(rot.rotmat_from_rotvec(rotvec))
    np.testing.assert_allclose(again, rotvec, atol=1e-9)


@given(vectors)
def test_quaternion_and_matrix_are_inverse(rotvecs):
    rotmat = rot.rotmat_from_rotvec(rotvecs * 3.0)
    quat = rot.quat_from_rotmat(rotmat)
    assert np.all(quat[..., 0] >= 0.0)
    np.testing.assert_allclose(rot.rotmat_from_quat(quat), rotmat, atol=1e-9)
    np.testing.assert_allclose(rot.rotmat_from_quat(-2.0 * quat), rotmat, atol=1e-9)


@given(vectors)
def test_quaternion_of_rotvec_agrees_with_the_matrix(rotvecs):
    rotmat = rot.rotmat_from_quat(rot.quat_from_rotvec(rotvecs * 6.0))
    np.testing.assert_allclose(rotmat, rot.rotmat_from_rotvec(rotvecs * 6.0), atol=1e-9)


@given(vectors)
def test_6d_and_matrix_are_inverse(rotvecs):
    rotmat = rot.rotmat_from_rotvec(rotvecs * 3.0)
    np.testing.assert_allclose(rot.rotmat_from_6d(rot.sixd_from_rotmat(rotmat)), rotmat, atol=1e-9)


@given(vectors, hnp.arrays(np.float64, (5, 3, 3), elements=st.floats(-0.05, 0.05)))
def test_nearest_rotmat_is_a_rotation_and_keeps_rotations(rotvecs, noise):
    rotmat = rot.rotmat_from_rotvec(rotvecs)
    np.testing.assert_allclose(rot.nearest_rotmat(rotmat), rotmat, atol=1e-9)
    repaired = rot.nearest_rotmat(rotmat + noise)
    np.testing.assert_allclose(repaired @ np.swapaxes(repaired, -1, -2), [np.eye(3)] * 5, atol=1e-9)
    assert np.all(np.linalg.det(repaired) > 0.0)


@given(vectors, st.floats(0.0, np.pi))
def test_angle_between_is_the_angle_of_the_difference(rotvecs, angle):
    a = rot.rotmat_from_rotvec(rotvecs)
    b = a @ rot.rotmat_from_rotvec([0.0, angle, 0.0])
    np.testing.assert_allclose(rot.rotmat_angle(a, b), angle, atol=1e-6)


def test_conventions():
    quarter_turn_about_z = rot.rotmat_from_rotvec([0.0, 0.0, np.pi / 2])
    np.testing.assert_allclose(quarter_turn_about_z @ [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], atol=1e-15)
    quat = rot.quat_from_rotmat(quarter_turn_about_z)
    np.testing.assert_allclose(quat, [np.sqrt(0.5), 0.0, 0.0, np.sqrt(0.5)], atol=1e-15)
    six = rot.sixd_from_rotmat(quarter_turn_about_z)
    np.testing.assert_allclose(six, [0.0, 1.0, 0.0, -1.0, 0.0, 0.0], atol=1e-15)


@pytest.mark.parametrize("scale", [0.0, 1e-300, 1e-12, 1e-5, 0.99e-4, 1.01e-4])
def test_tiny_rotations_keep_their_direction(scale):
    rotvec = np.array([0.6, -0.8, 0.0]) * scale
    again = rot.rotvec_from_rotmat(rot.rotmat_from_rotvec(rotvec))
    np.testing.assert_allclose(again, rotvec, atol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floating_type_is_kept(dtype):
    rotvec = np.full((2, 3), 0.5, dtype=dtype)
    rotmat = rot.rotmat_from_rotvec(rotvec)
    quat = rot.quat_from_rotmat(rotmat)
    six = rot.sixd_from_rotmat(rotmat)
    made = [rotmat, quat, six, rot.rotmat_from_quat(quat), rot.rotmat_from_6d(six)]
    made += [
        rot.rotvec_from_rotmat(rotmat),
        rot.quat_from_rotvec(rotvec),
        rot.rotvec_from_quat(quat),
    ]
    assert {array.dtype for array in made} == {np.dtype(dtype)}


def test_integers_become_floats():
    np.testing.assert_allclose(rot.rotmat_from_rotvec([0, 0, 0]), np.eye(3))
