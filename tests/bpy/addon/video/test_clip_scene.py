"""Clips from inside of Blender, and the scene that shows a clip behind the rig."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import bpy
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from filmed_fixtures import FRAMES, SIZE

LIMBS = ("left_hip", "right_hip", "left_knee", "right_knee", "left_elbow", "right_wrist")


def shown(camera, points):
    """Pixels [N, 2] at which the scene's camera shows world points [N, 3]."""
    graph = bpy.context.evaluated_depsgraph_get()
    matrix = np.array(camera.calc_matrix_camera(graph, x=SIZE[0], y=SIZE[1]))
    matrix = matrix @ np.array(camera.matrix_world.normalized().inverted())
    seen = np.c_[points, np.ones(len(points))] @ matrix.T
    return (seen[:, :2] / seen[:, 3:] * [1, -1] + 1) / 2 * SIZE


def state_of(scene):
    render = scene.render
    return (render.fps, render.fps_base, render.resolution_x, scene.frame_start, scene.frame_end,
            scene.camera, len(bpy.data.movieclips), len(bpy.data.cameras))  # fmt: skip


@pytest.mark.parametrize("place", ["RIG", "WORLD"])
def test_the_rig_lies_over_the_clip(addon, rig, backend, filmed, shots, place):
    backend.answer_with(filmed)
    rig.location = (2.0, 1.0, 0.0) if place == "RIG" else (0.0, 0.0, 0.0)
    rig.rotation_euler.z = 0.7 if place == "RIG" else 0.0
    bpy.context.view_layer.update()
    scene = bpy.context.scene
    scene.frame_set(11)
    done = bpy.ops.sketch2pose.motion_from_video(
        filepath=str(shots), set_scene=True, add_camera=True, place=place
    )
    assert done == {"FINISHED"}
    assert (scene.render.fps, scene.frame_start, scene.frame_end) == (30, 11, 14)
    assert (scene.render.resolution_x, scene.render.resolution_y) == SIZE
    background = scene.camera.data.background_images[0]
    assert (background.clip.frame_start, background.clip.frame_offset) == (11, 1)
    bones = addon("sketch2pose_addon.host.armatures").bone_map_of(rig).bones
    roles = addon("rigs.human_motion").SMPL_ROLES
    names = addon("core.smpl").SMPL_JOINT_NAMES
    rows = [names.index(limb) for limb in LIMBS]
    for row in range(FRAMES - 1):
        scene.frame_set(11 + row)
        heads = [rig.matrix_world @ rig.pose.bones[bones[roles[joint]]].head for joint in rows]
        away = shown(scene.camera, np.array(heads)) - filmed.joints2d[row, rows]
        assert np.abs(away).max() < 1.0


def test_without_options_only_the_rig_changes(rig, backend, filmed, shots):
    backend.answer_with(filmed)
    before = state_of(bpy.context.scene)
    assert bpy.ops.sketch2pose.motion_from_video(filepath=str(shots)) == {"FINISHED"}
    assert state_of(bpy.context.scene) == before


def test_a_clip_that_blender_cannot_show_changes_nothing(rig, backend, filmed, tmp_path, snapshot):
    backend.answer_with(filmed)
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"the fake backend does not look inside")
    before = snapshot(), state_of(bpy.context.scene)
    with pytest.raises(RuntimeError, match="cannot open"):
        bpy.ops.sketch2pose.motion_from_video(filepath=str(clip), add_camera=True, set_scene=True)
    assert (snapshot(), state_of(bpy.context.scene)) == before


def asked_for(addon, monkeypatch):
    """Requests as they are sent."""
    jobs, sent = addon("sketch2pose_addon.backend.jobs"), []
    real = jobs.submit
    monkeypatch.setattr(
        jobs,
        "submit",
        lambda title, make, **how: real(title, lambda f: sent.append(make(f)) or sent[-1], **how),
    )
    return sent


