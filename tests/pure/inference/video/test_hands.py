"""Hands: where they are looked for, and from points to finger rotations and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2pose.core.rotations import rotmat_from_rotvec
from sketch2pose.inference.video.observing.hand_landmarks import (
    POINTS,
    UNSEEN,
    HandReader,
    HandTrack,
    region_of_body,
    region_of_hand,
)
from sketch2pose.inference.video.observing.landmarks import NUMBER, Landmarks, Track
from sketch2pose.inference.video.solving.hand_pose import (
    ORDER,
    SPREAD,
    finger_rotations,
    fingers_over_time,
    palm_frames,
    relaxed,
    with_hands,
)

LEFT, RIGHT = 0, 1
bends = st.lists(st.floats(0.0, 1.2), min_size=12, max_size=12)
turns = st.lists(st.floats(-3.0, 3.0), min_size=3, max_size=3)


def hand_points(bend, side=LEFT):
    """[21, 3] of a hand whose finger joints bend by [12] radians, in its own rest axes."""
    points = np.zeros((POINTS, 3))
    points[1:5] = [
        [0.02, -0.01, 0.02],
        [0.04, -0.02, 0.045],
        [0.06, -0.02, 0.065],
        [0.08, -0.02, 0.08],
    ]
    for number, first in enumerate(ORDER):
        across = {5: 0.03, 9: 0.0, 13: -0.02, 17: -0.04}[first]
        points[first] = [0.09, 0.0, across]
        slope = SPREAD[number]
        turn = np.eye(3)
        for joint in range(3):
            turn = turn @ rotmat_from_rotvec(np.array([0, 0, -bend[3 * number + joint]]))
            if joint == 0:
                turn = turn @ rotmat_from_rotvec(np.array([0, -slope, 0]))
            points[first + joint + 1] = points[first + joint] + turn @ [0.03, 0, 0]
    return points * ([-1.0, 1.0, 1.0] if side == RIGHT else 1.0)


@pytest.mark.parametrize("side", [LEFT, RIGHT])
@given(bends, turns)
def test_bends_are_found_however_the_hand_is_turned(side, bend, turn):
    camera_from_hand = rotmat_from_rotvec(np.array(turn))
    points = hand_points(bend, side) @ camera_from_hand.T + [0.1, 0.2, 3.0]
    np.testing.assert_allclose(palm_frames(points, side), camera_from_hand, atol=1e-9)
    found = finger_rotations(points[None], side)[0, :12, 2] * (-1 if side == LEFT else 1)
    np.testing.assert_allclose(found, bend, atol=1e-6)


def test_a_fist_is_bent_and_both_hands_mirror_each_other():
    fist = np.full(12, 1.2)
    left = finger_rotations(hand_points(fist)[None], LEFT)
    right = finger_rotations(hand_points(fist, RIGHT)[None], RIGHT)
    np.testing.assert_allclose(right, left * [1.0, -1.0, -1.0], atol=1e-9)
    assert left[0, :12, 2].max() < -1.0


def body(wrist=(100.0, 100.0), knuckles=(100.0, 60.0)):
    points = np.zeros((33, 2))
    for side in ("left", "right"):
        points[NUMBER[f"{side}_wrist"]] = wrist
        points[NUMBER[f"{side}_index"]] = np.add(knuckles, [5, 0])
        points[NUMBER[f"{side}_pinky"]] = np.subtract(knuckles, [10, 0])
    return Landmarks(points, np.zeros((33, 3)), np.ones(33))


def test_a_hand_is_looked_for_beyond_its_wrist():
    region = region_of_body(body(), "left")
    assert region.center[1] < 60 and abs(region.turn) < 0.1
    assert 200 < region.side < 240  # 2.7 times twice the way from wrist to knuckles


@given(st.floats(-3.1, 3.1), st.floats(0.5, 4.0))
def test_the_next_region_turns_and_grows_with_the_hand(turn, size):
    flat = hand_points(np.zeros(12))[:, [2, 0]] * [1, -1] * 1000  # fingers up in the picture
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    upright, region = region_of_hand(flat), region_of_hand(size * flat @ rotation.T + 50)
    assert region.side == pytest.approx(size * upright.side)
    np.testing.assert_allclose(region.center, size * rotation @ upright.center + 50, atol=1e-6)
    away = region.turn - upright.turn - turn
    assert abs((away + np.pi) % (2 * np.pi) - np.pi) < 1e-6


class Network:
    """A hand network that always sees a hand upright in its region."""

    def __init__(self, presence=1.0):
        self.presence, self.calls = presence, 0

    def run(self, _names, _feed):
        self.calls += 1
        flat = hand_points(np.zeros(12))
        picture = np.c_[112 + 800 * flat[:, 2], 180 - 800 * flat[:, 0], np.zeros(POINTS)]
        return [picture[None].astype(np.float32), np.array([[self.presence]], np.float32),
                flat[None].astype(np.float32)]  # fmt: skip


def test_hands_are_read_only_where_the_wrist_is_seen():
    network, person = Network(), body()
    person.visibility[NUMBER["right_wrist"]] = 0.1
    picture = np.zeros((200, 200, 3), np.uint8)
    left, right = HandReader(network).read(picture, person, None)
    assert network.calls == 1 and right is UNSEEN and left.presence == 1.0
    assert np.linalg.norm(left.points[0] - person.points[NUMBER["left_wrist"]]) < 60
    assert HandReader(Network(0.2)).read(picture, person, None)[0] is UNSEEN


def test_gaps_blend_and_a_hand_never_seen_hangs():
    open_hand, fist = hand_points(np.zeros(12)), hand_points(np.full(12, 1.2))
    world = np.zeros((21, 2, POINTS, 3))
    world[0, 0], world[20, 0] = open_hand, fist
    presence = np.zeros((21, 2))
    presence[[0, 20], 0] = 1.0
    fingers = fingers_over_time(HandTrack(world[..., :2], world, presence), 30.0)
    assert fingers is not None
    middle = fingers.rotations[:, 3, 2]
    assert np.all(np.diff(middle) < 1e-9) and -0.8 < middle[10] < -0.4
    np.testing.assert_array_equal(fingers.rotations[5, 15:], relaxed(RIGHT))
    assert fingers_over_time(HandTrack(world[..., :2], world, 0 * presence), 30.0) is None


def test_seen_hands_turn_the_points_that_the_body_is_solved_with():
    rng = np.random.default_rng(1)
    track = Track(np.arange(2), rng.random((2, 33, 2)), rng.random((2, 33, 3)), np.ones((2, 33)))
    hands = HandTrack(
        rng.random((2, 2, 21, 2)), rng.random((2, 2, 21, 3)), np.array([[1, 0], [0, 0]])
    )
    changed = with_hands(track, hands)
    mark = NUMBER["left_index"]
    wrist = track.world[0, NUMBER["left_wrist"]]
    expected = wrist + hands.world[0, 0, 5] - hands.world[0, 0, 0]
    np.testing.assert_allclose(changed.world[0, mark], expected)
    np.testing.assert_array_equal(changed.points[0, mark], hands.points[0, 0, 5])
    np.testing.assert_array_equal(changed.world[1], track.world[1])
