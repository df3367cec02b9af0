"""What a SKEL armature is good for: curves in degrees, limits that show, retargeting, own files."""

from __future__ import annotations

import sys
from pathlib import Path

import bpy
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[4]
sys.path.insert(0, str(ROOT))

from tests.pure.inference.skel.synthetic_skel import write_synthetic  # noqa: E402


@pytest.fixture
def skel() -> bpy.types.Object:
    """A SKEL armature of a body whose left knee and elbow bend over five frames."""
    bpy.ops.sketch2pose.create_body()
    body = bpy.context.object
    for frame in (1, 5):
        for name, axis, degrees in (("left_knee", 0, -15 * frame), ("left_elbow", 0, 12 * frame)):
            bone = body.pose.bones[name]
            bone.rotation_mode = "XYZ"
            bone.rotation_euler[axis] = np.radians(degrees)
            bone.keyframe_insert("rotation_euler", frame=frame)
    assert bpy.ops.sketch2pose.fit_skel(source=body.name, surface=False) == {"FINISHED"}
    return bpy.context.object


def test_angles_are_curves_in_degrees(skel) -> None:
    knee = skel.pose.bones["tibia_l"]
    index = list(knee.lock_rotation).index(False)
    for frame in (1, 3, 5):
        bpy.context.scene.frame_set(frame)
        turned = np.degrees(abs(knee.rotation_euler[index]))
        assert skel["knee_angle_l"] == pytest.approx(turned, abs=0.01)
    assert skel["knee_angle_l"] > 60
    assert skel.id_properties_ui("knee_angle_l").as_dict()["soft_max"] == pytest.approx(135)


def test_joints_beyond_their_limits_are_found(skel, addon) -> None:
    overlay = addon("sketch2pose_addon.skel.limits_overlay")
    assert overlay.beyond_limits(skel) == []
    assert overlay.lines_beyond(bpy.context).shape == (0, 3)
    knee = skel.pose.bones["tibia_r"]
    index = list(knee.lock_rotation).index(False)
    limit = next(c for c in knee.constraints if c.type == "LIMIT_ROTATION")
    letter = "xyz"[index]
    knee.rotation_euler[index] = getattr(limit, f"max_{letter}") + 0.3
    assert overlay.beyond_limits(skel) == ["tibia_r"]
    assert overlay.lines_beyond(bpy.context).shape == (2, 3)
    skel.hide_set(True)
    assert overlay.lines_beyond(bpy.context).shape == (0, 3)


def test_runs_of_weak_frames_get_one_marker_each(addon) -> None:
    skel_rig = addon("sketch2pose_addon.skel.skel_rig")
    weak = np.array([0, 1, 1, 0, 0, 1, 0], bool)
    file = skel_rig.SkelFile({"weak_frames": weak})
    assert skel_rig.marked_weak_frames(bpy.context, file, np.arange(10.0, 24.0, 2.0)) == 3
    markers = bpy.context.scene.timeline_markers
    assert sorted(m.frame for m in markers if m.name == "Low-Confidence Fit") == [12, 20]
    markers.clear()


def test_scapulae_glide_and_knees_are_hinges(skel) -> None:
    assert sum(not locked for locked in skel.pose.bones["tibia_r"].lock_rotation) == 1
    bpy.context.scene.frame_set(5)
    assert skel.pose.bones["scapula_l"].location.length > 0


def directions(rig: bpy.types.Object, pairs) -> np.ndarray:
    bones = rig.pose.bones
    ends = [rig.matrix_world @ bones[b].head - rig.matrix_world @ bones[a].head for a, b in pairs]
    return np.array([np.array(end.normalized()) for end in ends])


SKEL_LIMBS = (("tibia_l", "talus_l"), ("ulna_l", "hand_l"), ("femur_r", "tibia_r"))
BODY_LIMBS = (
    ("left_knee", "left_ankle"),
    ("left_elbow", "left_wrist"),
    ("right_hip", "right_knee"),
)


def off(skel: bpy.types.Object, body: bpy.types.Object) -> np.ndarray:
    """[3] degrees between the left shin, left forearm and right thigh of the two."""
    agree = (directions(skel, SKEL_LIMBS) * directions(body, BODY_LIMBS)).sum(1)
    return np.degrees(np.arccos(np.clip(agree, -1, 1)))


def test_skel_is_a_source_of_retargeting(skel) -> None:
    bpy.ops.sketch2pose.create_body()
    body = bpy.context.object
    assert bpy.ops.sketch2pose.retarget(source=skel.name, target=body.name) == {"FINISHED"}
    for frame in (1, 5):
        bpy.context.scene.frame_set(frame)
        assert off(skel, body).max() < 0.5


def test_skel_is_a_target_of_retargeting(skel) -> None:
    body = bpy.data.objects["Body"]
    skel.animation_data_clear()
    for bone in skel.pose.bones:
        bone.rotation_euler = (0, 0, 0)
    assert bpy.ops.sketch2pose.retarget(source=body.name, target=skel.name) == {"FINISHED"}
    for frame in (1, 5):
        bpy.context.scene.frame_set(frame)
        knee, forearm, thigh = off(skel, body)
        assert max(knee, thigh) < 0.5
        assert forearm < 4  # the elbow is a hinge about SKEL's own axis, which is not the body's


def test_own_files_are_checked_and_named(addon, tmp_path: Path) -> None:
    preferences = addon("sketch2pose_addon.backend.addon").preferences(bpy.context)
    preferences.skel_file = str(write_synthetic(tmp_path / "skel.pkl"))
    preferences.body_file = str(tmp_path / "absent.pkl")
    try:
        with pytest.raises(RuntimeError, match=r"absent\.pkl"):
            bpy.ops.sketch2pose.setup_check()
        assert "3430 skin vertices" in preferences.report
        assert "24 joints" in preferences.report
    finally:
        preferences.skel_file = preferences.body_file = ""


def test_making_a_body_is_one_undo_step() -> None:
    bpy.ops.ed.undo_push(message="before")
    assert bpy.ops.sketch2pose.create_body() == {"FINISHED"}
    bpy.ops.ed.undo_push(message="after")
    assert len(bpy.data.objects) == 2
    bpy.ops.ed.undo()
    assert not bpy.data.objects and not bpy.data.meshes and not bpy.data.armatures
