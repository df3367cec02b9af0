"""Every interaction is one undo step: after any hundred of them, undoing all gives the old scene.

Operators are called as the interface calls them, so that each pushes its own step; `draw` needs a
viewport and is tested in a real window.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import bpy
import numpy as np
import pytest

hypothesis = pytest.importorskip("hypothesis", reason="skipped: hypothesis is not installed")
from hypothesis import strategies as st  # noqa: E402

EXAMPLES, LENGTH = 5, 20
OPERATORS: dict[str, tuple[str, dict[str, Any]]] = {
    "pose": ("pose_from_sketch", {"target": "Body", "drawing": "Figure"}),
    "frames": ("pose_from_frames", {"target": "Body", "drawing": "Figure", "in_betweens": "HOLD"}),
    "pick first": ("pick_hypothesis", {"target": "Body", "index": 0}),
    "pick second": ("pick_hypothesis", {"target": "Body", "index": 1}),
    "flip arm": ("flip_limb", {"target": "Body", "limb": "LEFT_ARM"}),
    "flip shin": ("flip_limb", {"target": "Body", "limb": "RIGHT_SHIN"}),
    "front or back": ("change_reading", {"target": "Body", "change": "FRONT_BACK"}),
    "swap": ("change_reading", {"target": "Body", "change": "SWAP_SIDES"}),
    "mirror": ("change_reading", {"target": "Body", "change": "MIRROR"}),
    "place": ("place_on_surface", {"target": "Body", "location": (1.0, 0.5, 0.2)}),
    "assign": ("assign_people", {}),
    "forget": ("forget_people", {}),
    "mark": ("mark_weak_frames", {"target": "Body"}),
    "next weak": ("next_weak_frame", {"target": "Body"}),
    "clear marks": ("clear_weak_frames", {}),
    "look": ("look_through", {"target": "Body"}),
    "look back": ("look_back", {}),
    "body": ("create_body", {"with_skin": False}),
    "try": ("try_it", {}),
    "hands on hips": ("apply_key_pose", {"target": "Body", "name": "hands on hips", "blend": 0.5}),
    "switch off a correction": ("toggle_correction", {"target": "Body", "index": 0}),
    "remove a correction": ("remove_correction", {"target": "Body", "index": 0}),
    "nudge": ("nudge_joint", {"target": "Body", "joint": "20", "angle": 0.2}),
    "ignore": ("ignore_joint", {"target": "Body", "joint": "5"}),
}


@pytest.fixture
def long_memory():
    edit = bpy.context.preferences.edit
    before = edit.undo_steps
    edit.undo_steps = 2 * LENGTH
    yield
    edit.undo_steps = before


@pytest.fixture
def stage(rig, drawing, figure, backend, motion, still_of, addon, long_memory):
    """Two rigs, a drawing with three frames, a backend that finds two doubtful people."""
    bpy.ops.sketch2pose.create_body(with_skin=False)
    bpy.context.object.name = "Other"
    grease_pencil = addon("sketch2pose_addon.host.grease_pencil")
    for frame in (8, 15):
        grease_pencil.add_strokes(drawing, [line + [0.01, 0, 0] for line in figure], frame)
    other = np.array(motion.poses[0])
    other[[3, 17 * 3 + 1]] = (-0.6, 0.8)
    seen = np.full((1, 24, 2), 300.0, np.float32)
    person = replace(
        motion,
        joints2d=seen,
        confidence=np.full((1, 24), 0.2, np.float32),
        hypothesis_poses=np.stack([motion.poses[0], other]).astype(np.float32)[:, None],
        hypothesis_scores=np.array([0.6, 0.4], np.float32),
        camera_rotation=np.diag([1.0, -1.0, -1.0]).astype(np.float32),
        camera_translation=np.array([0, 1, 5], np.float32),
        camera_focal=900.0,
        camera_center=np.array([384, 384], np.float32),
        image_size=np.array([768, 768]),
    )
    backend.answer_with(person, replace(still_of(other), joints2d=seen - 150.0))
    bpy.context.view_layer.update()


def curves_of(action: bpy.types.Action) -> list:
    if bpy.app.version < (4, 4, 0):
        return list(action.fcurves)
    bags = [b for layer in action.layers for strip in layer.strips for b in strip.channelbags]
    return [curve for bag in bags for curve in bag.fcurves]


def plain(value: Any) -> Any:
    """A custom property as plain values."""
    if hasattr(value, "to_dict"):
        return plain(value.to_dict())
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if hasattr(value, "to_list"):
        return value.to_list()
    return value.name if isinstance(value, bpy.types.ID) else value


def object_state(item: bpy.types.Object) -> tuple:
    bones = item.pose.bones if item.pose else ()
    basis = [np.round(np.array(bone.matrix_basis), 5).ravel().tolist() for bone in bones]
    data = item.animation_data
    action = data.action.name if data and data.action else None
    custom = {key: plain(item[key]) for key in item.keys()}  # noqa: SIM118
    place = np.round(np.array(item.matrix_world), 5).ravel().tolist()
    return item.type, place, basis, action, item.mode, item.hide_get(), custom


def scene_state() -> dict[str, Any]:
    """All that an undo has to bring back."""
    bpy.context.view_layer.update()
    scene = bpy.context.scene
    chosen = scene.sketch2pose
    return {
        "objects": {item.name: object_state(item) for item in bpy.data.objects},
        "actions": {
            action.name: sorted(
                (curve.data_path, curve.array_index, point.co[:], point.interpolation)
                for curve in curves_of(action)
                for point in curve.keyframe_points
            )
            for action in bpy.data.actions
        },
        "data": [sorted(b.name for b in kind) for kind in (bpy.data.cameras, bpy.data.armatures)],
        "markers": sorted((marker.frame, marker.name) for marker in scene.timeline_markers),
        "camera": scene.camera and scene.camera.name,
        "frame": scene.frame_current,
        "people": [(row.label, row.rig and row.rig.name, row.result) for row in chosen.people],
        "picked": (chosen.target and chosen.target.name, chosen.drawing and chosen.drawing.name),
    }


def call(name: str) -> int:
    """Does one interaction; returns how many undo steps it has to have made."""
    operator, arguments = OPERATORS[name]
    function = getattr(bpy.ops.sketch2pose, operator)
    try:
        done = function("EXEC_DEFAULT", True, **arguments)
    except RuntimeError as error:  # not possible now: one sentence
        assert "Traceback" not in str(error)
        return 0
    return int("FINISHED" in done)


def differences(before: dict, after: dict) -> list[str]:
    return [key for key in before if before[key] != after[key]]


@pytest.mark.parametrize("name", OPERATORS)
def test_each_interaction_is_one_step(stage, name):
    for needed in ("pose", "mark", "look", *(["nudge"] if name.endswith("correction") else [])):
        call(needed)
    bpy.context.scene.frame_set(1)
    bpy.ops.ed.undo_push(message="before")
    before = scene_state()
    assert call(name) == 1
    assert name in ("mark", "look", "pick first", "next weak") or differences(before, scene_state())
    bpy.ops.ed.undo()
    assert differences(before, scene_state()) == []


@hypothesis.settings(
    max_examples=EXAMPLES,
    phases=[hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
)
@hypothesis.given(
    names=st.lists(st.sampled_from(sorted(OPERATORS)), min_size=LENGTH, max_size=LENGTH)
)
def test_undoing_all_gives_the_scene_as_it_was(stage, names):
    bpy.ops.ed.undo_push(message="before")
    before = scene_state()
    steps = sum(call(name) for name in ["pose", *names])
    for _ in range(steps):
        bpy.ops.ed.undo()
    assert differences(before, scene_state()) == []
