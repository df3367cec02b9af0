"""Where a posed figure stands and which way it faces."""

from __future__ import annotations

from dataclasses import replace

import bmesh
import bpy
import numpy as np
import pytest
from mathutils import Vector


@pytest.fixture
def scene():
    chosen = bpy.context.scene.sketch2pose
    bpy.context.scene.cursor.location = (0, 0, 0)
    yield chosen
    chosen.placement, chosen.facing = "GROUND", "RIG"
    bpy.context.scene.cursor.location = (0, 0, 0)


@pytest.fixture
def filmed(motion):
    """The still as seen from its left: the camera looks along the figure's -x."""
    rotation = np.array([[0.0, 0, -1], [0, -1, 0], [-1, 0, 0]], np.float32)
    return replace(
        motion,
        joints2d=np.full((1, 24, 2), 300.0, np.float32),
        camera_rotation=rotation,
        camera_translation=np.array([0, 1, 4], np.float32),
        camera_focal=500.0,
        camera_center=np.array([320, 240], np.float32),
        image_size=np.array([640, 480]),
    )


def slab(height: float, place: tuple[float, float] = (0.0, 0.0), size: float = 4.0):
    """A square floor at a height."""
    mesh = bpy.data.meshes.new("Slab")
    shape = bmesh.new()
    bmesh.ops.create_grid(shape, x_segments=1, y_segments=1, size=size / 2)
    shape.to_mesh(mesh)
    shape.free()
    floor = bpy.data.objects.new("Slab", mesh)
    floor.location = (*place, height)
    bpy.context.scene.collection.objects.link(floor)
    bpy.context.view_layer.update()
    return floor


def lowest(rig: bpy.types.Object) -> float:
    bpy.context.view_layer.update()
    feet = [rig.pose.bones[f"{side}_foot"] for side in ("left", "right")]
    return min((rig.matrix_world @ bone.head).z for bone in feet)


def hips(rig: bpy.types.Object) -> np.ndarray:
    bpy.context.view_layer.update()
    return np.array(rig.matrix_world @ rig.pose.bones["pelvis"].head)


def facing(rig: bpy.types.Object) -> np.ndarray:
    """Level direction in which the pelvis looks, Blender's world."""
    bpy.context.view_layer.update()
    bone = rig.pose.bones["pelvis"]
    turn = rig.matrix_world.to_3x3() @ bone.matrix.to_3x3()
    turn = turn @ bone.bone.matrix_local.to_3x3().inverted()
    level = np.array(turn.normalized())[:2] @ np.array([0.0, -1.0, 0.0])
    return level / np.linalg.norm(level)


def draw_and_pose(rig, drawing) -> None:
    bpy.ops.sketch2pose.pose_from_sketch(target=rig.name, drawing=drawing.name)


def pose_from(tmp_path, rig) -> None:
    picture = tmp_path / "photo.png"
    picture.write_bytes(b"read by the fake backend")
    bpy.ops.sketch2pose.pose_from_image(filepath=str(picture), target=rig.name)


def test_on_a_surface_is_on_the_ground_but_higher(scene, rig, drawing, backend, filmed):
    backend.answer_with(filmed)
    draw_and_pose(rig, drawing)
    on_ground, before = lowest(rig), hips(rig)
    slab(0.4)
    slab(9.0)  # a ceiling does not count
    scene.placement = "SURFACE"
    draw_and_pose(rig, drawing)
    assert np.isclose(lowest(rig), on_ground + 0.4, atol=1e-4)
    assert np.allclose(hips(rig)[:2], before[:2], atol=1e-4)


def test_a_character_is_no_floor(scene, rig, drawing, backend, filmed):
    backend.answer_with(filmed)
    draw_and_pose(rig, drawing)
    on_ground = lowest(rig)
    skin = slab(0.6)
    skin.modifiers.new("Armature", "ARMATURE").object = rig
    scene.placement = "SURFACE"
    draw_and_pose(rig, drawing)
    assert np.isclose(lowest(rig), on_ground, atol=1e-4)


