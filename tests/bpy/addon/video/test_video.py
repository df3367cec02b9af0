"""Clips and photos: from the button to keys, and every way it can fail."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import bpy
import numpy as np
import pytest


@pytest.fixture
def clip(tmp_path):
    path = tmp_path / "walk é.mp4"
    path.write_bytes(b"the fake backend does not look inside")
    return path


@pytest.fixture
def moving(motion):
    """The still, three times, with the arm going up."""
    poses = np.repeat(motion.poses, 3, axis=0)
    poses[:, 16 * 3 + 2] = [0.2, 0.6, 1.0]
    return dataclasses.replace(
        motion,
        poses=poses,
        trans=np.repeat(motion.trans, 3, axis=0),
        joints3d=np.repeat(motion.joints3d, 3, axis=0),
        confidence=np.repeat(motion.confidence, 3, axis=0),
        mocap_framerate=24.0,
        source=motion.source._replace(name="walk.mp4", kind="video"),
    )


def test_a_clip_is_keyed_from_the_current_frame(rig, backend, clip, moving, keyed_frames):
    backend.answer_with(moving)
    bpy.context.scene.render.fps, bpy.context.scene.render.fps_base = 24, 1.0
    bpy.context.scene.frame_set(11)
    assert bpy.ops.sketch2pose.motion_from_video(filepath=str(clip)) == {"FINISHED"}
    assert keyed_frames(rig) == {11.0, 12.0, 13.0}
    assert bpy.context.scene.frame_current == 11
    assert "from frame 11 to 13" in bpy.context.window_manager.sketch2pose.result


@pytest.mark.parametrize(
    ("do", "arguments", "words"),
    [
        ("fail", {}, "Nothing was found"),
        ("succeed", {"person": 4}, "There is no person 4"),
        ("succeed", {"filepath": "nothing here.mp4"}, "there is no file"),
        ("succeed", {"filepath": ""}, "no file was chosen"),
    ],
)
def test_failures_are_a_sentence_and_leave_the_scene(
    rig, backend, clip, snapshot, do, arguments, words
):
    backend.do = do
    before = snapshot()
    with pytest.raises(RuntimeError, match=words):
        bpy.ops.sketch2pose.motion_from_video(**{"filepath": str(clip), **arguments})
    assert snapshot() == before


@pytest.mark.parametrize(
    ("kind", "request_kind", "options"),
    [
        ("AUTO", "ImageRequest", {"drawings": True}),
        ("PHOTO", "ImageRequest", {"drawings": False}),
        ("DRAWING", "SketchRequest", {}),
    ],
)
def test_images_are_asked_for_as_the_setting_says(
    addon, rig, backend, tmp_path, monkeypatch, kind, request_kind, options
):
    picture = Path(tmp_path / "person.png")
    picture.write_bytes(b"png")
    bpy.context.scene.sketch2pose.image_kind = kind
    jobs, sent = addon("sketch2pose_addon.backend.jobs"), []
    real = jobs.submit

    def submit(title, make_request):
        return real(title, lambda folder: sent.append(make_request(folder)) or sent[-1])

    monkeypatch.setattr(jobs, "submit", submit)
    assert bpy.ops.sketch2pose.pose_from_image(filepath=str(picture)) == {"FINISHED"}
    assert type(sent[0]).__name__ == request_kind
    assert options.items() <= vars(sent[0]).items()
