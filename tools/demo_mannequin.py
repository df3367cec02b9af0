"""A mannequin for a rig without a character: a capsule on each deform bone."""

from __future__ import annotations

from math import cos, pi, sin

import bpy
from mathutils import Matrix, Vector

Ring = tuple[float, float]
# Position along the bone and radius, as shares of length and thickness: limbs run into each other.
LIMB: tuple[Ring, ...] = ((-0.06, 0.45), (0.0, 0.86), (0.15, 0.98), (0.5, 1.0))
LIMB += ((0.85, 0.96), (1.0, 0.84), (1.06, 0.45))
HEAD: tuple[Ring, ...] = tuple(
    (0.5 - 0.52 * cos(pi * step / 12), sin(pi * step / 12) + 0.02) for step in range(13)
)
SIDES = 16

# Radius in metres by the beginning of the bone's name; bones that match none get no capsule.
THICKNESS = {
    "DEF-spine.006": 0.095,
    "DEF-spine.005": 0.05,
    "DEF-spine.004": 0.05,
    "DEF-spine": 0.13,
    "DEF-pelvis": 0.07,
    "DEF-shoulder": 0.05,
    "DEF-upper_arm": 0.048,
    "DEF-forearm": 0.04,
    "DEF-hand": 0.032,
    "DEF-palm": 0.018,
    "DEF-thigh": 0.078,
    "DEF-shin": 0.055,
    "DEF-foot": 0.04,
    "DEF-toe": 0.034,
    "DEF-f_": 0.011,
    "DEF-thumb": 0.013,
}


def add_mannequin(rig: bpy.types.Object) -> bpy.types.Object:
    """Give a Rigify rig a body of capsules, each moved by one deform bone.

    Args:
        rig: a generated Rigify armature at the origin, in rest pose.

    Returns:
        The mesh object, parented to the rig.
    """
    mesh = bpy.data.meshes.new("Mannequin")
    thing = bpy.data.objects.new("Mannequin", mesh)
    bpy.context.scene.collection.objects.link(thing)
    points: list[Vector] = []
    faces: list[tuple[int, ...]] = []
    owners: list[tuple[str, range]] = []
    for bone in rig.data.bones:
        radius = thickness_of(bone.name)
        if radius:
            start = len(points)
            _add_capsule(bone, radius, points, faces)
            owners.append((bone.name, range(start, len(points))))
    mesh.from_pydata(points, [], faces)
    mesh.polygons.foreach_set("use_smooth", [True] * len(mesh.polygons))
    for name, members in owners:
        thing.vertex_groups.new(name=name).add(list(members), 1.0, "REPLACE")
    thing.modifiers.new("Armature", "ARMATURE").object = rig
    thing.parent = rig
    return thing


def thickness_of(bone_name: str) -> float:
    """Radius of a bone's capsule in metres; 0 for bones without one."""
    return next((r for start, r in THICKNESS.items() if bone_name.startswith(start)), 0.0)


def _add_capsule(
    bone: bpy.types.Bone, radius: float, points: list[Vector], faces: list[tuple[int, ...]]
) -> None:
    """Rings along the bone, closed at both ends."""
    first = len(points)
    frame: Matrix = bone.matrix_local
    for along, share in HEAD if bone.name == "DEF-spine.006" else LIMB:
        for side in range(SIDES):
            angle = 2 * pi * side / SIDES
            ring = radius * share
            local = Vector((cos(angle) * ring, along * bone.length, sin(angle) * ring))
            points.append(frame @ local)
    rings = (len(points) - first) // SIDES
    for ring in range(rings - 1):
        for side in range(SIDES):
            a, b = first + ring * SIDES + side, first + ring * SIDES + (side + 1) % SIDES
            faces.append((a, b, b + SIDES, a + SIDES))
    faces.append(tuple(range(first, first + SIDES)))
    faces.append(tuple(range(len(points) - 1, len(points) - SIDES - 1, -1)))
