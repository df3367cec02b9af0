"""A SKEL armature from the backend's file: anatomical axes, joint angles as keys, limits, bones.

The file says where joints rest, about which axes they turn and what they may do; this module knows
nothing else of SKEL.

Conventions: the file is in body space (meters, y up); bones are built in the armature object's
space (z up, facing -y), standing on z = 0. A bone's local axes are its axes of rotation, the one
nearest to the bone being y. Its Euler order is the anatomical one, so each rotation channel *is* a
joint angle; where an axis had to be reversed to keep the frame right-handed the channel has the
other sign.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import bpy
import numpy as np
from mathutils import Vector
from numpy.typing import NDArray

from ...core.arrays import Array
from ...core.axes import blender_from_body
from ...core.errors import Sketch2PoseError
from ..host.keyframes import Channel, bone_path, new_action, write_keys
from .limits_overlay import MARK
from .skel_angles import add_angle_properties, angle_channels

if TYPE_CHECKING:
    from bpy.types import Context, Object


LETTERS = "XYZ"
END_LENGTH = 0.08  # m, bones without a child
WHOLE_TURN = 2 * np.pi - 1e-3  # angles with such a range need no constraint
ALONG = 0.7  # cosine beyond which a single axis counts as lying along its bone
BONE_COLOUR = (0.86, 0.82, 0.70, 1.0)
_KEYS = ("poses", "trans", "rest_joints", "rest_axes", "dof_bones", "limits", "parents", "slides",
         "dof_names")  # fmt: skip


@dataclass(frozen=True)
class SkelFile:
    """The fields of a SKEL motion file that make an armature, as they are stored."""

    fields: dict[str, NDArray]

    def __getitem__(self, key: str) -> NDArray:
        return self.fields[key]

    @property
    def names(self) -> list[str]:
        """Bone names."""
        return [str(name) for name in self["bone_names"]]


@dataclass(frozen=True)
class BoneFrame:
    """Axes of one bone and how its angles lie on them.

    Attributes:
        axes: [3, 3] columns x, y, z in armature space.
        channels: for each angle, in order of application: (dof, letter index, sign).
    """

    axes: Array
    channels: list[tuple[int, int, float]]

    @property
    def order(self) -> str:
        """Euler order of the bone: its angles first, then the letters left over."""
        used = [LETTERS[letter] for _dof, letter, _sign in self.channels]
        return "".join(used + [letter for letter in LETTERS if letter not in used])


def read_skel_file(path: Path) -> SkelFile:
    """Reads a file of the backend; raises Sketch2PoseError when it cannot make an armature."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            fields = {key: stored[key] for key in stored.files}
    except (OSError, ValueError) as error:
        raise _unreadable(path, str(error)) from error
    missing = [key for key in _KEYS if key not in fields]
    if missing:
        raise _unreadable(path, f"'{missing[0]}' is missing")
    return SkelFile(fields)


def _unreadable(path: Path, why: str) -> Sketch2PoseError:
    return Sketch2PoseError(
        f"The SKEL motion {path.name} could not be read", why, "Fit the skeleton again", "skel.rig"
    )


def bone_frames(file: SkelFile) -> list[BoneFrame]:
    """The local frame of every bone."""
    axes = blender_from_body(file["rest_axes"])
    frames = []
    for bone, direction in enumerate(bone_directions(file)):
        dofs = np.flatnonzero(file["dof_bones"] == bone).tolist()
        frames.append(_bone_frame(axes[dofs], dofs, direction))
    return frames


def bone_directions(file: SkelFile) -> Array:
    """[24, 3] where each bone points, with its length: to its children, or on from its parent."""
    joints, parents = blender_from_body(file["rest_joints"]), file["parents"]
    result = np.zeros_like(joints)
    for bone in range(len(joints)):
        children = np.flatnonzero(parents == bone)
        if len(children):
            result[bone] = joints[children].mean(0) - joints[bone]
        else:
            onward = joints[bone] - joints[parents[bone]]
            result[bone] = END_LENGTH * onward / np.linalg.norm(onward)
    return result


