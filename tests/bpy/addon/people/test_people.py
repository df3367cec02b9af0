"""Several people of one result go to several rigs, in one step and all or none."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np
import pytest


def person(motion, x: float):
    """Somebody seen at one spot of the page."""
    return replace(
        motion,
        joints2d=np.full((1, 24, 2), x, np.float32),
        camera_rotation=np.diag([1.0, -1.0, -1.0]).astype(np.float32),
        camera_translation=np.array([0, 1, 5], np.float32),
        camera_focal=1000.0,
        camera_center=np.array([384.0, 384.0], np.float32),
        image_size=np.array([768, 768]),
    )


@pytest.fixture
def pair(rig, arm_raised, backend):
    """Two rigs, and a backend that finds two people: the first one stands on the right."""
    bpy.ops.sketch2pose.create_body(with_skin=False)
    other = bpy.context.object
    other.name = "Other"
    other.location.x = -1.0
    bpy.context.view_layer.update()
    backend.answer_with(person(arm_raised(1.0), 600.0), person(arm_raised(-0.5), 100.0))
    return rig, other


@pytest.fixture
def read(pair, drawing):
    """The drawing with two people, read for the first rig."""
    rig, other = pair
    bpy.ops.sketch2pose.pose_from_sketch(target=rig.name, drawing=drawing.name)
    return rig, other


def arm(rig: bpy.types.Object) -> np.ndarray:
    bpy.context.view_layer.update()
    return np.array(rig.pose.bones["left_shoulder"].matrix_basis)


def hips(rig: bpy.types.Object) -> np.ndarray:
    bpy.context.view_layer.update()
    return np.array(rig.matrix_world @ rig.pose.bones["pelvis"].head)


def table() -> list[tuple[str, str]]:
    rows = bpy.context.scene.sketch2pose.people
    return [(row.label, row.rig.name if row.rig else "") for row in rows]


def test_the_table_says_who_stands_where_and_offers_rigs(read):
    rig, other = read
    assert table() == [("1 - right", rig.name), ("2 - left", other.name)]
    assert "the first of 2 people" in bpy.context.window_manager.sketch2pose.result


def test_everybody_goes_to_their_rig(read, keyed_frames, addon):
    rig, other = read
    first = arm(rig)
    assert bpy.ops.sketch2pose.assign_people() == {"FINISHED"}
    assert np.allclose(arm(rig), first, atol=1e-5)
    assert not np.allclose(arm(other), first, atol=1e-2)
    assert keyed_frames(other) == {1.0}
    assert hips(rig)[0] > hips(other)[0] + 0.3
    assert addon("sketch2pose_addon.results.stored_still").stored_still_at(other, 1) is not None


def test_rigs_can_be_exchanged(read):
    rig, other = read
    bpy.ops.sketch2pose.assign_people()
    mine, theirs = arm(rig), arm(other)
    bpy.ops.sketch2pose.assign_people(rigs=f"{other.name}|{rig.name}")
    assert np.allclose(arm(other), mine, atol=1e-4)
    assert np.allclose(arm(rig), theirs, atol=1e-4)


def test_at_the_rig_means_at_each_ones_own_rig(read):
    _, other = read
    before = hips(other)
    bpy.context.scene.sketch2pose.placement = "KEEP"
    bpy.ops.sketch2pose.assign_people()
    bpy.context.scene.sketch2pose.placement = "GROUND"
    assert np.allclose(hips(other)[:2], before[:2], atol=0.02)


def test_a_rig_that_cannot_be_posed_leaves_all_as_it_was(read, snapshot):
    rig, _ = read
    bare = bpy.data.objects.new("Bare", bpy.data.armatures.new("Bare"))
    bpy.context.scene.collection.objects.link(bare)
    before = snapshot()
    for rigs, why in (
        (f"{rig.name}|Bare", '"Bare" has no bones'),
        (f"{rig.name}|{rig.name}", "is chosen twice"),
        ("|", "no rig is chosen"),
        (f"{rig.name}|Nobody", 'no object "Nobody"'),
    ):
        with pytest.raises(RuntimeError, match=why):
            bpy.ops.sketch2pose.assign_people(rigs=rigs)
    assert snapshot() == before


def test_a_rig_that_is_deleted_meanwhile_is_left_out(read, keyed_frames):
    rig, other = read
    bpy.data.objects.remove(other)
    assert bpy.ops.sketch2pose.assign_people() == {"FINISHED"}
    assert keyed_frames(rig) == {1.0}


def test_a_damaged_table_is_one_sentence(read):
    bpy.context.scene.sketch2pose.people[1].result = '{"poses": {"1": {}}}'
    with pytest.raises(RuntimeError, match=r'The person "2 - left" could not be read'):
        bpy.ops.sketch2pose.assign_people()


def test_one_person_needs_no_table(read, motion, backend, drawing):
    rig, _ = read
    for extra in backend.file.parent.glob("*_p*.npz"):
        extra.unlink()
    bpy.ops.sketch2pose.pose_from_sketch(target=rig.name, drawing=drawing.name)
    assert table() == []
    assert not bpy.ops.sketch2pose.assign_people.poll()


def test_the_table_can_be_cleared(read):
    assert bpy.ops.sketch2pose.forget_people() == {"FINISHED"}
    assert table() == []


def test_a_picture_of_two_people_fills_the_table_too(pair, tmp_path):
    rig, other = pair
    picture = tmp_path / "pair.png"
    picture.write_bytes(b"read by the fake backend")
    bpy.ops.sketch2pose.pose_from_image(filepath=str(picture), target=rig.name)
    assert [label for label, _ in table()] == ["1 - right", "2 - left"]
    before = hips(other)
    bpy.ops.sketch2pose.assign_people()
    assert np.allclose(hips(other)[:2], before[:2], atol=0.02)


def test_a_clip_of_two_people_comes_back_whole(pair, motion, addon, keyed_frames):
    rig, other = pair
    people = addon("sketch2pose_addon.people.person_table")
    clip = replace(
        person(motion, 600.0),
        poses=np.repeat(motion.poses, 4, axis=0),
        trans=np.repeat(motion.trans, 4, axis=0),
        joints3d=np.repeat(motion.joints3d, 4, axis=0),
        joints2d=np.full((4, 24, 2), 600.0, np.float32),
        confidence=np.ones((4, 24), np.float32),
    )
    behind = replace(clip, joints2d=np.full((4, 24, 2), 10.0, np.float32))
    both = [people.ClipPerson(clip, 11, lock_contacts=True), people.ClipPerson(behind, 11)]
    people.remember(bpy.context, both, rig)
    back = people.recalled(bpy.context.scene.sketch2pose.people[0])
    assert (back.frame_start, back.lock_contacts, back.in_world) == (11, True, False)
    assert np.array_equal(back.motion.poses, clip.poses)
    assert [label for label, _ in table()] == ["1 - right", "2 - left"]
    bpy.ops.sketch2pose.assign_people()
    assert keyed_frames(rig) == keyed_frames(other) == {11.0, 12.0, 13.0, 14.0}
    sure = addon("sketch2pose_addon.results.low_confidence_frames").frame_confidence(other)
    assert sure == dict.fromkeys((11, 12, 13, 14), 1.0)


def test_the_table_is_saved_with_the_file(read, tmp_path, addon):
    path = str(tmp_path / "people.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path, copy=True)
    with bpy.data.libraries.load(path) as (source, wanted):
        wanted.scenes = list(source.scenes)
    saved = wanted.scenes[0]
    rows = saved.sketch2pose.people
    assert [row.label for row in rows] == ["1 - right", "2 - left"]
    assert len(addon("sketch2pose_addon.people.person_table").recalled(rows[1]).poses) == 1
