"""Pose assets: the rig's own pose, and the key poses as a library of the user's own."""

from __future__ import annotations

import bpy
import numpy as np
import pytest


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    yield path
    bpy.ops.wm.read_homefile(app_template="")


def curves_of(action: bpy.types.Action) -> list:
    if bpy.app.version < (4, 4, 0):
        return list(action.fcurves)
    return list(action.layers[0].strips[0].channelbag(action.slots[0]).fcurves)


def test_the_pose_becomes_an_asset_and_the_rig_keeps_its_action(rig, keyed_frames):
    bpy.ops.sketch2pose.apply_key_pose(name="hands on hips", target=rig.name)
    own = rig.animation_data.action
    result = bpy.ops.sketch2pose.save_pose_asset(name="Waiting", target=rig.name)
    assert result == {"FINISHED"}
    assert rig.animation_data.action == own
    asset = bpy.data.actions["Waiting"]
    assert asset.asset_data is not None
    assert tuple(asset.preview.image_size) == (256, 256)
    assert {point.co.x for curve in curves_of(asset) for point in curve.keyframe_points} == {1.0}
    path = 'pose.bones["left_elbow"].rotation_quaternion'
    stored = [c.keyframe_points[0].co.y for c in curves_of(asset) if c.data_path == path]
    assert np.allclose(stored, rig.pose.bones["left_elbow"].rotation_quaternion, atol=1e-5)


def test_an_unnamed_asset_is_called_by_its_pose(rig):
    bpy.ops.sketch2pose.apply_key_pose(name="hands on hips", target=rig.name, key=False)
    bpy.ops.sketch2pose.save_pose_asset(name="", target=rig.name)
    assert rig.animation_data is None
    assert any(a.name.startswith("Standing, both hands on the hips") for a in bpy.data.actions)


def test_a_saved_file_gets_the_catalog(saved, addon):
    bpy.ops.sketch2pose.create_body(with_skin=False)
    bpy.ops.sketch2pose.save_pose_asset(name="One", catalog="Heroes")
    bpy.ops.sketch2pose.save_pose_asset(name="Two", catalog="Heroes")
    text = (saved.parent / "blender_assets.cats.txt").read_text()
    assert text.count(":Sketch2Pose/Heroes:") == 1
    identifier = bpy.data.actions["One"].asset_data.catalog_id
    assert identifier == bpy.data.actions["Two"].asset_data.catalog_id
    assert identifier in text


def test_catalogs_of_others_stay_and_known_paths_keep_their_identifier(addon, tmp_path):
    catalogs = addon("sketch2pose_addon.pose_library.asset_catalogs")
    file = tmp_path / catalogs.FILE_NAME
    mine = "11111111-2222-3333-4444-555555555555:Sketch2Pose/Heroes:Heroes"
    file.write_text(f"# mine\nVERSION 1\n\n{mine}\nabc:Trees/Oak:Oak")
    found = catalogs.add_catalogs(tmp_path, ["Sketch2Pose/Heroes", "Sketch2Pose/New"])
    assert found["Sketch2Pose/Heroes"] == "11111111-2222-3333-4444-555555555555"
    lines = file.read_text().splitlines()
    assert lines[:5] == ["# mine", "VERSION 1", "", mine, "abc:Trees/Oak:Oak"]
    assert lines[5].startswith(found["Sketch2Pose/New"])
    before = file.read_bytes()
    catalogs.add_catalogs(tmp_path, ["Sketch2Pose/New"])
    assert file.read_bytes() == before


def test_catalog_names_cannot_break_the_file(addon):
    catalogs = addon("sketch2pose_addon.pose_library.asset_catalogs")
    assert catalogs.catalog_path(" a:b / /c ") == "Sketch2Pose/a-b/c"
    assert catalogs.catalog_path("") == "Sketch2Pose"


def test_the_key_poses_become_a_library_of_the_rig(rig, addon, tmp_path, monkeypatch):
    library = addon("sketch2pose_addon.pose_library.key_pose").index().library
    assets = addon("sketch2pose_addon.pose_library.pose_assets")
    few = type(library)(library.poses[:5] + library.poses[-5:], library.offsets)
    monkeypatch.setattr(assets.LibraryBuilder, "count", property(lambda _self: len(few.poses)))
    real = assets.LibraryBuilder.__init__

    def with_few(self, target, file):
        real(self, target, file)
        self._library = few

    monkeypatch.setattr(assets.LibraryBuilder, "__init__", with_few)
    before = set(bpy.data.actions)
    result = bpy.ops.sketch2pose.build_asset_library(
        directory=str(tmp_path), target=rig.name, add_to_preferences=False
    )
    assert result == {"FINISHED"}
    assert set(bpy.data.actions) == before
    assert rig.animation_data is None
    file = tmp_path / "Body_sketch2pose_key_poses.blend"
    with bpy.data.libraries.load(str(file), assets_only=True) as (source, wanted):
        assert len(source.actions) == 10
        wanted.actions = ["First position"]
    action = wanted.actions[0]
    assert "ballet" in [tag.name for tag in action.asset_data.tags]
    assert action.asset_data.catalog_id in (tmp_path / "blender_assets.cats.txt").read_text()
    bpy.ops.sketch2pose.apply_key_pose(name="first position", target=rig.name)
    path = 'pose.bones["left_hip"].rotation_quaternion'
    stored = [c.keyframe_points[0].co.y for c in curves_of(action) if c.data_path == path]
    assert np.allclose(
        np.abs(stored), np.abs(rig.pose.bones["left_hip"].rotation_quaternion), atol=1e-4
    )


def test_a_folder_that_cannot_be_written_is_one_sentence(rig, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    before = set(bpy.data.actions)
    with pytest.raises(RuntimeError, match="file"):
        bpy.ops.sketch2pose.build_asset_library(directory=str(blocked), target=rig.name)
    assert set(bpy.data.actions) == before
