"""The sketch solver as its callers see it: known poses come back, doubts are told, nonsense is
refused.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sketch2pose.core import smpl
from sketch2pose.core.errors import Sketch2PoseError
from sketch2pose.core.projection import camera_from_ray
from sketch2pose.core.rotations import rotmat_from_rotvec
from sketch2pose.inference.body import load_default_body
from sketch2pose.inference.solver import Camera, DirectionObservation, solve_directions, tree
from sketch2pose.inference.solver.weights import load_weights

LEVEL = np.diag([1.0, -1.0, -1.0])
LIMBS = [4, 5, 7, 8, 18, 19, 20, 21]


@pytest.fixture(scope="module")
def body():
    return load_default_body()


@pytest.fixture(scope="module")
def rest(body):
    return tree.rest_body(np.asarray(body.joints(), np.float64))


def striding() -> np.ndarray:
    """A long step with bent arms, world from body: local rotations [24, 3, 3]."""
    vectors = np.zeros((24, 3))
    vectors[0] = [0.1, 0.5, 0.0]
    vectors[1], vectors[4] = [-0.9, 0, 0], [0.6, 0, 0]
    vectors[2], vectors[5] = [0.4, 0, 0], [0.3, 0, 0]
    vectors[16], vectors[18] = [0, 0.2, -1.2], [0, -0.9, 0]
    vectors[17], vectors[19] = [0, 0.3, 1.1], [0, 1.0, 0]
    return rotmat_from_rotvec(vectors)


def seen(local, rest, camera: Camera | None = None, pelvis=(0.0, 0.0, 0.0)) -> DirectionObservation:
    """What perfect eyes see of a pose; scaled-orthographic at 300 px per metre without a camera."""
    rotation = LEVEL if camera is None else camera.rotation
    world = tree.world_from_local(local[None])
    bones = tree.bone_vectors(world, rest.directions)[0] @ rotation.T
    points = tree.positions(world, rest)[0] + pelvis
    if camera is None:
        pixels = (points @ LEVEL.T)[:, :2] * 300 + 500
    else:
        pixels = camera.project(points)
        views = camera_from_ray(camera.rays(pixels))
        bones = (np.swapaxes(views, -1, -2) @ bones[..., None])[..., 0]
    return DirectionObservation(
        directions=bones,
        direction_weight=np.full(24, 500.0),
        away_probability=np.where(bones[:, 2] > 0, 0.995, 0.005),
        joints2d=pixels,
        joints2d_weight=np.full(24, 0.5),
        presence=np.ones(24),
        camera=camera,
        image_size=(1000, 1000),
    )


def bone_errors(result, local, rest, hypothesis: int = 0) -> np.ndarray:
    """Angles [24] in degrees between solved and true bones in the world."""
    pair = np.stack([result.rotations[hypothesis], local])
    bones = tree.bone_vectors(tree.world_from_local(pair), rest.directions)
    return np.rad2deg(np.arccos(np.clip((bones[0] * bones[1]).sum(-1), -1, 1)))


def test_exact_directions_give_the_pose_back(body, rest):
    result = solve_directions(seen(striding(), rest), body)
    assert bone_errors(result, striding(), rest)[LIMBS].max() < 6
    assert np.allclose(np.linalg.det(result.rotations), 1)
    assert np.all(np.diff(result.scores) <= 0)
    assert result.scores.sum() <= 1 + 1e-9


def test_joints_translation_and_rotations_agree_with_the_body_model(body, rest):
    result = solve_directions(seen(striding(), rest), body)
    joints = body.forward(result.rotations, result.translations)
    assert np.allclose(joints, result.joints, atol=1e-5)


def test_the_equivalent_camera_projects_the_body_onto_the_drawing(body, rest):
    observation = seen(striding(), rest)
    result = solve_directions(observation, body)
    error = np.linalg.norm(result.camera.project(result.joints[0]) - observation.joints2d, axis=-1)
    assert error.max() < 25  # px of a figure 500 px tall
    assert abs(result.joints[0][:, 1].min()) < 0.1  # it stands on the ground


def test_a_viewport_camera_puts_the_figure_where_it_was_drawn(body, rest):
    camera = Camera(
        LEVEL @ rotmat_from_rotvec(np.array([0.2, 0.4, 0.0])),
        np.array([0.3, 0.8, 4.0]),
        900.0,
        np.array([640.0, 360.0]),
        (1280, 720),
    )
    pelvis = np.array([0.5, 0.95, -0.3])
    result = solve_directions(seen(striding(), rest, camera, pelvis), body)
    assert bone_errors(result, striding(), rest)[LIMBS].max() < 7
    assert np.linalg.norm(result.joints[0, 0] - pelvis) < 0.12


def test_two_solves_with_one_seed_are_equal(body, rest):
    observation = replace(seen(striding(), rest), away_probability=np.full(24, 0.5))
    first, second = (solve_directions(observation, body, seed=4) for _ in range(2))
    assert np.array_equal(first.rotations, second.rotations)


def test_open_depths_give_distinct_hypotheses_and_doubt(body, rest):
    sure = solve_directions(seen(striding(), rest), body)
    unsure = solve_directions(
        replace(seen(striding(), rest), away_probability=np.full(24, 0.5)), body
    )
    assert len(unsure.scores) == 5
    assert len(set(unsure.labels)) == 5
    assert unsure.labels[0] == ""
    assert unsure.confidence[LIMBS].mean() < sure.confidence[LIMBS].mean()


def test_a_figure_from_behind_has_the_same_drawing(body, rest):
    observation = replace(seen(striding(), rest), back_probability=0.5)
    result = solve_directions(observation, body)
    assert result.labels[1] == "seen from the other side"
    errors = []
    for joints in result.joints[:2]:
        pixels = result.camera.project(joints)
        for named in (pixels, pixels[smpl.SMPL_MIRROR]):
            errors.append(np.abs(named - observation.joints2d)[LIMBS].max())
    # one hypothesis names the joints as the observation does, the other exchanges left and right
    assert max(min(errors[0], errors[2]), min(errors[1], errors[3])) < 30


def test_2d_joints_alone_are_enough_for_a_flat_pose(body, rest):
    flat = np.tile(np.eye(3), (24, 1, 1))
    observation = replace(
        seen(flat, rest), direction_weight=np.zeros(24), directions=np.full((24, 3), np.nan)
    )
    result = solve_directions(observation, body)
    assert (
        min(bone_errors(result, flat, rest, row)[LIMBS].mean() for row in range(len(result.scores)))
        < 15
    )


def test_undrawn_joints_have_no_confidence(body, rest):
    observation = seen(striding(), rest)
    presence = np.ones(24)
    presence[[5, 8, 11]] = 0
    result = solve_directions(replace(observation, presence=presence), body)
    assert np.all(result.confidence[[5, 8, 11]] == 0)
    assert np.isfinite(result.rotations).all()
    assert bone_errors(result, striding(), rest)[[4, 7, 18, 20]].max() < 8


def test_hands_meet_when_the_drawing_says_so(body, rest):
    observation = seen(striding(), rest)
    weak = replace(observation, direction_weight=np.full(24, 4.0), joints2d_weight=np.zeros(24))
    apart = solve_directions(weak, body)
    together = solve_directions(replace(weak, contacts={"left_hand-right_hand": 1.0}), body)

    def gap(result):
        return np.linalg.norm(result.joints[0, 20] - result.joints[0, 21])

    assert gap(together) < 0.6 * gap(apart)


def test_the_head_looks_where_the_face_was_seen(body, rest):
    observation = seen(striding(), rest)
    nose = np.array([0.6, 0.0, -0.8])
    result = solve_directions(
        replace(observation, head_facing=nose, head_facing_weight=200.0), body
    )
    head = result.camera.rotation @ tree.world_from_local(result.rotations[:1])[0, 15, :, 2]
    assert head @ nose > np.cos(np.deg2rad(15))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"directions": np.zeros((23, 3))}, "shape"),
        ({"direction_weight": np.full(24, -1.0)}, "negative"),
        ({"joints2d_weight": np.full(24, np.inf)}, "finite"),
        ({"direction_weight": np.zeros(24), "joints2d_weight": np.zeros(24)}, "neither"),
    ],
)
def test_nonsense_is_refused_with_a_reason(body, rest, changes, reason):
    with pytest.raises(Sketch2PoseError, match=reason):
        solve_directions(replace(seen(striding(), rest), **changes), body)


def test_missing_weights_are_told(tmp_path):
    with pytest.raises(Sketch2PoseError, match="Install the extension again"):
        load_weights(tmp_path / "none.npz")
