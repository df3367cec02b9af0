"""Looking through the picture's camera, the ghost, contacts, and weak frames on the timeline."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np
import pytest
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector

SIZE = (640, 480)
FRAMES = {"wide": (1920, 1080, 1.0), "tall": (600, 1300, 1.0), "squeezed": (960, 1080, 2.0)}


@pytest.fixture
def photographed(motion):
    """The still, seen from the front left and above by a camera off its axis."""
    turn, tilt = 0.5, 0.25
    spin = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
    nod = np.array([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]])
    rotation = np.diag([1.0, -1.0, -1.0]) @ nod @ spin
    shift, focal, center = np.array([0.1, 0.9, 4.0]), 520.0, np.array([310.0, 250.0])
    local = motion.joints3d[0] @ rotation.T + shift
    pixels = focal * local[:, :2] / local[:, 2:] + center
    return replace(
        motion,
        camera_rotation=rotation.astype(np.float32),
        camera_translation=shift.astype(np.float32),
        camera_focal=focal,
        camera_center=center.astype(np.float32),
        image_size=np.array(SIZE),
        joints2d=pixels[None].astype(np.float32),
        contacts=np.array([[0.9, 0.1]], np.float32),
        contact_names=("left_foot", "right_foot"),
    )


@pytest.fixture
def picture(tmp_path):
    image = bpy.data.images.new("page", *SIZE)
    image.filepath_raw, image.file_format = str(tmp_path / "photo.png"), "PNG"
    image.save()
    bpy.data.images.remove(image)
    return tmp_path / "photo.png"


@pytest.fixture
def from_picture(rig, backend, photographed, picture):
    """A rig that was moved, turned and scaled, posed from the picture."""
    rig.location, rig.rotation_euler[2], rig.scale = (2.0, -1.0, 0.5), 0.7, (1.5, 1.5, 1.5)
    bpy.context.view_layer.update()
    bpy.context.scene.sketch2pose.target = rig
    backend.answer_with(photographed)
    bpy.ops.sketch2pose.pose_from_image(filepath=str(picture), target=rig.name)
    return rig


@pytest.fixture
def from_drawing(rig, drawing, backend, photographed):
    bpy.context.scene.sketch2pose.target = rig
    backend.answer_with(photographed)
    bpy.ops.sketch2pose.pose_from_sketch(target=rig.name, drawing=drawing.name)
    return rig


def on_picture(points: np.ndarray, size: tuple[float, float]) -> np.ndarray:
    """Pixels of the fitted picture [N, 2] at which the scene's camera shows world points."""
    scene, render = bpy.context.scene, bpy.context.scene.render
    seen = [world_to_camera_view(scene, scene.camera, Vector(point)) for point in points]
    frame = np.array([render.resolution_x, render.resolution_y], float)
    frame *= [render.pixel_aspect_x, render.pixel_aspect_y]
    scale = (frame / size).min()
    flat = np.array([(p.x, 1.0 - p.y) for p in seen]) * frame
    return (flat - (frame - scale * np.array(size)) / 2) / scale


def set_frame(kind: str) -> None:
    render = bpy.context.scene.render
    render.resolution_x, render.resolution_y, render.pixel_aspect_x = FRAMES[kind]


@pytest.mark.parametrize("kind", FRAMES)
def test_the_rig_is_where_the_picture_shows_the_figure(from_picture, photographed, addon, kind):
    set_frame(kind)
    assert bpy.ops.sketch2pose.look_through() == {"FINISHED"}
    which, places = addon("sketch2pose_addon.results.source_view").performed_joints(from_picture)
    away = on_picture(places, SIZE) - photographed.joints2d[0][which]
    assert np.linalg.norm(away, axis=1).max() < 1.0
    set_frame("wide")
    bpy.context.scene.render.pixel_aspect_x = 1.0


def test_a_drawing_is_seen_as_it_was_drawn(from_drawing, photographed, addon):
    assert bpy.ops.sketch2pose.look_through() == {"FINISHED"}
    stored = addon("sketch2pose_addon.results.stored_still").stored_still_at(from_drawing, 1)
    away = on_picture(stored.drawn, stored.seen.view.size) - photographed.joints2d[0]
    assert np.linalg.norm(away, axis=1).max() < 1.0


def test_the_picture_lies_behind_the_rig(from_picture, picture):
    bpy.ops.sketch2pose.look_through()
    camera = bpy.context.scene.camera
    background = camera.data.background_images[0]
    assert bpy.path.abspath(background.image.filepath) == str(picture)
    assert (background.display_depth, background.frame_method) == ("BACK", "FIT")
    bpy.ops.sketch2pose.look_through()
    assert len(bpy.context.scene.camera.data.background_images) == 1


def test_a_lost_picture_is_said_and_its_camera_still_used(from_picture, picture):
    picture.unlink()
    assert bpy.ops.sketch2pose.look_through() == {"FINISHED"}
    assert "cannot be shown" in bpy.context.window_manager.sketch2pose.result
    assert not bpy.context.scene.camera.data.show_background_images


def test_looking_back_leaves_no_trace(from_picture):
    camera = bpy.data.objects.new("Mine", bpy.data.cameras.new("Mine"))
    bpy.context.scene.collection.objects.link(camera)
    bpy.context.scene.camera = camera
    before = {item.name for item in bpy.data.objects}
    bpy.ops.sketch2pose.look_through()
    bpy.ops.sketch2pose.look_through()
    camera.name = "Renamed"
    assert bpy.ops.sketch2pose.look_back() == {"FINISHED"}
    assert bpy.context.scene.camera == camera
    assert {item.name for item in bpy.data.objects} == before - {"Mine"} | {"Renamed"}
    assert [data.name for data in bpy.data.cameras] == ["Mine"]
    assert not bpy.ops.sketch2pose.look_back.poll()


