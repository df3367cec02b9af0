"""Corrections on the rig, through the real backend: limbs, joints, depth, and the list of them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import bpy
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from correct_fixtures import ARM, directions, put_result, stroke, turned

SHOULDER, ELBOW, WRIST = 16, 18, 20


@pytest.fixture
def stored_still(addon):
    return addon("sketch2pose_addon.results.stored_still")


@pytest.fixture(autouse=True)
def real_backend(addon):
    if not importlib.util.find_spec("onnxruntime"):
        pytest.skip("skipped: this Python has no onnxruntime for the backend")
    yield
    addon("sketch2pose_addon.correction.edit_session").stop()
    addon("sketch2pose_addon.backend.jobs").stop()


@pytest.fixture
def drawn(addon, rig, motion):
    """The joints of the figure on the sheet, [24, 3]."""
    return put_result(addon, rig, motion).drawn


@pytest.fixture
def layer(addon, stored_still, rig):
    """The rig's corrections."""
    corrections = addon("sketch2pose_addon.correction.correction_layer")
    return lambda: corrections.layer_over(rig, stored_still.stored_still_at(rig, 1))


def arm_up(drawn: np.ndarray) -> list:
    shoulder = drawn[SHOULDER]
    return stroke(shoulder, shoulder + [0.27, 0, 0], shoulder + [0.27, 0, 0.25])


def test_a_stroke_replaces_one_limb(rig, drawn, layer, keyed_frames):
    before = directions(rig)
    done = bpy.ops.sketch2pose.correct_limb(target=rig.name, points=arm_up(drawn))
    assert done == {"FINISHED"}
    after = directions(rig)
    moved = turned(before, after)
    assert max(angle for name, angle in moved.items() if name not in ARM) < 1.0
    assert after["left_elbow"] @ [0, 0, 1] > 0.98
    assert after["left_shoulder"] @ [1, 0, 0] > 0.95
    assert [edit.label for edit in layer().edits] == ["Left arm redrawn"]
    assert keyed_frames(rig) == {1.0}


def test_switching_off_and_removing_bring_the_original_back(rig, drawn, layer):
    before = directions(rig)
    bpy.ops.sketch2pose.correct_limb(target=rig.name, points=arm_up(drawn))
    corrected = directions(rig)
    bpy.ops.sketch2pose.toggle_correction(target=rig.name, index=0)
    assert max(turned(before, directions(rig)).values()) < 0.1
    assert not layer().edits[0].enabled
    bpy.ops.sketch2pose.toggle_correction(target=rig.name, index=0)
    assert max(turned(corrected, directions(rig)).values()) < 0.1
    bpy.ops.sketch2pose.remove_correction(target=rig.name, index=0)
    assert max(turned(before, directions(rig)).values()) < 0.1
    assert layer().edits == ()
    with pytest.raises(RuntimeError, match="There is no such correction"):
        bpy.ops.sketch2pose.remove_correction(target=rig.name, index=3)


def test_a_dot_moves_the_nearest_joint(rig, drawn, layer, stored_still):
    before = directions(rig)
    dot = [{"name": "", "co": tuple(map(float, drawn[WRIST] + [0.03, 0, 0.05]))}]
    bpy.ops.sketch2pose.correct_limb(target=rig.name, points=dot)
    moved = turned(before, directions(rig))
    assert 3.0 < moved["left_elbow"] < 30.0
    assert max(angle for name, angle in moved.items() if name not in ARM) < 1.0
    assert layer().edits[0].label == "Left wrist moved"
    assert np.allclose(stored_still.stored_still_at(rig, 1).drawn[WRIST], dot[0]["co"], atol=1e-3)


def test_moving_a_joint_again_replaces_the_last_time(rig, drawn, layer):
    for shift in (0.05, 0.1):
        place = tuple(drawn[WRIST] + [0, 0, shift])
        bpy.ops.sketch2pose.move_joint(target=rig.name, joint=str(WRIST), location=place)
    assert len(layer().edits) == 1


def test_pin_ignore_and_nudge_are_listed(rig, drawn, layer):
    bpy.ops.sketch2pose.move_joint(target=rig.name, joint=str(WRIST), pin=True)
    bpy.ops.sketch2pose.ignore_joint(target=rig.name, joint="4")
    for _ in range(2):
        bpy.ops.sketch2pose.nudge_joint(target=rig.name, joint=str(ELBOW), angle=-0.2)
    labels = [edit.label for edit in layer().edits]
    assert labels == ["Left wrist pinned", "Left knee ignored", "Left elbow closer"]
    assert layer().edits[-1].radians == pytest.approx(-0.4)


