"""Parts that were not drawn: at rest in every hypothesis, all else as it was solved."""

import numpy as np
import pytest

from sketch2pose.core.axes import LEVEL_ROTATION
from sketch2pose.core.camera import Camera
from sketch2pose.core.rotations import rotmat_from_rotvec
from sketch2pose.inference.body.model import load_default_body
from sketch2pose.inference.sketch.layout import LEFT_LEG, RIGHT_LEG
from sketch2pose.inference.sketch.missing_limbs import at_rest, undrawn_joints
from sketch2pose.inference.solver.observation import SolveResult

LEGS = LEFT_LEG + RIGHT_LEG


@pytest.fixture
def result() -> SolveResult:
    rotations = rotmat_from_rotvec(np.random.default_rng(0).normal(0, 0.4, (3, 24, 3)))
    camera = Camera(LEVEL_ROTATION, np.array([0.0, 1.0, 5.0]), 500.0, np.full(2, 200.0), (400, 400))
    points = load_default_body().forward(rotations, np.zeros((3, 3)))
    return SolveResult(
        rotations, np.zeros((3, 3)), np.full(3, 0.3), np.ones(24), np.zeros((24, 3)),
        ("", "a", "b"), np.asarray(points, float), camera,
    )  # fmt: skip


def test_a_whole_figure_is_left_alone(result: SolveResult) -> None:
    assert at_rest(result, np.full(25, 0.9), load_default_body()) is result


def test_a_bust_stands_on_straight_legs(result: SolveResult) -> None:
    presence = np.full(25, 0.9)
    presence[LEGS] = 0.1
    posed = at_rest(result, presence, load_default_body())
    assert np.allclose(posed.rotations[:, LEGS], np.eye(3))
    others = np.setdiff1d(np.arange(24), LEGS)
    assert np.array_equal(posed.rotations[:, others], result.rotations[:, others])
    assert np.allclose(posed.joints[:, 20], result.joints[:, 20], atol=1e-5)
    bones = posed.joints[:, 7] - posed.joints[:, 4]
    along = posed.rotations[:, 0] @ [0.0, -1.0, 0.0]
    assert (bones * along).sum(-1) == pytest.approx(np.linalg.norm(bones, axis=-1), rel=0.03)


def test_undrawn_arms_hang(result: SolveResult) -> None:
    presence = np.full(25, 0.9)
    presence[[18, 19, 20, 21]] = 0.2
    upright = rotmat_from_rotvec(np.zeros((3, 24, 3)))
    still = SolveResult(**{**vars(result), "rotations": upright})
    joints = at_rest(still, presence, load_default_body()).joints
    assert (joints[:, [20, 21], 1] < joints[:, [16, 17], 1] - 0.3).all()


def test_legs_alone_leave_trunk_and_arms_at_rest() -> None:
    presence = np.full(25, 0.1)
    presence[[0, *LEGS]] = 0.95
    assert set(undrawn_joints(presence)) == set(range(24)) - {0, *LEGS}
