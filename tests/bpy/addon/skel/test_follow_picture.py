"""Fit Anatomical Skeleton follows the drawing, picture or clip that a rig was posed from."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import bpy
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[4]))

from sketch2pose.core.body_motion import write_body_motion
from sketch2pose.inference.body import load_default_body
from sketch2pose.inference.skel.fitting.from_picture import picture_of
from tests.pure.inference.skel.test_from_picture import misread_motion

RATE = 24.0


@pytest.fixture
def motion(addon, tmp_path: Path):
    """A misread motion with what was seen of the true one, as the add-on reads it."""
    misread, _truth = misread_motion()
    joints = load_default_body().forward(misread.poses, misread.trans).astype(np.float32)
    path = tmp_path / "clip.npz"
    write_body_motion(path, replace(misread, joints3d=joints, mocap_framerate=RATE))
    return addon("core.body_motion").read_body_motion(path)


def reading_error() -> float:
    """Mean error in px of the reading itself."""
    misread, _truth = misread_motion()
    joints = load_default_body().forward(misread.poses, misread.trans)
    return float(picture_of(misread).errors(joints).mean())


def still_of(motion, row: int):
    """One row of it."""
    parts = ("poses", "trans", "joints3d", "joints2d", "confidence")
    return replace(motion, **{name: getattr(motion, name)[[row]] for name in parts})


def fitted(source: bpy.types.Object, out: Path) -> tuple[bpy.types.Object, dict]:
    options = {"follow_picture": True, "with_bones": False, "export_folder": str(out)}
    assert bpy.ops.sketch2pose.fit_skel(source=source.name, **options) == {"FINISHED"}
    with np.load(next(out.glob("*.npz")), allow_pickle=False) as stored:
        return bpy.context.object, {key: stored[key] for key in stored.files}


def distance(skel: bpy.types.Object, body: bpy.types.Object, frame: float) -> float:
    """Mean distance of hips, knees and shoulders, metres."""
    bpy.context.scene.frame_set(round(frame))
    pairs = (("femur_l", "left_hip"), ("tibia_r", "right_knee"), ("humerus_l", "left_shoulder"),
             ("humerus_r", "right_shoulder"))  # fmt: skip
    gaps = [
        (skel.matrix_world @ skel.pose.bones[a].head - body.matrix_world @ body.pose.bones[b].head)
        for a, b in pairs
    ]
    return float(np.mean([gap.length for gap in gaps]))


def test_a_clip_is_kept_with_the_rig_and_followed(
    addon, motion, tmp_path: Path, keyed_frames
) -> None:
    start = 11
    bpy.context.scene.render.fps = round(RATE)
    bpy.ops.sketch2pose.create_body()
    body = bpy.context.object
    body.location = (3.0, 1.0, 0.0)
    body.rotation_euler[2] = 0.8
    bpy.context.view_layer.update()
    addon("sketch2pose_addon.results.apply").apply_body_motion(
        bpy.context, motion, body, frame_start=start
    )
    addon("sketch2pose_addon.results.stored_clip").store_clip(bpy.context, body, motion, start)
    bpy.context.scene.frame_set(3)
    skel, file = fitted(body, tmp_path / "out")
    assert bpy.context.scene.frame_current == 3
    assert keyed_frames(skel) == set(np.arange(start, start + len(motion.poses), dtype=float))
    assert file["drawn_errors"].mean() < 0.4 * reading_error() and not file["weak_frames"].any()
    assert distance(skel, body, start) < 0.15  # the reading was off by some 10 cm


def test_readings_are_followed_at_their_frames(addon, motion, tmp_path: Path, keyed_frames) -> None:
    stored = addon("sketch2pose_addon.results.stored_still")
    place = addon("sketch2pose_addon.results.apply_still").Place
    bpy.ops.sketch2pose.create_body()
    body = bpy.context.object
    for row, frame in ((0, 4), (3, 20)):
        still = still_of(motion, row)
        result = stored.result_of(still, place(None, False), frame, np.zeros((0, 3)))
        stored.store_still(body, result)
        addon("sketch2pose_addon.results.apply_still").apply_motion(
            bpy.context, still, body, result.place, frame, key=True
        )
    bpy.context.scene.frame_set(1)
    skel, file = fitted(body, tmp_path / "out")
    assert keyed_frames(skel) == {4.0, 20.0}
    assert file["drawn_errors"].shape == (2, 24)
    assert file["drawn_errors"].mean() < 0.4 * reading_error()
    assert distance(skel, body, 4) < 0.15


def test_a_drawing_may_have_any_size(addon, motion, tmp_path: Path) -> None:
    """Pixels twice as far from the middle: the figure is nearer, and fits all the same."""
    stored, still = addon("sketch2pose_addon.results.stored_still"), still_of(motion, 0)
    still = replace(still, joints2d=500 + 2 * (still.joints2d - 500))
    bpy.ops.sketch2pose.create_body()
    body = bpy.context.object
    place = addon("sketch2pose_addon.results.apply_still").Place(np.array([1.0, 0.0, 1.0]), False)
    stored.store_still(body, stored.result_of(still, place, 1, np.zeros((0, 3))))
    _skel, file = fitted(body, tmp_path / "out")
    # twice the picture, and seen from nearer: a stronger perspective than it was drawn in
    assert file["drawn_errors"].mean() < 0.5 * 2 * reading_error()


def test_a_rig_without_a_picture_says_what_to_do() -> None:
    bpy.ops.sketch2pose.create_body()
    with pytest.raises(RuntimeError, match="posed from a drawing, image or clip"):
        bpy.ops.sketch2pose.fit_skel(follow_picture=True)
    assert len(bpy.data.objects) == 2


def test_a_clip_that_was_spoilt_is_none(addon, motion) -> None:
    stored_clip = addon("sketch2pose_addon.results.stored_clip")
    bpy.ops.sketch2pose.create_body()
    body = bpy.context.object
    assert stored_clip.stored_clip_of(body) is None
    for spoilt in (
        "text",
        {"start": 1},
        {"start": 1, "motion": "#"},
        {"start": 1, "motion": "aGk="},
    ):
        body[stored_clip.KEY] = spoilt
        assert stored_clip.stored_clip_of(body) is None
    again = stored_clip.motion_from_text(stored_clip.text_from_motion(motion))
    assert np.array_equal(again.joints2d, motion.joints2d)
