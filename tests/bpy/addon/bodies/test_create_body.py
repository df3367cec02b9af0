"""The default body in Blender agrees with the backend's own skinning, whatever shape and pose."""

from __future__ import annotations

import sys
from pathlib import Path

import bpy
import numpy as np
import pytest
from mathutils import Matrix

sys.path.insert(0, str(Path(__file__).resolve().parents[4]))

from sketch2pose.core.rotations import rotmat_from_rotvec
from sketch2pose.inference.body import load_default_body
from sketch2pose.inference.body.model import BodyModel

BLENDER_FROM_BODY = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])


def create() -> tuple[bpy.types.Object, bpy.types.Object]:
    assert bpy.ops.sketch2pose.create_body() == {"FINISHED"}
    rig = bpy.context.object
    return rig, next(child for child in rig.children if child.type == "MESH")


def pose_rig(rig: bpy.types.Object, rotvecs: np.ndarray) -> None:
    for name, rotation in zip(
        load_default_body().joint_names, rotmat_from_rotvec(rotvecs), strict=True
    ):
        turn = BLENDER_FROM_BODY @ rotation @ BLENDER_FROM_BODY.T
        bone = rig.pose.bones[name]
        rest = np.array(bone.bone.matrix_local.to_3x3())
        bone.rotation_mode = "QUATERNION"
        bone.rotation_quaternion = Matrix((rest.T @ turn @ rest).tolist()).to_quaternion()


def evaluated_vertices(skin: bpy.types.Object) -> np.ndarray:
    bpy.context.view_layer.update()
    mesh = skin.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    points = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", points)
    return points.reshape(-1, 3) @ BLENDER_FROM_BODY  # back to y up


def expected_skin(body: BodyModel, rotvecs: np.ndarray, betas: np.ndarray) -> np.ndarray:
    """The backend's skin of a body that stands on the ground."""
    ground = body.vertices(betas)[body.v_template[:, 1].argmin(), 1]
    trans = np.array([[0.0, -ground, 0.0]])
    return body.forward_vertices(rotvecs.reshape(1, -1), trans, betas)[1][0]


def test_armature_is_named_and_linked_as_smpl() -> None:
    rig, skin = create()
    body = load_default_body()
    assert {bone.name for bone in rig.data.bones} == set(body.joint_names)
    for name, parent in zip(body.joint_names, body.parents, strict=True):
        expected = body.joint_names[parent] if parent >= 0 else None
        found = rig.data.bones[name].parent
        assert (found.name if found else None) == expected
    assert len(skin.data.vertices) == len(body.v_template)
    assert all(polygon.use_smooth for polygon in skin.data.polygons)


def test_feet_stand_on_the_ground_at_the_cursor() -> None:
    bpy.context.scene.cursor.location = (1.0, 2.0, 0.5)
    rig, skin = create()
    bpy.context.view_layer.update()
    lowest = min((skin.matrix_world @ vertex.co).z for vertex in skin.data.vertices)
    assert lowest == pytest.approx(0.5, abs=1e-5)
    assert tuple(rig.location) == (1.0, 2.0, 0.5)
    bpy.context.scene.cursor.location = (0.0, 0.0, 0.0)


def test_knees_and_elbows_bend_about_their_x_axis() -> None:
    rig, _skin = create()
    for name, hinge in (("left_knee", (1, 0, 0)), ("left_elbow", (0, 0, 1))):
        axis = rig.data.bones[name].matrix_local.to_3x3().col[0]
        assert abs(np.dot(axis, hinge)) > 0.95, name


@pytest.mark.parametrize("betas", [np.zeros(10), np.linspace(-2, 2, 10)])
def test_skin_agrees_with_the_backend(betas: np.ndarray) -> None:
    rig, skin = create()
    rig.sketch2pose_body.betas = betas.tolist()
    rotvecs = np.random.default_rng(3).normal(0, 0.35, (24, 3))
    pose_rig(rig, rotvecs)
    expected = expected_skin(load_default_body(), rotvecs, betas)
    assert np.abs(evaluated_vertices(skin) - expected).max() < 5e-4


def test_a_slider_moves_the_joints_and_leaves_the_user_where_he_was() -> None:
    rig, skin = create()
    for item in bpy.context.selected_objects:
        item.select_set(False)
    skin.select_set(True)
    bpy.context.view_layer.objects.active = skin
    before = rig.data.bones["head"].head_local.z
    rig.sketch2pose_body.betas[0] = 2.0
    assert rig.data.bones["head"].head_local.z > before + 0.05
    assert bpy.context.view_layer.objects.active == skin and skin.mode == "OBJECT"
    assert skin.select_get() and not rig.select_get()


def test_a_hidden_armature_catches_up_when_it_is_shown() -> None:
    rig, _skin = create()
    rig.hide_set(True)
    rig.sketch2pose_body.betas[0] = 2.0
    assert rig.sketch2pose_body.joints_late
    before = rig.data.bones["head"].head_local.z
    rig.hide_set(False)
    rig.sketch2pose_body.betas[1] = 0.0
    assert not rig.sketch2pose_body.joints_late
    assert rig.data.bones["head"].head_local.z > before + 0.05


def test_armature_alone() -> None:
    bpy.ops.sketch2pose.create_body(with_skin=False)
    assert [item.type for item in bpy.data.objects] == ["ARMATURE"]


def test_it_works_from_pose_mode() -> None:
    create()
    bpy.ops.object.mode_set(mode="POSE")
    rig, _skin = create()
    assert rig.name == "Body.001" and rig.mode == "OBJECT"
