"""Whatever happens to rig, drawing or backend in mid-solve: one sentence at most, nothing lost."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np
import pytest

SCREEN = np.full((1, 24, 2), 300.0, np.float32)


@pytest.fixture
def meanwhile(addon, monkeypatch):
    """Lets something happen between the question to the backend and its answer."""
    jobs = addon("sketch2pose_addon.backend.jobs")
    real = jobs.wait

    def happen(mishap) -> None:
        def wait(job) -> None:
            mishap()
            real(job)

        monkeypatch.setattr(jobs, "wait", wait)

    return happen


@pytest.fixture
def ready(rig, drawing, backend, motion):
    backend.answer_with(replace(motion, joints2d=SCREEN))
    return rig


def pose(rig_name: str = "Body") -> set[str]:
    return bpy.ops.sketch2pose.pose_from_sketch(target=rig_name, drawing="Figure")


def arm(rig: bpy.types.Object) -> np.ndarray:
    bpy.context.view_layer.update()
    return np.array(rig.pose.bones["left_shoulder"].matrix_basis)


def mode(name: str):
    def change() -> None:
        bpy.context.view_layer.objects.active = bpy.data.objects["Body"]
        bpy.ops.object.mode_set(mode=name)

    return change


HARMLESS = {
    "the drawing is erased": lambda: bpy.data.objects.remove(bpy.data.objects["Figure"]),
    "the rig is hidden": lambda: bpy.data.objects["Body"].hide_set(True),
    "the rig cannot be selected": lambda: setattr(bpy.data.objects["Body"], "hide_select", True),
    "pose mode is entered": mode("POSE"),
    "nothing is active any more": lambda: setattr(bpy.context.view_layer.objects, "active", None),
    "everything is deselected": lambda: bpy.ops.object.select_all(action="DESELECT"),
}


@pytest.mark.parametrize("what", HARMLESS)
def test_what_does_not_touch_the_rig_changes_nothing(ready, meanwhile, keyed_frames, what):
    before = arm(ready)
    meanwhile(HARMLESS[what])
    assert pose() == {"FINISHED"}
    assert keyed_frames(ready) == {1.0}
    assert not np.allclose(arm(ready), before, atol=1e-2)


def test_on_another_frame_the_key_goes_where_it_was_asked_for(ready, meanwhile, keyed_frames):
    meanwhile(lambda: bpy.context.scene.frame_set(40))
    assert pose() == {"FINISHED"}
    assert keyed_frames(ready) == {1.0}
    assert bpy.context.scene.frame_current == 40


MISHAPS = {
    "the rig is deleted": (
        lambda: bpy.data.objects.remove(bpy.data.objects["Body"]),
        'no object "Body"',
    ),
    "the rig is renamed": (
        lambda: setattr(bpy.data.objects["Body"], "name", "Hero"),
        'no object "Body"',
    ),
    "its bones are edited": (mode("EDIT"), "is in Edit Mode"),
}


@pytest.mark.parametrize("what", MISHAPS)
def test_a_rig_that_cannot_take_the_pose_any_more_is_one_sentence(ready, meanwhile, what):
    mishap, why = MISHAPS[what]
    meanwhile(mishap)
    with pytest.raises(RuntimeError, match=why):
        pose()
    assert len(bpy.data.actions) == 0


@pytest.mark.parametrize("does", ["crash", "fail"])
def test_a_backend_that_dies_leaves_the_scene_as_it_was(ready, backend, snapshot, does):
    before = snapshot()
    backend.do = does
    with pytest.raises(RuntimeError):
        pose()
    assert snapshot() == before
    backend.do = "succeed"
    assert pose() == {"FINISHED"}


def test_another_file_in_mid_solve_cancels(ready, meanwhile, addon):
    jobs = addon("sketch2pose_addon.backend.jobs")
    meanwhile(jobs._before_load)
    assert pose() == {"CANCELLED"}
    assert len(bpy.data.actions) == 0
    assert jobs.running() is None


def hover(drawing: bpy.types.Object, addon, pressure: float) -> None:
    """A stroke of a pen that never touched the tablet."""
    line = np.linspace((-1.0, 0.0, 0.0), (2.0, 0.0, 3.0), 20)
    addon("sketch2pose_addon.host.grease_pencil").add_strokes(drawing, [line], 1, radius=pressure)


def test_a_pen_that_hovers_draws_nothing(ready, drawing, addon):
    capture = addon("sketch2pose_addon.host.drawing_capture").capture_drawing
    before = capture(bpy.context, drawing)
    if bpy.app.version >= (4, 3, 0):
        hover(drawing, addon, 0.0)
    else:
        hover(drawing, addon, 0.01)
        stroke = drawing.data.layers[0].frames[0].strokes[-1]
        stroke.points.foreach_set("pressure", np.zeros(len(stroke.points), np.float32))
    after = capture(bpy.context, drawing)
    assert len(after.page.strokes) == len(before.page.strokes)
    assert pose() == {"FINISHED"}


def test_only_hovering_is_an_empty_drawing(rig, backend, addon):
    if bpy.app.version < (4, 3, 0):
        pytest.skip("skipped: strokes of the old grease pencil always have some width here")
    drawing = addon("sketch2pose_addon.host.grease_pencil").new_drawing("Figure")
    bpy.context.scene.collection.objects.link(drawing)
    hover(drawing, addon, 0.0)
    with pytest.raises(RuntimeError, match="no visible strokes"):
        pose()


def test_half_a_stroke_without_pressure_is_read(ready, drawing, addon):
    if bpy.app.version < (4, 3, 0):
        pytest.skip("skipped: the radius is set through grease pencil 3's attributes")
    attribute = drawing.data.layers[0].frames[0].drawing.attributes["radius"]
    radius = np.full(len(attribute.data), 0.01, np.float32)
    radius[::2] = 0.0
    attribute.data.foreach_set("value", radius)
    assert pose() == {"FINISHED"}


CHANGES = {
    "pick_hypothesis": {"index": 0},
    "flip_limb": {"limb": "LEFT_ARM"},
    "change_reading": {"change": "MIRROR"},
    "place_on_surface": {"location": (1, 1, 0)},
    "look_through": {},
}


@pytest.mark.parametrize("operator", CHANGES)
def test_changes_to_a_hidden_rig_work_and_to_an_edited_one_say_why(ready, operator):
    pose()
    change = getattr(bpy.ops.sketch2pose, operator)
    ready.hide_set(True)
    assert change(target="Body", **CHANGES[operator]) == {"FINISHED"}
    ready.hide_set(False)
    mode("EDIT")()
    with pytest.raises(RuntimeError, match="is in Edit Mode"):
        change(target="Body", **CHANGES[operator])
    bpy.ops.object.mode_set(mode="OBJECT")
    with pytest.raises(RuntimeError, match='no object "Nobody"'):
        change(target="Nobody", **CHANGES[operator])


def test_people_cannot_go_to_a_linked_rig(ready, motion, backend, snapshot, tmp_path):
    backend.answer_with(replace(motion, joints2d=SCREEN), replace(motion, joints2d=SCREEN - 200))
    pose()
    library = str(tmp_path / "library.blend")
    bpy.ops.sketch2pose.create_body(with_skin=False)
    source = bpy.context.object
    source.name = "Linked"
    bpy.data.libraries.write(library, {source})
    bpy.data.objects.remove(source)
    with bpy.data.libraries.load(library, link=True) as (_, wanted):
        wanted.objects = ["Linked"]
    bpy.context.scene.collection.objects.link(wanted.objects[0])
    before = snapshot()
    with pytest.raises(RuntimeError, match="is linked from another file"):
        bpy.ops.sketch2pose.assign_people(rigs="Body|Linked")
    assert snapshot() == before
