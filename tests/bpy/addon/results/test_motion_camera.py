"""The camera of a motion in Blender sees what the footage shows."""

from __future__ import annotations

import dataclasses

import bpy
import numpy as np
import pytest

SIZE = (640, 360)


def _projected(camera, points: np.ndarray) -> np.ndarray:
    """Pixels [N, 2] at which Blender's camera shows world points [N, 3]."""
    render = bpy.context.scene.render
    graph = bpy.context.evaluated_depsgraph_get()
    size = (render.resolution_x, render.resolution_y)
    clip = np.array(camera.calc_matrix_camera(graph, x=size[0], y=size[1]))
    clip = clip @ np.array(camera.matrix_world.normalized().inverted())
    seen = np.c_[points, np.ones(len(points))] @ clip.T
    flat = seen[:, :2] / seen[:, 3:]
    return (flat * [1, -1] + 1) / 2 * size


@pytest.fixture
def filmed(motion):
    """The still seen by a camera off its axis, with joints2d where that camera sees the joints."""
    tilt = 0.2
    up_down = np.array(
        [[1, 0, 0], [0, -np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), -np.cos(tilt)]]
    )
    shift, focal, center = np.array([0.2, 1.1, 4.0]), 500.0, np.array([300.0, 200.0])
    seen = motion.joints3d[0] @ up_down.T + shift
    pixels = focal * seen[:, :2] / seen[:, 2:] + center
    return dataclasses.replace(
        motion,
        camera_rotation=up_down.astype(np.float32),
        camera_translation=shift.astype(np.float32),
        camera_focal=focal,
        camera_center=center.astype(np.float32),
        image_size=np.array(SIZE),
        joints2d=pixels[None].astype(np.float32),
    )


def test_the_camera_shows_the_joints_where_they_were_seen(addon, filmed):
    view, axes = (
        addon("sketch2pose_addon.results.motion_camera"),
        addon("core.axes"),
    )
    camera = view.camera_from_motion(bpy.context, filmed)
    assert bpy.context.scene.camera == camera
    shown = _projected(camera, axes.blender_from_body(filmed.joints3d[0]))
    assert np.abs(shown - filmed.joints2d[0]).max() < 0.1


def test_a_vertical_picture_lines_up_too(addon, filmed):
    view, axes = (
        addon("sketch2pose_addon.results.motion_camera"),
        addon("core.axes"),
    )
    upright = dataclasses.replace(filmed, image_size=np.array(SIZE[::-1]))
    camera = view.camera_from_motion(bpy.context, upright)
    shown = _projected(camera, axes.blender_from_body(filmed.joints3d[0]))
    assert np.abs(shown - filmed.joints2d[0]).max() < 0.1


def test_the_camera_follows_a_rig_of_another_size_and_place(addon, filmed):
    view, axes = (
        addon("sketch2pose_addon.results.motion_camera"),
        addon("core.axes"),
    )
    seen = axes.blender_from_body(filmed.joints3d[0])
    turn = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])
    performed = 2.5 * seen @ turn.T + [3, -1, 0.5]
    placement = view.fitted_placement(seen, performed)
    camera = view.camera_from_motion(bpy.context, filmed, placement=placement)
    assert np.abs(_projected(camera, performed) - filmed.joints2d[0]).max() < 0.1


def test_a_moving_camera_is_keyed_at_the_time_of_each_row(addon, filmed):
    view, axes = (
        addon("sketch2pose_addon.results.motion_camera"),
        addon("core.axes"),
    )
    shifts = np.array([[0.2, 1.1, 4.0], [0.4, 1.1, 4.5], [0.6, 1.1, 5.0]], np.float32)
    moving = dataclasses.replace(
        filmed,
        poses=np.repeat(filmed.poses, 3, axis=0),
        trans=np.repeat(filmed.trans, 3, axis=0),
        joints3d=np.repeat(filmed.joints3d, 3, axis=0),
        camera_rotation=np.repeat(filmed.camera_rotation[None], 3, axis=0),
        camera_translation=shifts,
        frame_index=np.array([0, 2, 4]),
        mocap_framerate=12.0,
    )
    camera = view.camera_from_motion(bpy.context, moving, frame_start=10)
    for row, frame in enumerate((10, 12, 14)):
        bpy.context.scene.frame_set(frame)
        local = filmed.joints3d[0] @ filmed.camera_rotation.T + shifts[row]
        expected = 500 * local[:, :2] / local[:, 2:] + [300, 200]
        shown = _projected(camera, axes.blender_from_body(filmed.joints3d[0]))
        assert np.abs(shown - expected).max() < 0.1


def test_without_a_camera_nothing_is_added(addon, motion, snapshot):
    view = addon("sketch2pose_addon.results.motion_camera")
    before = snapshot()
    with pytest.raises(addon("core.errors").Sketch2PoseError, match="contains no camera"):
        view.camera_from_motion(bpy.context, motion)
    assert snapshot() == before


def test_footage_appears_behind_the_scene_from_its_first_frame(addon, filmed, tmp_path):
    view = addon("sketch2pose_addon.results.motion_camera")
    camera = view.camera_from_motion(bpy.context, filmed)
    for number in range(3):
        image = bpy.data.images.new("page", 8, 8)
        image.filepath_raw = str(tmp_path / f"shot-{number:04d}.png")
        image.file_format = "PNG"
        image.save()
    footage = view.load_footage(tmp_path / "shot-0000.png")
    view.show_footage(camera, footage, 5, 1)
    background = camera.data.background_images[0]
    assert camera.data.show_background_images and background.clip == footage
    assert (footage.frame_start, footage.frame_offset) == (5, 1)
    single = view.load_footage(tmp_path / "shot-0002.png")
    view.show_footage(camera, single, 5)
    assert camera.data.background_images[1].image == single
    with pytest.raises(addon("core.errors").Sketch2PoseError, match="cannot open"):
        view.load_footage(tmp_path / "missing.mp4")
