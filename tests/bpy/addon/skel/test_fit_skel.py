"""The SKEL armature moves as the backend's skeleton does, by joint angles within limits."""

from __future__ import annotations

import sys
from pathlib import Path

import bpy
import numpy as np
import pytest
from mathutils import Matrix

sys.path.insert(0, str(Path(__file__).resolve().parents[4]))

from sketch2pose.core.body_motion import BodyMotion, write_body_motion

BLENDER_FROM_BODY = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])


def bent_body(frames: int = 5) -> bpy.types.Object:
    bpy.ops.sketch2pose.create_body()
    rig = bpy.context.object
    for frame in range(1, frames + 1):
        for name, axis, degrees in (
            ("left_knee", "X", 15 * frame), ("right_shoulder", "Z", 10 * frame),
            ("left_elbow", "Y", -12 * frame), ("pelvis", "Y", 20 * frame),
            ("spine1", "X", 3 * frame),
        ):  # fmt: skip
            bone = rig.pose.bones[name]
            turn = Matrix.Rotation(np.radians(degrees), 3, axis)
            to_blender = Matrix(BLENDER_FROM_BODY.tolist())
            rest = bone.bone.matrix_local.to_3x3()
            turn = to_blender @ turn @ to_blender.transposed()
            bone.rotation_mode = "QUATERNION"
            bone.rotation_quaternion = (rest.transposed() @ turn @ rest).to_quaternion()
            bone.keyframe_insert("rotation_quaternion", frame=frame)
    return rig


def test_the_armature_lies_where_the_body_does() -> None:
    body = bent_body()
    body.location = (0.5, -1.0, 0.25)
    assert bpy.ops.sketch2pose.fit_skel(source=body.name) == {"FINISHED"}
    skel = bpy.context.object
    assert skel.name == f"{body.name} SKEL" and len(skel.pose.bones) == 24
    for frame in (1, 3, 5):
        bpy.context.scene.frame_set(frame)
        for ours, theirs in (
            ("femur_l", "left_hip"),
            ("tibia_l", "left_knee"),
            ("hand_r", "right_wrist"),
            ("ulna_l", "left_elbow"),
            ("talus_r", "right_ankle"),
        ):
            here = skel.matrix_world @ skel.pose.bones[ours].head
            there = body.matrix_world @ body.pose.bones[theirs].head
            assert (here - there).length < 0.03, (frame, ours)


def test_knees_are_hinges_keyed_in_degrees_within_limits() -> None:
    body = bent_body()
    bpy.ops.sketch2pose.fit_skel(source=body.name)
    skel = bpy.context.object
    knee = skel.pose.bones["tibia_l"]
    assert sum(not locked for locked in knee.lock_rotation) == 1
    assert any(c.type == "LIMIT_ROTATION" for c in knee.constraints)
    index = list(knee.lock_rotation).index(False)
    bpy.context.scene.frame_set(5)
    assert np.degrees(abs(knee.rotation_euler[index])) == pytest.approx(75, abs=1)


def test_it_agrees_with_the_backend(tmp_path: Path) -> None:
    frames = 4
    poses = np.random.default_rng(0).normal(0, 0.15, (frames, 72)).astype(np.float32)
    trans = np.random.default_rng(1).normal(0, 0.3, (frames, 3)).astype(np.float32)
    motion = BodyMotion(poses=poses, trans=trans, betas=np.ones(10, np.float32) / 2)
    path = tmp_path / "motion.npz"
    write_body_motion(path, motion)
    out = tmp_path / "ausgabe für alle"
    assert bpy.ops.sketch2pose.fit_skel(source=str(path), export_folder=str(out)) == {"FINISHED"}
    rig = bpy.context.object
    assert {file.suffix for file in out.iterdir()} == {".npz", ".mot", ".trc", ".csv", ".osim"}
    with np.load(next(out.glob("*.npz"))) as stored:
        joints, names = stored["joints3d"], stored["bone_names"]
    rate = bpy.context.scene.render.fps / motion.mocap_framerate
    bpy.context.scene.frame_set(1)
    for row in range(frames):
        number = 1 + row * rate
        bpy.context.scene.frame_set(int(number), subframe=number - int(number))
        for name, joint in zip(names, joints[row], strict=True):
            here = np.array(rig.matrix_world @ rig.pose.bones[str(name)].head)
            assert np.abs(here - BLENDER_FROM_BODY @ joint).max() < 2e-3, (row, name)


def test_a_source_that_is_nothing_says_so() -> None:
    with pytest.raises(RuntimeError, match="neither an armature nor a file"):
        bpy.ops.sketch2pose.fit_skel(source="Nobody")
    assert not bpy.data.objects


def test_another_rig_says_what_to_do() -> None:
    armature = bpy.data.objects.new("Rig", bpy.data.armatures.new("Rig"))
    bpy.context.collection.objects.link(armature)
    with pytest.raises(RuntimeError, match="Retarget its motion"):
        bpy.ops.sketch2pose.fit_skel(source="Rig")
