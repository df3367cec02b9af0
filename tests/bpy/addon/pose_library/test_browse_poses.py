"""Browsing poses: the strip's arithmetic, previews without keys, taking and leaving."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np
import pytest


def bases(rig: bpy.types.Object) -> np.ndarray:
    bpy.context.view_layer.update()
    return np.array([bone.matrix_basis for bone in rig.pose.bones])


@pytest.fixture
def strip(addon):
    return addon("sketch2pose_addon.pose_library.pose_strip").Strip


@pytest.mark.parametrize(
    ("count", "pictures", "width", "scale"), [(1, 2, 300, 1), (9, 2, 1000, 1), (386, 1, 1900, 2)]
)
def test_tiles_are_hit_where_they_are_drawn(strip, count, pictures, width, scale):
    made = strip(count, pictures, width, left=40, scale=scale)
    for index in made.visible():
        x, y = made.corner(index)
        tile_width, tile_height = made.tile_size
        assert made.hit(x + 1, y + 1) == index
        assert made.hit(x + tile_width - 1, y + tile_height - 1) == index
        assert made.hit(x + 1, y + tile_height + 1) is None
        assert x >= 40 and (x + tile_width <= width or made.in_sight == 1)


def test_stepping_scrolls_and_stops_at_the_ends(strip):
    made = strip(9, 1, 500)
    index = None
    for _ in range(20):
        index = made.stepped(index, 1)
        assert index in made.visible()
    assert index == 8
    for _ in range(20):
        index = made.stepped(index, -1)
        assert index in made.visible()
    assert index == 0 and made.first == 0
    assert made.stepped(None, -1) == 8


def bare(addon, name: str, rig: bpy.types.Object):
    """The operator's own methods on a plain object."""
    folder = (
        "alternatives.op_browse_alternatives"
        if "readings" in name
        else "pose_library.op_browse_library"
    )
    module = addon(f"sketch2pose_addon.{folder}")
    kind = getattr(module, name)
    mixin = addon("sketch2pose_addon.pose_library.browse_operator").BrowseOperator
    methods = {
        name: value
        for base in (mixin, kind)
        for name, value in vars(base).items()
        if not name.startswith("__")
    }
    methods["report"] = lambda _self, _level, text: pytest.fail(text)
    made = type(name, (), methods)()
    made._before = addon("sketch2pose_addon.host.pose_snapshot").take_snapshot(rig)
    made._rig, made._chosen, made._handle, made._timer = rig.name, None, None, None
    return made


def test_previews_leave_no_keys_and_taking_keys(rig, addon, keyed_frames):
    state = bpy.context.window_manager.sketch2pose_library
    state.search = "hands on hips"
    before = bases(rig)
    browser = bare(addon, "SKETCH2POSE_OT_browse_library", rig)
    assert browser.offered(bpy.context, rig) == 2
    browser._preview(bpy.context, 0)
    first = bases(rig)
    browser._preview(bpy.context, 1)
    assert not np.allclose(first, before, atol=0.05)
    assert not keyed_frames(rig)
    assert browser._before.restore()
    assert np.allclose(bases(rig), before, atol=1e-6)
    assert browser._take(bpy.context) == {"FINISHED"}
    assert keyed_frames(rig) == {1.0}
    state.search = ""


def test_readings_have_two_pictures_each_and_their_share(rig, addon):
    stored_still = addon("sketch2pose_addon.results.stored_still")
    pictures = addon("sketch2pose_addon.alternatives.alternative_pictures")
    stored = readings_of(rig, addon)
    stored_still.store_still(rig, stored)
    browser = bare(addon, "SKETCH2POSE_OT_browse_readings", rig)
    assert browser.offered(bpy.context, rig) == 3
    assert len(browser.tile(0).pictures) == 2
    assert [pictures.share_text(stored, index) for index in range(3)] == ["60%", "30%", "10%"]
    front, side = pictures.views_of(stored)
    assert abs(np.dot(front[[0, 2]], side[[0, 2]])) < 1e-9
    browser._preview(bpy.context, 2)
    assert browser._take(bpy.context) == {"FINISHED"}
    assert stored_still.stored_still_at(rig, 1).active == 2


def readings_of(rig: bpy.types.Object, addon):
    """A kept result with three readings, made of key poses."""
    library = addon("sketch2pose_addon.pose_library.key_pose").index().library
    seen = addon("sketch2pose_addon.retargeting.rig_pose").result_of_rig(bpy.context, rig)
    poses = np.array(
        [library.named(name).pose for name in ("passe", "first position", "hands on hips")]
    )
    return replace(seen, poses=poses, scores=np.array([0.6, 0.3, 0.1]), pose=poses[0])
