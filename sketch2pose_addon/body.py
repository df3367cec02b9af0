"""The default body in Blender: an armature with SMPL's joint names and a skinned mesh.

The body is read from the backend's file by path, as the add-on may not import the backend.

Conventions: the file is in body space (metres, y up, facing +z, left at +x); everything that
leaves this module is in the armature object's space (z up, facing -y), with the sole of the
resting body at z = 0 whatever its shape. Bones point to the next joint; their z axis looks
forward (up for the feet), so the x axis is the hinge of knees, ankles and elbows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import bpy
import numpy as np
from mathutils import Vector

from .axes import blender_from_body

if TYPE_CHECKING:
    from bpy.types import EditBone, Mesh, Object

BODY_FILE = Path(__file__).resolve().parents[1] / "inference" / "body" / "default_body.npz"
SHAPE_COUNT = 10
SHAPE_RANGE = 3.0  # standard deviations either way; beyond them bodies stop being people
SKIN_COLOUR = (0.80, 0.62, 0.52, 1.0)

# Where a bone points when it is not at the mean of its children: another joint or a landmark.
TAILS = {
    "pelvis": "spine1", "spine3": "neck", "head": "head_top",
    "left_foot": "left_big_toe", "right_foot": "right_big_toe",
    "left_hand": "left_middle_tip", "right_hand": "right_middle_tip",
}  # fmt: skip
FEET = {"left_ankle", "right_ankle", "left_foot", "right_foot"}


@dataclass(frozen=True)
class BodyShape:
    """One shape of the default body, at rest, in armature space.

    Attributes:
        vertices: [V, 3]. heads, tails: [J, 3] of the bones, in the order of `BodyData.names`.
    """

    vertices: np.ndarray
    heads: np.ndarray
    tails: np.ndarray


@dataclass(frozen=True)
class BodyData:
    """The body file, in body space (see `inference/body/body_file.py` for shapes)."""

    names: tuple[str, ...]
    parents: tuple[int, ...]
    quads: np.ndarray
    weight_joints: np.ndarray
    weight_values: np.ndarray
    v_template: np.ndarray
    shapedirs: np.ndarray
    joints_template: np.ndarray
    joint_shapedirs: np.ndarray
    landmarks: dict[str, int]
    beta_traits: tuple[str, ...]
    licence: str

    def shape(self, betas: np.ndarray) -> BodyShape:
        """The resting body of [10] shape parameters, standing on z = 0."""
        vertices = self.v_template + self.shapedirs @ betas
        joints = self.joints_template + self.joint_shapedirs @ betas
        # The same vertex is the ground for every shape, which keeps the shape keys linear.
        ground = np.array([0.0, vertices[self.v_template[:, 1].argmin(), 1], 0.0])
        vertices, joints = vertices - ground, joints - ground
        tails = np.array([self._tail(index, joints, vertices) for index in range(len(joints))])
        return BodyShape(
            blender_from_body(vertices), blender_from_body(joints), blender_from_body(tails)
        )

    def _tail(self, joint: int, joints: np.ndarray, vertices: np.ndarray) -> np.ndarray:
        aim = TAILS.get(self.names[joint])
        if aim in self.landmarks:
            return vertices[self.landmarks[aim]]
        if aim is not None:
            return joints[self.names.index(aim)]
        return joints[[child for child, p in enumerate(self.parents) if p == joint]].mean(0)


@lru_cache(maxsize=1)
def load_body_data() -> BodyData:
    """Reads the body file; raises OSError when the extension is incomplete."""
    with np.load(BODY_FILE, allow_pickle=False) as stored:
        names = [str(name) for name in stored["landmark_names"]]
        return BodyData(
            names=tuple(str(name) for name in stored["joint_names"]),
            parents=tuple(int(parent) for parent in stored["parents"]),
            quads=stored["quads"].astype(np.int32),
            weight_joints=stored["weight_joints"],
            weight_values=stored["weight_values"].astype(np.float32),
            v_template=stored["v_template"],
            shapedirs=stored["shapedirs"].astype(np.float32),
            joints_template=stored["joints_template"],
            joint_shapedirs=stored["joint_shapedirs"],
            landmarks=dict(zip(names, stored["landmark_vertices"].tolist(), strict=True)),
            beta_traits=tuple(str(trait) for trait in stored["beta_traits"]),
            licence=str(stored["licence"]),
        )


def create_armature(data: BodyData, name: str) -> Object:
    """A new armature object, linked to the active collection, in object mode with its bones."""
    armature = bpy.data.armatures.new(name)
    rig = bpy.data.objects.new(name, armature)
    bpy.context.collection.objects.link(rig)
    bpy.context.view_layer.objects.active = rig
    bpy.ops.object.mode_set(mode="EDIT")
    for joint, parent in zip(data.names, data.parents, strict=True):
        bone = armature.edit_bones.new(joint)
        bone.parent = armature.edit_bones[data.names[parent]] if parent >= 0 else None
    place_bones(armature.edit_bones, data, data.shape(np.zeros(SHAPE_COUNT)))
    bpy.ops.object.mode_set(mode="OBJECT")
    return rig


def place_bones(edit_bones: dict[str, EditBone], data: BodyData, shape: BodyShape) -> None:
    """Moves the rest bones to a shape; bones that are not the body's stay where they are."""
    forward, up = Vector((0.0, -1.0, 0.0)), Vector((0.0, 0.0, 1.0))
    for joint, head, tail in zip(data.names, shape.heads, shape.tails, strict=True):
        bone = edit_bones.get(joint)
        if bone is None:
            continue
        bone.head, bone.tail = head.tolist(), tail.tolist()
        bone.align_roll(up if joint in FEET else forward)


