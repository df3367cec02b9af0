"""The Correct tool's gestures: previews without keys, one key at the end, and every mishap."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import bpy
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from correct_fixtures import put_result

WRIST, ELBOW = 20, 18
UP = np.array([0.0, 0.0, 0.1])


@pytest.fixture
def correcting(addon, backend, motion):
    """The tool's module; the fake backend answers with a bent elbow."""
    bent = np.array(motion.poses)
    bent[0, 3 * ELBOW + 1] = -0.9
    backend.answer_with(replace(motion, poses=bent))
    module = addon("sketch2pose_addon.correction.edit_session")
    yield module
    module.stop()


@pytest.fixture
def started(addon, rig, motion, correcting):
    """The tool is on, over a drawn pose."""
    put_result(addon, rig, motion)
    bpy.context.scene.sketch2pose.target = rig
    assert bpy.ops.sketch2pose.correct() == {"FINISHED"}
    return rig


@pytest.fixture
def until(correcting, wait_until):
    """Steps until a condition holds."""

    def wait(done) -> bool:
        return wait_until(lambda: (correcting.step(), done())[1], timeout=60)

    return wait


def bases(rig: bpy.types.Object) -> np.ndarray:
    bpy.context.view_layer.update()
    return np.array([bone.matrix_basis for bone in rig.pose.bones])


def answered(correcting) -> bool:
    session = correcting.session()
    return session.job is None and session.gesture.wanted is None


def drag(correcting, *, last: bool) -> None:
    gesture = correcting.session().gesture or correcting.begin(bpy.context)
    correcting.move(WRIST, gesture.plane.handles[WRIST] + UP, last=last)


def test_a_drag_previews_without_keys_and_is_kept_at_its_end(
    started, correcting, until, keyed_frames, addon
):
    before = bases(started)
    bpy.context.scene.frame_set(5)
    bpy.context.scene.frame_set(1)
    drag(correcting, last=False)
    assert until(
        lambda: correcting.session().job is None and not correcting.session().gesture.wanted
    )
    assert not np.allclose(bases(started), before, atol=1e-2)
    stored_still_at = addon("sketch2pose_addon.results.stored_still").stored_still_at
    layer_over = addon("sketch2pose_addon.correction.correction_layer").layer_over
    assert layer_over(started, stored_still_at(started, 1)).edits == ()
    drag(correcting, last=True)
    assert until(lambda: correcting.session().gesture is None)
    assert len(layer_over(started, stored_still_at(started, 1)).edits) == 1
    assert keyed_frames(started) == {1.0}


def test_an_abandoned_drag_leaves_the_pose(started, correcting, until):
    before = bases(started)
    drag(correcting, last=False)
    until(lambda: answered(correcting))
    correcting.abandon(bpy.context)
    assert np.allclose(bases(started), before, atol=1e-4)


def test_ending_the_tool_in_mid_solve_leaves_the_pose(started, correcting, backend):
    before = bases(started)
    backend.do = "hang"
    drag(correcting, last=False)
    correcting.step()
    folder = correcting.session().job[0].folder
    assert bpy.ops.sketch2pose.correct() == {"FINISHED"}
    assert correcting.session() is None
    assert not folder.exists()
    assert np.allclose(bases(started), before)


@pytest.mark.parametrize("mishap", ["removed", "renamed", "edit_mode", "hidden", "frame", "load"])
def test_mishaps_in_mid_solve_raise_nothing_and_lose_nothing(
    started, correcting, backend, until, mishap
):
    before = bases(started)
    backend.do = "hang"
    drag(correcting, last=True)
    correcting.step()
    if mishap == "removed":
        bpy.data.objects.remove(started)
    elif mishap == "renamed":
        started.name = "Somebody Else"
    elif mishap == "edit_mode":
        bpy.ops.object.mode_set(mode="EDIT")
    elif mishap == "hidden":
        started.hide_set(True)
    elif mishap == "frame":
        bpy.context.scene.frame_set(30)
    else:
        correcting._before_load()
    for _ in range(3):
        correcting.step()
    gone = mishap in ("removed", "renamed", "edit_mode", "load")
    assert (correcting.session() is None) == gone
    if mishap == "edit_mode":
        bpy.ops.object.mode_set(mode="OBJECT")
    if mishap != "removed":
        assert np.allclose(bases(started), before, atol=1e-4)


@pytest.mark.parametrize("do", ["crash", "fail"])
def test_a_backend_that_dies_is_told_and_the_next_gesture_works(
    started, correcting, backend, until, do
):
    before, state = bases(started), bpy.context.window_manager.sketch2pose
    backend.do = do
    drag(correcting, last=True)
    assert until(lambda: correcting.session().gesture is None)
    assert state.level == "WARNING"
    assert np.allclose(bases(started), before, atol=1e-4)
    backend.do = "succeed"
    drag(correcting, last=True)
    assert until(lambda: correcting.session().gesture is None)
    assert not np.allclose(bases(started), before, atol=1e-2)


def test_a_mark_beside_the_figure_is_told_and_dropped(started, correcting):
    correcting.begin(bpy.context)
    correcting.draw(bpy.context, np.array([[50.0, 0, 50], [51, 0, 50]]))
    assert correcting.session().gesture is None
    assert "could not be interpreted" in bpy.context.window_manager.sketch2pose.result


def test_a_rig_that_is_no_figure_is_refused(addon, correcting):
    data = bpy.data.armatures.new("Stick")
    stick = bpy.data.objects.new("Stick", data)
    bpy.context.scene.collection.objects.link(stick)
    bpy.context.view_layer.objects.active = stick
    bpy.ops.object.mode_set(mode="EDIT")
    bone = data.edit_bones.new("Bone")
    bone.tail = (0, 0, 1)
    bpy.ops.object.mode_set(mode="OBJECT")
    bpy.context.scene.sketch2pose.target = stick
    with pytest.raises(RuntimeError):
        bpy.ops.sketch2pose.correct()
    assert correcting.session() is None


def test_the_nearest_handle_within_reach_is_taken(addon):
    handles = addon("sketch2pose_addon.correction.handles")
    places = np.full((24, 2), np.nan)
    places[WRIST], places[ELBOW] = (100, 100), (110, 100)
    assert handles.handle_at(places, (103, 100), 14) == WRIST
    assert handles.handle_at(places, (108, 100), 14) == ELBOW
    assert handles.handle_at(places, (140, 100), 14) is None
