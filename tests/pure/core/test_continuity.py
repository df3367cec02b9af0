"""A figure keeps its sides and its depth from drawing to drawing."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sketch2pose.core.hypotheses.continuity import (
    DrawnHypotheses,
    follow_figures,
    mean_turns,
    shortest_path,
    steady_poses,
)
from sketch2pose.core.hypotheses.pose_hypotheses import flip_limb, front_back, swap_sides

VIEW = np.array([0.0, 0.0, -1.0])
POSES = hnp.arrays(np.float64, 72, elements=st.floats(-0.9, 0.9))
COSTS = st.lists(st.integers(1, 4), min_size=1, max_size=5)


def striding(phase: float) -> np.ndarray:
    """A walk seen from the side: arms and legs swing against each other, [72]."""
    pose = np.zeros(72)
    swing = 0.7 * np.sin(phase)
    for joint, sign in ((1, 1), (2, -1)):
        pose[joint * 3] = sign * swing
    for joint, sign in ((16, -1), (17, 1)):
        pose[joint * 3 + 1] = sign * swing
        pose[joint * 3 + 2] = -1.2 if joint == 16 else 1.2
    return pose


def drawn(*poses: np.ndarray) -> DrawnHypotheses:
    return DrawnHypotheses(np.stack(poses), np.array([0.6, 0.4])[: len(poses)], VIEW)


@given(lengths=COSTS, seed=st.integers(0, 999))
def test_the_shortest_path_is_the_best_of_all(lengths, seed):
    rng = np.random.default_rng(seed)
    costs = [rng.random(length) for length in lengths]
    steps = [rng.random(pair) for pair in itertools.pairwise(lengths)]

    def length_of(path: tuple[int, ...]) -> float:
        alone = sum(cost[choice] for cost, choice in zip(costs, path, strict=True))
        moves = zip(steps, itertools.pairwise(path), strict=True)
        return alone + sum(step[move] for step, move in moves)

    found = tuple(shortest_path(costs, steps))
    every = itertools.product(*(range(length) for length in lengths))
    assert np.isclose(length_of(found), min(length_of(path) for path in every))


@given(first=POSES, second=POSES)
def test_turns_are_a_distance(first, second):
    there, back = mean_turns(first, second), mean_turns(second, first)
    assert np.allclose(there, back)
    assert 0.0 <= there[0, 0] <= np.pi
    assert mean_turns(first, first)[0, 0] < 1e-6


MISTAKES = {
    "from behind": lambda pose: front_back(pose, VIEW),
    "arms exchanged": lambda pose: swap_sides(pose, ("ARM",)),
    "legs exchanged": lambda pose: swap_sides(pose, ("LEG",)),
    "all limbs exchanged": swap_sides,
}


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("wrong", [1, 3, 5])
def test_a_drawing_whose_sides_were_mistaken_is_set_right(mistake, wrong):
    walk = [striding(phase) for phase in 0.9 + np.linspace(0, 0.6, 6)]
    read = [drawn(pose) for pose in walk]
    read[wrong] = drawn(MISTAKES[mistake](walk[wrong]))
    for pose, expected in zip(steady_poses(read), walk, strict=True):
        assert mean_turns(pose, expected)[0, 0] < 0.02


def test_the_depth_that_goes_on_is_chosen_though_it_is_less_likely():
    reach = np.zeros(72)
    reach[16 * 3 + 1] = -0.9
    away = flip_limb(reach, "LEFT_ARM", VIEW)
    chosen = steady_poses([drawn(reach), drawn(away, reach), drawn(reach, away)])
    assert mean_turns(np.stack(chosen), reach).max() < 1e-6


def test_a_likely_turn_is_not_smoothed_away():
    there = np.zeros(72)
    there[16 * 3 + 2] = 1.4
    chosen = steady_poses([drawn(np.zeros(72)), drawn(there), drawn(np.zeros(72))])
    assert mean_turns(chosen[1], there)[0, 0] < 1e-6


def test_a_drawing_alone_is_read_as_it_is():
    pose = striding(1.0)
    assert np.allclose(steady_poses([drawn(pose, swap_sides(pose))])[0], pose)
    assert steady_poses([]) == []


def test_figures_are_followed_by_where_they_are_drawn():
    places = [[[0.0, 0], [5, 0]], [[5.2, 0], [0.3, 0]], [[0.5, 0]], [[9, 0], [5, 0], [0.4, 0]]]
    assert follow_figures(places) == [[0, 1, 0, 2], [1, 0, None, 1], [None, None, None, 0]]
    assert follow_figures([]) == []
    assert follow_figures([[], [[1.0, 1]]]) == [[None, 0]]


@given(order=st.permutations(range(4)), drift=hnp.arrays(float, (4, 2), elements=st.floats(-1, 1)))
def test_the_order_of_the_figures_does_not_matter(order, drift):
    first = np.array([[0.0, 0], [5, 0], [0, 5], [5, 5]])
    second = (first + drift)[list(order)]
    people = follow_figures([first, second])
    assert [order[row[1]] for row in people] == [0, 1, 2, 3]
