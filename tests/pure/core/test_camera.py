"""The pinhole camera: projection and its inverse, crops, similarities, axes, parallel views."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketch2pose.core import axes, projection
from sketch2pose.core.body_motion import BodyMotion
from sketch2pose.core.camera import (
    PARALLEL_DISTANCE,
    Camera,
    CameraPath,
)
from sketch2pose.core.rotations import rotmat_from_rotvec

SIZE = (640.0, 480.0)
seeds = st.integers(0, 2**32 - 1)


def camera_and_points(seed: int, count: int = 7) -> tuple[Camera, np.ndarray]:
    """A camera anywhere, and points in front of it."""
    rng = np.random.default_rng(seed)
    turn = rotmat_from_rotvec(rng.normal(size=3))
    focal, center = float(rng.uniform(50, 3000)), rng.uniform(0, 600, 2)
    camera = Camera(turn, rng.normal(size=3), focal, center, SIZE)
    local = rng.normal(size=(count, 3))
    local[:, 2] = rng.uniform(0.5, 20, count)
    return camera, camera.to_world(local)


def path_and_points(seed: int, rows: int = 4) -> tuple[CameraPath, np.ndarray]:
    rng = np.random.default_rng(seed)
    turns = rotmat_from_rotvec(rng.normal(size=(rows, 3)))
    path = CameraPath(turns, rng.normal(size=(rows, 3)), 700.0, np.array([300.0, 200.0]), SIZE)
    local = rng.normal(size=(rows, 5, 3))
    local[..., 2] = rng.uniform(0.5, 20, (rows, 5))
    return path, path.to_world(local)


@given(seeds)
def test_unproject_is_the_inverse_of_project(seed: int):
    camera, points = camera_and_points(seed)
    pixels = camera.project(points)
    np.testing.assert_allclose(camera.unproject(pixels, camera.depth(points)), points, atol=1e-9)
    flat = camera.unproject(pixels, 3.0)
    np.testing.assert_allclose(camera.depth(flat), 3.0, atol=1e-9)
    np.testing.assert_allclose(camera.project(flat), pixels, rtol=1e-9, atol=1e-6)


@given(seeds)
def test_rays_run_through_what_is_seen(seed: int):
    camera, points = camera_and_points(seed)
    rays = camera.rays(camera.project(points))
    local = camera.to_camera(points)
    np.testing.assert_allclose(
        rays, local / np.linalg.norm(local, axis=-1, keepdims=True), atol=1e-9
    )
    turned = projection.camera_from_ray(rays)
    np.testing.assert_allclose(turned[..., 2], rays, atol=1e-12)
    np.testing.assert_allclose(np.linalg.det(turned), 1.0, atol=1e-9)
    np.testing.assert_allclose(camera.depth(camera.eye), 0.0, atol=1e-9)


@given(seeds)
def test_a_crop_shows_the_cut_out_of_the_picture(seed: int):
    camera, points = camera_and_points(seed)
    rng = np.random.default_rng(seed)
    origin, scale = rng.uniform(-100, 100, 2), float(rng.uniform(0.1, 5))
    cropped = camera.cropped(origin, scale, (10.0, 20.0))
    seen = (camera.project(points) - origin) * scale
    np.testing.assert_allclose(cropped.project(points), seen, rtol=1e-9, atol=1e-6)
    assert cropped.size == (10.0, 20.0)


@given(seeds)
def test_a_similarity_of_camera_and_world_keeps_the_picture(seed: int):
    camera, points = camera_and_points(seed)
    rng = np.random.default_rng(seed)
    scale = float(rng.uniform(0.1, 10))
    moved = np.eye(4)
    moved[:3, :3] = scale * rotmat_from_rotvec(rng.normal(size=3))
    moved[:3, 3] = rng.normal(size=3)
    after = camera.transformed(moved)
    places = points @ moved[:3, :3].T + moved[:3, 3]
    np.testing.assert_allclose(after.project(places), camera.project(points), rtol=1e-8, atol=1e-5)
    np.testing.assert_allclose(after.depth(places), scale * camera.depth(points), rtol=1e-8)
    back = after.transformed(np.linalg.inv(moved))
    np.testing.assert_allclose(back.rotation, camera.rotation, atol=1e-9)
    np.testing.assert_allclose(back.translation, camera.translation, atol=1e-8)


@given(seeds)
def test_axes_convert_there_and_back(seed: int):
    camera, points = camera_and_points(seed)
    path, _ = path_and_points(seed)
    blender = camera.in_blender_world()
    seen = blender.project(axes.blender_from_body(points))
    np.testing.assert_allclose(seen, camera.project(points), rtol=1e-9, atol=1e-6)
    np.testing.assert_array_equal(blender.in_body_world().rotation, camera.rotation)
    np.testing.assert_array_equal(path.in_blender_world().in_body_world().rotation, path.rotation)
    np.testing.assert_array_equal(axes.body_from_blender(axes.blender_from_body(points)), points)
    rotation, translation = axes.poses_from_matrices(path.world_from_gl())
    np.testing.assert_allclose(rotation, path.rotation, atol=1e-12)
    np.testing.assert_allclose(translation, path.translation, atol=1e-9)
    np.testing.assert_allclose(camera.world_from_gl()[:3, 3], camera.eye, atol=1e-9)


@given(seeds)
def test_a_path_is_its_cameras_row_by_row(seed: int):
    path, points = path_and_points(seed)
    pixels = path.project(points)
    for row in range(len(points)):
        camera = path.at(row)
        np.testing.assert_allclose(camera.project(points[row]), pixels[row], atol=1e-7)
        np.testing.assert_allclose(camera.eye, path.eyes[row], atol=1e-12)
    np.testing.assert_allclose(path.to_world(path.to_camera(points)), points, atol=1e-9)
    turns = rotmat_from_rotvec(np.random.default_rng(seed).normal(size=(len(points), 2, 3)))
    np.testing.assert_allclose(
        path.turns_to_world(turns)[1, 1], path.at(1).rotation.T @ turns[1, 1]
    )
    assert path.at(99).translation is not path.translation
    twice = path.resized((2 * SIZE[0], 2 * SIZE[1]))
    np.testing.assert_allclose(twice.project(points), 2 * pixels, rtol=1e-12)


@given(seeds)
def test_slopes_are_the_derivatives_of_the_projection(seed: int):
    camera, points = camera_and_points(seed)
    local, step = camera.to_camera(points), 1e-6
    slopes = projection.slopes_of_pixels(local, camera.focal, 0.1)
    for axis in range(3):
        move = step * np.eye(3)[axis]
        ahead, behind = (
            projection.pixels_from_points(local + side * move, camera.focal, camera.center)
            for side in (1, -1)
        )
        expected = (ahead - behind) / (2 * step)
        np.testing.assert_allclose(slopes[..., axis], expected, rtol=1e-4, atol=1e-2)


@given(seeds)
def test_numbers_of_a_camera_come_back(seed: int):
    camera, _ = camera_and_points(seed)
    for again in (
        Camera.from_list(camera.to_list()), Camera.from_plain(camera.to_plain(), camera.size),
    ):  # fmt: skip
        assert again.to_list() == camera.to_list()


def test_what_is_no_camera_is_refused():
    for values in ([], [0.0] * 17, [float("nan")] * 17):
        with pytest.raises(ValueError, match="not a stored view"):
            Camera.from_list(values)


def test_points_behind_are_nobodys():
    camera = Camera.at_origin(100.0, np.zeros(2))
    points = np.array([[0.0, 0.0, -1.0], [0.1, 0.0, 1.0]])
    assert np.isnan(camera.project(points)[0]).all()
    np.testing.assert_allclose(camera.project(points)[1], [10.0, 0.0])
    assert np.isfinite(camera.project(points, nearest=0.2)).all()


@given(seeds)
def test_a_parallel_view_keeps_the_scale_of_its_pivot(seed: int):
    rng = np.random.default_rng(seed)
    view = np.eye(4)
    view[:3, :3], view[:3, 3] = rotmat_from_rotvec(rng.normal(size=3)), rng.normal(size=3)
    clip = np.diag([0.5, 0.8, -0.01, 1.0])
    clip[:2, 3] = rng.uniform(-0.2, 0.2, 2)
    pivot = rng.normal(size=3)
    camera = Camera.from_gl(view, clip, SIZE, pivot)
    beside = pivot + 0.3 * view[1, :3]  # up in the picture
    step = camera.project(pivot) - camera.project(beside)
    np.testing.assert_allclose(step, [0.0, 0.3 * 0.8 * SIZE[1] / 2], atol=1e-6)
    assert camera.depth(pivot) == pytest.approx(PARALLEL_DISTANCE * 2 / 0.8)


def motion_of(rows: int, **fields: object) -> BodyMotion:
    zero = np.zeros((rows, 72), np.float32)
    return BodyMotion(zero, zero[:, :3], np.zeros(10, np.float32), **fields)  # type: ignore[arg-type]


@given(seeds)
def test_a_motion_holds_a_camera_in_its_fields(seed: int):
    camera, _ = camera_and_points(seed)
    path, _ = path_and_points(seed)
    still, moving = motion_of(1).with_camera(camera), motion_of(4).with_camera(path)
    again = still.camera
    assert isinstance(again, Camera) and again.size == SIZE
    np.testing.assert_allclose(again.to_list(), camera.to_list(), rtol=1e-6, atol=1e-6)
    assert isinstance(moving.camera, CameraPath)
    np.testing.assert_allclose(moving.camera_at(2).rotation, path.rotation[2], atol=1e-6)  # type: ignore[union-attr]
    assert still.with_camera(again).camera.to_list() == again.to_list()  # type: ignore[union-attr]


def test_a_motion_without_a_lens_has_no_camera():
    turn = {"camera_rotation": np.eye(3, dtype=np.float32)}
    assert motion_of(1, **turn).camera is None
    turn["camera_translation"] = np.zeros(3, np.float32)
    assert motion_of(1, **turn, camera_focal=5.0).camera is None
    middle = motion_of(1, **turn, camera_focal=5.0, image_size=np.array([4, 2])).camera
    assert middle is not None
    np.testing.assert_array_equal(middle.center, [2.0, 1.0])
    assert (
        motion_of(3, **turn, camera_focal=5.0, image_size=np.array([4, 2])).camera_at(2) is not None
    )


def test_poses_and_matrices_of_one_camera():
    camera, _ = camera_and_points(1)
    matrix = axes.matrices_from_poses(camera.rotation, camera.translation)
    np.testing.assert_allclose(matrix, camera.world_from_gl())
