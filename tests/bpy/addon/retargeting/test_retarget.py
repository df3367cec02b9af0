"""Retargeting in Blender: real rigs, real evaluation, every rotation mode, real refusals."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import bpy
import numpy as np
import pytest

Addon = Callable[[str], ModuleType]
SEGMENTS = (("upper_arm", "forearm"), ("forearm", "hand"), ("thigh", "shin"), ("shin", "foot"))
SIDES = {"left": "L", "right": "R"}


@pytest.fixture
def swinging(addon: Addon):
    """A 12-frame BodyMotion on the default body's proportions: arms, legs and spine move."""
    body = addon("inference.body").load_default_body()
    frames = np.arange(12)
    poses = np.zeros((12, 24, 3), np.float32)
    for joint, axis, size in (
        (16, 2, -0.9),
        (17, 1, 0.8),
        (18, 1, -1.1),
        (1, 0, -0.7),
        (4, 0, 0.9),
    ):
        poses[:, joint, axis] = size * np.sin(frames / 11 * math.pi)
    poses[:, 3, 0] = 0.02 * frames
    poses[:, 0, 1] = 0.05 * frames
    trans = np.zeros((12, 3), np.float32)
    trans[:, 1], trans[:, 2] = 0.95 - body.joints(np.zeros(10))[0, 1], 0.03 * frames
    posed = body.forward(poses.reshape(12, 72), trans, np.zeros(10))
    joints = getattr(posed, "joints", posed)
    motion = addon("core.body_motion").BodyMotion
    return motion(
        poses=poses.reshape(12, 72),
        trans=trans,
        betas=np.zeros(10, np.float32),
        mocap_framerate=24.0,
        joints3d=np.asarray(joints, np.float32),
    )


def load_rig(path: Path) -> bpy.types.Object:
    with bpy.data.libraries.load(str(path)) as (found, wanted):
        wanted.objects = list(found.objects)
    for item in wanted.objects:
        bpy.context.scene.collection.objects.link(item)
    rigs = [item for item in wanted.objects if item.type == "ARMATURE"]
    return max(rigs, key=lambda item: len(item.data.bones))


def direction_error(addon: Addon, rig, motion, name_of: Callable[[str, str], str]) -> float:
    """Worst angle in degrees between drawn limbs and the motion's, over all frames."""
    return max(direction_errors(addon, rig, motion, name_of))


def direction_errors(addon: Addon, rig, motion, name_of: Callable[[str, str], str]) -> list[float]:
    human = addon("sketch2pose_addon.results.apply").human_motion(motion)
    errors = []
    for frame in range(motion.frame_count):
        bpy.context.scene.frame_set(frame + 1)
        for side in SIDES:
            for start, end in SEGMENTS:
                heads = [rig.pose.bones[name_of(side, part)].head for part in (start, end)]
                drawn = np.array(rig.matrix_world.to_3x3() @ (heads[1] - heads[0]))
                wanted = (
                    human.positions[f"{side}_{end}"][frame]
                    - human.positions[f"{side}_{start}"][frame]
                )
                cosine = drawn @ wanted / np.linalg.norm(drawn) / np.linalg.norm(wanted)
                errors.append(math.degrees(math.acos(min(cosine, 1.0))))
    return errors


def deform_bone(side: str, part: str) -> str:
    return f"DEF-{part}.{SIDES[side]}"


@pytest.mark.parametrize("use_ik", [False, True], ids=["fk", "ik"])
def test_rigify_deform_bones_follow_exactly(addon, shared_data, swinging, use_ik):
    rig = load_rig(shared_data / "rigs/rigify/rigify_generated_basic_human.blend")
    apply = addon("sketch2pose_addon.results.apply")
    placement = addon("rigs").RetargetOptions(use_ik=use_ik, use_root_bone=use_ik)
    options = apply.ApplyOptions(retarget=placement)
    done = apply.apply_body_motion(bpy.context, swinging, rig, frame_start=1, options=options)
    assert done.preset == "rigify" and done.key_count > 0
    errors = direction_errors(addon, rig, swinging, deform_bone)
    # Blender's IK solver works in single precision: a straight limb's joint is off by a hair's
    # breadth, which is an angle of up to two degrees.
    assert np.mean(errors) < (1.0 if use_ik else 0.05)
    assert max(errors) < (3.0 if use_ik else 0.1)


@pytest.mark.parametrize("mode", ["QUATERNION", "XYZ", "ZYX", "AXIS_ANGLE"])
def test_every_rotation_mode_gives_the_same_picture(addon, shared_data, swinging, mode):
    rig = load_rig(shared_data / "rigs/mpfb/mpfb_mixamo.blend")
    for bone in rig.pose.bones:
        bone.rotation_mode = mode
    apply = addon("sketch2pose_addon.results.apply")
    done = apply.apply_body_motion(bpy.context, swinging, rig, frame_start=1)
    assert done.frame_end == 12
    bone_map = addon("sketch2pose_addon.host.armatures").bone_map_of(rig)
    error = direction_error(addon, rig, swinging, lambda s, p: bone_map.bones[f"{s}_{p}"])
    assert error < 0.1


def test_a_still_is_keyed_into_the_present_action(addon, shared_data, swinging):
    rig = load_rig(shared_data / "rigs/mpfb/mpfb_mixamo.blend")
    apply = addon("sketch2pose_addon.results.apply")
    still = one_frame(swinging, 5)
    bpy.context.scene.frame_set(7)
    first = apply.apply_body_motion(bpy.context, still, rig)
    bpy.context.scene.frame_set(20)
    second = apply.apply_body_motion(bpy.context, one_frame(swinging, 0), rig)
    assert first.action == second.action == rig.animation_data.action.name
    curve = any_curve(addon, rig)
    assert [point.co[0] for point in curve.keyframe_points] == [7.0, 20.0]


