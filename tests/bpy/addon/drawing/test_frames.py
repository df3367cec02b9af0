"""A drawing with several frames becomes blocking: one pose key each."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import bpy
import numpy as np
import pytest

FRAMES = (1, 9, 20)


def seen_at(motion, x: float):
    """The motion, observed at one spot of the page."""
    return replace(motion, joints2d=np.full((1, 24, 2), x, np.float32))


@pytest.fixture
def animatic(rig, drawing, figure, backend, motion, addon, monkeypatch, tmp_path):
    """Drawings at three frames and a backend that answers page by page.

    `answers` are the motion files of each page, none where nobody is found; `asked` the requests.
    """
    grease_pencil = addon("sketch2pose_addon.host.grease_pencil")
    messages, jobs = addon("inference.protocol.messages"), addon("sketch2pose_addon.backend.jobs")
    for frame in FRAMES[1:]:
        moved = [line + [0.001 * frame, 0, 0] for line in figure]
        grease_pencil.add_strokes(drawing, moved, frame)
    backend.answer_with(seen_at(motion, 300.0))
    scene = SimpleNamespace(asked=[], answers=[[backend.file], [], [backend.file]])

    def outcome(name, files):
        error = {"what": "Nobody was found", "why": "it is a tree", "fix": "Draw", "code": "x"}
        found = [str(file) for file in files]
        return {"input": name, "files": found, "error": None if found else error}

    def submit(title, make_request):
        folder = tmp_path / "job"
        folder.mkdir(exist_ok=True)
        scene.asked.append(make_request(folder))
        job = jobs.Job(title, folder, number=99)
        jobs._jobs[99] = job
        pairs = zip(scene.asked[-1].inputs, scene.answers, strict=False)
        jobs._receive(messages.Result(99, [], [outcome(*pair) for pair in pairs]))
        return job

    def write(name, value):
        path = tmp_path / f"{name}.npz"
        addon("core.body_motion").write_body_motion(path, value)
        return path

    scene.write = write
    monkeypatch.setattr(jobs, "submit", submit)
    return scene


def basis(rig: bpy.types.Object, frame: float, bone: str = "left_shoulder") -> np.ndarray:
    bpy.context.scene.frame_set(int(frame), subframe=frame % 1)
    return np.array(rig.pose.bones[bone].matrix_basis)


def test_every_readable_drawing_is_keyed_at_its_frame(animatic, rig, drawing, keyed_frames):
    bpy.context.scene.frame_set(5)
    done = bpy.ops.sketch2pose.pose_from_frames(target=rig.name, drawing=drawing.name)
    assert done == {"FINISHED"}
    assert len(animatic.asked[0].inputs) == 3
    assert keyed_frames(rig) == {1.0, 20.0}
    assert bpy.context.scene.frame_current == 5
    line = bpy.context.window_manager.sketch2pose.result
    assert line.startswith(f"Keyed 2 poses on {rig.name}")
    assert "Frame 9: Nobody was found: it is a tree" in line


def test_poses_are_held_until_the_next_drawing(animatic, rig, drawing):
    bpy.ops.sketch2pose.pose_from_frames(target=rig.name, drawing=drawing.name)
    assert np.allclose(basis(rig, 15), basis(rig, 1), atol=1e-6)


def test_in_betweens_hold_and_then_move(animatic, rig, drawing, arm_raised, keyed_frames):
    poses = (seen_at(arm_raised(angle), 300.0) for angle in (0.2, 0.6, 1.2))
    animatic.answers[:] = [[animatic.write(f"m{i}", pose)] for i, pose in enumerate(poses)]
    bpy.ops.sketch2pose.pose_from_frames(
        target=rig.name, drawing=drawing.name, in_betweens="HOLD", move_frames=3
    )
    assert keyed_frames(rig) == {1.0, 6.0, 9.0, 17.0, 20.0}
    assert np.allclose(basis(rig, 4.5), basis(rig, 1), atol=1e-5)
    assert not np.allclose(basis(rig, 18.5), basis(rig, 9), atol=1e-2)


def test_eased_in_betweens_move_all_the_time(animatic, rig, drawing, arm_raised, keyed_frames):
    animatic.answers[2] = [animatic.write("up", seen_at(arm_raised(0.2), 300.0))]
    bpy.ops.sketch2pose.pose_from_frames(
        target=rig.name, drawing=drawing.name, in_betweens="BEZIER"
    )
    assert keyed_frames(rig) == {1.0, 20.0}
    assert not np.allclose(basis(rig, 10), basis(rig, 1), atol=1e-2)


def test_a_drawing_that_is_held_is_read_once_and_stays_held(
    animatic, rig, drawing, figure, addon, keyed_frames
):
    again = [line + [0.001 * 20, 0, 0] for line in figure]
    addon("sketch2pose_addon.host.grease_pencil").add_strokes(drawing, again, 30)
    bpy.ops.sketch2pose.pose_from_frames(
        target=rig.name, drawing=drawing.name, in_betweens="BEZIER"
    )
    assert len(animatic.asked[0].inputs) == 3
    assert keyed_frames(rig) == {1.0, 20.0, 30.0}
    assert np.allclose(basis(rig, 25), basis(rig, 20), atol=1e-5)


def test_a_figure_keeps_its_sides(animatic, rig, drawing, motion, still_of, addon):
    exchanged = still_of(addon("core.hypotheses.pose_hypotheses").swap_sides(motion.poses[0]))
    wrong = seen_at(exchanged, 300.0)
    animatic.answers[1:] = [[animatic.write("wrong", wrong)], animatic.answers[0]]
    bpy.ops.sketch2pose.pose_from_frames(target=rig.name, drawing=drawing.name)
    assert np.allclose(basis(rig, 9), basis(rig, 1), atol=1e-3)
    stored = addon("sketch2pose_addon.results.stored_still").stored_still_at(rig, 9)
    assert stored.active == 0
    assert len(stored.poses) == 2


def test_each_frame_keeps_its_readings(animatic, rig, drawing, addon):
    bpy.ops.sketch2pose.pose_from_frames(target=rig.name, drawing=drawing.name)
    assert addon("sketch2pose_addon.results.stored_still").stored_frames(rig) == [1, 20]


def test_two_figures_stay_themselves_through_the_drawings(
    animatic, rig, drawing, arm_raised, addon
):
    left = animatic.write("left", seen_at(arm_raised(0.2), 100.0))
    right = animatic.write("right", seen_at(arm_raised(1.2), 600.0))
    animatic.answers[:] = [[left, right], [right, left], [right]]
    bpy.ops.sketch2pose.pose_from_frames(target=rig.name, drawing=drawing.name)
    assert np.allclose(basis(rig, 9), basis(rig, 1), atol=1e-4)
    table = bpy.context.scene.sketch2pose.people
    people = addon("sketch2pose_addon.people.person_table")
    frames = [[stored.frame for stored in people.recalled(row).poses] for row in table]
    assert frames == [[1, 9], [1, 9, 20]]


def test_a_drawing_without_strokes_is_one_sentence(rig, backend, addon):
    empty = addon("sketch2pose_addon.host.grease_pencil").new_drawing("Empty")
    bpy.context.scene.collection.objects.link(empty)
    with pytest.raises(RuntimeError, match="none of its frames has visible strokes"):
        bpy.ops.sketch2pose.pose_from_frames(target=rig.name, drawing="Empty")
