"""One pose on every rig family, side by side: a picture to look at.

    python picture.py RIGS_FOLDER OUT.png        (needs bpy; Workbench, no GPU)

Left limbs are blue, right ones red. A retarget that scores well and looks wrong is wrong.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import bpy
import numpy as np
from mathutils import Vector

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from tests.benchmarks.retarget.in_blender import bind_root, own_motion, part
from tests.benchmarks.retarget.motions import swings

FAMILIES = {
    "SMPL": "synthetic_names/smpl",
    "Rigify FK": "rigify/rigify_generated_human",
    "Rigify IK": "rigify/rigify_generated_human",
    "Mixamo (T)": "mpfb/mpfb_mixamo",
    "Mixamo (A)": "mpfb/mpfb_mixamo_unity",
    "Game engine": "mpfb/mpfb_game_engine",
    "MakeHuman": "mpfb/mpfb_default",
    "Unreal 5": "synthetic_names/ue5_manny",
    "Daz": "synthetic_names/daz_genesis8",
    "MMD": "synthetic_names/mmd_japanese",
    "Roblox": "synthetic_names/roblox_r15",
    "No names": "synthetic_names/anonymous",
}
FRAME, SPACING, ROW, COLUMNS = 20, 1.5, 2.5, 6
COLOURS = {"left": (0.15, 0.4, 0.9, 1), "right": (0.9, 0.3, 0.2, 1), None: (0.75, 0.75, 0.75, 1)}


def load(path: Path):
    with bpy.data.libraries.load(str(path)) as (found, wanted):
        wanted.objects = list(found.objects)
    rigs = [item for item in wanted.objects if item.type == "ARMATURE"]
    rig = max(rigs, key=lambda item: len(item.data.bones))
    bpy.context.scene.collection.objects.link(rig)
    return rig


def cone() -> bpy.types.Mesh:
    """One cone along +z of unit length, shared by all sticks (operators a stick are slow)."""
    if "stick" not in bpy.data.meshes:
        bpy.ops.mesh.primitive_cone_add(vertices=10, radius1=1.0, radius2=0.6, depth=1.0)
        solid = bpy.context.object
        solid.data.name = "stick"
        bpy.data.objects.remove(solid)
    return bpy.data.meshes["stick"]


def stick(start: Vector, end: Vector, colour, thickness: float) -> None:
    way = end - start
    if way.length < 1e-4:
        return
    solid = bpy.data.objects.new("stick", cone())
    bpy.context.scene.collection.objects.link(solid)
    solid.rotation_mode = "QUATERNION"
    solid.location = (start + end) / 2
    solid.rotation_quaternion = way.to_track_quat("Z", "Y")
    solid.scale = (thickness, thickness, way.length)
    solid.color = colour


def shown_bones(rig) -> dict[str, str]:
    """Bones to draw, by role: the result of a control rig, the mapped bones of any other."""
    skeleton = part("sketch2pose_addon.host.armatures").read_skeleton(rig)
    mapping = part("rigs.bone_maps.mapping")
    return dict(mapping.detect_source_map(skeleton).bones)


def draw(rig) -> None:
    human = part("rigs.human")
    for role, bone in shown_bones(rig).items():
        if role in ("root", "location"):
            continue
        posed = rig.pose.bones[bone]
        slim = 0.012 if human.part_of(role) in human.FINGER_ROLES else 0.035
        start, end = rig.matrix_world @ posed.head, rig.matrix_world @ posed.tail
        stick(start, end, COLOURS[human.side_of(role)], slim)


def label(text: str, place: Vector) -> None:
    data = bpy.data.curves.new(text, "FONT")
    data.body, data.size, data.align_x = text, 0.2, "CENTER"
    item = bpy.data.objects.new(text, data)
    item.location, item.rotation_euler = place, (np.pi / 2, 0, 0)
    item.color = (0.95, 0.95, 0.95, 1)
    bpy.context.scene.collection.objects.link(item)


def pose_all(folder: Path) -> None:
    apply = part("sketch2pose_addon.results.apply")
    still = own_motion(swings().frames([FRAME]))
    for n, (name, file) in enumerate(FAMILIES.items()):
        rig = load(folder / f"{file}.blend")
        place = Vector(((n % COLUMNS) * SPACING, 0.0, -(n // COLUMNS) * ROW))
        rig.location += place  # some rigs keep their origin in the hips
        bpy.context.view_layer.update()
        retarget = part("rigs").RetargetOptions(use_ik=name.endswith("IK"))
        options = apply.ApplyOptions(retarget=retarget, key=False)
        apply.apply_human_motion(bpy.context, still, rig, 1, options, name)
        bpy.context.view_layer.update()
        draw(rig)
        label(name, place + Vector((0.0, 0.0, -0.3)))


def render(out: Path) -> None:
    scene = bpy.context.scene
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.collection.objects.link(camera)
    scene.camera = camera
    camera.data.type, camera.data.ortho_scale = "ORTHO", COLUMNS * SPACING
    middle = ((COLUMNS - 1) * SPACING / 2, 0.0, 0.85 - ROW / 2)
    camera.location = Vector(middle) + Vector((0.0, -20.0, 1.2))
    camera.rotation_euler = (np.radians(86.6), 0.0, 0.0)
    scene.render.engine = "BLENDER_WORKBENCH"
    scene.display.shading.color_type, scene.display.shading.light = "OBJECT", "STUDIO"
    scene.render.resolution_x, scene.render.resolution_y = 1500, 860
    scene.render.filepath = str(out)
    bpy.ops.render.render(write_still=True)


def main() -> None:
    bind_root()
    bpy.ops.wm.read_factory_settings(use_empty=True)
    pose_all(Path(sys.argv[1]))
    render(Path(sys.argv[2]).resolve())
    sys.stdout.flush()
    os._exit(0)  # some bpy versions crash or hang at interpreter exit


if __name__ == "__main__":
    main()
