"""A body of the user's own file in Blender agrees with the backend's skinning, correctives too."""

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
from sketch2pose.inference.body.smpl_files import load_smpl_file
from sketch2pose.inference.skel.model.default import load_default_skel
from tests.bpy.addon.bodies.test_create_body import (
    BLENDER_FROM_BODY,
    evaluated_vertices,
    expected_skin,
)
from tests.pure.inference.body.test_body_requests import KINDS, family_arrays, family_file
from tests.pure.inference.skel.synthetic_skel import write_synthetic


def create(path: Path, **options) -> tuple[bpy.types.Object, bpy.types.Object]:
    made = bpy.ops.sketch2pose.create_own_body(filepath=str(path), **options)
    assert made == {"FINISHED"}
    rig = bpy.context.object
    return rig, next(child for child in rig.children if child.type == "MESH")


def pose_rig(rig: bpy.types.Object, body: BodyModel, rotvecs: np.ndarray) -> None:
    """Local rotations [J, 3] in the body's axes, in three rotation modes."""
    modes = ("QUATERNION", "XYZ", "AXIS_ANGLE")
    for index, (name, rotation) in enumerate(
        zip(body.joint_names, rotmat_from_rotvec(rotvecs), strict=True)
    ):
        turn = BLENDER_FROM_BODY @ rotation @ BLENDER_FROM_BODY.T
        bone = rig.pose.bones[name]
        rest = np.array(bone.bone.matrix_local.to_3x3())
        bone.rotation_mode = modes[index % 3]
        bone.matrix_basis = Matrix((rest.T @ turn @ rest).tolist()).to_4x4()
    bpy.context.view_layer.update()


@pytest.mark.parametrize("kind", KINDS)
def test_skin_agrees_with_the_backend_in_shape_and_pose(tmp_path: Path, kind: str) -> None:
    path = family_file(tmp_path, kind, every=40)
    body, betas = load_smpl_file(path), np.linspace(-2, 2, 10)
    rig, skin = create(path, with_correctives=True)
    assert rig.name == body.name and len(rig.data.bones) == len(body.parents)
    rig.sketch2pose_body.betas = betas.tolist()
    rotvecs = np.random.default_rng(1).normal(0, 0.35, (len(body.parents), 3))
    pose_rig(rig, body, rotvecs)
    assert np.abs(evaluated_vertices(skin) - expected_skin(body, rotvecs, betas)).max() < 5e-4


def test_correctives_need_no_permission_to_run_scripts(tmp_path: Path) -> None:
    _rig, skin = create(family_file(tmp_path, "smpl", every=40), with_correctives=True)
    drivers = skin.data.shape_keys.animation_data.drivers
    scripted = [curve.driver for curve in drivers if curve.driver.type == "SCRIPTED"]
    assert len(scripted) == 207
    assert all(driver.is_simple_expression and driver.is_valid for driver in scripted)
    assert max(len(driver.expression) for driver in scripted) < 256


def test_correctives_come_on_request(tmp_path: Path) -> None:
    path = family_file(tmp_path, "smpl", every=40)
    body = load_smpl_file(path)
    rig, skin = create(path)
    assert len(skin.data.shape_keys.key_blocks) == 11
    rotvecs = np.random.default_rng(2).normal(0, 0.5, (24, 3))
    pose_rig(rig, body, rotvecs)
    wanted = expected_skin(body, rotvecs, np.zeros(10))
    assert np.abs(evaluated_vertices(skin) - wanted).max() > 5e-4
    assert bpy.ops.sketch2pose.add_correctives() == {"FINISHED"}
    assert np.abs(evaluated_vertices(skin) - wanted).max() < 5e-4
    assert not bpy.ops.sketch2pose.add_correctives.poll()


def test_correctives_of_a_changed_mesh_are_refused(tmp_path: Path) -> None:
    path = family_file(tmp_path, "smpl", every=40)
    _rig, skin = create(path)
    np.savez(path, **family_arrays(24, every=50))
    with pytest.raises(RuntimeError, match="its mesh has"):
        bpy.ops.sketch2pose.add_correctives()
    assert len(skin.data.shape_keys.key_blocks) == 11


def test_sliders_move_the_joints_where_the_file_says(tmp_path: Path) -> None:
    path = family_file(tmp_path, "smplh", every=40)
    body, betas = load_smpl_file(path), np.linspace(2, -2, 10)
    rig, _skin = create(path)
    rig.sketch2pose_body.betas = betas.tolist()
    ground = body.vertices(betas)[body.v_template[:, 1].argmin(), 1]
    for name, joint in zip(body.joint_names, body.joints(betas), strict=True):
        here = np.array(rig.data.bones[name].head_local) @ BLENDER_FROM_BODY
        assert np.abs(here - (joint - [0, ground, 0])).max() < 1e-4, name


def test_a_refused_file_leaves_the_scene(tmp_path: Path) -> None:
    bad = tmp_path / "SMPL_MALE.pkl"
    bad.write_bytes(b"cos\nsystem\n(S'echo 1'\ntR.")
    with pytest.raises(RuntimeError, match="which is not needed by any body model"):
        bpy.ops.sketch2pose.create_own_body(filepath=str(bad))
    with pytest.raises(RuntimeError, match="no file was chosen"):
        bpy.ops.sketch2pose.create_own_body()
    assert not bpy.data.objects


@pytest.mark.parametrize("kind", ["smpl", "smplh"])
def test_a_skeleton_is_fitted_to_an_own_body(addon, tmp_path: Path, kind: str) -> None:
    preferences = addon("sketch2pose_addon.backend.addon").preferences(bpy.context)
    path = family_file(tmp_path, kind, every=4)
    rig, _skin = create(path)
    rig.sketch2pose_body.betas[0] = -1.0
    assert bpy.ops.sketch2pose.fit_skel(source=rig.name) == {"FINISHED"}  # the default skeleton
    skel = bpy.context.object  # at rest its pelvis lies beside SMPL's, and here as well
    gap = skel.matrix_world @ skel.pose.bones["pelvis"].head - rig.pose.bones["pelvis"].head
    rest = load_default_skel().rest().joints[0] - load_default_body().joints()[0]
    assert np.abs(np.array(gap) - BLENDER_FROM_BODY @ rest).max() < 0.002
    preferences.skel_file = str(write_synthetic(tmp_path / "skel.pkl"))
    preferences.body_file = str(path)
    try:
        rig.sketch2pose_body.betas[0] = 1.0
        assert bpy.ops.sketch2pose.fit_skel(source=rig.name) == {"FINISHED"}
    finally:
        preferences.skel_file = preferences.body_file = ""
    assert bpy.context.object.name == f"{rig.name} SKEL.001"
