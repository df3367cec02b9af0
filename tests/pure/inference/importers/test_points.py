"""Poses from joint positions, and TRC files."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.core.rotations import (
    rotmat_angle,
    rotmat_between,
    rotmat_from_axes,
    rotmat_from_rotvec,
)
from sketch2pose.core.smpl import SMPL_JOINT_NAMES
from sketch2pose.inference.body import load_default_body
from sketch2pose.inference.importers.pose_from_points import OPTIONAL, REQUIRED, pose_from_points
from sketch2pose.inference.importers.read_motion import read_motion
from sketch2pose.inference.importers.trc import parse_trc

NUMBER = {name: number for number, name in enumerate(SMPL_JOINT_NAMES)}
HINGE_AXES = {
    "left_knee": [1, 0, 0], "right_knee": [1, 0, 0],
    "left_elbow": [0, -1, 0], "right_elbow": [0, 1, 0],
}  # fmt: skip
BALL_JOINTS = ("left_hip", "right_hip", "left_shoulder", "right_shoulder")


def hinged_poses(seed, frames=3, spine=0.0):
    """Poses of a body whose knees and elbows bend as hinges do."""
    rng = np.random.default_rng(seed)
    poses = np.zeros((frames, 24, 3))
    poses[:, 0] = rng.normal(size=(frames, 3)) * 0.8
    for name in BALL_JOINTS:
        poses[:, NUMBER[name]] = rng.normal(size=(frames, 3)) * 0.5
    for name, axis in HINGE_AXES.items():
        poses[:, NUMBER[name]] = rng.uniform(0.7, 2.2, (frames, 1)) * np.array(axis)
    poses[:, NUMBER["spine2"]] = rng.normal(size=(frames, 3)) * spine
    return poses


def points_of(poses, trans):
    body = load_default_body()
    joints, skin = body.forward_vertices(poses.reshape(len(poses), 72), trans)
    points = {name: joints[:, NUMBER[name]].astype(float) for name in REQUIRED}
    rest = body.vertices()
    points["neck"] = (points["left_shoulder"] + points["right_shoulder"]) / 2
    points["head"] = skin[:, np.argmax(rest[:, 1])].astype(float)
    points["nose"] = skin[:, body.landmarks["nose"]].astype(float)
    return points


@settings(max_examples=20)
@given(st.integers(0, 999))
def test_a_body_with_hinges_is_found_again(seed):
    poses, trans = hinged_poses(seed), np.random.default_rng(seed).normal(size=(3, 3))
    found, place, scale = pose_from_points(points_of(poses, trans))
    found = found.reshape(-1, 24, 3)
    assert scale == pytest.approx(1.0, abs=1e-4)
    np.testing.assert_allclose(place, trans, atol=2e-3)
    for name in ("pelvis", *BALL_JOINTS, *HINGE_AXES):
        error = rotmat_angle(
            rotmat_from_rotvec(found[:, NUMBER[name]]), rotmat_from_rotvec(poses[:, NUMBER[name]])
        )
        assert error.max() < np.radians(8), (name, np.degrees(error))


@settings(max_examples=20)
@given(st.integers(0, 999), st.floats(0.3, 3.0))
def test_limbs_of_any_person_point_where_they_did(seed, size):
    points = {
        k: v * size for k, v in points_of(hinged_poses(seed, spine=0.3), np.zeros((3, 3))).items()
    }
    rng = np.random.default_rng(seed)
    for name in points:  # another person's proportions
        points[name] = points[name] + rng.normal(size=3) * 0.02 * size
    found, place, scale = pose_from_points(points)
    joints = load_default_body().forward(found, place)
    for side in ("left", "right"):
        for a, b in (("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist")):
            ours = joints[:, NUMBER[f"{side}_{b}"]] - joints[:, NUMBER[f"{side}_{a}"]]
            theirs = points[f"{side}_{b}"] - points[f"{side}_{a}"]
            cosine = np.sum(ours * theirs, axis=1)
            cosine /= np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
            assert cosine.min() > 1 - 1e-5
    assert scale == pytest.approx(1 / size, rel=0.2)


@given(st.integers(0, 999))
def test_swings_turn_one_direction_into_the_other(seed):
    a, b = np.random.default_rng(seed).normal(size=(2, 4, 3))
    turned = (rotmat_between(a, b) @ a[..., None])[..., 0]
    expected = (
        b / np.linalg.norm(b, axis=1, keepdims=True) * np.linalg.norm(a, axis=1, keepdims=True)
    )
    np.testing.assert_allclose(turned, expected, atol=1e-9)
    square = rotmat_from_axes(a, b)
    np.testing.assert_allclose(np.swapaxes(square, 1, 2) @ square, [np.eye(3)] * 4, atol=1e-12)
    assert np.all(np.linalg.det(square) > 0)


def test_swings_of_parallel_and_opposite_directions():
    axes = np.vstack([np.eye(3), -np.eye(3)])
    np.testing.assert_allclose(rotmat_between(axes, axes), [np.eye(3)] * 6, atol=1e-12)
    np.testing.assert_allclose(
        (rotmat_between(axes, -axes) @ axes[..., None])[..., 0], -axes, atol=1e-12
    )


# ---- TRC -------------------------------------------------------------------------------------


def trc(points, units="m", rate=60, gaps=()):
    """A TRC document as OpenSim writes it; `gaps` are (name, frame) left empty."""
    scale = {"m": 1.0, "mm": 1000.0}[units]
    names, frames = list(points), len(next(iter(points.values())))
    rows = []
    for frame_number in range(frames):
        cells = [str(frame_number + 1), f"{frame_number / rate:.5f}"]
        for name in names:
            missing = (name, frame_number) in gaps
            cells += [
                "" if missing else repr(v) for v in (points[name][frame_number] * scale).tolist()
            ]
        rows.append("\t".join(cells))
    head = [
        "PathFileType\t4\t(X/Y/Z)\ta.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate}\t{rate}\t{frames}\t{len(names)}\t{units}\t{rate}\t1\t{frames}",
        "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t",
        "\t\t" + "\t".join(f"{axis}{n + 1}" for n in range(len(names)) for axis in "XYZ"),
    ]
    return "\n".join([*head, "", *rows]) + "\n"


def file_names(points):
    renamed = {}
    for name, values in points.items():
        side, _, part = name.partition("_")
        renamed[(side[0].upper() + part.capitalize()) if part else name.capitalize()] = values
    return renamed


@pytest.fixture
def points():
    poses = hinged_poses(1, frames=5)
    poses[:, 0] = [0.1, 0.4, 0.0]
    return file_names(points_of(poses, np.linspace(0, 1, 15).reshape(5, 3) * [1, 0, 1]))


@pytest.mark.parametrize("units", ["m", "mm"])
def test_trc_becomes_a_motion_on_the_ground(tmp_path, points, units):
    (tmp_path / "walk é.trc").write_text(trc(points, units))
    imported = read_motion(tmp_path / "walk é.trc")
    (motion,) = imported.motions
    assert motion.frame_count == 5
    assert motion.mocap_framerate == 60.0
    assert "scaled by 1 " in imported.warnings[0]
    assert motion.joints3d[:, NUMBER["head"], 1].min() > 0.5
    joints = motion.joints3d
    np.testing.assert_allclose(
        joints[:, NUMBER["left_knee"]] - joints[:, NUMBER["left_hip"]],
        points["LKnee"] - points["LHip"],
        atol=2e-3,
    )


def test_gaps_are_interpolated_and_named(tmp_path, points):
    (tmp_path / "a.trc").write_text(trc(points, gaps={("LKnee", 2), ("LKnee", 0)}))
    imported = read_motion(tmp_path / "a.trc")
    assert "2 frames of a point were missing" in imported.warnings[1]
    assert np.all(np.isfinite(imported.motions[0].poses))


def test_a_missing_joint_is_named(tmp_path, points):
    del points["RWrist"]
    (tmp_path / "a.trc").write_text(trc(points))
    with pytest.raises(Sketch2PoseError, match="no point for right_wrist"):
        read_motion(tmp_path / "a.trc")


@pytest.mark.parametrize(
    "change", [("m\t60", "parsec\t60"), ("60\t60\t5", "0\t60\t5"), ("0.", "x.")]
)
def test_damaged_trc_is_one_sentence(tmp_path, points, change):
    (tmp_path / "a.trc").write_text(trc(points).replace(*change))
    with pytest.raises(Sketch2PoseError, match="damaged"):
        read_motion(tmp_path / "a.trc")


def test_the_real_balancing_trial(shared_data):
    path = shared_data / "video" / "pose2sim" / "balancing.trc"
    (motion,) = read_motion(path).motions
    document = parse_trc(path.read_text())
    assert motion.frame_count == len(document.positions["RHip"]) == 100
    observed = document.positions["RKnee"] - document.positions["RHip"]
    ours = motion.joints3d[:, NUMBER["right_knee"]] - motion.joints3d[:, NUMBER["right_hip"]]
    cosine = np.sum(ours * observed, axis=1)
    cosine /= np.linalg.norm(ours, axis=1) * np.linalg.norm(observed, axis=1)
    assert cosine.min() > 1 - 1e-5
    assert set(OPTIONAL) >= {"neck", "head"}


def mhr_points(body, poses):
    """[T, 70, 3] SAM 3D Body's keypoints of poses: OpenCV axes, about the pelvis."""
    from sketch2pose.inference.importers import sam3d_body

    joints = body.forward(poses, np.zeros((len(poses), 3)))
    points = np.zeros((len(poses), sam3d_body.KEYPOINTS, 3))
    for part, numbers in sam3d_body._SIDED.items():
        for side, number in zip(("left", "right"), numbers, strict=True):
            joint = {"toe": "foot", "heel": "ankle"}.get(part, part)
            points[:, number] = joints[:, body.joint_names.index(f"{side}_{joint}")]
    points[:, [3, 4, 0]] = joints[:, [body.joint_names.index("head")]] + [0, 0.05, 0]
    for first, side in zip(sam3d_body._FIRST_OF_HAND, ("left", "right"), strict=True):
        wrist = points[:, sam3d_body._SIDED["wrist"][side == "right"]]
        away = np.array([1.0 if side == "left" else -1.0, 0, 0])
        for finger in range(5):
            for joint in range(4):  # tip first, all fingers straight and side by side
                reach = away * (0.16 - 0.025 * joint) + [0, 0, 0.03 - 0.015 * finger]
                points[:, first + 4 * finger + joint] = wrist + reach
    return points * [1.0, -1.0, -1.0]