@pytest.mark.parametrize("source", ["drawing", "picture"])
def test_at_the_cursor_means_standing_on_it(scene, rig, drawing, backend, filmed, tmp_path, source):
    backend.answer_with(filmed)
    draw_and_pose(rig, drawing)
    on_ground = lowest(rig)
    scene.placement = "CURSOR"
    bpy.context.scene.cursor.location = (1.5, -2.0, 0.7)
    if source == "drawing":
        draw_and_pose(rig, drawing)
    else:
        pose_from(tmp_path, rig)
    assert np.isclose(lowest(rig), on_ground + 0.7, atol=1e-4)
    assert np.allclose(hips(rig)[:2], (1.5, -2.0), atol=0.05)


@pytest.mark.parametrize("turn", [0.0, 0.9, -2.5])
def test_a_picture_faces_as_the_rig_does(scene, rig, backend, filmed, tmp_path, turn):
    rig.rotation_euler[2], rig.location = turn, (1.0, 2.0, 0.0)
    bpy.context.view_layer.update()
    backend.answer_with(filmed)
    pose_from(tmp_path, rig)
    plain, place = facing(rig), hips(rig)
    scene.placement = "SURFACE"
    pose_from(tmp_path, rig)
    assert np.allclose(plain, [np.sin(turn), -np.cos(turn)], atol=0.02)
    assert np.allclose(facing(rig), plain, atol=0.02)
    assert np.allclose(hips(rig), place, atol=0.02)


def test_a_picture_faces_as_seen_from_the_front_or_from_the_camera(
    scene, rig, backend, filmed, tmp_path
):
    rig.rotation_euler[2] = 1.0
    bpy.context.view_layer.update()
    backend.answer_with(filmed)
    scene.facing = "WORLD"
    pose_from(tmp_path, rig)
    assert np.allclose(facing(rig), [-1.0, 0.0], atol=0.02)
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.rotation_euler = (np.pi / 2, 0.0, np.pi / 2)  # looks along -x
    bpy.context.scene.collection.objects.link(camera)
    bpy.context.scene.camera = camera
    bpy.context.view_layer.update()
    scene.facing = "CAMERA"
    pose_from(tmp_path, rig)
    assert np.allclose(facing(rig), [0.0, -1.0], atol=0.02)


def test_a_reading_keeps_place_and_heading(scene, rig, backend, filmed, tmp_path):
    backend.answer_with(filmed)
    scene.facing, scene.placement = "WORLD", "CURSOR"
    bpy.context.scene.cursor.location = (0.5, 0.5, 0.3)
    pose_from(tmp_path, rig)
    before = facing(rig), hips(rig)
    bpy.ops.sketch2pose.pick_hypothesis(target=rig.name, index=0)
    assert np.allclose(facing(rig), before[0], atol=1e-4)
    assert np.allclose(hips(rig), before[1], atol=1e-4)


def test_a_click_on_a_surface_puts_the_figure_there(scene, rig, drawing, backend, filmed, addon):
    backend.answer_with(filmed)
    draw_and_pose(rig, drawing)
    on_ground, looks = lowest(rig), facing(rig)
    assert bpy.ops.sketch2pose.place_on_surface(target=rig.name, location=(2.0, 1.0, 0.5)) == {
        "FINISHED"
    }
    assert np.isclose(lowest(rig), on_ground + 0.5, atol=1e-4)
    assert np.allclose(hips(rig)[:2], (2.0, 1.0), atol=0.05)
    assert np.allclose(facing(rig), looks, atol=1e-4)
    assert (
        addon("sketch2pose_addon.results.stored_still").stored_still_at(rig, 1).place.ground == 0.5
    )


def test_a_ray_ends_on_a_surface_or_on_the_ground(addon):
    along = addon("sketch2pose_addon.results.op_place_on_surface").surface_along
    origin, down = Vector((0.2, 0.1, 3.0)), Vector((0.0, 0.0, -1.0))
    assert np.allclose(along(bpy.context, origin, down), (0.2, 0.1, 0.0))
    slab(0.75)
    assert np.allclose(along(bpy.context, origin, down), (0.2, 0.1, 0.75))
    assert along(bpy.context, origin, Vector((0.0, 0.0, 1.0))) is None


def test_without_a_figure_there_is_nothing_to_place(rig, snapshot):
    before = snapshot()
    with pytest.raises(RuntimeError, match="There is no figure to place"):
        bpy.ops.sketch2pose.place_on_surface(target=rig.name)
    assert snapshot() == before