def _bone_frame(axes: Array, dofs: list[int], direction: Array) -> BoneFrame:
    along = direction / np.linalg.norm(direction)
    if len(axes) == 1:
        axes = np.vstack([axes, _perpendicular(axes[0], along)])
    if len(axes) == 2:
        axes = np.vstack([axes, np.cross(axes[0], axes[1])])
    letters = _letters(axes, along)
    signs = np.ones(3)
    signs[letters.index(1)] = 1.0 if axes[letters.index(1)] @ along >= 0 else -1.0
    columns = np.zeros((3, 3))
    for axis, letter, sign in zip(axes, letters, signs, strict=True):
        columns[:, letter] = sign * axis
    if np.linalg.det(columns) < 0:
        flipped = letters.index(2)
        columns[:, 2] *= -1
        signs[flipped] *= -1
    return BoneFrame(columns, [(d, letters[i], float(signs[i])) for i, d in enumerate(dofs)])


def _letters(axes: Array, along: Array) -> list[int]:
    """Which local axis each rotation axis becomes: y lies nearest to the bone, x comes first."""
    y = int(np.abs(axes @ along).argmax())
    rest = [index for index in range(3) if index != y]
    letters = [0, 0, 0]
    letters[y], letters[rest[0]], letters[rest[1]] = 1, 0, 2
    return letters


def _perpendicular(axis: Array, along: Array) -> Array:
    """A unit vector square to a hinge, in the plane of the bone where there is one."""
    guide = along if abs(axis @ along) < ALONG else np.eye(3)[np.abs(axis).argmin()]
    flat = guide - (guide @ axis) * axis
    return flat / np.linalg.norm(flat)


def ground_shift(file: SkelFile) -> Array:
    """[3] what lifts the resting skeleton onto z = 0."""
    points = file.fields.get("bone_vertices", file["rest_joints"])
    return np.array([0.0, 0.0, -float(blender_from_body(points)[:, 2].min())])


def create_skel_armature(context: Context, file: SkelFile, name: str) -> Object:
    """A new armature object in the active collection, its limits as constraints."""
    armature = bpy.data.armatures.new(name)
    rig = bpy.data.objects.new(name, armature)
    rig[MARK] = True
    context.collection.objects.link(rig)
    context.view_layer.objects.active = rig
    frames = bone_frames(file)
    bpy.ops.object.mode_set(mode="EDIT")
    _add_bones(armature, file, frames)
    bpy.ops.object.mode_set(mode="OBJECT")
    for bone, frame in zip(file.names, frames, strict=True):
        pose_bone = rig.pose.bones[bone]
        pose_bone.rotation_mode = frame.order
        _limit(pose_bone, frame, file["limits"])
    return rig


def _add_bones(armature: bpy.types.Armature, file: SkelFile, frames: list[BoneFrame]) -> None:
    heads = blender_from_body(file["rest_joints"]) + ground_shift(file)
    lengths = np.maximum(np.linalg.norm(bone_directions(file), axis=1), 0.02)
    for index, name in enumerate(file.names):
        bone = armature.edit_bones.new(name)
        parent = int(file["parents"][index])
        bone.parent = armature.edit_bones[file.names[parent]] if parent >= 0 else None
        axes = frames[index].axes
        bone.head = heads[index].tolist()
        bone.tail = (heads[index] + lengths[index] * axes[:, 1]).tolist()
        bone.align_roll(Vector(axes[:, 2].tolist()))


