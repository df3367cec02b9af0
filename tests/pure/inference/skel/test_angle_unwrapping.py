"""Shoulder angles that would wind up are led back within half a turn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2pose.core.rotations import rotmat_angle, rotmat_from_rotvec
from sketch2pose.inference.skel.fitting.angle_unwrapping import (
    FARTHEST,
    SPACING,
    STEP_COST,
    _stepped,
    unwound,
    wound,
)
from sketch2pose.inference.skel.fitting.initial_angles import (
    continuous_angles,
    starting_angles,
    three_angles,
)
from sketch2pose.inference.skel.model.default import load_default_skel
from sketch2pose.inference.skel.model.layout import SHOULDER_REACH, SHOULDERS, dofs_of

AXES = load_default_skel().rest().axes[list(dofs_of(SHOULDERS[0]))]
TOLERANCE = np.radians(0.1)


def turned(angles: np.ndarray) -> np.ndarray:
    """[T, 3, 3] what angles [T, 3] about the right shoulder's axes do."""
    turns = rotmat_from_rotvec(angles[..., None] * AXES)
    return turns[:, 2] @ turns[:, 1] @ turns[:, 0]


def winding(frames: int, beside: float) -> np.ndarray:
    """An arm that goes round the direction where the first and last axis fall together, thrice."""
    phase = np.linspace(0, 6 * np.pi, frames)
    wobble = np.radians(beside - 90)
    return turned(np.stack([-phase, np.full(frames, wobble), phase], 1))


@pytest.mark.parametrize(("beside", "mean"), [(5.0, 6.0), (15.0, 6.0), (30.0, 11.0), (45.0, 15.0)])
def test_a_course_that_winds_is_led_back(beside: float, mean: float) -> None:
    wanted = winding(200, beside)
    found = continuous_angles(three_angles(wanted, AXES))
    assert np.degrees(np.abs(found).max()) > 900  # three turns
    course = unwound(wanted, AXES)
    assert not wound(course)
    assert np.abs(np.diff(course, axis=0)).max() <= FARTHEST * SPACING + TOLERANCE
    assert np.degrees(rotmat_angle(turned(course), wanted)).mean() < mean


def test_a_course_begins_where_the_window_before_ends() -> None:
    one, other = np.array([0.3, 1.2, -0.3]), np.array([0.3 - np.pi, np.pi - 1.2, np.pi - 0.3])
    still = np.repeat(turned(one[None]), 10, 0)
    assert rotmat_angle(turned(other[None]), still[:1]).max() < 1e-6  # two readings of it
    assert np.abs(unwound(still, AXES, before=one)[0] - one).max() < SPACING
    assert np.abs(unwound(still, AXES, before=other)[0] - other).max() < SPACING


def test_a_start_never_winds() -> None:
    rest, rotations = load_default_skel().rest(), np.tile(np.eye(3), (120, 24, 1, 1))
    rotations[:, 15:19] = winding(120, 10.0)[:, None]
    shoulder = starting_angles(rest, rotations)[:, list(dofs_of(15))]
    assert np.abs(shoulder).max() <= SHOULDER_REACH
    ordinary = np.tile(np.eye(3), (5, 24, 1, 1))
    ordinary[:, 15:19] = turned(np.linspace([0, 0, 0], [1, 0.5, 0.7], 5))[:, None]
    exact = starting_angles(rest, ordinary)[:, list(dofs_of(15))]
    assert np.allclose(exact[-1], [1, 0.5, 0.7], atol=1e-6)  # nothing is put on the grid


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000))
def test_steps_cost_what_trying_all_of_them_costs(seed: int) -> None:
    cost = np.random.default_rng(seed).uniform(0, 0.05, (4, 3, 5))
    found, origin = _stepped(cost)
    for point in np.ndindex(cost.shape):
        steps = np.abs(np.argwhere(cost < np.inf) - point)
        offers = cost.ravel() + STEP_COST * SPACING**2 * (steps**2).sum(1)
        assert found[point] == pytest.approx(offers[(steps <= FARTHEST).all(1)].min())
    assert np.abs(origin).max() <= FARTHEST
