"""A body of bones for a rig without a skin: one tapered stick for each mapped bone.

It is a mesh of the rig's own space with an armature modifier, so it shows what the rig does, and it
is meant to be removed again. Left sticks are blue, right ones red.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
import numpy as np
from numpy.typing import NDArray

from ...core.errors import Sketch2PoseError
from ...rigs import RigError
from ...rigs.bone_maps.mapping import detect_source_map
from ...rigs.human import FINGER_ROLES, SIDES, parent_role, part_of, side_of
from ..host.armatures import bone_map_of, read_skeleton

if TYPE_CHECKING:
    from bpy.types import Material, Mesh, Object

    from ...rigs import Skeleton

_SIDES = 8
_RINGS = ((0.0, 0.5), (0.12, 1.0), (0.85, 0.7), (1.0, 0.3))  # along the stick, share of thickness
_THICK = {"hips": 0.075, "thigh": 0.055, "shin": 0.042, "upper_arm": 0.038, "forearm": 0.032}
_THICK |= {"head": 0.075, "foot": 0.035, "hand": 0.03, "toes": 0.028}  # shares of leg length
_THICK_ELSE, _THICK_FINGER = 0.05, 0.009
_ENDS = {"head": 0.25, "hand": 0.12, "toes": 0.09}  # lengths where no joint follows
_LONGEST = 0.6  # of a stick: tails of last bones may be anywhere
_COLOURS = {"left": (0.2, 0.42, 0.9, 1.0), "right": (0.88, 0.3, 0.22, 1.0)}
_MIDDLE = (0.72, 0.72, 0.7, 1.0)


def add_stick_body(rig: Object) -> Object:
    """Make a stick body of a rig; it is linked to no collection yet.

    Raises:
        Sketch2PoseError: the rig's bones are not recognized.
    """
    skeleton = read_skeleton(rig)
    bones = _deforming(rig, skeleton)
    sticks = _sticks(skeleton, bones)
    mesh = bpy.data.meshes.new("Sticks")
    shapes = [_stick(start, end, thick) for _, start, end, thick in sticks]
    _fill(mesh, shapes, [role for role, *_ in sticks])
    body = bpy.data.objects.new("Sticks", mesh)
    size = len(shapes[0])
    for number, (role, *_) in enumerate(sticks):
        members = list(range(number * size, (number + 1) * size))
        groups = body.vertex_groups
        group = groups.get(bones[role]) or groups.new(name=bones[role])
        group.add(members, 1.0, "REPLACE")
    modifier = body.modifiers.new("Armature", "ARMATURE")
    modifier.object = rig  # pyright: ignore[reportAttributeAccessIssue]
    body.parent = rig
    return body


def remove_stick_body(body: Object) -> None:
    """Remove a stick body with its mesh and materials."""
    mesh: Mesh = body.data
    materials = [material for material in mesh.materials if material is not None]
    bpy.data.objects.remove(body)
    bpy.data.meshes.remove(mesh)
    for material in materials:
        if material.users == 0:
            bpy.data.materials.remove(material)


def _deforming(rig: Object, skeleton: Skeleton) -> dict[str, str]:
    """Bones by role: those of a control rig that move the skin, else the mapped ones."""
    try:
        found = dict(detect_source_map(skeleton).bones)
    except RigError:
        found = dict(bone_map_of(rig, skeleton).bones)
    stored = {role: bone for role, bone in found.items() if role not in ("root", "location")}
    if not stored:
        raise Sketch2PoseError(
            "The rig cannot be shown", f'no bones of "{rig.name}" are recognized',
            "Check the bone list in the Retarget panel", "target.bones",
        )  # fmt: skip
    return stored


def _sticks(skeleton: Skeleton, bones: dict[str, str]) -> list[tuple[str, NDArray, NDArray, float]]:
    """Role, start [3], end [3] and thickness of every stick, rig space."""
    heads = {role: skeleton.head(bone) for role, bone in bones.items()}
    leg = 2.0 * float(np.linalg.norm(heads["left_thigh"] - heads["left_shin"]))
    made = []
    for role, bone in bones.items():
        tail = skeleton.tails[skeleton.index[bone]]
        end = _end(role, heads, np.asarray(tail, float), leg)
        made.append((role, heads[role], end, _thickness(role) * leg))
    waist = heads.get("spine_1", heads["hips"])
    thighs = [heads[f"{side}_thigh"] for side in SIDES]
    made += [("hips", waist, thigh, _thickness("hips") * leg) for thigh in thighs]
    return made


def _end(role: str, heads: dict[str, NDArray], tail: NDArray, leg: float) -> NDArray:
    """Where a stick ends: at the next joint of the chain, else along the bone."""
    followers = [other for other in heads if parent_role(other, heads) == role]
    chain = [f for f in followers if side_of(f) == side_of(role) and "_twist_" not in f]
    if role == "hips":
        chain = [f for f in followers if f.startswith("spine")]
    if part_of(role) == "hand":
        chain = [f for f in followers if part_of(f) == "middle_1"]
    if chain:
        return heads[chain[0]]
    way = tail - heads[role]
    length = float(np.linalg.norm(way))
    wanted = _ENDS.get(part_of(role), min(length / leg, _LONGEST)) * leg
    return heads[role] + way * (wanted / max(length, 1e-9))


def _thickness(role: str) -> float:
    part = part_of(role).partition("_twist_")[0]
    return _THICK_FINGER if part in FINGER_ROLES else _THICK.get(part, _THICK_ELSE)


def _stick(start: NDArray, end: NDArray, thickness: float) -> NDArray:
    """Points [V, 3] of one stick, ring after ring."""
    way = end - start
    unit = way / max(float(np.linalg.norm(way)), 1e-9)
    other = np.eye(3)[int(np.argmin(np.abs(unit)))]
    across = np.cross(unit, other)
    across /= np.linalg.norm(across)
    angles = np.arange(_SIDES) * 2 * np.pi / _SIDES
    ring = np.outer(np.cos(angles), across) + np.outer(np.sin(angles), np.cross(unit, across))
    return np.concatenate([start + s * way + share * thickness * ring for s, share in _RINGS])


def _fill(mesh: Mesh, shapes: list[NDArray], roles: list[str]) -> None:
    faces = _faces()
    every = [[tuple(index + n * len(shapes[0]) for index in face) for face in faces]
             for n in range(len(shapes))]  # fmt: skip
    mesh.from_pydata(np.concatenate(shapes).tolist(), [], [face for part in every for face in part])
    slots = {side: n for n, side in enumerate((None, "left", "right"))}
    for side in slots:
        mesh.materials.append(_material(side))
    indices = [slots[side_of(role)] for role in roles for _ in faces]
    mesh.polygons.foreach_set("material_index", indices)


def _faces() -> list[tuple[int, ...]]:
    """Quads between rings and both ends of one stick."""
    faces: list[tuple[int, ...]] = []
    for ring in range(len(_RINGS) - 1):
        for side in range(_SIDES):
            a, b = ring * _SIDES + side, ring * _SIDES + (side + 1) % _SIDES
            faces.append((a, b, b + _SIDES, a + _SIDES))
    last = (len(_RINGS) - 1) * _SIDES
    faces += [tuple(reversed(range(_SIDES))), tuple(range(last, last + _SIDES))]
    return faces


def _material(side: str | None) -> Material:
    material = bpy.data.materials.new(f"Sticks {side or 'middle'}")
    material.diffuse_color = _COLOURS.get(side or "", _MIDDLE)
    return material