def test_without_keys_the_pose_is_set_and_no_action_made(addon, shared_data, swinging):
    rig = load_rig(shared_data / "rigs/mpfb/mpfb_mixamo.blend")
    apply = addon("sketch2pose_addon.results.apply")
    options = apply.ApplyOptions(key=False)
    done = apply.apply_body_motion(bpy.context, one_frame(swinging, 5), rig, options=options)
    assert done.action == "" and not bpy.data.actions
    turned = rig.pose.bones["mixamorig:LeftArm"].rotation_quaternion.angle
    assert turned > 0.3


def test_reduced_keys_stay_within_what_they_promise(addon, shared_data, swinging):
    rig = load_rig(shared_data / "rigs/rigify/rigify_generated_basic_human.blend")
    apply, choice = (
        addon("sketch2pose_addon.results.apply"),
        addon("sketch2pose_addon.results.key_choice"),
    )
    options = apply.ApplyOptions(keys=choice.KeyOptions(choice.REDUCED, math.radians(1.0)))
    few = apply.apply_body_motion(bpy.context, swinging, rig, frame_start=1, options=options)
    assert "degrees" in few.notes[0]
    # Errors of a chain add up in a limb's direction, hence the margin over one bone's bound.
    assert direction_error(addon, rig, swinging, deform_bone) < 1.5
    every = apply.apply_body_motion(bpy.context, swinging, rig, frame_start=1)
    assert few.key_count < 0.7 * every.key_count


def test_a_clip_leaves_the_old_action_alone(addon, shared_data, swinging):
    rig = load_rig(shared_data / "rigs/mpfb/mpfb_mixamo.blend")
    apply = addon("sketch2pose_addon.results.apply")
    first = apply.apply_body_motion(bpy.context, swinging, rig, frame_start=1)
    options = apply.ApplyOptions(as_strip=True)
    second = apply.apply_body_motion(bpy.context, swinging, rig, frame_start=40, options=options)
    assert rig.animation_data.action.name == first.action != second.action
    assert rig.animation_data.nla_tracks[0].strips[0].frame_start == 40.0


def test_refusals_change_nothing(addon, shared_data, swinging):
    apply = addon("sketch2pose_addon.results.apply")
    error = addon("core.errors").Sketch2PoseError
    empty = bpy.data.objects.new("Empty rig", bpy.data.armatures.new("Empty rig"))
    bpy.context.scene.collection.objects.link(empty)
    with pytest.raises(error, match="no bones"):
        apply.apply_body_motion(bpy.context, swinging, empty)
    path = str(shared_data / "rigs/mpfb/mpfb_mixamo.blend")
    with bpy.data.libraries.load(path, link=True) as (found, wanted):
        wanted.objects = list(found.objects)
    linked = next(o for o in wanted.objects if o.type == "ARMATURE")
    with pytest.raises(error, match="linked"):
        apply.apply_body_motion(bpy.context, swinging, linked)
    assert not bpy.data.actions


def test_two_bones_are_refused_with_a_sentence(addon, swinging):
    rig = bpy.data.objects.new("Lamp", bpy.data.armatures.new("Lamp"))
    bpy.context.scene.collection.objects.link(rig)
    bpy.context.view_layer.objects.active = rig
    bpy.ops.object.mode_set(mode="EDIT")
    for n in range(2):
        bone = rig.data.edit_bones.new(f"Bone.{n}")
        bone.head, bone.tail = (0, 0, n), (0, 0, n + 1)
    bpy.ops.object.mode_set(mode="OBJECT")
    error = addon("core.errors").Sketch2PoseError
    with pytest.raises(error, match="does not look like a human"):
        addon("sketch2pose_addon.results.apply").apply_body_motion(bpy.context, swinging, rig)


def test_operator_takes_a_file_and_then_the_armature(addon, shared_data, swinging, tmp_path):
    path = tmp_path / "übung one.npz"
    addon("core.body_motion").write_body_motion(path, swinging)
    mixamo = load_rig(shared_data / "rigs/mpfb/mpfb_mixamo.blend")
    assert bpy.ops.sketch2pose.retarget(source=str(path), target=mixamo.name, frame_start=1) == {
        "FINISHED"
    }
    rigify = load_rig(shared_data / "rigs/rigify/rigify_generated_basic_human.blend")
    assert bpy.ops.sketch2pose.retarget(source=mixamo.name, target=rigify.name) == {"FINISHED"}
    assert direction_error(addon, rigify, swinging, deform_bone) < 0.3


def test_bone_map_can_be_detected_edited_and_used(addon, shared_data):
    rig = load_rig(shared_data / "rigs/synthetic_names/anonymous.blend")
    assert bpy.ops.sketch2pose.detect_bone_map(target=rig.name) == {"FINISHED"}
    rows = {row.role: row for row in rig.sketch2pose_bones}
    assert rows["left_hand"].bone and rows["left_hand"].confidence < 1.0
    rows["left_hand"].bone = ""
    stored = addon("sketch2pose_addon.host.armatures").saved_bone_map(rig)
    assert "left_hand" not in stored.bones and "left_forearm" in stored.bones


def one_frame(motion, frame: int):
    from dataclasses import replace

    rows = slice(frame, frame + 1)
    return replace(
        motion, poses=motion.poses[rows], trans=motion.trans[rows], joints3d=motion.joints3d[rows]
    )


def any_curve(addon: Addon, rig):
    data = rig.animation_data
    if hasattr(data.action, "fcurves"):
        return data.action.fcurves[0]
    return data.action.layers[0].strips[0].channelbag(data.action_slot).fcurves[0]
