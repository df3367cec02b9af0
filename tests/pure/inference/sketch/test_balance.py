"""A drawn figure stands in balance, and through the camera nothing moves."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2pose.core.axes import LEVEL_ROTATION
from sketch2pose.core.body_motion import BodyMotion
from sketch2pose.core.rotations import rotmat_from_rotvec, rotvec_from_rotmat
from sketch2pose.inference.body.model import load_default_body
from sketch2pose.inference.sketch.balance import stand, tilt

BODY = load_default_body()
FEET = np.array([1.0, 1.0, 0.0, 0.0])
NOBODY_STANDS = np.zeros(4)


def relaxed_pose() -> np.ndarray:
    """Arms hanging down, [72]."""
    pose = np.zeros((24, 3))
    pose[16, 2], pose[17, 2] = -1.3, 1.3
    return pose.ravel()


def seen_from(angle: float, contacts: np.ndarray = FEET) -> BodyMotion:
    """A standing body as a level camera has it that in truth looks down by ``angle`` radians."""
    pose = relaxed_pose()
    pose[:3] = rotvec_from_rotmat(rotmat_from_rotvec(np.array([angle, 0.0, 0.0])))
    trans = np.array([[0.1, 0.2, -0.3]], np.float32)
    joints = BODY.forward(pose[None], trans, np.zeros(10))
    return BodyMotion(
        poses=pose[None].astype(np.float32),
        trans=trans,
        betas=np.zeros(10, np.float32),
        joints3d=joints.astype(np.float32),
        camera_rotation=LEVEL_ROTATION.astype(np.float32),
        camera_translation=np.array([0.0, 1.0, 8.0], np.float32),
        camera_focal=900.0,
        camera_center=np.array([320.0, 240.0], np.float32),
        contacts=contacts[None].astype(np.float32),
        hypothesis_poses=np.stack([pose, pose])[:, None].astype(np.float32),
        hypothesis_scores=np.array([0.6, 0.4], np.float32),
    )


def in_camera(motion: BodyMotion) -> np.ndarray:
    assert motion.joints3d is not None and motion.camera_rotation is not None
    return motion.joints3d @ motion.camera_rotation.T + motion.camera_translation


@pytest.mark.parametrize("degrees", [-30, -16, 0, 16, 30])
def test_a_standing_body_tells_the_tilt(degrees: int) -> None:
    motion = seen_from(np.radians(degrees))
    assert motion.joints3d is not None
    found = np.degrees(tilt(motion.joints3d[0], FEET))
    assert abs(found - degrees) < 14 and abs(found) <= abs(degrees) + 2


@given(st.floats(-0.7, 0.7))
@settings(max_examples=25, deadline=None)
def test_through_the_camera_everything_stays(angle: float) -> None:
    motion = seen_from(angle)
    stood = stand(motion, BODY)
    np.testing.assert_allclose(in_camera(stood), in_camera(motion), atol=2e-5)
    again = BODY.forward(stood.poses, stood.trans, stood.betas)
    np.testing.assert_allclose(again, stood.joints3d, atol=2e-5)


def test_other_readings_turn_with_the_first() -> None:
    stood = stand(seen_from(0.5), BODY)
    assert stood.hypothesis_poses is not None
    np.testing.assert_allclose(stood.hypothesis_poses[1, 0], stood.poses[0], atol=1e-5)


def test_who_jumps_keeps_a_level_camera() -> None:
    stood = stand(seen_from(0.5, NOBODY_STANDS), BODY)
    np.testing.assert_allclose(stood.camera_rotation, LEVEL_ROTATION, atol=1e-6)


def test_who_may_sit_on_a_chair_keeps_a_level_camera() -> None:
    motion = seen_from(0.0)
    assert motion.joints3d is not None
    joints = motion.joints3d[0].copy()
    for hip, knee, ankle, toe in ((1, 4, 7, 10), (2, 5, 8, 11)):
        joints[knee] = joints[hip] + [0.0, 0.0, 0.42]
        joints[ankle] = joints[knee] + [0.0, -0.42, 0.0]
        joints[toe] = joints[ankle] + [0.0, -0.05, 0.12]
    assert tilt(joints, FEET) == 0.0


def test_the_lowest_skin_lies_on_the_ground() -> None:
    stood = stand(seen_from(0.4), BODY)
    _, skin = BODY.forward_vertices(
        stood.poses, stood.trans, stood.betas, np.arange(0, len(BODY.v_template), 9)
    )
    assert abs(float(skin[..., 1].min())) < 1e-4


def test_a_lifted_foot_read_as_standing_does_not_topple_the_figure() -> None:
    motion = seen_from(0.0)
    assert motion.joints3d is not None
    joints = motion.joints3d[0].copy()
    joints[[7, 10]] += [0.0, 0.35, 0.5]
    assert tilt(joints, FEET) == pytest.approx(tilt(joints, FEET * [0, 1, 0, 0]))