def _limit(pose_bone: bpy.types.PoseBone, frame: BoneFrame, limits: NDArray) -> None:
    """Limits as a constraint; axes without an angle are locked, so a knee is a hinge."""
    constraint = pose_bone.constraints.new("LIMIT_ROTATION")
    constraint.owner_space = "LOCAL"
    constraint.use_transform_limit = True
    constraint.euler_order = frame.order
    driven = {letter: (dof, sign) for dof, letter, sign in frame.channels}
    for index, letter in enumerate("xyz"):
        pose_bone.lock_rotation[index] = index not in driven
        dof, sign = driven.get(index, (None, 1.0))
        low, high = sorted(sign * limits[dof]) if dof is not None else (0.0, 0.0)
        if high - low < WHOLE_TURN:
            setattr(constraint, f"use_limit_{letter}", True)
            setattr(constraint, f"min_{letter}", float(low))
            setattr(constraint, f"max_{letter}", float(high))


def add_bone_meshes(rig: Object, file: SkelFile) -> Object | None:
    """One mesh of all bones, each rigidly in the vertex group of its bone."""
    if "bone_vertices" not in file.fields:
        return None
    mesh = bpy.data.meshes.new(f"{rig.name} Bones")
    points = blender_from_body(file["bone_vertices"]) + ground_shift(file)
    mesh.from_pydata(points.tolist(), [], file["bone_faces"].tolist(), False)
    mesh.shade_smooth()
    mesh.materials.append(_bone_material())
    skeleton = bpy.data.objects.new(mesh.name, mesh)
    for collection in rig.users_collection:
        collection.objects.link(skeleton)
    for index, name in enumerate(file.names):
        members = np.flatnonzero(file["bone_of_vertex"] == index)
        skeleton.vertex_groups.new(name=name).add(members.tolist(), 1.0, "REPLACE")
    skeleton.parent = rig
    skeleton.modifiers.new("Bones", "ARMATURE").object = rig
    return skeleton


def _bone_material() -> bpy.types.Material:
    material = bpy.data.materials.get("Sketch2Pose Bone")
    if material is None:
        material = bpy.data.materials.new("Sketch2Pose Bone")
        material.diffuse_color = BONE_COLOUR
    return material


def skel_channels(file: SkelFile) -> list[Channel]:
    """Joint angles and slides as channels: one curve a degree of freedom."""
    q, slides = file["poses"].astype(float), blender_from_body(file["slides"])
    trans = blender_from_body(file["trans"]) - ground_shift(file)
    channels = []
    for bone, frame in zip(file.names, bone_frames(file), strict=True):
        angles = np.zeros((len(q), 3))
        for dof, letter, sign in frame.channels:
            angles[:, letter] = sign * q[:, dof]
        channels.append(Channel(bone, bone_path(bone, "rotation_euler"), angles))
        index = file.names.index(bone)
        moved = trans if file["parents"][index] < 0 else slides[:, index]
        if np.abs(moved).max() > 0:
            channels.append(Channel(bone, bone_path(bone, "location"), moved @ frame.axes))
    return channels


def frames_of(file: SkelFile, first: float, scene_rate: float) -> Array:
    """[T] scene frames of a motion that begins at frame `first`."""
    step = scene_rate / float(file["mocap_framerate"])
    return first + step * np.arange(len(file["poses"]))


def key_skel_motion(rig: Object, file: SkelFile, frames: Array) -> int:
    """Keys every row of the motion at its scene frame."""
    action = new_action(rig, f"{rig.name} Motion")
    add_angle_properties(rig, file)
    channels = skel_channels(file) + angle_channels(file)
    return write_keys(rig, action, channels, frames, "LINEAR")


def marked_weak_frames(context: Context, file: SkelFile, frames: Array) -> int:
    """Put a marker where a run of low-confidence frames begins; returns how many there are."""
    weak = file.fields.get("weak_frames")
    if weak is None:
        return 0
    starts = np.flatnonzero(weak & ~np.concatenate([[False], weak[:-1]]))
    for row in starts:
        context.scene.timeline_markers.new("Low-Confidence Fit", frame=round(float(frames[row])))
    return int(weak.sum())
