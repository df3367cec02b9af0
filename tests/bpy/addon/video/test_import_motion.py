"""Motions of other programs onto rigs, from the file to keys."""

from __future__ import annotations

import dataclasses
import importlib.util

import bpy
import numpy as np
import pytest


@pytest.fixture
def moving(motion):
    """The still, three times, at 30 frames a second."""
    return dataclasses.replace(
        motion,
        poses=np.repeat(motion.poses, 3, axis=0),
        trans=np.repeat(motion.trans, 3, axis=0),
        joints3d=np.repeat(motion.joints3d, 3, axis=0),
        confidence=None,
        mocap_framerate=30.0,
    )


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "wham é.pkl"
    path.write_bytes(b"the fake backend does not look inside")
    return path


def test_a_file_is_keyed_from_the_current_frame(rig, backend, file, moving, keyed_frames):
    backend.answer_with(moving)
    scene = bpy.context.scene
    scene.render.fps, scene.render.fps_base = 24, 1.0
    scene.frame_set(5)
    done = bpy.ops.sketch2pose.import_motion(filepath=str(file), set_scene=True)
    assert done == {"FINISHED"}
    assert keyed_frames(rig) == {5.0, 6.0, 7.0}
    assert (scene.render.fps, scene.frame_start, scene.frame_end) == (30, 5, 7)


def test_the_others_of_a_file_wait_in_the_table(rig, backend, file, moving, keyed_frames):
    backend.answer_with(moving)
    backend.answer_with_person(1, dataclasses.replace(moving, frame_index=np.array([4, 5, 6])))
    rig.name = "First"
    bpy.ops.sketch2pose.create_body(with_skin=False)
    second = bpy.context.object
    scene = bpy.context.scene
    scene.render.fps = 30
    scene.frame_set(1)
    done = bpy.ops.sketch2pose.import_motion(filepath=str(file), target="First")
    assert done == {"FINISHED"}
    assert len(scene.sketch2pose.people) == 2
    assert bpy.ops.sketch2pose.assign_people(rigs=f"First|{second.name}") == {"FINISHED"}
    assert keyed_frames(second) == {5.0, 6.0, 7.0}


@pytest.mark.parametrize(
    ("do", "arguments", "words"),
    [
        ("fail", {}, "Nothing was found"),
        ("succeed", {"person": 3}, "There is no person 3"),
        ("succeed", {"filepath": "nothing here.bvh"}, "there is no file"),
    ],
)
def test_failures_are_a_sentence_and_leave_the_scene(
    rig, backend, file, snapshot, do, arguments, words
):
    backend.do = do
    before = snapshot()
    with pytest.raises(RuntimeError, match=words):
        bpy.ops.sketch2pose.import_motion(**{"filepath": str(file), **arguments})
    assert snapshot() == before


def test_a_real_file_goes_through_the_real_backend(addon, rig, tmp_path, keyed_frames):
    if not (importlib.util.find_spec("onnxruntime") and importlib.util.find_spec("cv2")):
        pytest.skip("skipped: this Python lacks onnxruntime or OpenCV")
    poses = np.zeros((4, 156))
    poses[:, 16 * 3 + 2] = np.linspace(0, 1, 4)
    path = tmp_path / "amass é.npz"
    np.savez(path, poses=poses, trans=np.zeros((4, 3)), mocap_framerate=24.0, gender="neutral")
    scene = bpy.context.scene
    scene.render.fps, scene.render.fps_base = 24, 1.0
    scene.frame_set(1)
    jobs = addon("sketch2pose_addon.backend.jobs")
    try:
        assert bpy.ops.sketch2pose.import_motion(filepath=str(path)) == {"FINISHED"}
        assert keyed_frames(rig) == {1.0, 2.0, 3.0, 4.0}
        (tmp_path / "notes.txt").write_text("no motion")
        with pytest.raises(RuntimeError, match="not in a known format"):
            bpy.ops.sketch2pose.import_motion(filepath=str(tmp_path / "notes.txt"))
    finally:
        jobs.stop()
