"""Limb IK, contacts, foot locks, key reduction, resampling: each by what it promises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2pose.core.rotations import normalized, quat_from_rotvec, quat_rotate
from sketch2pose.rigs import RetargetOptions, detect_bone_map, retarget
from sketch2pose.rigs.feet.contacts import foot_contacts, runs, without_short_runs
from sketch2pose.rigs.feet.foot_lock import lock_correction
from sketch2pose.rigs.limb_ik import REACH, reach_goal
from sketch2pose.rigs.pose_error import pose_error
from sketch2pose.rigs.reduction import best_poses, evaluate, quat_distance, reduce_curve
from sketch2pose.rigs.resample import resampled
from tests.pure.rigs.rig_fixtures import motion_of, random_motion, slide_per_frame, smpl_rig

SEEDS = st.integers(0, 10_000)


def bent_limb(rng, count=6):
    start = rng.normal(size=(count, 3))
    upper = 0.4 * normalized(rng.normal(size=(count, 3)))
    lower = 0.35 * normalized(rng.normal(size=(count, 3)))
    return start, start + upper, start + upper + lower


@settings(max_examples=30)
@given(SEEDS)
def test_limbs_reach_what_is_in_reach_at_their_own_length(seed):
    rng = np.random.default_rng(seed)
    start, middle, end = bent_limb(rng)
    goal = start + rng.uniform(0.1, 0.74, (6, 1)) * normalized(rng.normal(size=(6, 3)))
    hinge = normalized(rng.normal(size=(6, 3)))
    turns = reach_goal(start, middle, end, goal, hinge)
    new_middle = start + quat_rotate(turns.upper, middle - start)
    new_end = new_middle + quat_rotate(turns.lower, end - middle)
    assert np.allclose(new_end, goal, atol=1e-4) and np.all(turns.missed < 1e-6)


def test_out_of_reach_points_at_the_goal():
    start, middle, end = (np.array([[0.0, 0, z]]) for z in (0.0, -0.4, -0.8))
    goal = np.array([[3.0, 0.0, 0.0]])
    turns = reach_goal(start, middle, end, goal, np.array([[1.0, 0, 0]]))
    new_middle = start + quat_rotate(turns.upper, middle - start)
    new_end = new_middle + quat_rotate(turns.lower, end - middle)
    assert np.allclose(normalized(new_end), [[1, 0, 0]], atol=1e-6)
    assert np.isclose(np.linalg.norm(new_end), 0.8 * REACH)
    assert turns.missed[0] > 2.0


def test_a_straight_leg_bends_its_knee_forward():
    start, middle, end = (np.array([[0.0, 0, z]]) for z in (0.8, 0.4, 0.0))
    goal = np.array([[0.0, 0.0, 0.2]])  # facing -y, left at +x: the knee's hinge is +x
    turns = reach_goal(start, middle, end, goal, np.array([[1.0, 0, 0]]))
    knee = start + quat_rotate(turns.upper, middle - start)
    assert knee[0, 1] < -0.1


def test_runs_and_short_runs():
    flags = np.array([1, 1, 0, 1, 0, 0, 1, 1, 1], dtype=bool)
    assert runs(flags) == [(0, 2), (3, 4), (6, 9)]
    assert runs(without_short_runs(flags, 2)) == [(0, 2), (6, 9)]
    assert runs(np.zeros(3, dtype=bool)) == []


@settings(max_examples=20)
@given(SEEDS)
def test_locks_hold_still_and_stay_above_ground(seed):
    rng = np.random.default_rng(seed)
    up = np.array([0.0, 0.0, 1.0])
    ball = np.cumsum(rng.normal(0, 0.004, (60, 3)), axis=0)
    heel = ball + np.array([0.0, 0.15, 0.0]) + rng.normal(0, 0.002, (60, 3))
    rests = np.zeros(60, dtype=bool)
    rests[10:25], rests[40:55] = True, True
    none = np.zeros(60, dtype=bool)
    correction = lock_correction(heel, ball, none, rests, up, 0.0, 30.0)
    held = ball + correction
    level = held - np.outer(held @ up, up)
    assert slide_per_frame(level, rests).max() < 1e-9
    lowest = np.minimum(held @ up, (heel + correction) @ up)
    assert lowest.min() > -1e-9
    assert np.linalg.norm(np.diff(correction, axis=0), axis=1).max() < 0.1


def skating():
    """A standing figure that slides over the floor a little, knees bending."""
    frames = 40
    poses = np.zeros((frames, 24, 3))
    bend = 0.25 + 0.2 * np.sin(np.linspace(0, 6, frames))
    for hip, knee, ankle in ((1, 4, 7), (2, 5, 8)):
        poses[:, hip, 0], poses[:, knee, 0], poses[:, ankle, 0] = -bend, 2 * bend, -bend
    path = np.stack([np.linspace(0, 0.2, frames), np.zeros(frames)], axis=1)
    return motion_of(poses, path)


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_planted_feet_do_not_slide_at_any_size(scale):
    motion = skating()
    rests = foot_contacts(motion)["left_toes"]
    assert rests.any()
    rig = smpl_rig(scale=scale)
    bone_map = detect_bone_map(rig)
    free = retarget(motion, rig, bone_map)
    locked = retarget(motion, rig, bone_map, RetargetOptions(lock_contacts=True))
    before = slide_per_frame(free.heads["left_foot"], rests).max()
    after = slide_per_frame(locked.heads["left_foot"], rests).max()
    assert after < 2e-3 and after < 0.2 * before


@settings(max_examples=10)
@given(SEEDS, st.floats(0.2, 5.0))
def test_reduced_curves_stay_within_their_tolerance(seed, degrees):
    rng = np.random.default_rng(seed)
    phase = np.linspace(0, 4, 50)[:, None]
    quats = quat_from_rotvec(np.sin(phase + rng.uniform(0, 6, 3)) * rng.uniform(0.1, 1, 3))
    curve = reduce_curve(quats, quat_distance, np.radians(degrees))
    error = quat_distance(quats, evaluate(curve, 50))
    assert np.degrees(error.max()) <= degrees + 1e-6
    assert curve.rows[0] == 0 and len(curve.rows) <= 50


def test_what_stands_still_needs_one_key():
    still = np.tile([1.0, 0, 0, 0], (30, 1))
    assert len(reduce_curve(still, quat_distance, 0.01).rows) == 1


def test_best_poses_catch_the_extremes():
    values = np.zeros((41, 1))
    values[20] = 1.0
    values[15:20, 0] = np.linspace(0.2, 0.9, 5)
    values[21:26, 0] = np.linspace(0.9, 0.2, 5)
    rows = best_poses([(values, lambda a, b: np.abs(a - b)[:, 0])], 3)
    assert rows[0] == 0 and rows[-1] == 40 and abs(rows[1] - 20) <= 2


def test_pose_error_is_nothing_against_itself():
    rig = smpl_rig()
    bone_map = detect_bone_map(rig)
    tracks = retarget(random_motion(np.random.default_rng(0)), rig, bone_map)
    channels = tracks.rotations, tracks.locations
    error = pose_error(rig, bone_map, channels, channels, tracks.frame_count)
    assert error.rotation < 1e-6 and error.position < 1e-9


def test_resampling_keeps_ends_and_speed():
    motion = skating()
    double = resampled(motion, 48.0)
    assert double.frame_count == 2 * motion.frame_count - 1
    assert np.allclose(double.positions["hips"][::2], motion.positions["hips"])
    back = resampled(double, 24.0)
    assert np.allclose(back.turns["left_shin"], motion.turns["left_shin"], atol=1e-9)


def test_gaps_between_frames_are_filled():
    motion = skating().frames([0, 10, 39])
    whole = resampled(motion, 24.0, np.array([0, 10, 39]) / 24.0)
    assert whole.frame_count == 40
    assert np.allclose(whole.positions["hips"][10], motion.positions["hips"][1])
