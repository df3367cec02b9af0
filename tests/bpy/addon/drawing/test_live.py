"""Live drawing follows the pen, drops late answers and never loses the animator's pose."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np
import pytest

SCREEN = np.full((1, 24, 2), 300.0, np.float32)


@pytest.fixture
def live(addon):
    module = addon("sketch2pose_addon.drawing.live_session")
    yield module
    module.stop()


@pytest.fixture
def started(rig, drawing, backend, motion, live):
    """Live drawing is on for the rig; the backend answers with the motion."""
    backend.answer_with(replace(motion, joints2d=SCREEN))
    bpy.context.scene.sketch2pose.target = rig
    bpy.context.scene.sketch2pose.drawing = drawing
    assert bpy.ops.sketch2pose.live() == {"FINISHED"}
    return rig


@pytest.fixture
def follows(live, wait_until):
    """Steps until a condition holds."""

    def until(done, timeout: float = 20.0) -> bool:
        return wait_until(lambda: live.step() is None or done(), timeout=timeout)

    return until


def bases(rig: bpy.types.Object) -> np.ndarray:
    bpy.context.view_layer.update()
    return np.array([bone.matrix_basis for bone in rig.pose.bones])


def test_the_rig_follows_without_keys_until_accepted(started, live, follows, keyed_frames):
    before = bases(started)
    assert follows(lambda: live.session().result is not None)
    assert not np.allclose(bases(started), before, atol=1e-2)
    assert keyed_frames(started) == set()
    assert bpy.ops.sketch2pose.live_accept() == {"FINISHED"}
    assert keyed_frames(started) == {1.0}
    assert live.session() is not None


def test_escape_brings_the_old_pose_back(started, live, follows, keyed_frames):
    before = bases(started)
    follows(lambda: live.session().result is not None)
    assert bpy.ops.sketch2pose.live_restore() == {"FINISHED"}
    assert np.allclose(bases(started), before)
    assert live.session() is None
    assert keyed_frames(started) == set()
    assert not bpy.ops.sketch2pose.live_accept.poll()


def test_the_answer_to_an_older_drawing_is_dropped(
    started, live, follows, backend, addon, drawing, figure
):
    backend.do = "hang"
    assert follows(lambda: live.session().job is not None)
    first = live.session().job
    addon("sketch2pose_addon.host.grease_pencil").add_strokes(drawing, figure[:1], 1)
    backend.do = "succeed"
    assert follows(lambda: live.session().result is not None)
    assert first.state is addon("sketch2pose_addon.backend.jobs").JobState.CANCELLED
    assert not first.folder.exists()


def test_nothing_is_asked_while_nothing_changes(started, live, follows):
    follows(lambda: live.session().result is not None)
    live.session().result = None
    for _ in range(10):
        live.step()
    assert live.session().job is None
    assert live.session().result is None


def test_half_a_figure_is_no_error(started, live, follows, backend):
    backend.do = "fail"
    state = bpy.context.window_manager.sketch2pose
    assert follows(lambda: "the page is blank" in state.result)
    assert state.level == "INFO"
    assert live.session() is not None


@pytest.mark.parametrize("what", ["rig", "drawing"])
def test_it_ends_quietly_when_something_is_gone(started, live, drawing, what):
    live.step()
    bpy.data.objects.remove(started if what == "rig" else drawing)
    assert live.step() is None
    assert "was deleted" in bpy.context.window_manager.sketch2pose.result
    assert live.step() is None


def test_erasing_everything_in_mid_solve_is_harmless(started, live, follows, backend, drawing):
    backend.do = "hang"
    follows(lambda: live.session().job is not None)
    drawing.data.layers.clear() if hasattr(drawing.data.layers, "clear") else None
    for layer in list(drawing.data.layers):
        drawing.data.layers.remove(layer)
    for _ in range(5):
        assert live.step() is not None
    assert live.session().job is None


def test_a_killed_backend_is_started_again(started, live, follows, backend, drawing, figure, addon):
    backend.do = "crash"
    state = bpy.context.window_manager.sketch2pose
    assert follows(lambda: "stopped working" in state.result)
    backend.do = "succeed"
    addon("sketch2pose_addon.host.grease_pencil").add_strokes(drawing, figure[:1], 1)
    assert follows(lambda: live.session().result is not None)


def test_on_another_frame_escape_restores_that_frames_pose(started, live, follows):
    follows(lambda: live.session().result is not None)
    bpy.ops.sketch2pose.live_accept()
    keyed = bases(started)
    bpy.context.scene.frame_set(30)
    live.step()
    bpy.ops.sketch2pose.live_restore()
    assert np.allclose(bases(started), keyed, atol=1e-5)


def test_another_file_ends_it(started, live):
    assert live._before_load in bpy.app.handlers.load_pre
    live._before_load()
    assert live.session() is None
