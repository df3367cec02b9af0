"""BVH: our own motions come back, foreign skeletons keep their directions."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sketch2pose.core.rotations import rotmat_from_rotvec, rotvec_from_rotmat
from sketch2pose.core.smpl import SMPL_JOINT_NAMES, SMPL_PARENTS
from sketch2pose.inference.body import load_default_body
from sketch2pose.inference.importers.bvh_foreign import motion_from_foreign_bvh
from sketch2pose.inference.importers.bvh_names import REQUIRED, map_joints
from sketch2pose.inference.importers.bvh_smpl import (
    bvh_from_motion,
    finished_motion,
    has_smpl_joints,
    motion_from_smpl_bvh,
)
from sketch2pose.inference.importers.bvh_text import (
    Bvh,
    BvhJoint,
    format_bvh,
    parse_bvh,
    zxy_degrees_from_rotmat,
)

ANGLES = ("Zrotation", "Xrotation", "Yrotation")
PLACE = ("Xposition", "Yposition", "Zposition")


def some_motion(frames=4, seed=0, spread=0.8, betas=True, framerate=30.0):
    rng = np.random.default_rng(seed)
    poses = rng.normal(size=(frames, 72)) * spread
    poses[:, 0::3] = np.clip(poses[:, 0::3], -1.5, 1.5)
    shape = rng.normal(size=10) if betas else np.zeros(10)
    return finished_motion(
        poses, rng.normal(size=(frames, 3)), shape, framerate, load_default_body()
    )


def angle_error(poses, others):
    a = rotmat_from_rotvec(poses.reshape(-1, 3).astype(float))
    b = rotmat_from_rotvec(others.reshape(-1, 3).astype(float))
    return np.linalg.norm(rotvec_from_rotmat(np.swapaxes(a, 1, 2) @ b), axis=1).max()


@settings(max_examples=15)
@given(st.integers(1, 4), st.integers(0, 99), st.sampled_from([24.0, 23.976, 30.0, 59.94, 120.0]))
def test_our_motions_come_back(frames, seed, framerate):
    motion = some_motion(frames, seed, framerate=framerate)
    document = parse_bvh(format_bvh(bvh_from_motion(motion)))
    assert has_smpl_joints(document)
    again, warnings = motion_from_smpl_bvh(document)
    assert warnings == []
    assert angle_error(motion.poses, again.poses) < 1e-6
    np.testing.assert_allclose(again.trans, motion.trans, atol=1e-6)
    np.testing.assert_allclose(again.betas, motion.betas, atol=1e-3)
    np.testing.assert_allclose(again.joints3d, motion.joints3d, atol=2e-6)
    assert again.mocap_framerate == pytest.approx(framerate, rel=1e-9)


@given(hnp.arrays(np.float64, (4, 3), elements=st.floats(-3.0, 3.0)))
def test_zxy_angles_are_the_rotation(rotvecs):
    rotmat = rotmat_from_rotvec(rotvecs)
    assert_zxy(rotmat)


@pytest.mark.parametrize("x", [90.0, -90.0, 89.9999999])
def test_zxy_angles_at_gimbal_lock(x):
    z, y = np.radians([30.0, 50.0])
    about = np.diag([1.0, 1.0, 1.0])
    mats = [rotmat_from_rotvec(axis * angle) for axis, angle in
            ((about[2], z), (about[0], np.radians(x)), (about[1], y))]  # fmt: skip
    assert_zxy(mats[0] @ mats[1] @ mats[2])


def assert_zxy(rotmat):
    z, x, y = np.moveaxis(np.radians(zxy_degrees_from_rotmat(rotmat)), -1, 0)
    axes = np.eye(3)
    turns = [rotmat_from_rotvec(angle[..., None] * axis) for angle, axis in
             ((z, axes[2]), (x, axes[0]), (y, axes[1]))]  # fmt: skip
    np.testing.assert_allclose(turns[0] @ turns[1] @ turns[2], rotmat, atol=1e-8)


def foreign(scale=100.0, arms_down=False, z_up=False, prefix="mixamorig:"):
    """A MotionBuilder-like skeleton with our body's bones, another rest pose, scale and up axis."""
    names = {
        "pelvis": "Hips", "spine1": "Spine", "spine2": "Spine1", "spine3": "Spine2",
        "neck": "Neck", "head": "Head",
    }  # fmt: skip
    parts = {
        "hip": "UpLeg", "knee": "Leg", "ankle": "Foot", "foot": "ToeBase", "collar": "Shoulder",
        "shoulder": "Arm", "elbow": "ForeArm", "wrist": "Hand",
    }  # fmt: skip
    for side, word in (("left", "Left"), ("right", "Right")):
        names.update({f"{side}_{part}": word + name for part, name in parts.items()})
    kept = [number for number, name in enumerate(SMPL_JOINT_NAMES) if name in names]
    place = {number: index for index, number in enumerate(kept)}
    offsets = np.array(load_default_body().rest_offsets(), float) * scale
    if arms_down:
        for side, sign in (("left", -1), ("right", 1)):
            for part in ("elbow", "wrist"):
                number = SMPL_JOINT_NAMES.index(f"{side}_{part}")
                offsets[number] = rotmat_from_rotvec([0, 0, sign * 1.2]) @ offsets[number]
    if z_up:
        offsets = offsets @ rotmat_from_rotvec([np.pi / 2, 0, 0]).T
    joints = tuple(
        BvhJoint(prefix + names[SMPL_JOINT_NAMES[n]], place.get(SMPL_PARENTS[n], -1), offsets[n],
                 (PLACE if n == 0 else ()) + ANGLES)
        for n in kept
    )  # fmt: skip
    return joints, offsets[0]