def test_sam3d_body_keypoints_become_the_pose(tmp_path):
    """Arms and legs point as in the source, fingers that are straight stay straight."""
    body = load_default_body()
    poses = np.zeros((3, 72))
    poses[:, [16 * 3 + 2, 4 * 3]] = [[0.3, 0.2], [0.6, 0.7], [0.9, 1.2]]
    path = tmp_path / "person.npz"
    places = np.linspace([0, 0, 4], [0.3, 0, 4], 3)
    np.savez(path, pred_keypoints_3d=mhr_points(body, poses), pred_cam_t=places, fps=25.0)
    imported = read_motion(path)
    (motion,) = imported.motions
    assert motion.mocap_framerate == 25.0 and motion.frame_count == 3
    truth = body.forward(poses, np.zeros((3, 3)))
    rows = [body.joint_names.index(name) for name in ("left_elbow", "left_wrist", "left_ankle")]
    found = motion.joints3d[:, rows] - motion.joints3d[:, [0]]
    np.testing.assert_allclose(found, truth[:, rows] - truth[:, [0]], atol=0.03)
    np.testing.assert_allclose(motion.trans[2] - motion.trans[0], [0.3, 0, 0], atol=0.03)
    straight = motion.hands[:, :12, 2]
    assert np.abs(straight).max() < 0.1
    np.savez(path, pred_keypoints_3d=np.zeros((2, 17, 3)))
    with pytest.raises(Sketch2PoseError, match="pred_keypoints_3d"):
        read_motion(path)
