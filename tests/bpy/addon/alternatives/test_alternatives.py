"""Readings of a drawing on the rig: picked, flipped, swapped, saved and undone."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np
import pytest

READINGS = 3
FIGURE_SCREEN = np.full((1, 24, 2), 300.0, np.float32)


@pytest.fixture
def posed(rig, drawing, backend, motion):
    """The rig after a drawing with three readings."""
    poses = np.stack([motion.poses] * READINGS)
    poses[1, 0, 16 * 3 + 1] = 0.5
    poses[2, 0, 1 * 3] = -0.7
    scores = np.array([0.6, 0.3, 0.1], np.float32)
    backend.answer_with(
        replace(motion, joints2d=FIGURE_SCREEN, hypothesis_poses=poses, hypothesis_scores=scores)
    )
    bpy.ops.sketch2pose.pose_from_sketch(target=rig.name, drawing=drawing.name)
    return rig


@pytest.fixture
def stored_still(addon):
    return addon("sketch2pose_addon.results.stored_still")


def bases(rig: bpy.types.Object) -> np.ndarray:
    bpy.context.view_layer.update()
    return np.array([bone.matrix_basis for bone in rig.pose.bones])


def test_the_drawing_leaves_its_readings_with_the_rig(posed, stored_still):
    stored = stored_still.stored_still_at(posed, 1)
    assert len(stored.poses) == READINGS
    assert stored.active == 0
    assert stored_still.stored_still_at(posed, 0) is None
    assert stored_still.stored_still_at(posed, 99).frame == 1


def test_picking_a_reading_changes_rig_and_keys(posed, stored_still, keyed_frames):
    first = bases(posed)
    assert bpy.ops.sketch2pose.pick_hypothesis(target=posed.name, index=2) == {"FINISHED"}
    assert not np.allclose(bases(posed), first, atol=1e-3)
    assert stored_still.stored_still_at(posed, 1).active == 2
    assert keyed_frames(posed) == {1.0}
    bpy.ops.sketch2pose.pick_hypothesis(target=posed.name, index=0)
    assert np.allclose(bases(posed), first, atol=1e-4)


def test_a_reading_that_is_not_there_is_one_sentence(posed):
    before = bases(posed)
    with pytest.raises(RuntimeError, match="There is no such alternative: the drawing has 3"):
        bpy.ops.sketch2pose.pick_hypothesis(target=posed.name, index=7)
    assert np.allclose(bases(posed), before)


@pytest.mark.parametrize("limb", ["LEFT_ARM", "RIGHT_LEG", "LEFT_FOREARM"])
def test_flipping_twice_gives_the_pose_again(posed, limb):
    bpy.ops.sketch2pose.pick_hypothesis(target=posed.name, index=1)
    before = bases(posed)
    bpy.ops.sketch2pose.flip_limb(target=posed.name, limb=limb)
    bpy.ops.sketch2pose.flip_limb(target=posed.name, limb=limb)
    assert np.allclose(bases(posed), before, atol=1e-3)


@pytest.mark.parametrize("change", ["FRONT_BACK", "SWAP_SIDES", "MIRROR"])
def test_changing_twice_gives_the_pose_again(posed, change):
    before = bases(posed)
    bpy.ops.sketch2pose.change_reading(target=posed.name, change=change)
    changed = bases(posed)
    bpy.ops.sketch2pose.change_reading(target=posed.name, change=change)
    assert not np.allclose(changed, before, atol=1e-2)
    assert np.allclose(bases(posed), before, atol=1e-3)


def test_a_flipped_arm_keeps_its_place_on_paper(posed):
    bpy.ops.sketch2pose.pick_hypothesis(target=posed.name, index=1)
    bone = posed.pose.bones["left_elbow"]
    bpy.context.view_layer.update()
    before = np.array(posed.matrix_world @ bone.head)
    bpy.ops.sketch2pose.flip_limb(target=posed.name, limb="LEFT_ARM")
    bpy.context.view_layer.update()
    after = np.array(posed.matrix_world @ bone.head)
    assert np.allclose(after[[0, 2]], before[[0, 2]], atol=0.01)
    assert abs(after[1] - before[1]) > 0.05


def test_without_a_drawing_there_is_nothing_to_change(rig):
    with pytest.raises(RuntimeError, match="There is no alternative to change"):
        bpy.ops.sketch2pose.flip_limb(target=rig.name, limb="LEFT_ARM")


def test_readings_are_saved_with_the_file(posed, stored_still, tmp_path):
    path = str(tmp_path / "saved.blend")
    bpy.ops.sketch2pose.flip_limb(target=posed.name, limb="LEFT_ARM")
    before = stored_still.stored_still_at(posed, 1)
    bpy.ops.wm.save_as_mainfile(filepath=path, copy=True)
    with bpy.data.libraries.load(path) as (source, wanted):
        wanted.objects = [name for name in source.objects if name == posed.name]
    after = stored_still.stored_still_at(wanted.objects[0], 1)
    assert np.allclose(after.pose, before.pose)
    assert np.allclose(after.poses, before.poses)
    assert after.place.on_ground == before.place.on_ground


def test_numbers_spoilt_by_hand_are_ignored(posed, stored_still):
    posed[stored_still.KEY] = {"1": {"poses": [1.0, 2.0]}}
    assert stored_still.stored_still_at(posed, 1) is None


def test_the_overlay_shows_every_bone_once(posed, addon):
    overlay = addon("sketch2pose_addon.review.overlay")
    bpy.context.scene.sketch2pose.target = posed
    lines = overlay.shown_lines(bpy.context)
    assert sum(len(part.points) for part in lines) == 2 * 23
    bpy.context.scene.sketch2pose.show_overlay = False
    assert overlay.shown_lines(bpy.context) == []
    bpy.context.scene.sketch2pose.show_overlay = True
    bpy.context.scene.frame_set(-5)
    assert overlay.shown_lines(bpy.context) == []


def test_unsure_bones_look_different(posed, addon, stored_still):
    overlay = addon("sketch2pose_addon.review.overlay")
    stored = replace(stored_still.stored_still_at(posed, 1), confidence=np.linspace(0, 1, 24))
    lines = overlay.bone_lines(stored)
    assert len({part.color for part in lines}) == 3
    assert [part.width for part in lines] == sorted((p.width for p in lines), reverse=True)