def test_a_movie_clip_is_keyed_in_step_with_the_scene(
    addon, rig, backend, filmed, shots, keyed_frames, monkeypatch
):
    backend.answer_with(filmed)
    sent = asked_for(addon, monkeypatch)
    clip = bpy.data.movieclips.load(str(shots))
    clip.frame_start = 40
    done = bpy.ops.sketch2pose.motion_from_video(source="CLIP", clip=clip.name)
    assert done == {"FINISHED"}
    assert keyed_frames(rig) == {41.0, 42.0, 43.0, 44.0}  # though the scene runs at 24, it at 30
    assert sent[0].inputs == (str(shots),)
    with pytest.raises(RuntimeError, match="no movie clip"):
        bpy.ops.sketch2pose.motion_from_video(source="CLIP", clip="none")


def test_the_clip_behind_the_camera_is_a_source(rig, backend, filmed, shots, keyed_frames):
    backend.answer_with(filmed)
    scene = bpy.context.scene
    with pytest.raises(RuntimeError, match="no background clip"):
        bpy.ops.sketch2pose.motion_from_video(source="BACKGROUND")
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    scene.camera = camera
    background = camera.data.background_images.new()
    background.source, background.clip = "MOVIE_CLIP", bpy.data.movieclips.load(str(shots))
    background.clip.frame_start = 7
    assert bpy.ops.sketch2pose.motion_from_video(source="BACKGROUND") == {"FINISHED"}
    assert min(keyed_frames(rig)) == 8.0


def test_a_strip_is_read_between_its_handles(
    addon, rig, backend, filmed, shots, keyed_frames, monkeypatch
):
    backend.answer_with(dataclasses.replace(filmed, frame_index=np.arange(1, FRAMES)))
    sent = asked_for(addon, monkeypatch)
    scene = bpy.context.scene
    with pytest.raises(RuntimeError, match="no movie or image strip"):
        bpy.ops.sketch2pose.motion_from_video(source="STRIP")
    editor = scene.sequence_editor_create()
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences
    strip = strips.new_image("shots", str(shots), 1, 20)
    for number in range(2, FRAMES + 1):
        strip.elements.append(f"shot-{number:04d}.png")
    strip.frame_offset_start = 1
    editor.active_strip = strip
    assert bpy.ops.sketch2pose.motion_from_video(source="STRIP") == {"FINISHED"}
    assert (sent[0].trim.first, sent[0].trim.count) == (1, 4)
    assert keyed_frames(rig) == {21.0, 22.0, 23.0, 24.0}
    scene.sequence_editor_clear()


def test_the_others_wait_in_the_table_of_people(rig, backend, filmed, shots, keyed_frames):
    later = dataclasses.replace(filmed, frame_index=np.arange(3, FRAMES + 2), person_id=1)
    backend.answer_with(filmed)
    rig.name = "First"
    backend.answer_with_person(1, later)
    bpy.ops.sketch2pose.create_body(with_skin=False)
    second = bpy.context.object
    scene = bpy.context.scene
    scene.render.fps = 30
    done = bpy.ops.sketch2pose.motion_from_video(filepath=str(shots), target="First")
    assert done == {"FINISHED"}
    assert len(scene.sketch2pose.people) == 2
    assert bpy.ops.sketch2pose.assign_people(rigs=f"First|{second.name}") == {"FINISHED"}
    assert keyed_frames(second) == {3.0, 4.0, 5.0, 6.0}  # two frames after the first one


def test_stopping_early_keeps_what_was_read(addon, rig, backend, filmed, shots, wait_until):
    backend.answer_with(filmed)
    jobs = addon("sketch2pose_addon.backend.jobs")
    make = addon("inference.protocol.requests").VideoRequest
    backend.do = "until_enough"
    job = jobs.submit(
        "Reading", lambda folder: make(inputs=("a.mp4",), out_dir=str(folder)), may_stop_early=True
    )
    state = bpy.context.window_manager.sketch2pose
    assert wait_until(lambda: jobs.pump() and job.text == "Half way") and state.may_stop_early
    assert bpy.ops.sketch2pose.keep_so_far() == {"FINISHED"}
    assert wait_until(lambda: jobs.pump() is None or job.finished)
    assert job.state is jobs.JobState.DONE and job.files
    job.discard()
