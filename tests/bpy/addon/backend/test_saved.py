"""What was understood and chosen is kept in the file: saved, closed, opened again, gone on with."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np
import pytest


@pytest.fixture
def reopened(tmp_path):
    """Saves the file, loads an empty one and opens the file again; an empty one at the end."""
    empty, path = str(tmp_path / "empty.blend"), str(tmp_path / "work.blend")
    bpy.ops.wm.save_as_mainfile(filepath=empty, copy=True)

    def save_and_open() -> None:
        bpy.ops.wm.save_as_mainfile(filepath=path, copy=True)
        bpy.ops.wm.open_mainfile(filepath=empty)
        assert "Body" not in bpy.data.objects
        bpy.ops.wm.open_mainfile(filepath=path)

    yield save_and_open
    bpy.ops.wm.open_mainfile(filepath=empty)


@pytest.fixture
def worked(reopened, backend, motion, still_of, addon):
    """A rig with a drawing of two people, a second reading picked, and one limb flipped."""
    bpy.ops.sketch2pose.create_body(with_skin=False)
    other = np.array(motion.poses[0])
    other[1 * 3] = -0.7
    person = replace(
        motion,
        joints2d=np.full((1, 24, 2), 300.0, np.float32),
        hypothesis_poses=np.stack([motion.poses[0], other])[:, None].astype(np.float32),
        hypothesis_scores=np.array([0.7, 0.3], np.float32),
    )
    second = replace(still_of(other), joints2d=np.full((1, 24, 2), 80.0, np.float32))
    backend.answer_with(person, second)
    grease_pencil = addon("sketch2pose_addon.host.grease_pencil")
    drawing = grease_pencil.new_drawing("Figure")
    bpy.context.scene.collection.objects.link(drawing)
    line = np.linspace((0.0, 0, 0.1), (0.1, 0, 1.6), 9)
    grease_pencil.add_strokes(drawing, [line, line + [0.3, 0, 0]], 1)
    bpy.context.view_layer.update()
    bpy.context.scene.sketch2pose.target = bpy.data.objects["Body"]
    bpy.context.scene.sketch2pose.drawing = drawing
    bpy.ops.sketch2pose.pose_from_sketch()
    bpy.ops.sketch2pose.pick_hypothesis(index=1)
    bpy.ops.sketch2pose.flip_limb(limb="LEFT_LEG")
    return reopened


def bases() -> np.ndarray:
    bpy.context.view_layer.update()
    return np.array([bone.matrix_basis for bone in bpy.data.objects["Body"].pose.bones])


def test_readings_and_choices_are_there_after_reopening(worked, addon, keyed_frames):
    stored_still = addon("sketch2pose_addon.results.stored_still")
    before, pose = stored_still.stored_still_at(bpy.data.objects["Body"], 1), bases()
    worked()
    rig = bpy.data.objects["Body"]
    after = stored_still.stored_still_at(rig, 1)
    for name in ("poses", "scores", "pose", "drawn", "confidence", "contacts", "offsets"):
        assert np.allclose(getattr(after, name), getattr(before, name)), name
    assert np.allclose(after.seen.view.to_list(), before.seen.view.to_list())
    assert np.allclose(after.place.hips, before.place.hips)
    assert np.allclose(bases(), pose, atol=1e-6)
    assert keyed_frames(rig) == {1.0}


def test_one_goes_on_where_one_stopped(worked, addon):
    flipped = bases()
    worked()
    assert bpy.ops.sketch2pose.flip_limb(limb="LEFT_LEG") == {"FINISHED"}
    assert not np.allclose(bases(), flipped, atol=1e-2)
    assert bpy.ops.sketch2pose.pick_hypothesis(index=1) == {"FINISHED"}
    stored = addon("sketch2pose_addon.results.stored_still").stored_still_at(
        bpy.data.objects["Body"], 1
    )
    assert stored.active == 1


def test_the_people_still_wait_for_their_rigs(worked, keyed_frames):
    worked()
    bpy.ops.sketch2pose.create_body(with_skin=False)
    other = bpy.context.object
    bpy.context.scene.sketch2pose.people[1].rig = other
    assert bpy.ops.sketch2pose.assign_people() == {"FINISHED"}
    assert keyed_frames(other) == {1.0}


def test_one_can_look_back_after_reopening(worked):
    camera = bpy.data.objects.new("Mine", bpy.data.cameras.new("Mine"))
    bpy.context.scene.collection.objects.link(camera)
    bpy.context.scene.camera = camera
    bpy.ops.sketch2pose.look_through()
    worked()
    assert bpy.ops.sketch2pose.look_back() == {"FINISHED"}
    assert bpy.context.scene.camera.name == "Mine"
