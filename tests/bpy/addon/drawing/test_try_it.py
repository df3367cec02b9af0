"""One click in an empty scene gives body, drawing and pose; a failure gives nothing."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np
import pytest


def test_an_empty_scene_gets_a_posed_body_and_a_drawing(backend, motion, addon, keyed_frames):
    screen = np.full((1, 24, 2), 300.0, np.float32)
    backend.answer_with(replace(motion, joints2d=screen))
    assert bpy.ops.sketch2pose.try_it() == {"FINISHED"}
    settings = bpy.context.scene.sketch2pose
    assert keyed_frames(settings.target) == {1.0}
    strokes = addon("sketch2pose_addon.host.grease_pencil").read_strokes(settings.drawing, 1)
    assert len(strokes) == 6
    stored = addon("sketch2pose_addon.results.stored_still").stored_still_at(settings.target, 1)
    assert len(stored.drawn) == 24


def test_a_failure_leaves_the_scene_empty(backend, snapshot):
    backend.do = "fail"
    before = snapshot()
    with pytest.raises(RuntimeError, match="Nothing was found"):
        bpy.ops.sketch2pose.try_it()
    assert snapshot() == before
    assert len(bpy.data.objects) == 0


def test_the_drawing_can_be_posed_again(backend, motion, keyed_frames):
    bpy.ops.sketch2pose.try_it()
    bpy.context.scene.frame_set(10)
    assert bpy.ops.sketch2pose.pose_from_sketch() == {"FINISHED"}
    assert keyed_frames(bpy.context.scene.sketch2pose.target) == {1.0, 10.0}
