"""Retargeting: whatever the target's rest pose, rolls, scale and axes, it looks the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2pose.core.rotations import (
    normalized,
    quat_angle,
    quat_from_rotvec,
    quat_inverse,
    quat_multiply,
    quat_rotate,
    rotmat_from_quat,
)
from sketch2pose.rigs import RetargetOptions, RigError, detect_bone_map, retarget
from sketch2pose.rigs.human_motion import SMPL_ROLES, human_motion_from_rig
from sketch2pose.rigs.kinematics import pose_from_channels
from tests.pure.rigs.rig_fixtures import (
    LIMB_JOINTS,
    SEGMENTS,
    motion_of,
    poses_of,
    random_motion,
    smpl_rig,
    stored_rig,
)

SEEDS = st.integers(0, 10_000)
SIDES = ("left", "right")


def limb_directions(motion):
    return {
        (side, start): normalized(
            motion.positions[f"{side}_{end}"] - motion.positions[f"{side}_{start}"]
        )
        for side in SIDES
        for start, end in SEGMENTS
    }


def posed_heads(rig, bone_map, tracks):
    """Heads as the channels pose them, not as the retargeter says."""
    linked = rig.with_parents(bone_map.parents)
    return pose_from_channels(linked, tracks.rotations, tracks.locations, tracks.frame_count).heads


def worst_direction(motion, rig, options=None, turn=None):
    """Largest angle between the source's limbs and the target's, degrees."""
    bone_map = detect_bone_map(rig)
    heads = posed_heads(rig, bone_map, retarget(motion, rig, bone_map, options))
    worst = 0.0
    for (side, start), wanted in limb_directions(motion).items():
        end = dict(SEGMENTS)[start]
        have = normalized(
            heads[bone_map.bones[f"{side}_{end}"]] - heads[bone_map.bones[f"{side}_{start}"]]
        )
        wanted = wanted if turn is None else quat_rotate(turn, wanted)
        worst = max(worst, np.degrees(np.arccos(np.clip(np.sum(have * wanted, 1), -1, 1))).max())
    return worst


def limb_pose(rng, size=0.8):
    """A rest pose with arms and legs anywhere within ``size`` radians of the T-pose."""
    pose = np.zeros((24, 3))
    for joints in LIMB_JOINTS.values():
        pose[list(joints)] = rng.uniform(-size, size, (6, 3))
    return pose


@settings(max_examples=15)
@given(SEEDS)
def test_rest_pose_roll_and_scale_do_not_show(seed):
    rng = np.random.default_rng(seed)
    motion = random_motion(rng)
    rig = smpl_rig(rng, limb_pose(rng), scale=float(rng.uniform(0.3, 30.0)), rolls=True)
    assert worst_direction(motion, rig) < 0.01


@settings(max_examples=12)
@given(
    SEEDS,
    st.sampled_from([-2.6, -1.2, -0.3, 0.0, 0.6, 1.4, 3.0]),
    st.sampled_from([(0, 0, 0), (1, 0, 0), (0, 0, 1), (-1, 0, 0)]),
)
def test_axes_and_facing_of_the_rig_do_not_show(seed, facing, lying):
    rng = np.random.default_rng(seed)
    motion = random_motion(rng)
    tilt = quat_from_rotvec(np.array(lying) * np.pi / 2)
    turn = quat_multiply(tilt, quat_from_rotvec([0.0, facing, 0.0]))
    rig = smpl_rig(rng, rolls=True, turn=turn)
    upright = quat_from_rotvec([np.pi / 2, 0, 0])
    assert worst_direction(motion, rig, turn=quat_multiply(turn, quat_inverse(upright))) < 0.01


@settings(max_examples=15)
@given(SEEDS)
def test_in_the_world_the_figure_stands_as_the_motion_does(seed):
    rng = np.random.default_rng(seed)
    motion = random_motion(rng)
    rig = smpl_rig(rng, rolls=True)
    placed = np.eye(4)
    placed[:3, :3] = 2.0 * rotmat_from_quat(normalized(rng.normal(size=4)))
    placed[:3, 3] = rng.uniform(-3, 3, 3)
    from dataclasses import replace

    rig = replace(rig, world_from_rig=placed)
    options = RetargetOptions(in_world=True, feet_on_ground=False)
    assert worst_direction(motion, rig, options, quat_inverse(rig.world_quat)) < 0.01
    bone_map = detect_bone_map(rig)
    heads = posed_heads(rig, bone_map, retarget(motion, rig, bone_map, options))
    hips = np.mean([heads[bone_map.bones[f"{s}_thigh"]][0] for s in SIDES], axis=0)
    source = np.mean([motion.positions[f"{s}_thigh"][0] for s in SIDES], axis=0)
    assert np.allclose(placed[:3, :3] @ hips + placed[:3, 3], source, atol=1e-6)


def twist_errors(motion, rig, straight_pose):
    """Roll of every limb segment against the source's, degrees.

    The truth is known by construction: the rig's rest is the T-pose with its limbs *swung* away,
    so its bones with the swing taken back are the source's own.
    """
    bone_map = detect_bone_map(rig)
    tracks = retarget(motion, rig, bone_map)
    errors = []
    for side in SIDES:
        for start, end in SEGMENTS:
            bone = bone_map.bones[f"{side}_{start}"]
            t_pose = straight_pose.rest_quats[straight_pose.index[bone]]
            wanted = quat_multiply(motion.turns[f"{side}_{start}"], t_pose)
            difference = quat_multiply(tracks.poses[bone], quat_inverse(wanted))
            along = normalized(
                motion.positions[f"{side}_{end}"] - motion.positions[f"{side}_{start}"]
            )
            rotvec = 2.0 * np.sum(difference[:, 1:] * along, axis=1) * np.sign(difference[:, 0])
            errors.append(np.degrees(np.abs(np.arcsin(np.clip(rotvec / 2.0, -1, 1)) * 2.0)).max())
    return errors


@pytest.mark.parametrize("degrees", [-30.0, 20.0, 45.0, 70.0])
def test_lowered_arms_and_spread_legs_keep_their_roll(degrees):
    pose = np.zeros((24, 3))
    angle = np.radians(degrees)
    pose[16, 2], pose[17, 2] = -angle, angle
    pose[1, 2], pose[2, 2] = 0.3 * angle, -0.3 * angle
    motion = random_motion(np.random.default_rng(3))
    errors = twist_errors(motion, smpl_rig(pose=pose), smpl_rig())
    assert max(errors) < 3.0


def test_bent_resting_elbows_keep_their_roll():
    pose = np.zeros((24, 3))
    pose[16, 2], pose[17, 2] = -0.8, 0.8
    pose[18, 1], pose[19, 1] = -0.7, 0.7
    motion = random_motion(np.random.default_rng(4))
    assert max(twist_errors(motion, smpl_rig(pose=pose), smpl_rig())) < 3.0


@settings(max_examples=5)
@given(SEEDS)
def test_round_trip_through_another_rig(seed):
    rng = np.random.default_rng(seed)
    motion = random_motion(rng)
    rig = smpl_rig(rng, scale=1.7, rolls=True)
    bone_map = detect_bone_map(rig)
    tracks = retarget(motion, rig, bone_map)
    back = motion_read_from(rig, bone_map, tracks)
    second_rig = smpl_rig(rng, rolls=True)
    again = retarget(back, second_rig, detect_bone_map(second_rig))
    direct = retarget(motion, second_rig, detect_bone_map(second_rig))
    for bone, quats in direct.rotations.items():
        difference = quat_angle(quat_multiply(quat_inverse(quats), again.rotations[bone]))
        assert np.degrees(difference).max() < 0.5


def motion_read_from(rig, bone_map, tracks):
    posed = pose_from_channels(rig, tracks.rotations, tracks.locations, tracks.frame_count)
    matrices = {}
    for bone in bone_map.bones.values():
        matrices[bone] = np.tile(np.eye(4), (tracks.frame_count, 1, 1))
        matrices[bone][:, :3, :3] = rotmat_from_quat(posed.poses[bone])
        matrices[bone][:, :3, 3] = posed.heads[bone]
    rest = {bone: rig.rest[rig.index[bone]] for bone in bone_map.bones.values()}
    return human_motion_from_rig(bone_map.bones, rest, matrices, 24.0, (0, 0, 1))


@settings(max_examples=8)
@given(SEEDS)
def test_rest_joints_are_recovered_from_the_motion_alone(seed):
    motion = random_motion(np.random.default_rng(seed))
    from tests.pure.rigs.rig_fixtures import OFFSETS

    length = np.linalg.norm(motion.rest["left_shin"] - motion.rest["left_thigh"])
    assert np.isclose(length, np.linalg.norm(OFFSETS[4]))
    assert poses_of(motion).shape == (5, len(SMPL_ROLES), 3)


def test_feet_stand_on_the_ground_at_any_size():
    motion = motion_of(np.zeros((1, 24, 3)), np.zeros((1, 2)))
    for scale in (0.5, 1.0, 2.0):
        rig = smpl_rig(scale=scale)
        bone_map = detect_bone_map(rig)
        heads = posed_heads(rig, bone_map, retarget(motion, rig, bone_map))
        rest = rig.head("left_ankle")
        assert np.allclose(heads["left_ankle"][0, 2], rest[2], atol=1e-6 * scale)


def test_mirroring_twice_is_nothing():
    motion = random_motion(np.random.default_rng(1))
    twice = motion.mirrored().mirrored()
    for role in motion.turns:
        assert (
            np.degrees(
                quat_angle(quat_multiply(quat_inverse(motion.turns[role]), twice.turns[role]))
            ).max()
            < 1e-4
        )
    rig = smpl_rig()
    bone_map = detect_bone_map(rig)
    plain = retarget(motion, rig, bone_map)
    swapped = retarget(motion, rig, bone_map, RetargetOptions(mirror=True))
    left = plain.heads["left_wrist"] - plain.heads["pelvis"]
    right = swapped.heads["right_wrist"] - swapped.heads["pelvis"]
    assert np.allclose(left * [-1, 1, 1], right, atol=1e-6)


def test_a_root_bone_changes_channels_but_not_the_picture(shared_data):
    rig = stored_rig(shared_data / "rigs/synthetic_names/ue5_manny.skeleton.json")
    bone_map = detect_bone_map(rig)
    motion = random_motion(np.random.default_rng(2))
    plain = retarget(motion, rig, bone_map)
    rooted = retarget(motion, rig, bone_map, RetargetOptions(use_root_bone=True))
    assert "root" in rooted.locations and "root" not in plain.locations
    heads = posed_heads(rig, bone_map, rooted)
    for bone in ("hand_l", "foot_r", "head"):
        assert np.allclose(heads[bone], plain.heads[bone], atol=1e-6)


def test_in_place_takes_the_travelling_out():
    path = np.stack([np.linspace(0, 3, 9), np.zeros(9)], axis=1)
    motion = motion_of(np.zeros((9, 24, 3)), path)
    rig = smpl_rig()
    tracks = retarget(motion, rig, detect_bone_map(rig), RetargetOptions(in_place=True))
    assert np.ptp(tracks.heads["pelvis"], axis=0).max() < 1e-9


def test_only_mapped_bones_get_channels():
    rig = smpl_rig()
    tracks = retarget(random_motion(np.random.default_rng(0)), rig, detect_bone_map(rig))
    assert set(tracks.rotations) <= set(detect_bone_map(rig).bones.values())
    assert set(tracks.locations) == {"pelvis"}


def test_a_map_of_another_rig_is_refused():
    rig = smpl_rig()
    bone_map = detect_bone_map(rig).with_bone("head", "Kopf")
    with pytest.raises(RigError, match="no bone named Kopf"):
        retarget(random_motion(np.random.default_rng(0)), rig, bone_map)
    with pytest.raises(RigError, match="left forearm"):
        retarget(
            random_motion(np.random.default_rng(0)),
            rig,
            detect_bone_map(rig).with_bone("left_forearm", None),
        )
