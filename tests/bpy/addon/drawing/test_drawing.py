"""Drawings become pages: what was drawn where, seen through which camera."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from mathutils import Matrix


@pytest.fixture
def capture(addon):
    return addon("sketch2pose_addon.host.drawing_capture")


@pytest.fixture
def view(addon):
    return addon("sketch2pose_addon.host.viewport_camera")


def through(page, points_in_world: np.ndarray, axes) -> np.ndarray:
    """Pixels by the camera in the file, the way the backend projects (y up, OpenCV)."""
    local = axes.body_from_blender(points_in_world) @ page.camera.rotation.T
    local = local + page.camera.translation
    return page.camera.focal * local[:, :2] / local[:, 2:] + np.array(page.camera.center)


def gl_camera(view, *, ortho: bool):
    """A tilted camera as OpenGL matrices, and the pinhole made of them."""
    from mathutils import Euler

    world = Matrix.Translation((2.0, -6.0, 3.0)) @ Euler((1.1, 0.1, 0.3)).to_matrix().to_4x4()
    gl_from_world = np.array(world.inverted())
    projection = np.eye(4)
    if ortho:
        projection[0, 0], projection[1, 1], projection[0, 3] = 0.25, 0.4, 0.1
    else:
        projection[:] = [[1.6, 0, 0.1, 0], [0, 2.56, -0.2, 0], [0, 0, -1, -0.2], [0, 0, -1, 0]]
    pivot = np.array([0.0, 0.0, 1.0])
    return (
        gl_from_world,
        projection,
        view.Camera.from_gl(gl_from_world, projection, (1600, 1000), pivot),
    )


@pytest.mark.parametrize("ortho", [False, True])
def test_the_pinhole_sees_what_the_viewport_shows(view, ortho):
    gl_from_world, projection, camera = gl_camera(view, ortho=ortho)
    points = np.random.default_rng(0).uniform(-0.8, 0.8, (40, 3)) + [0, 0, 1]
    clip = np.c_[points, np.ones(40)] @ (projection @ gl_from_world).T
    flat = clip[:, :2] / clip[:, 3:]
    shown = np.c_[(flat[:, 0] + 1) * 800, (1 - flat[:, 1]) * 500]
    # The rays of a distant pinhole are not quite parallel.
    assert np.abs(camera.project(points) - shown).max() < (3.0 if ortho else 1e-6)


def test_unprojecting_undoes_projecting(view):
    camera = gl_camera(view, ortho=False)[2]
    points = np.random.default_rng(1).uniform(-1, 1, (10, 3))
    for point, pixel, depth in zip(
        points, camera.project(points), camera.depth(points), strict=True
    ):
        assert np.allclose(camera.unproject(pixel[None], depth)[0], point, atol=1e-9)


def test_a_moved_turned_and_scaled_world_gives_the_same_picture(view):
    camera = gl_camera(view, ortho=False)[2]
    points = np.random.default_rng(2).uniform(-1, 1, (10, 3))
    move = np.array(Matrix.Translation((1, 2, 3)) @ Matrix.Rotation(0.7, 4, "Y")) * 1.0
    move[:3, :3] *= 2.5
    moved = points @ move[:3, :3].T + move[:3, 3]
    assert np.allclose(camera.transformed(move).project(moved), camera.project(points), atol=1e-6)


def test_a_view_survives_being_stored(view):
    camera = gl_camera(view, ortho=True)[2]
    again = view.Camera.from_list(camera.to_list())
    assert again.to_list() == camera.to_list()
    with pytest.raises(ValueError, match="not a stored view"):
        view.Camera.from_list([1.0, 2.0])


def test_the_page_holds_the_figure_as_its_camera_sees_it(capture, drawing, figure, addon):
    axes = addon("core.axes")
    captured = capture.capture_drawing(bpy.context, drawing)
    assert len(captured.page.strokes) == len(figure)
    for drawn, stroke in zip(figure, captured.page.strokes, strict=True):
        assert np.allclose(through(captured.page, drawn, axes), stroke.points, atol=0.05)
    everything = np.concatenate([stroke.points for stroke in captured.page.strokes])
    assert everything.min() > 0
    assert np.all(everything < [captured.page.width, captured.page.height])
    assert 600 < max(captured.page.width, captured.page.height) < 1000


def test_pixels_lead_back_to_the_sheet(capture, drawing, figure):
    captured = capture.capture_drawing(bpy.context, drawing)
    again = captured.world_from_page(captured.page.strokes[0].points)
    assert np.allclose(again, figure[0], atol=1e-4)


def test_moving_the_drawing_moves_its_view(capture, view, drawing, figure):
    points = np.concatenate(figure)
    capture.store_view(drawing, view.facing_camera(points))
    before = capture.capture_drawing(bpy.context, drawing)
    drawing.location = (3.0, 1.0, 0.5)
    drawing.rotation_euler = (0.0, 0.0, 1.0)
    drawing.scale = (2.0, 2.0, 2.0)
    bpy.context.view_layer.update()
    after = capture.capture_drawing(bpy.context, drawing)
    for first, second in zip(before.page.strokes, after.page.strokes, strict=True):
        assert np.allclose(first.points, second.points, atol=0.05)
    moved = after.world_from_page(after.page.strokes[0].points[:1])[0]
    assert np.allclose(
        moved, drawing.matrix_world @ Matrix.Translation(figure[0][0]).to_translation(), atol=1e-3
    )


def test_later_frames_show_their_own_drawing(capture, drawing, figure, addon):
    grease_pencil = addon("sketch2pose_addon.host.grease_pencil")
    grease_pencil.add_strokes(drawing, figure[:2], 10)
    assert grease_pencil.key_frames(drawing) == [1, 10]
    assert len(grease_pencil.read_strokes(drawing, 9)) == len(figure)
    assert len(grease_pencil.read_strokes(drawing, 10)) == 2
    assert len(grease_pencil.read_strokes(drawing, 0)) == 0


def test_hidden_layers_are_not_read(drawing, addon):
    grease_pencil = addon("sketch2pose_addon.host.grease_pencil")
    drawing.data.layers[0].hide = True
    assert grease_pencil.read_strokes(drawing, 1) == []


def test_strokes_can_be_added_to_a_drawing_that_has_some(drawing, figure, addon):
    grease_pencil = addon("sketch2pose_addon.host.grease_pencil")
    grease_pencil.add_strokes(drawing, figure[:1], 1)
    strokes = grease_pencil.read_strokes(drawing, 1)
    assert len(strokes) == len(figure) + 1
    assert np.allclose(strokes[0].points, figure[0], atol=1e-6)
    assert np.allclose(strokes[-1].points, figure[0], atol=1e-6)


def test_draw_starts_a_sheet_that_faces_the_view(rig, addon, capture):
    assert bpy.ops.sketch2pose.draw() == {"FINISHED"}
    grease_pencil = addon("sketch2pose_addon.host.grease_pencil")
    sheet = bpy.context.scene.sketch2pose.drawing
    assert bpy.context.scene.sketch2pose.target == rig
    assert bpy.context.view_layer.objects.active == sheet
    assert sheet.mode == grease_pencil.PAINT_MODE
    forward = np.array(sheet.matrix_world)[:3, 1]
    assert np.allclose(capture.stored_view(sheet).rotation[2], forward, atol=1e-5)
    bpy.context.scene.frame_set(12)
    bpy.ops.sketch2pose.draw()
    assert bpy.context.scene.sketch2pose.drawing == sheet
    assert grease_pencil.key_frames(sheet) == [1, 12]
    bpy.ops.sketch2pose.draw(new=True)
    assert bpy.context.scene.sketch2pose.drawing != sheet
