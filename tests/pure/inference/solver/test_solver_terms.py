"""The solver's analytic derivatives against finite differences, and its small geometry."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch2pose.core.camera import Camera
from sketch2pose.core.projection import camera_from_ray
from sketch2pose.core.rotations import rotmat_from_rotvec
from sketch2pose.inference.body import load_default_body
from sketch2pose.inference.solver import contacts, limits, terms, tree
from sketch2pose.inference.solver.weights import load_weights

SEEDS = st.integers(0, 10_000)
few = settings(max_examples=8)
STEP = 1e-6


@pytest.fixture(scope="module")
def rest() -> tree.RestBody:
    return tree.rest_body(np.asarray(load_default_body().joints(), np.float64))


def random_pose(seed: int, spread: float = 0.6) -> np.ndarray:
    """Two poses of local rotations [2, 24, 3, 3]."""
    vectors = np.random.default_rng(seed).normal(0, spread, (2, 24, 3))
    return rotmat_from_rotvec(vectors)


def numeric_gradient(cost, size: int) -> np.ndarray:
    """Half the gradient of a cost [N] by central differences: terms report J^T r of a sum of
    squares.
    """
    columns = []
    for index in range(size):
        step = np.zeros(size)
        step[index] = STEP
        columns.append((cost(step) - cost(-step)) / (4 * STEP))
    return np.stack(columns, axis=-1)


def moved_world(world: np.ndarray, step: np.ndarray) -> np.ndarray:
    return rotmat_from_rotvec(step.reshape(24, 3)) @ world


def moved_local(local: np.ndarray, step: np.ndarray) -> np.ndarray:
    return local @ rotmat_from_rotvec(step.reshape(24, 3))


def targets(seed: int) -> terms.DirectionTargets:
    random = np.random.default_rng(seed)
    unit = random.normal(size=(3, 2, 24, 3))
    unit /= np.linalg.norm(unit, axis=-1, keepdims=True)
    weights = random.uniform(0, 20, (3, 2, 24))
    return terms.DirectionTargets(
        unit[0], weights[0], unit[1], weights[1], 0.05, unit[2], random.random((2, 24)), weights[2]
    )


@few
@given(SEEDS)
def test_direction_term_matches_finite_differences(seed):
    body = tree.rest_body(np.asarray(load_default_body().joints(), np.float64))
    world, seen = tree.world_from_local(random_pose(seed)), targets(seed)

    def cost(step):
        bones = tree.bone_vectors(moved_world(world, step), body.directions)
        return terms.direction_term(bones, seen)[0]

    _, by_bone, _ = terms.direction_term(tree.bone_vectors(world, body.directions), seen)
    gradient = tree.sum_over_owned(by_bone).reshape(2, 72)
    assert np.allclose(gradient, numeric_gradient(cost, 72), atol=1e-4)


@few
@given(SEEDS)
def test_prior_term_matches_finite_differences(seed):
    local, mean = random_pose(seed, 0.4), random_pose(seed + 1, 0.4)
    precision = np.random.default_rng(seed).uniform(0, 9, (2, 24, 3))

    def cost(step):
        return terms.prior_term(moved_local(local, step), mean, precision)[0]

    gradient = terms.prior_term(local, mean, precision)[1].reshape(2, 72)
    assert np.allclose(gradient, numeric_gradient(cost, 72), rtol=1e-3, atol=1e-3)


@few
@given(SEEDS)
def test_limit_term_matches_finite_differences(seed):
    ranges, local = load_weights().limits, random_pose(seed, 0.5)

    def cost(step):
        return limits.limit_term(moved_local(local, step), ranges)[0]

    gradient = limits.limit_term(local, ranges)[1].reshape(2, 72)
    assert np.allclose(gradient, numeric_gradient(cost, 72), rtol=1e-3, atol=2e-2)


@few
@given(SEEDS)
def test_contact_term_matches_finite_differences(seed):
    body = tree.rest_body(np.asarray(load_default_body().joints(), np.float64))
    world = tree.world_from_local(random_pose(seed))
    probabilities = {
        "left_hand-head": 0.9,
        "left_hand-right_hand": 0.8,
        "left_foot-ground": 0.9,
        "right_knee-ground": 0.7,
        "nose-moon": 0.9,
    }
    held = contacts.likely_contacts(
        probabilities, np.array([False, True]), body, np.array([0.0, -1.0, 0.0])
    )

    def cost(step):
        return contacts.contact_term(moved_world(world, step), body, held)[0]

    gradient = contacts.contact_term(world, body, held)[1]
    assert np.allclose(gradient, numeric_gradient(cost, 72), rtol=1e-3, atol=1e-2)


def test_facing_term_matches_finite_differences():
    world = tree.world_from_local(random_pose(3))[:, 15]
    facing = np.array([[0.0, 0.0, 1.0], [0.6, 0.8, 0.0]])

    def cost(step):
        return terms.facing_term(rotmat_from_rotvec(step) @ world, facing, 5.0)[0]

    gradient = terms.facing_term(world, facing, 5.0)[1]
    assert np.allclose(gradient, numeric_gradient(cost, 3), atol=1e-5)


def test_the_mean_pose_is_within_limits():
    ranges = load_weights().limits
    mean = ranges.center[None]
    assert limits.limit_term(mean, ranges)[0][0] < 1e-6


def test_a_knee_bent_forwards_costs():
    ranges = load_weights().limits
    pose = np.tile(np.eye(3), (2, 24, 1, 1))
    pose[0, 4] = rotmat_from_rotvec(np.array([1.0, 0, 0]))
    pose[1, 4] = rotmat_from_rotvec(np.array([-1.0, 0, 0]))
    cost, _, _ = limits.limit_term(pose, ranges)
    assert cost[1] > cost[0] + 10


@given(SEEDS)
def test_world_and_local_rotations_are_inverse(seed):
    local = random_pose(seed)
    assert np.allclose(tree.local_from_world(tree.world_from_local(local)), local)


@given(SEEDS)
def test_rays_project_back_and_turn_the_axis(seed):
    random = np.random.default_rng(seed)
    camera = Camera(np.eye(3), np.zeros(3), 700.0, np.array([320.0, 240.0]), (640, 480))
    pixels = random.uniform(0, 480, (24, 2))
    rays = camera.rays(pixels)
    assert np.allclose(camera.project(rays * 3), pixels)
    turns = camera_from_ray(rays)
    assert np.allclose(turns[..., 2], rays)
    assert np.allclose(turns @ np.swapaxes(turns, -1, -2), np.eye(3))


def test_joints_are_where_the_body_model_puts_them(rest):
    local = random_pose(5)
    joints = load_default_body().forward(local, np.zeros((2, 3)))
    mine = tree.positions(tree.world_from_local(local), rest) + rest.offsets[0]
    assert np.allclose(mine, joints, atol=1e-6)