def test_without_a_pose_there_is_nothing_to_look_through(rig, snapshot):
    before = snapshot()
    with pytest.raises(RuntimeError, match="There is no source camera"):
        bpy.ops.sketch2pose.look_through(target=rig.name)
    assert snapshot() == before


@pytest.mark.parametrize("source", ["from_picture", "from_drawing"])
def test_the_ghost_stands_where_the_rig_stands(request, source, addon):
    rig = request.getfixturevalue(source)
    stored = addon("sketch2pose_addon.results.stored_still").stored_still_at(rig, 1)
    which, places = addon("sketch2pose_addon.results.source_view").performed_joints(rig)
    ghost = addon("sketch2pose_addon.review.solved_body")
    assert np.abs(ghost.placed_joints(stored, rig)[which] - places).max() < 0.03
    bpy.context.scene.sketch2pose.show_solved_body = True
    lines = addon("sketch2pose_addon.review.overlay").shown_lines(bpy.context)[-1].points
    bpy.context.scene.sketch2pose.show_solved_body = False
    low, high = places.min(0) - 0.4, places.max(0) + 0.4
    assert (lines > low).all() and (lines < high).all()


def test_a_capsule_has_its_radius_everywhere(addon):
    start, end = np.array([1.0, 2, 3]), np.array([1.0, 2, 5])
    lines = addon("sketch2pose_addon.review.solved_body").capsule(start, end, 0.25)
    assert np.allclose(np.linalg.norm(lines[:, :2] - [1, 2], axis=1), 0.25)
    assert set(np.round(lines[:, 2], 6)) == {3.0, 5.0}


def test_a_foot_on_the_ground_is_marked(from_drawing, addon):
    overlay = addon("sketch2pose_addon.review.overlay")
    stored = addon("sketch2pose_addon.results.stored_still").stored_still_at(from_drawing, 1)
    (diamond,) = overlay.contact_lines(stored)
    left_foot = 10
    assert np.allclose(diamond.points.mean(0), stored.drawn[left_foot], atol=1e-6)
    assert overlay.contact_lines(replace(stored, contacts=np.zeros(24))) == []


def test_joints_of_a_picture_are_shown_while_looking_through_it(from_picture, addon):
    overlay = addon("sketch2pose_addon.review.overlay")
    assert overlay.shown_lines(bpy.context) == []
    bpy.ops.sketch2pose.look_through()
    assert sum(len(part.points) for part in overlay.shown_lines(bpy.context)) >= 2 * 23


@pytest.fixture
def doubtful(rig, addon):
    """A rig with a clip from frame 5 on whose frames 7, 8 and 12 are weak."""
    confidence = np.full((10, 24), 0.9)
    confidence[[2, 3, 7]] = [[0.2], [0.1], [0.3]]
    frames = 5.0 + np.arange(10)
    addon("sketch2pose_addon.results.low_confidence_frames").store_confidence(
        rig, frames, confidence
    )
    bpy.context.scene.sketch2pose.target = rig
    return rig


def marks() -> dict[str, int]:
    return {marker.name: marker.frame for marker in bpy.context.scene.timeline_markers}


def test_weak_frames_are_marked_and_the_marks_taken_away(doubtful):
    bpy.context.scene.timeline_markers.new("Low-Confidence Area", frame=3)
    for _ in range(2):
        assert bpy.ops.sketch2pose.mark_weak_frames() == {"FINISHED"}
        assert marks() == {
            "Low-Confidence Area": 3,
            "Low Confidence 7-8 (10%)": 7,
            "Low Confidence 12 (30%)": 12,
        }
    assert bpy.ops.sketch2pose.clear_weak_frames() == {"FINISHED"}
    assert marks() == {"Low-Confidence Area": 3}
    assert bpy.ops.sketch2pose.clear_weak_frames() == {"CANCELLED"}


def test_one_goes_from_weak_place_to_weak_place(doubtful):
    seen = []
    for _ in range(3):
        bpy.ops.sketch2pose.next_weak_frame()
        seen.append(bpy.context.scene.frame_current)
    assert seen == [7, 12, 7]


def test_the_limit_decides_what_is_weak(doubtful):
    bpy.context.scene.sketch2pose.low_confidence_threshold = 0.15
    bpy.ops.sketch2pose.mark_weak_frames()
    bpy.context.scene.sketch2pose.low_confidence_threshold = 0.4
    assert list(marks().values()) == [8]
    bpy.ops.sketch2pose.clear_weak_frames()


def test_a_doubtful_drawing_is_weak_too(rig, drawing, backend, photographed):
    doubt = np.full((1, 24), 0.2, np.float32)
    backend.answer_with(replace(photographed, confidence=doubt))
    bpy.ops.sketch2pose.pose_from_sketch(target=rig.name, drawing=drawing.name)
    bpy.ops.sketch2pose.mark_weak_frames(target=rig.name)
    assert marks() == {"Low Confidence 1 (20%)": 1}
    bpy.ops.sketch2pose.clear_weak_frames()


def test_spoilt_numbers_are_no_weak_frames(doubtful, addon):
    doubtful["sketch2pose_confidence"] = {"frames": [1.0], "mean": "gone"}
    assert addon("sketch2pose_addon.results.low_confidence_frames").frame_confidence(doubtful) == {}
    assert bpy.ops.sketch2pose.next_weak_frame() == {"CANCELLED"}