def with_pose(joints, root, rotvecs):
    angles = zxy_degrees_from_rotmat(rotmat_from_rotvec(rotvecs)).reshape(1, -1)
    return Bvh(joints, 1 / 30, np.hstack([root[None], angles]))


def joint_directions(positions, pairs):
    directions = np.array([positions[b] - positions[a] for a, b in pairs])
    return directions / np.linalg.norm(directions, axis=1, keepdims=True)


@settings(max_examples=20)
@given(st.integers(0, 999), st.booleans(), st.booleans(), st.sampled_from([1.0, 100.0, 39.37]))
def test_foreign_limbs_point_where_they_did(seed, arms_down, z_up, scale):
    joints, root = foreign(scale, arms_down, z_up)
    rotvecs = np.random.default_rng(seed).normal(size=(len(joints), 3)) * 0.7
    document = with_pose(joints, root, rotvecs)
    motion, warnings = motion_from_foreign_bvh(document)
    assert warnings[0].startswith("The skeleton was scaled by")
    from sketch2pose.core.kinematics import forward_kinematics

    _, theirs = forward_kinematics(
        document.local_rotations()[0], document.offsets, document.parents, np.zeros(3)
    )
    if z_up:
        theirs = theirs @ rotmat_from_rotvec([-np.pi / 2, 0, 0]).T
    found = map_joints([joint.name for joint in joints], document.parents)
    limbs = [("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist")]
    pairs = [(f"{s}_{a}", f"{s}_{b}") for s in ("left", "right") for a, b in limbs]
    ours = {name: motion.joints3d[0][n] for n, name in enumerate(SMPL_JOINT_NAMES)}
    mapped = {name: theirs[number] for name, number in found.items()}
    np.testing.assert_allclose(
        joint_directions(ours, pairs), joint_directions(mapped, pairs), atol=1e-4
    )


def test_the_same_rest_pose_gives_the_same_rotations():
    joints, root = foreign()
    rotvecs = np.random.default_rng(1).normal(size=(len(joints), 3)) * 0.3
    motion, _ = motion_from_foreign_bvh(with_pose(joints, root, rotvecs))
    found = map_joints([j.name for j in joints], [j.parent for j in joints])
    for name in ("pelvis", "left_hip", "right_knee", "left_shoulder", "right_elbow"):
        expected = rotvecs[found[name]]
        actual = motion.poses[0].reshape(24, 3)[SMPL_JOINT_NAMES.index(name)]
        np.testing.assert_allclose(actual, expected, atol=2e-3)


