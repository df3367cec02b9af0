"""A drawing with several frames becomes blocking: one pose key each."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np
import pytest

SCREEN = np.full((1, 24, 2), 300.0, np.float32)


@pytest.fixture
def animatic(rig, drawing, figure, backend, motion, addon, monkeypatch, tmp_path):
    """Drawings at frames 1, 9 and 20; the middle one cannot be read."""
    grease_pencil = addon("sketch2pose_addon.grease_pencil")
    for frame in (9, 20):
        grease_pencil.add_strokes(drawing, figure, frame)
    backend.answer_with(replace(motion, joints2d=SCREEN))
    messages = addon("inference.protocol.messages")
    jobs = addon("sketch2pose_addon.jobs")
    module = addon("sketch2pose_addon.operators.pose_from_frames")
    asked = []

    def submit(title, make_request):
        folder = tmp_path / "job"
        folder.mkdir(exist_ok=True)
        asked.append(make_request(folder))
        error = {"what": "Nobody was found", "why": "it is a tree", "fix": "Draw", "code": "x"}
        outcomes = [{"input": name, "files": [str(backend.file)]} for name in asked[-1].inputs]
        if len(outcomes) > 1:
            outcomes[1] = {"input": asked[-1].inputs[1], "error": error}
        job = jobs.Job(title, folder, number=99)
        jobs._jobs[99] = job
        jobs._receive(messages.Result(99, [str(backend.file)], outcomes))
        return job

    monkeypatch.setattr(jobs, "submit", submit)
    assert module.jobs is jobs
    return asked


def test_every_readable_drawing_is_keyed_at_its_frame(animatic, rig, drawing, keyed_frames):
    bpy.context.scene.frame_set(5)
    done = bpy.ops.sketch2pose.pose_from_frames(target=rig.name, drawing=drawing.name)
    assert done == {"FINISHED"}
    assert len(animatic[0].inputs) == 3
    assert keyed_frames(rig) == {1.0, 20.0}
    assert bpy.context.scene.frame_current == 5
    line = bpy.context.window_manager.sketch2pose.result
    assert line.startswith(f"Keyed 2 poses on {rig.name}")
    assert "Frame 9: Nobody was found: it is a tree" in line


def test_poses_are_held_until_the_next_drawing(animatic, rig, drawing):
    bpy.ops.sketch2pose.pose_from_frames(target=rig.name, drawing=drawing.name)
    bone = rig.pose.bones["left_shoulder"]
    bpy.context.scene.frame_set(1)
    at_key = np.array(bone.matrix_basis)
    bpy.context.scene.frame_set(15)
    assert np.allclose(np.array(bone.matrix_basis), at_key, atol=1e-6)


def test_each_frame_keeps_its_readings(animatic, rig, drawing, addon):
    bpy.ops.sketch2pose.pose_from_frames(target=rig.name, drawing=drawing.name)
    assert addon("sketch2pose_addon.kept_result").kept_frames(rig) == [1, 20]


def test_a_drawing_without_strokes_is_one_sentence(rig, backend, addon):
    empty = addon("sketch2pose_addon.grease_pencil").new_drawing("Empty")
    bpy.context.scene.collection.objects.link(empty)
    with pytest.raises(RuntimeError, match="none of its frames has visible strokes"):
        bpy.ops.sketch2pose.pose_from_frames(target=rig.name, drawing="Empty")
