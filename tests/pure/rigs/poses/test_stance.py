"""Key poses turned to go on from where a rig stands and faces."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2pose.core.kinematics import posed_joints
from sketch2pose.rigs.poses.library import load_library
from sketch2pose.rigs.poses.stance import placed_pose, stance_of

LIBRARY = load_library()
ROLES = {"left_thigh": 1, "right_thigh": 2, "left_upper_arm": 16, "right_upper_arm": 17}
REST = posed_joints(np.zeros(72), LIBRARY.offsets, np.zeros(3))


def stance(joints: np.ndarray):
    rest = {role: REST[joint] for role, joint in ROLES.items()}
    return stance_of(rest, {role: joints[joint] for role, joint in ROLES.items()})


def turned_apart(a: float, b: float) -> float:
    return abs((a - b + np.pi) % (2 * np.pi) - np.pi)


def has_level_hips(joints: np.ndarray) -> bool:
    across = joints[1] - joints[2]
    return np.hypot(across[0], across[2]) > 0.4 * np.linalg.norm(across)


@given(st.integers(0, len(LIBRARY.poses) - 1), st.floats(-3, 3), st.booleans())
def test_hips_face_where_they_are_told_to(row, heading, mirrored):
    _pose, joints = placed_pose(LIBRARY, LIBRARY.poses[row], heading, mirrored)
    if has_level_hips(joints):
        assert turned_apart(stance(joints).heading, heading) < 0.01


@given(st.integers(0, len(LIBRARY.poses) - 1), st.floats(-3, 3))
def test_turning_keeps_heights_and_the_place_of_the_hips(row, heading):
    pose = LIBRARY.poses[row]
    rotvecs, joints = placed_pose(LIBRARY, pose, heading)
    assert np.allclose(joints[:, 1], pose.joints[:, 1], atol=1e-6)
    assert np.allclose(joints[0], pose.joints[0])
    assert np.allclose(joints, posed_joints(rotvecs, LIBRARY.offsets, pose.joints[0]), atol=1e-6)


@pytest.mark.parametrize("heading", [0.0, 1.0, -2.5])
def test_a_figure_at_rest_stands_over_its_hips(heading):
    turn = np.array(
        [[np.cos(heading), 0, np.sin(heading)], [0, 1, 0], [-np.sin(heading), 0, np.cos(heading)]]
    )
    found = stance(REST @ turn.T + [1.0, 2.0, 3.0])
    assert np.allclose(found.over, (REST[1] + REST[2]) / 2 @ turn.T + [1.0, 2.0, 3.0])
    assert turned_apart(found.heading, heading) < 1e-3


def test_a_figure_on_its_side_faces_nowhere():
    lying = REST @ np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    assert stance(lying).heading == 0.0