def test_a_nudge_brings_the_elbow_closer_to_the_viewer(rig, drawn):
    bone = rig.pose.bones["left_elbow"]
    bpy.context.view_layer.update()
    before = (rig.matrix_world @ bone.head).y
    bpy.ops.sketch2pose.nudge_joint(target=rig.name, joint=str(ELBOW), angle=-0.5)
    bpy.context.view_layer.update()
    assert (rig.matrix_world @ bone.head).y < before - 0.05


def test_a_flip_lies_among_the_corrections_in_order(rig, drawn, layer):
    bpy.ops.sketch2pose.nudge_joint(target=rig.name, joint=str(WRIST), angle=0.6)
    nudged = directions(rig)
    bpy.ops.sketch2pose.flip_limb(target=rig.name, limb="LEFT_FOREARM")
    flipped = directions(rig)
    assert nudged["left_elbow"][1] * flipped["left_elbow"][1] < 0
    assert [edit.kind for edit in layer().edits] == ["depth", "flip"]
    bpy.ops.sketch2pose.flip_limb(target=rig.name, limb="LEFT_FOREARM")
    assert [edit.kind for edit in layer().edits] == ["depth"]
    assert max(turned(nudged, directions(rig)).values()) < 0.1


def test_corrections_are_saved_and_undone_with_the_rig(rig, drawn, layer, tmp_path, addon):
    bpy.ops.sketch2pose.correct_limb(target=rig.name, points=arm_up(drawn))
    before = layer()
    path = str(tmp_path / "kept.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    opened = bpy.data.objects["Body"]
    stored = addon("sketch2pose_addon.results.stored_still").stored_still_at(opened, 1)
    after = addon("sketch2pose_addon.correction.correction_layer").layer_over(opened, stored)
    assert after.edits == before.edits
    assert np.allclose(after.pose, before.pose)


def test_a_new_result_starts_with_no_corrections(rig, drawn, layer, addon, motion):
    bpy.ops.sketch2pose.nudge_joint(target=rig.name, joint=str(ELBOW))
    assert layer().edits
    put_result(addon, rig, motion)
    assert layer().edits == ()


def test_any_animation_can_be_corrected_at_the_current_frame(rig, layer, addon, keyed_frames):
    """A clip, mocap, or keys by hand: what no stroke touches is not written at all."""
    arm, leg = rig.pose.bones["left_shoulder"], rig.pose.bones["right_hip"]
    for bone in (arm, leg):
        bone.rotation_mode = "QUATERNION"
        for frame, turn in ((1, (1, 0, 0, 0)), (20, (0.92, 0.0, 0.0, 0.39))):
            bone.rotation_quaternion = turn
            bone.keyframe_insert("rotation_quaternion", frame=frame)
    bpy.context.scene.frame_set(10)
    before = directions(rig)
    shoulder = np.array(rig.matrix_world @ arm.head)
    points = stroke(shoulder, shoulder + [0.05, 0, 0.55])
    assert bpy.ops.sketch2pose.correct_limb(target=rig.name, points=points, limb="LEFT_ARM") == {
        "FINISHED"
    }
    after = directions(rig)
    assert after["left_shoulder"] @ [0, 0, 1] > 0.9
    moved = turned(before, after)
    assert max(angle for name, angle in moved.items() if name not in ARM) < 1.0
    assert keyed_frames(rig) == {1.0, 10.0, 20.0}
    bpy.ops.sketch2pose.remove_correction(target=rig.name, all=True)
    assert max(turned(before, directions(rig)).values()) < 2.0


@pytest.mark.parametrize("points", [[], [{"name": "", "co": (40.0, 0.0, 40.0)}]])
def test_a_mark_that_means_nothing_is_one_sentence(rig, drawn, layer, points, snapshot):
    before = snapshot()
    with pytest.raises(RuntimeError, match="The stroke could not be interpreted"):
        bpy.ops.sketch2pose.correct_limb(target=rig.name, points=points)
    assert snapshot() == before
    assert layer().edits == ()
