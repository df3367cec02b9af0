"""Planted feet lie flat, toes stay out of the ground, boxes and steps count as ground."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2pose.core.rotations import normalized, quat_inverse, quat_multiply, quat_rotate
from sketch2pose.rigs import RetargetOptions, detect_bone_map, retarget
from sketch2pose.rigs.feet.flat_feet import pitch_of, pitching
from sketch2pose.rigs.feet.foot_levels import levels_under
from tests.pure.rigs.rig_fixtures import GROUND, motion_of, smpl_rig

FRAMES, LEFT_ANKLE = 48, 7
UP = np.array([0.0, 0.0, 1.0])
heights = st.floats(-2.0, 2.0)


def standing(ankle_pitch: Any, lift: Any = 0.0, rests: Any = True) -> Any:
    """Somebody who stands, the left ankle turned by some radians (toes down positive)."""
    poses = np.zeros((FRAMES, 24, 3))
    poses[:, LEFT_ANKLE, 0] = ankle_pitch
    motion = motion_of(poses, np.zeros((FRAMES, 2)), heights=GROUND + np.asarray(lift))
    resting = np.broadcast_to(np.asarray(rests, float), FRAMES)
    return replace(motion, contacts={"left_toes": resting, "right_toes": resting})


def performed(motion, **options):
    """The rig, and what it does with its feet locked."""
    rig = smpl_rig()
    locked = RetargetOptions(lock_contacts=True, **options)
    return rig, retarget(motion, rig, detect_bone_map(rig), locked)


def foot_direction(rig, tracks):
    """[T, 3] from the left ankle's joint to the ball's, less what it falls at rest."""
    way = tracks.heads["left_foot"] - tracks.heads["left_ankle"]
    rest = rig.head("left_foot") - rig.head("left_ankle")
    return way - (rest @ UP) * UP


def test_a_planted_foot_that_wavers_lies_flat():
    wavers = 0.12 * np.sin(np.linspace(0, 12, FRAMES))
    rig, tracks = performed(standing(wavers))
    pitch = pitch_of(foot_direction(rig, tracks), UP)
    assert np.abs(pitch).max() < 0.2 * wavers.max()


def test_a_foot_that_is_misread_by_some_degrees_lies_flat():
    rig, tracks = performed(standing(0.25))
    assert np.abs(pitch_of(foot_direction(rig, tracks), UP)).max() < 0.03


def test_tiptoe_stays_tiptoe():
    rig, tracks = performed(standing(0.9))
    free = retarget(standing(0.9), rig, detect_bone_map(rig))
    away = foot_direction(rig, tracks) - foot_direction(rig, free)
    assert np.abs(away).max() < 1e-6


def test_toes_do_not_sink():
    """The heel is high, the toes go on straight from the foot: they would dive."""
    rig, tracks = performed(standing(0.9))
    rest = rig.rest_quats[rig.index["left_foot"]]
    ahead = quat_rotate(
        quat_multiply(tracks.poses["left_foot"], quat_inverse(rest)), np.array([0.0, -1.0, 0.0])
    )
    assert pitch_of(ahead, UP).min() > -0.05


def test_a_swinging_foot_is_left_alone():
    rests = np.zeros(FRAMES, bool)
    rests[:6] = True
    wavers = np.where(rests, 0.0, 0.4)
    lift = np.where(rests, 0.0, 0.5)
    rig, tracks = performed(standing(wavers, lift, rests))
    free = retarget(standing(wavers, lift, rests), rig, detect_bone_map(rig))
    away = foot_direction(rig, tracks) - foot_direction(rig, free)
    assert np.abs(away[30:]).max() < 1e-6


@pytest.mark.parametrize("box", [0.5, -0.5])
def test_somebody_who_goes_onto_a_box_stands_on_it(box):
    lift = np.where(np.arange(FRAMES) < 30, 0.0, box)
    rests = (np.arange(FRAMES) < 24) | (np.arange(FRAMES) > 34)
    _, tracks = performed(standing(np.zeros(FRAMES), lift, rests))
    feet = tracks.heads["left_foot"] @ UP
    assert abs(feet[-1] - feet[0] - box) < 0.01
    assert np.ptp(feet[:20]) < 1e-3 and np.ptp(feet[40:]) < 1e-3


def test_the_figure_follows_a_ground_that_is_tilted_in_the_source():
    """The hips rise and sink with the feet; otherwise one end of the path would be a crouch."""
    drift = np.linspace(-0.08, 0.08, FRAMES)
    _, tracks = performed(standing(np.zeros(FRAMES), drift))
    hips = tracks.heads["left_hip"] @ UP
    feet = tracks.heads["left_foot"] @ UP
    assert np.ptp(feet) < 2e-3
    assert np.ptp(hips[6:-6]) < 0.02  # of 0.16 in the source


@given(st.lists(st.tuples(heights, st.booleans()), min_size=1, max_size=40), heights)
def test_levels_are_the_ground_or_where_a_foot_rests(rows, ground):
    lowest, resting = np.array([h for h, _ in rows]), np.array([r for _, r in rows])
    levels = levels_under(lowest, resting, ground, 0.12)
    assert levels.shape == lowest.shape
    known = np.append(lowest[resting], ground)
    assert known.min() - 1e-9 <= levels.min() and levels.max() <= known.max() + 1e-9
    near = np.abs(lowest - ground) <= 0.12
    if near.all() or not resting.any():
        assert (levels == ground).all()


def test_between_two_levels_the_lower_one_is_free():
    lowest = np.repeat([1.0, 0.6, 0.0], 4)
    levels = levels_under(lowest, np.repeat([True, False, True], 4), 0.0, 0.12)
    assert levels.tolist() == [1.0] * 4 + [0.0] * 8


@given(st.integers(0, 10_000), st.floats(-0.8, 0.8))
def test_pitching_raises_by_the_angle(seed, angle):
    way = normalized(np.random.default_rng(seed).normal(size=(5, 3)) * [1, 1, 0.2])
    turned = quat_rotate(pitching(way, UP, np.full(5, angle)), way)
    expected = np.clip(pitch_of(way, UP) + angle, -np.pi / 2, np.pi / 2)
    within = np.abs(pitch_of(way, UP) + angle) < np.pi / 2
    np.testing.assert_allclose(pitch_of(turned, UP)[within], expected[within], atol=1e-7)
