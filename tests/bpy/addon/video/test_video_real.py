"""A real clip through the real backend onto a rig."""

from __future__ import annotations

import importlib.util

import bpy
import pytest


@pytest.mark.shared
def test_a_real_clip_moves_the_rig(addon, rig, shared_data, keyed_frames):
    if not (importlib.util.find_spec("onnxruntime") and importlib.util.find_spec("cv2")):
        pytest.skip("skipped: this Python lacks onnxruntime or OpenCV")
    footage = shared_data / "video" / "pose2sim"
    scene = bpy.context.scene
    scene.render.fps, scene.render.fps_base = 60, 1.0
    scene.frame_set(1)
    jobs = addon("sketch2pose_addon.backend.jobs")
    try:
        done = bpy.ops.sketch2pose.motion_from_video(
            filepath=str(footage / "two_people_cam01.mp4"), person=1, end=0.2
        )
        assert done == {"FINISHED"}
        frames = keyed_frames(rig)
        assert min(frames) == 1 and max(frames) == 13
        before = [tuple(bone.head) for bone in rig.pose.bones]
        scene.frame_set(13)
        assert [tuple(bone.head) for bone in rig.pose.bones] != before
        photo = footage / "cam01.mp4"
        with pytest.raises(RuntimeError, match="video"):
            bpy.ops.sketch2pose.pose_from_image(filepath=str(photo))
    finally:
        jobs.stop()
