"""Forward kinematics of the backend."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sketch2pose.core import kinematics
from sketch2pose.core import rotations as rot
from sketch2pose.core.smpl import SMPL_JOINT_NAMES, SMPL_PARENTS

COUNT = len(SMPL_PARENTS)
RNG = np.random.default_rng(3)
REST = RNG.normal(size=(COUNT, 3))


def smpl_joints(rotvecs: np.ndarray, trans: np.ndarray) -> np.ndarray:
    """[T, J, 3] metres: joints of poses [T, 3 J] with the root at `REST[0] + trans` [T, 3]."""
    offsets = kinematics.rest_offsets_from_joints(REST, SMPL_PARENTS)
    local = rot.rotmat_from_rotvec(rotvecs.reshape(-1, COUNT, 3))
    return kinematics.forward_kinematics(local, offsets, SMPL_PARENTS, trans)[1]


poses = hnp.arrays(np.float64, (2, COUNT, 3), elements=st.floats(-3.0, 3.0))


def test_the_smpl_tree_is_ordered_and_symmetric():
    assert all(parent < joint for joint, parent in enumerate(SMPL_PARENTS))
    for joint, name in enumerate(SMPL_JOINT_NAMES):
        if name.startswith("left_"):
            twin = SMPL_JOINT_NAMES.index(name.replace("left_", "right_"))
            parent, twin_parent = SMPL_PARENTS[joint], SMPL_PARENTS[twin]
            mirrored = SMPL_JOINT_NAMES[parent].replace("left_", "right_")
            assert SMPL_JOINT_NAMES[twin_parent] == mirrored


def test_rest_pose_gives_rest_joints():
    joints = smpl_joints(np.zeros((1, 72)), np.zeros((1, 3)))
    np.testing.assert_allclose(joints[0], REST, atol=1e-12)


@given(poses)
def test_bone_lengths_never_change(rotvecs):
    joints = smpl_joints(rotvecs, np.zeros((2, 3)))
    parents = np.array(SMPL_PARENTS[1:])
    moved = np.linalg.norm(joints[:, 1:] - joints[:, parents], axis=-1)
    rest = np.linalg.norm(REST[1:] - REST[parents], axis=-1)
    np.testing.assert_allclose(moved, np.broadcast_to(rest, moved.shape), atol=1e-9)


@given(poses)
def test_local_rotations_are_recovered_from_world_rotations(rotvecs):
    local = rot.rotmat_from_rotvec(rotvecs)
    offsets = kinematics.rest_offsets_from_joints(REST, SMPL_PARENTS)
    world, _ = kinematics.forward_kinematics(local, offsets, SMPL_PARENTS, np.zeros((2, 3)))
    np.testing.assert_allclose(kinematics.local_from_world(world, SMPL_PARENTS), local, atol=1e-9)


@given(poses, hnp.arrays(np.float64, 3, elements=st.floats(-3.0, 3.0)))
def test_a_world_rotation_turns_the_body_about_the_pelvis(rotvecs, turn):
    rotmat = rot.rotmat_from_rotvec(turn)
    turned = rotvecs.copy()
    turned[:, 0] = rot.rotvec_from_rotmat(rotmat @ rot.rotmat_from_rotvec(rotvecs[:, 0]))
    trans = np.array([[0.1, 0.2, 0.3], [1.0, 0.0, 0.0]])
    before = smpl_joints(rotvecs, trans)
    after = smpl_joints(turned, trans)
    expected = (before - before[:, :1]) @ rotmat.T + before[:, :1]
    np.testing.assert_allclose(after, expected, atol=1e-9)
    np.testing.assert_allclose(after[:, 0], REST[0] + trans, atol=1e-12)