def create_skin(data: BodyData, rig: Object, name: str) -> Object:
    """The skinned mesh of the body, parented to the rig, with one shape key a shape parameter."""
    mesh = create_mesh(data, name)
    skin = bpy.data.objects.new(name, mesh)
    for collection in rig.users_collection:
        collection.objects.link(skin)
    skin.parent = rig
    add_weights(skin, data)
    add_shape_keys(skin, data)
    modifier = skin.modifiers.new("Body", "ARMATURE")
    modifier.object = rig
    return skin


def create_mesh(data: BodyData, name: str) -> Mesh:
    mesh = bpy.data.meshes.new(name)
    rest = data.shape(np.zeros(SHAPE_COUNT))
    mesh.from_pydata(rest.vertices.tolist(), [], data.quads.tolist(), False)
    mesh.shade_smooth()
    mesh.materials.append(skin_material())
    mesh.update()
    return mesh


def skin_material() -> bpy.types.Material:
    name = "Sketch2Pose Skin"
    material = bpy.data.materials.get(name)
    if material is None:
        material = bpy.data.materials.new(name)
        material.diffuse_color = SKIN_COLOUR
        material.roughness = 0.7
    return material


def add_weights(skin: Object, data: BodyData) -> None:
    for joint, name in enumerate(data.names):
        group = skin.vertex_groups.new(name=name)
        vertices, column = np.nonzero((data.weight_joints == joint) & (data.weight_values > 0))
        values = data.weight_values[vertices, column]
        for value in np.unique(values):  # float16 repeats itself: far fewer calls than vertices
            group.add(vertices[values == value].tolist(), float(value), "REPLACE")


def add_shape_keys(skin: Object, data: BodyData) -> None:
    skin.shape_key_add(name="Basis")
    for index in range(SHAPE_COUNT):
        key = skin.shape_key_add(name=f"Shape {index + 1}", from_mix=False)
        moved = data.shape(np.eye(SHAPE_COUNT)[index]).vertices
        key.data.foreach_set("co", np.ascontiguousarray(moved, np.float32).ravel())
        key.slider_min, key.slider_max = -SHAPE_RANGE, SHAPE_RANGE
