"""Readings keep the picture, undo themselves and never bend a hinge the wrong way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sketch2pose.core.corrections.limbs import LIMBS
from sketch2pose.core.hypotheses.pose_hypotheses import flip_limb, front_back, mirror, swap_sides
from sketch2pose.core.kinematics import posed_joints, rest_offsets
from sketch2pose.core.smpl import SMPL_MIRROR

FLIPPABLE = tuple(name for name in LIMBS if name.endswith(("ARM", "LEG", "SHIN")))
POSES = hnp.arrays(np.float64, 72, elements=st.floats(-1.2, 1.2))
VIEWS = hnp.arrays(np.float64, 3, elements=st.floats(-1, 1)).filter(
    lambda view: np.linalg.norm(view) > 0.1
)
OFFSETS = np.zeros((24, 3))  # a T-pose: arms along x, legs and feet below, trunk upright
for joint, offset in {
    1: (0.1, -0.1, 0), 2: (-0.1, -0.1, 0), 4: (0, -0.4, 0), 5: (0, -0.4, 0), 7: (0, -0.4, 0),
    8: (0, -0.4, 0), 3: (0, 0.1, 0), 6: (0, 0.1, 0), 9: (0, 0.1, 0), 12: (0, 0.2, 0),
    15: (0, 0.1, 0), 13: (0.05, 0.1, 0), 14: (-0.05, 0.1, 0), 16: (0.1, 0, 0), 17: (-0.1, 0, 0),
    18: (0.3, 0, 0), 19: (-0.3, 0, 0), 20: (0.3, 0, 0), 21: (-0.3, 0, 0), 22: (0.1, 0, 0),
    23: (-0.1, 0, 0),
}.items():  # fmt: skip
    OFFSETS[joint] = offset


def joints(pose: np.ndarray) -> np.ndarray:
    return posed_joints(pose, OFFSETS, np.zeros(3))


def picture(pose: np.ndarray, view: np.ndarray) -> np.ndarray:
    direction = view / np.linalg.norm(view)
    places = joints(pose)
    return places - np.outer(places @ direction, direction)


@pytest.mark.parametrize("limb", FLIPPABLE)
@given(pose=POSES, view=VIEWS)
def test_flipping_a_limb_keeps_the_picture_and_undoes_itself(limb, pose, view):
    flipped = flip_limb(pose, limb, view)
    assert np.allclose(picture(flipped, view), picture(pose, view), atol=1e-9)
    assert np.allclose(joints(flip_limb(flipped, limb, view)), joints(pose), atol=1e-9)


@given(pose=POSES, view=VIEWS)
def test_front_and_back_look_the_same_with_left_and_right_exchanged(pose, view):
    other = front_back(pose, view)
    exchanged = picture(other, view)[SMPL_MIRROR]
    assert np.allclose(exchanged, picture(pose, view), atol=1e-9)
    assert np.allclose(joints(front_back(other, view)), joints(pose), atol=1e-9)


@given(pose=POSES)
def test_swapping_and_mirroring_twice_changes_nothing(pose):
    assert np.allclose(joints(swap_sides(swap_sides(pose))), joints(pose), atol=1e-9)
    assert np.allclose(joints(mirror(mirror(pose))), joints(pose), atol=1e-9)


@given(pose=POSES)
def test_swapped_limbs_point_where_the_others_did(pose):
    before, after = joints(pose), joints(swap_sides(pose))
    for left, right in ((16, 17), (18, 19), (1, 2), (4, 5)):
        down = {16: 18, 18: 20, 1: 4, 4: 7}[left]
        assert np.allclose(after[down] - after[left], before[down + 1] - before[right], atol=1e-9)


@pytest.mark.parametrize(("limb", "hinge", "axis"), [("LEFT_ARM", 18, 1), ("RIGHT_LEG", 5, 0)])
@given(angle=st.floats(-2.0, 2.0), root=POSES, view=VIEWS)
def test_a_flipped_hinge_keeps_its_angle(limb, hinge, axis, angle, root, view):
    pose = root.copy()
    pose[hinge * 3 : hinge * 3 + 3] = np.eye(3)[axis] * angle
    flipped = flip_limb(pose, limb, view).reshape(24, 3)
    assert np.allclose(flipped[hinge], np.eye(3)[axis] * angle, atol=1e-7)


def test_a_raised_left_arm_becomes_a_raised_right_arm_in_the_mirror():
    pose = np.zeros(72)
    pose[16 * 3 + 2] = 1.0
    expected = np.zeros(72)
    expected[17 * 3 + 2] = -1.0
    assert np.allclose(mirror(pose), expected, atol=1e-12)


@given(pose=POSES)
def test_rest_offsets_come_back_from_the_posed_body(pose):
    pelvis = np.array([0.3, 1.0, -0.2])
    places = posed_joints(pose, OFFSETS, pelvis)
    assert np.allclose(rest_offsets(pose, places), OFFSETS, atol=1e-9)
    arm = np.linalg.norm(places[18] - places[16])
    assert np.isclose(arm, 0.3)
