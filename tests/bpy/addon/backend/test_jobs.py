"""A job from button to keys, and everything that can go wrong with it."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np
import pytest


def pose(**arguments: str) -> set[str]:
    return bpy.ops.sketch2pose.pose_from_sketch(**arguments)


def result_line() -> str:
    return bpy.context.window_manager.sketch2pose.result


def test_a_drawing_is_keyed_at_the_current_frame(rig, drawing, backend, keyed_frames):
    bpy.context.scene.frame_set(1)
    assert pose(target=rig.name, drawing=drawing.name) == {"FINISHED"}
    assert keyed_frames(rig) == {1.0}
    assert result_line() == f"Keyed {rig.name} at frame 1"
    arm = rig.pose.bones["left_shoulder"]
    assert np.degrees(arm.matrix_basis.to_quaternion().angle) == pytest.approx(57.3, abs=1.0)


def test_keys_at_other_frames_stay(rig, drawing, backend, keyed_frames):
    for frame in (1, 20):
        bpy.context.scene.frame_set(frame)
        pose(target=rig.name, drawing=drawing.name)
    assert keyed_frames(rig) == {1.0, 20.0}
    assert len(bpy.data.actions) == 1


def test_without_auto_keying_the_rig_is_posed_and_not_keyed(rig, drawing, backend, keyed_frames):
    bpy.context.scene.sketch2pose.keying = "AUTO"
    bpy.context.scene.tool_settings.use_keyframe_insert_auto = False
    try:
        pose(target=rig.name, drawing=drawing.name)
        assert keyed_frames(rig) == set()
        assert "without keyframes" in result_line()
        assert rig.pose.bones["left_shoulder"].matrix_basis.to_quaternion().angle > 0.9
        bpy.context.scene.tool_settings.use_keyframe_insert_auto = True
        pose(target=rig.name, drawing=drawing.name)
        assert keyed_frames(rig) == {1.0}
    finally:
        bpy.context.scene.tool_settings.use_keyframe_insert_auto = False
        bpy.context.scene.sketch2pose.keying = "ALWAYS"


def test_the_panels_rig_and_drawing_are_used_when_none_is_named(
    rig, drawing, backend, keyed_frames
):
    bpy.context.scene.sketch2pose.target = rig
    bpy.context.scene.sketch2pose.drawing = drawing
    assert pose() == {"FINISHED"}
    assert keyed_frames(rig) == {1.0}


def test_the_backend_stays_warm(rig, drawing, backend, addon):
    jobs = addon("sketch2pose_addon.backend.jobs")
    pose(target=rig.name, drawing=drawing.name)
    first = jobs._client
    pose(target=rig.name, drawing=drawing.name)
    assert jobs._client is first


def test_a_warning_reaches_the_panel(rig, drawing, backend):
    backend.do = "warn"
    pose(target=rig.name, drawing=drawing.name)
    state = bpy.context.window_manager.sketch2pose
    assert state.level == "WARNING"
    assert state.result.endswith("The left arm is a guess.")


@pytest.mark.parametrize(
    ("do", "sentence"),
    [
        ("fail", "Nothing was found: the page is blank. Draw."),
        ("crash", "The backend stopped working"),
        ("garbage", "The backend's answer is not valid"),
    ],
)
def test_a_failed_job_says_so_and_leaves_no_trace(
    rig, drawing, backend, snapshot, do, sentence, addon
):
    before = snapshot()
    backend.do = do
    with pytest.raises(RuntimeError, match=sentence.split(":")[0]):
        pose(target=rig.name, drawing=drawing.name)
    assert snapshot() == before
    assert sentence in result_line()
    assert bpy.context.window_manager.sketch2pose.level == "ERROR"
    assert not bpy.context.window_manager.sketch2pose.running
    assert addon("sketch2pose_addon.backend.jobs").running() is None


def test_after_a_crash_the_next_job_works(rig, drawing, backend, keyed_frames):
    backend.do = "crash"
    with pytest.raises(RuntimeError):
        pose(target=rig.name, drawing=drawing.name)
    backend.do = "succeed"
    assert pose(target=rig.name, drawing=drawing.name) == {"FINISHED"}
    assert keyed_frames(rig) == {1.0}


def test_cancel_ends_the_job_at_once_and_leaves_no_trace(
    rig, drawing, backend, snapshot, addon, wait_until
):
    jobs = addon("sketch2pose_addon.backend.jobs")
    request = addon("inference.protocol.requests").SketchRequest
    before = snapshot()
    backend.do = "hang"
    job = jobs.submit("Waiting", lambda folder: request(("x",), str(folder)))
    assert bpy.context.window_manager.sketch2pose.running
    assert not bpy.ops.sketch2pose.pose_from_sketch.poll()
    assert bpy.ops.sketch2pose.cancel() == {"FINISHED"}
    assert job.state is jobs.JobState.CANCELLED
    assert not bpy.context.window_manager.sketch2pose.running
    assert not bpy.ops.sketch2pose.cancel.poll()
    job.discard()
    assert snapshot() == before


def test_progress_reaches_the_panel(rig, backend, addon, wait_until):
    jobs = addon("sketch2pose_addon.backend.jobs")
    request = addon("inference.protocol.requests").SketchRequest
    state = bpy.context.window_manager.sketch2pose
    backend.do = "hang"
    job = jobs.submit("Reading", lambda folder: request(("x",), str(folder)))
    assert state.text == "Reading"
    assert wait_until(lambda: jobs.pump() is not None and state.text == "Half way")
    assert state.factor == pytest.approx(0.5)
    jobs.cancel(job)
    job.discard()


def test_loading_another_file_cancels(backend, addon, tmp_path):
    jobs = addon("sketch2pose_addon.backend.jobs")
    request = addon("inference.protocol.requests").SketchRequest
    backend.do = "hang"
    job = jobs.submit("Waiting", lambda folder: request(("x",), str(folder)))
    assert jobs._before_load in bpy.app.handlers.load_pre
    jobs._before_load("another.blend")
    assert job.state is jobs.JobState.CANCELLED
    job.discard()


def test_stopping_ends_the_process(backend, addon, wait_until):
    jobs = addon("sketch2pose_addon.backend.jobs")
    request = addon("inference.protocol.requests").SketchRequest
    backend.do = "hang"
    job = jobs.submit("Waiting", lambda folder: request(("x",), str(folder)))
    process = jobs._client._process._process
    jobs.stop()
    assert job.finished
    assert wait_until(lambda: process.poll() is not None, timeout=10)
    job.discard()


def test_the_jobs_folder_is_removed(rig, drawing, backend, addon, monkeypatch):
    jobs = addon("sketch2pose_addon.backend.jobs")
    folders = []
    real = jobs._new_folder
    monkeypatch.setattr(jobs, "_new_folder", lambda: folders.append(real()) or folders[-1])
    pose(target=rig.name, drawing=drawing.name)
    assert folders
    assert not any(folder.exists() for folder in folders)


def test_a_folder_that_cannot_be_written_is_one_sentence(
    rig, drawing, backend, snapshot, addon, monkeypatch
):
    jobs = addon("sketch2pose_addon.backend.jobs")

    def refuse(**_: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(jobs.tempfile, "mkdtemp", refuse)
    before = snapshot()
    with pytest.raises(RuntimeError, match="temporary folder cannot be written"):
        pose(target=rig.name, drawing=drawing.name)
    assert snapshot() == before


HIPS_ON_PAGE = 300.0  # px, where the fake backend says the hips are


def hips(rig: bpy.types.Object) -> np.ndarray:
    bpy.context.view_layer.update()
    heads = [rig.matrix_world @ rig.pose.bones[f"{side}_hip"].head for side in ("left", "right")]
    return np.mean([np.array(head) for head in heads], axis=0)


def soles(rig: bpy.types.Object) -> float:
    bones = [rig.pose.bones[f"{side}_foot"] for side in ("left", "right")]
    return min(float((rig.matrix_world @ bone.tail).z) for bone in bones)


@pytest.mark.parametrize("placement", ["GROUND", "DRAWN", "KEEP"])
def test_the_figure_stands_where_it_was_drawn(rig, drawing, backend, motion, addon, placement):
    on_page = np.full((1, 24, 2), HIPS_ON_PAGE, np.float32)
    backend.answer_with(replace(motion, joints2d=on_page))
    drawing.location = (2.0, -1.0, 1.5)
    bpy.context.view_layer.update()
    before = hips(rig)
    captured = addon("sketch2pose_addon.host.drawing_capture").capture_drawing(bpy.context, drawing)
    drawn = captured.world_from_page(on_page[0, :1].astype(float))[0]
    assert drawn[1] == pytest.approx(-1.0, abs=1e-3)
    bpy.context.scene.sketch2pose.placement = placement
    try:
        pose(target=rig.name, drawing=drawing.name)
    finally:
        bpy.context.scene.sketch2pose.placement = "GROUND"
    goal = before if placement == "KEEP" else drawn
    assert np.allclose(hips(rig)[:2], goal[:2], atol=0.01)
    if placement == "GROUND":
        assert abs(soles(rig)) < 0.06
    else:
        assert hips(rig)[2] == pytest.approx(goal[2], abs=0.01)
