"""Key poses of the library on rigs: applied, blended, mirrored, keyed, undone, put into words."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

APPLY = bpy.ops.sketch2pose.apply_key_pose


def bases(rig: bpy.types.Object) -> np.ndarray:
    bpy.context.view_layer.update()
    return np.array([bone.matrix_basis for bone in rig.pose.bones])


def head(rig: bpy.types.Object, bone: str) -> np.ndarray:
    bpy.context.view_layer.update()
    return np.array(rig.matrix_world @ rig.pose.bones[bone].head)


def hips(rig: bpy.types.Object) -> np.ndarray:
    return (head(rig, "left_hip") + head(rig, "right_hip")) / 2


def heading(rig: bpy.types.Object) -> float:
    across = head(rig, "left_hip") - head(rig, "right_hip")
    return float(np.arctan2(across[1], across[0]))


def test_a_key_pose_is_taken_and_keyed(rig, keyed_frames):
    assert APPLY(name="hands on hips", target=rig.name) == {"FINISHED"}
    assert keyed_frames(rig) == {1.0}
    assert np.linalg.norm(head(rig, "left_hand") - head(rig, "left_hip")) < 0.3


def test_without_keys_there_is_no_action(rig, keyed_frames):
    before = bases(rig)
    APPLY(name="hands on hips", target=rig.name, key=False)
    assert not keyed_frames(rig)
    assert not np.allclose(bases(rig), before, atol=0.05)


def test_the_rig_keeps_its_place_heading_and_ground(rig):
    rig.location, rig.rotation_euler = (3.0, -2.0, 1.5), (0.0, 0.0, 0.7)
    APPLY(name="chair upright", target=rig.name)
    place, facing = hips(rig), heading(rig)
    assert np.allclose(place[:2], [3.0, -2.0], atol=0.1)
    assert abs(facing - 0.7) < 0.02
    APPLY(name="warrior two", target=rig.name)
    assert np.allclose(hips(rig)[:2], place[:2], atol=0.02)
    assert abs(heading(rig) - facing) < 0.02
    soles = min(
        head(rig, f"{side}_{part}")[2] for side in ("left", "right") for part in ("foot", "ankle")
    )
    assert 1.5 < soles < 1.6


def test_a_pose_that_lies_rests_on_the_ground(rig):
    APPLY(name="sunbathing", target=rig.name)
    heights = [head(rig, bone.name)[2] for bone in rig.pose.bones]
    assert 0.0 < min(heights) < 0.12
    assert hips(rig)[2] < 0.3


def test_blending_goes_a_part_of_the_way(rig):
    start = bases(rig)
    APPLY(name="chair upright", target=rig.name, blend=0.0)
    assert np.allclose(bases(rig), start, atol=1e-4)
    elbow = rig.pose.bones["left_knee"]
    turns = []
    for share in (0.25, 0.5, 1.0):
        for bone in rig.pose.bones:
            bone.matrix_basis.identity()
        APPLY(name="chair upright", target=rig.name, blend=share, key=False)
        turns.append(elbow.rotation_quaternion.angle)
    assert np.allclose(np.array(turns[:2]) / turns[2], [0.25, 0.5], atol=0.02)


@pytest.mark.parametrize("mode", ["XYZ", "ZXY", "AXIS_ANGLE"])
def test_blending_respects_rotation_modes(rig, mode):
    APPLY(name="chair upright", target=rig.name, blend=0.5, key=False)
    expected = [bone.matrix_basis.to_quaternion() for bone in rig.pose.bones]
    for bone in rig.pose.bones:
        bone.rotation_mode = mode
        bone.matrix_basis.identity()
    APPLY(name="chair upright", target=rig.name, blend=0.5, key=False)
    bpy.context.view_layer.update()
    for bone, wanted in zip(rig.pose.bones, expected, strict=True):
        assert bone.matrix_basis.to_quaternion().rotation_difference(wanted).angle < 1e-2, bone.name


def test_mirroring_exchanges_the_sides(rig):
    APPLY(name="passe", target=rig.name)
    left, right = head(rig, "left_foot"), head(rig, "right_foot")
    APPLY(name="passe", target=rig.name, mirrored=True)
    assert abs(head(rig, "right_foot")[2] - left[2]) < 0.03
    assert abs(head(rig, "left_foot")[2] - right[2]) < 0.03


def test_an_unknown_pose_is_one_sentence(rig):
    before = bases(rig)
    with pytest.raises(RuntimeError, match='There is no key pose "tail wagging"'):
        APPLY(name="tail wagging", target=rig.name)
    assert np.allclose(bases(rig), before)


def test_the_pose_on_the_rig_is_said_in_words(rig, addon):
    APPLY(name="hands on hips", target=rig.name)
    assert bpy.ops.sketch2pose.describe_pose(target=rig.name) == {"FINISHED"}
    text = bpy.context.window_manager.sketch2pose_library.description
    assert text.startswith("Standing, both hands on the hips"), text


def test_the_panel_lists_what_a_search_finds(rig, addon):
    state = bpy.context.window_manager.sketch2pose_library
    library = addon("sketch2pose_addon.pose_library.library_settings")
    state.search = "hands on hips"
    try:
        names = [pose.name for pose in library.shown_poses(bpy.context).poses]
        assert names[:2] == ["hands on hips", "hero stance"]
        state.search, state.page = "", 7
        poses, page, count = library.page_of(library.shown_poses(bpy.context), 1000)
        assert page == count - 1 and 0 < len(poses) <= library.PAGE
        state.catalog = "Ballet"
        assert state.page == 0
        shown = library.shown_poses(bpy.context)
        assert {pose.category for pose in shown.poses} == {"Ballet"}
    finally:
        state.search, state.catalog = "", "ALL"


def test_what_a_search_did_not_find_is_said(addon):
    library = addon("sketch2pose_addon.pose_library.library_settings")
    index = addon("sketch2pose_addon.pose_library.key_pose").index()
    assert (
        library.understood(index.search("balet")) == '"balet" is not known, did you mean "ballet"?'
    )
    assert library.understood(index.search("ballet")) == ""


def test_thumbnails_are_drawn_beside_the_window(rig, addon, wait_until):
    thumbnails = addon("sketch2pose_addon.pose_library.thumbnails")
    pose = addon("sketch2pose_addon.pose_library.key_pose").key_pose("passe")[1]
    assert thumbnails.icon("passe", pose.pose) == 0  # nothing yet; without a window there are none
    assert wait_until(lambda: thumbnails.pump() is None, 30)
    drawn = thumbnails.picture("passe", pose.pose)
    assert drawn.shape == (96, 96, 4)
    assert 0.03 < drawn[..., 3].mean() < 0.6


@pytest.fixture
def rigify(shared_data) -> bpy.types.Object:
    """A generated Rigify rig with its limbs in IK."""
    path = shared_data / "rigs/rigify/rigify_generated_basic_human.blend"
    with bpy.data.libraries.load(str(path)) as (source, wanted):
        wanted.objects = source.objects
    for item in wanted.objects:
        bpy.context.scene.collection.objects.link(item)
    return next(
        item for item in wanted.objects if item.type == "ARMATURE" and "torso" in item.pose.bones
    )


def deform_turns(rig: bpy.types.Object) -> np.ndarray:
    """Orientations of the bones that are seen."""
    bpy.context.view_layer.update()
    names = [
        f"DEF-{part}.{side}" for part in ("upper_arm", "forearm", "thigh", "shin") for side in "LR"
    ]
    return np.array([np.array(rig.pose.bones[name].matrix.to_3x3()) for name in names])


def angles(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    trace = np.einsum("nij,nij->n", a, b)
    return np.degrees(np.arccos(np.clip((trace - 1) / 2, -1, 1)))


def test_blending_from_ik_starts_from_what_is_seen(rigify):
    start = deform_turns(rigify)
    APPLY(name="chair upright", target=rigify.name, blend=0.0, key=False)
    assert angles(deform_turns(rigify), start).max() < 0.1
    APPLY(name="chair upright", target=rigify.name, blend=0.02, key=False)
    assert rigify.pose.bones["thigh_parent.L"]["IK_FK"] == 1.0
    assert angles(deform_turns(rigify), start).max() < 6.0, "going to FK jumped"
    for bone in rigify.pose.bones:
        bone.matrix_basis.identity()
    rigify.pose.bones["torso"].location = (0.0, 0.0, -0.3)  # the knees bend by IK
    for side in "LR":
        rigify.pose.bones[f"thigh_parent.{side}"]["IK_FK"] = 0.0
    rigify.update_tag()
    bent = deform_turns(rigify)
    assert angles(bent, start)[4:].min() > 20.0
    APPLY(name="chair upright", target=rigify.name, blend=0.02, key=False)
    assert angles(deform_turns(rigify), bent).max() < 6.0, "the bent knees were lost"
