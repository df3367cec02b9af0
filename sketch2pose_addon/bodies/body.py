"""A body in Blender: an armature with SMPL's joint names and a skinned mesh.

The default body is read from the backend's file by path, as the add-on may not import the backend;
the user's own come as files of the same kind that the backend writes.

Conventions: the file is in body space (meters, y up, facing +z, left at +x); everything that
leaves this module is in the armature object's space (z up, facing -y), with the sole of the
resting body at z = 0 whatever its shape. Bones point to the next joint; their z axis looks
forward (up for the feet), so the x axis is the hinge of knees, ankles and elbows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import bpy
import numpy as np
from mathutils import Vector

from ...core.axes import blender_from_body

if TYPE_CHECKING:
    from bpy.types import EditBone, Mesh, Object

BODY_FILE = Path(__file__).resolve().parents[2] / "inference" / "body" / "default_body.npz"
SHAPE_COUNT = 10
SHAPE_KEY = "Shape"  # and its number
SHAPE_RANGE = 3.0  # standard deviations either way; beyond them bodies stop being people
LEAF_LENGTH = 0.6  # of its parent's, a bone without children such as a fingertip
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
    """One shape of a body, at rest, in armature space.

    Attributes:
        vertices: [V, 3]. heads, tails: [J, 3] of the bones, in the order of `BodyData.names`.
    """

    vertices: np.ndarray
    heads: np.ndarray
    tails: np.ndarray


@dataclass(frozen=True)
class BodyData:
    """A body file, in body space (see `inference/body/body_file.py` for shapes).

    Attributes:
        polygons: [F, 4] of the default body, [F, 3] of others.
        posedirs: [V, 3, 9 (J - 1)] meters, pose correctives; None when the file has none.
    """

    name: str
    names: tuple[str, ...]
    parents: tuple[int, ...]
    polygons: np.ndarray
    weight_joints: np.ndarray
    weight_values: np.ndarray
    v_template: np.ndarray
    shapedirs: np.ndarray
    joints_template: np.ndarray
    joint_shapedirs: np.ndarray
    landmarks: dict[str, int]
    beta_traits: tuple[str, ...]
    licence: str
    posedirs: np.ndarray | None = None

    @property
    def shape_count(self) -> int:
        """Number K of shape parameters, at most `SHAPE_COUNT`."""
        return min(self.shapedirs.shape[-1], SHAPE_COUNT)

    def shape(self, betas: np.ndarray) -> BodyShape:
        """The resting body of [K] shape parameters, standing on z = 0."""
        vertices = self.v_template + self.shapedirs[..., : len(betas)] @ betas
        joints = self.joints_template + self.joint_shapedirs[..., : len(betas)] @ betas
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
        children = [child for child, p in enumerate(self.parents) if p == joint]
        if children:
            return joints[children].mean(0)
        return joints[joint] + LEAF_LENGTH * (joints[joint] - joints[self.parents[joint]])


@lru_cache(maxsize=1)
def load_body_data() -> BodyData:
    """The default body; raises OSError when the extension is incomplete."""
    return read_body_data(BODY_FILE)


def read_body_data(path: Path) -> BodyData:
    """A body file of the extension or of the backend; raises OSError when it cannot be read."""
    with np.load(path, allow_pickle=False) as stored:
        names = [str(name) for name in stored["landmark_names"]]
        polygons = stored["quads" if "quads" in stored.files else "faces"]
        return BodyData(
            name=str(stored["name"]),
            names=tuple(str(name) for name in stored["joint_names"]),
            parents=tuple(int(parent) for parent in stored["parents"]),
            polygons=polygons.astype(np.int32),
            weight_joints=stored["weight_joints"],
            weight_values=stored["weight_values"].astype(np.float32),
            v_template=stored["v_template"],
            shapedirs=stored["shapedirs"].astype(np.float32),
            joints_template=stored["joints_template"],
            joint_shapedirs=stored["joint_shapedirs"],
            landmarks=dict(zip(names, stored["landmark_vertices"].tolist(), strict=True)),
            beta_traits=tuple(str(trait) for trait in stored["beta_traits"]),
            licence=str(stored["licence"]),
            posedirs=stored["posedirs"] if "posedirs" in stored.files else None,
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
    rest = data.shape(np.zeros(data.shape_count))
    place_bones(armature.edit_bones, data.names, rest.heads, rest.tails)
    bpy.ops.object.mode_set(mode="OBJECT")
    return rig


def place_bones(
    edit_bones: dict[str, EditBone], names: Sequence[str], heads: np.ndarray, tails: np.ndarray
) -> None:
    """Moves the rest bones to a shape; bones that are not the body's stay where they are."""
    forward, up = Vector((0.0, -1.0, 0.0)), Vector((0.0, 0.0, 1.0))
    for joint, head, tail in zip(names, heads, tails, strict=True):
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
    rest = data.shape(np.zeros(data.shape_count))
    mesh.from_pydata(rest.vertices.tolist(), [], data.polygons.tolist(), False)
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
    for index, betas in enumerate(np.eye(data.shape_count)):
        key = skin.shape_key_add(name=f"{SHAPE_KEY} {index + 1}", from_mix=False)
        moved = data.shape(betas).vertices
        key.data.foreach_set("co", np.ascontiguousarray(moved, np.float32).ravel())
        key.slider_min, key.slider_max = -SHAPE_RANGE, SHAPE_RANGE
