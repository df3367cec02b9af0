"""A motion too long for an animation is said, and nothing of the scene is touched."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np
import pytest


@pytest.fixture
def three_rows(motion):
    """The still, three times in a row."""
    return replace(
        motion,
        poses=np.repeat(motion.poses, 3, axis=0),
        trans=np.repeat(motion.trans, 3, axis=0),
        joints3d=np.repeat(motion.joints3d, 3, axis=0),
        joints2d=None, confidence=None, camera_rotation=None, camera_translation=None,
        hypothesis_poses=None, hypothesis_scores=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "start", "words"),
    [({"frame_index": np.array([0, 1, 9_000_000]), "mocap_framerate": 1000.0}, 1, "120,000"),
     ({"mocap_framerate": 1e-6}, 1, "120,000"),
     ({}, 1_048_574, "timeline ends"), ({}, -2_000_000, "timeline ends")],
)  # fmt: skip
def test_what_blender_cannot_hold_is_refused_before_a_key(
    addon, rig, three_rows, changes, start, words
):
    apply = addon("sketch2pose_addon.results.apply")
    error = addon("core.errors").Sketch2PoseError
    actions = len(bpy.data.actions)
    with pytest.raises(error, match=words):
        apply.apply_body_motion(bpy.context, replace(three_rows, **changes), rig, frame_start=start)
    assert len(bpy.data.actions) == actions
    assert rig.animation_data is None or rig.animation_data.action is None