def test_a_forearm_without_a_wrist_ends_at_its_tip():
    """Skeletons that stop at the forearm tell by its end site where the wrist is."""
    joints, root = foreign()
    rotvecs = np.random.default_rng(3).normal(size=(len(joints), 3)) * 0.5
    whole, _ = motion_from_foreign_bvh(with_pose(joints, root, rotvecs))
    hands = [joint.name.endswith("Hand") for joint in joints]
    kept = [number for number, hand in enumerate(hands) if not hand]
    tips = {joints[n].parent: joints[n].offset for n, hand in enumerate(hands) if hand}
    short = tuple(
        replace(joints[n], parent=kept.index(joints[n].parent) if n else -1, end=tips.get(n))
        for n in kept
    )
    motion, _ = motion_from_foreign_bvh(with_pose(short, root, rotvecs[kept]))
    rows = [SMPL_JOINT_NAMES.index(f"{side}_{part}") for side in ("left", "right")
            for part in ("shoulder", "elbow", "wrist")]  # fmt: skip
    np.testing.assert_allclose(motion.joints3d[:, rows], whole.joints3d[:, rows], atol=1e-5)


@pytest.mark.parametrize("prefix", ["", "mixamorig:", "Character1_", "hero:"])
def test_prefixes_are_ignored(prefix):
    joints, _ = foreign(prefix=prefix)
    names, parents = [j.name for j in joints], [j.parent for j in joints]
    if prefix == "Character1_":
        names = [name.replace("_", ":") for name in names]
    found = map_joints(names, parents)
    assert found is not None
    assert set(REQUIRED) <= set(found)
    assert names[found["spine3"]].endswith("Spine2")
    assert names[found["head"]].endswith("Head")


def test_unknown_names_are_not_guessed():
    assert map_joints(["a", "b", "c"], [-1, 0, 1]) is None


DAMAGED = {
    "no motion": "HIERARCHY\nROOT a\n{\nOFFSET 0 0 0\n}",
    "no joints": "HIERARCHY\nMOTION\nFrames: 1\nFrame Time: 0.1\n",
    "brackets": "HIERARCHY\nROOT a\n{\nOFFSET 0 0 0\n}\n}\nMOTION\nFrames: 1\nFrame Time: 0.1\n",
    "offset": "HIERARCHY\nROOT a\n{\nOFFSET 0 0\n}\nMOTION\nFrames: 1\nFrame Time: 0.1\n",
    "count": "HIERARCHY\nROOT a\n{\nOFFSET 0 0 0\nCHANNELS 1 Xrotation\n}\nMOTION\nFrames: 2\n"
             "Frame Time: 0.1\n1\n",
    "words": "HIERARCHY\nROOT a\n{\nOFFSET 0 0 0\nCHANNELS 1 Xrotation\n}\nMOTION\nFrames: 1\n"
             "Frame Time: 0.1\nhello\n",
    "nan": "HIERARCHY\nROOT a\n{\nOFFSET 0 0 0\nCHANNELS 1 Xrotation\n}\nMOTION\nFrames: 1\n"
           "Frame Time: 0.1\nnan\n",
    "no frames": "HIERARCHY\nROOT a\n{\nOFFSET 0 0 0\nCHANNELS 1 Xrotation\n}\nMOTION\nFrames: 0\n"
                 "Frame Time: 0.1\n",
}  # fmt: skip


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED.keys())
def test_damaged_documents_have_a_reason(text):
    with pytest.raises(ValueError, match=r"it|offset|convert"):
        parse_bvh(text)


def test_real_files_of_other_programs(shared_data):
    files = sorted((shared_data / "rigs").glob("*/*.bvh"))
    assert files
    known = 0
    for path in files:
        document = parse_bvh(path.read_text(errors="replace"))
        found = motion_from_foreign_bvh(document)
        known += found is not None
        if found:
            assert np.all(np.isfinite(found[0].poses))
            assert found[0].frame_count == len(document.values)
    assert known >= 3
