"""What a drawing leaves open is asked where its readings disagree, and only there."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2pose.core.hypotheses.depth_ambiguities import depth_ambiguities
from sketch2pose.core.hypotheses.pose_hypotheses import flip_limb, front_back
from sketch2pose.core.kinematics import rest_offsets
from sketch2pose.inference.body import load_default_body

VIEW = np.array([0.0, 0.0, -1.0])
LEFT_ELBOW = 18


def offsets() -> np.ndarray:
    joints = load_default_body().forward(np.zeros((1, 72)), np.zeros((1, 3)), np.zeros(10))
    return rest_offsets(np.zeros(72), joints[0])


def bent(turn: float = -1.0) -> np.ndarray:
    """The left forearm points towards the viewer."""
    pose = np.zeros(72)
    pose[3 * LEFT_ELBOW + 1] = turn
    return pose


def test_a_forearm_that_half_of_the_readings_turn_away_is_asked_about():
    pose = bent()
    poses = np.stack([pose, flip_limb(pose, "LEFT_FOREARM", VIEW)])
    (question,) = depth_ambiguities(pose, poses, [0.6, 0.4], offsets(), VIEW)
    assert question.text == "Left forearm: toward you or away?"
    assert question.limb == "LEFT_FOREARM"
    assert abs(question.otherwise - 0.4) < 1e-9
    (other,) = depth_ambiguities(poses[1], poses, [0.6, 0.4], offsets(), VIEW)
    assert other.text == "Left forearm: away or toward you?"
    assert abs(other.otherwise - 0.6) < 1e-9


def test_what_is_unlikely_or_flat_is_not_asked():
    pose = bent()
    poses = np.stack([pose, flip_limb(pose, "LEFT_FOREARM", VIEW)])
    assert depth_ambiguities(pose, poses, [0.9, 0.1], offsets(), VIEW) == []
    assert depth_ambiguities(pose, poses[:1], [1.0], offsets(), VIEW) == []
    flat = bent(-0.1)
    pair = np.stack([flat, flip_limb(flat, "LEFT_FOREARM", VIEW)])
    assert depth_ambiguities(flat, pair, [0.5, 0.5], offsets(), VIEW) == []


def test_front_or_back_is_one_question_with_its_own_answer():
    pose = bent()
    poses = np.stack([pose, front_back(pose, VIEW)])
    questions = depth_ambiguities(pose, poses, [0.5, 0.5], offsets(), VIEW)
    facing = [question for question in questions if question.change]
    assert facing[0].text == "The figure: seen from the front or from behind?"
    assert facing[0].change == "FRONT_BACK"


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 999), st.integers(1, 6))
def test_questions_are_ordered_and_their_shares_are_shares(seed, count):
    random = np.random.default_rng(seed)
    poses = random.normal(0, 0.6, (count, 72))
    found = depth_ambiguities(poses[0], poses, random.random(count), offsets(), VIEW)
    shares = [question.otherwise for question in found]
    assert shares == sorted(shares, reverse=True)
    assert all(0.2 <= share <= 1.0 + 1e-9 for share in shares)
