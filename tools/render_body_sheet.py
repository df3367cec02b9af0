"""Renders the default body in poses that are hard for skinning into one contact sheet.

    .venv/bin/python tools/render_body_sheet.py docs/images/default_body.png

Angles below are degrees about the body's axes (y up, facing +z, left at +x), parent first.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import tempfile
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix, Vector

ROOT = Path(__file__).resolve().parents[1]
TILE = 320  # px
POSES: dict[str, dict[str, tuple[float, float, float]]] = {
    "rest": {},
    "arms down": {
        "left_shoulder": (0, 0, -72), "right_shoulder": (0, 0, 72),
        "left_collar": (0, 0, -6), "right_collar": (0, 0, 6),
    },
    "arms up": {
        "left_shoulder": (0, 0, 62), "right_shoulder": (0, 0, -62),
        "left_collar": (0, 0, 22), "right_collar": (0, 0, -22),
    },
    "arms forward": {"left_shoulder": (0, -85, 0), "right_shoulder": (0, 85, 0)},
    "squat": {
        "left_hip": (-105, 0, 12), "right_hip": (-105, 0, -12), "left_knee": (125, 0, 0),
        "right_knee": (125, 0, 0), "spine1": (20, 0, 0), "spine2": (10, 0, 0),
        "left_ankle": (-25, 0, 0), "right_ankle": (-25, 0, 0),
        "left_shoulder": (0, -80, 0), "right_shoulder": (0, 80, 0),
    },
    "run": {
        "left_hip": (-65, 0, 0), "left_knee": (80, 0, 0), "right_hip": (35, 0, 0),
        "right_knee": (60, 0, 0), "right_shoulder": (0, 30, 70), "right_elbow": (0, 90, 0),
        "left_shoulder": (0, 25, -70), "left_elbow": (0, -90, 0), "pelvis": (12, 0, 0),
        "spine3": (0, -12, 0),
    },
    "kick": {
        "left_hip": (-95, 0, 0), "spine1": (-10, 0, 0), "right_shoulder": (0, 60, 40),
        "left_shoulder": (0, 20, -50), "right_elbow": (0, 60, 0),
    },
    "split": {
        "left_hip": (0, 0, 55), "right_hip": (0, 0, -55), "spine1": (0, 0, 10),
        "left_shoulder": (0, 0, 60), "right_shoulder": (0, 0, 45),
    },
    "bend": {
        "pelvis": (20, 0, 0), "spine1": (30, 0, 0), "spine2": (25, 0, 0), "spine3": (15, 0, 0),
        "left_hip": (-20, 0, 0), "right_hip": (-20, 0, 0), "head": (15, 0, 0),
        "left_shoulder": (0, -80, 0), "right_shoulder": (0, 80, 0),
    },
    "think": {
        "left_shoulder": (0, -20, -65), "left_elbow": (0, -140, 0), "right_shoulder": (0, 20, 70),
        "right_elbow": (0, 75, 0), "head": (10, -20, 5), "spine2": (5, 10, 0),
    },
}  # fmt: skip


def pose_body(rig: bpy.types.Object, angles: dict[str, tuple[float, float, float]]) -> None:
    """Turns the bones by angles about the body's own axes."""
    to_blender = Matrix.Rotation(np.pi / 2, 3, "X")
    for bone in rig.pose.bones:
        x, y, z = np.radians(angles.get(bone.name, (0.0, 0.0, 0.0)))
        turn = Matrix.Rotation(z, 3, "Z") @ Matrix.Rotation(y, 3, "Y") @ Matrix.Rotation(x, 3, "X")
        turn = to_blender @ turn @ to_blender.transposed()
        rest = bone.bone.matrix_local.to_3x3()
        bone.rotation_mode = "QUATERNION"
        bone.rotation_quaternion = (rest.transposed() @ turn @ rest).to_quaternion()


def prepare_scene() -> bpy.types.Object:
    """Workbench light and a camera."""
    scene = bpy.context.scene
    scene.render.engine = "BLENDER_WORKBENCH"
    scene.render.resolution_x = scene.render.resolution_y = TILE
    shading = scene.display.shading
    shading.light, shading.color_type, shading.show_cavity = "STUDIO", "MATERIAL", True
    shading.show_shadows = True
    scene.view_settings.view_transform = "Standard"  # the default darkens skin
    scene.world = bpy.data.worlds.new("World")
    scene.world.color = (0.9, 0.9, 0.9)
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    scene.camera = camera
    camera.data.type, camera.data.ortho_scale = "ORTHO", 2.0
    return camera


def aim(camera: bpy.types.Object, rig: bpy.types.Object, azimuth: float) -> None:
    """Looks at the middle of the figure from an azimuth (radians from its front)."""
    bpy.context.view_layer.update()
    ends = np.array([bone.tail for bone in rig.pose.bones])
    middle = Vector((ends.min(0) + ends.max(0)) / 2)
    direction = Vector((np.sin(azimuth), -np.cos(azimuth), 0.22)).normalized()
    camera.location = middle + 6 * direction
    camera.rotation_euler = direction.to_track_quat("Z", "Y").to_euler()


def render_tile(folder: Path, name: str) -> np.ndarray:
    """[TILE, TILE, 4] pixels of the scene, top row first."""
    path = folder / f"{name}.png"
    bpy.context.scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(str(path))
    pixels = np.empty(TILE * TILE * 4, np.float32)
    image.pixels.foreach_get(pixels)
    return pixels.reshape(TILE, TILE, 4)[::-1]


def save_sheet(tiles: list[list[np.ndarray]], path: Path) -> None:
    """Writes rows of tiles as one PNG."""
    sheet = np.concatenate([np.concatenate(row, 1) for row in tiles], 0)
    height, width = sheet.shape[:2]
    image = bpy.data.images.new("sheet", width, height)
    image.pixels.foreach_set(np.ascontiguousarray(sheet[::-1]).ravel())
    image.filepath_raw, image.file_format = str(path), "PNG"
    image.save()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out.resolve()
    bpy.ops.wm.read_factory_settings(use_empty=True)
    sys.path.insert(0, str(ROOT.parent))
    create_body = importlib.import_module(f"{ROOT.name}.sketch2pose_addon.bodies.op_create_body")
    for cls in create_body.classes:
        bpy.utils.register_class(cls)
    create_body.register()
    bpy.ops.sketch2pose.create_body()
    rig = bpy.context.object
    camera = prepare_scene()
    rows: list[list[np.ndarray]] = []
    with tempfile.TemporaryDirectory() as folder:
        for start in range(0, len(POSES), 5):
            for azimuth in (np.radians(35), np.radians(-120)):
                row = []
                for name, angles in list(POSES.items())[start : start + 5]:
                    pose_body(rig, angles)
                    aim(camera, rig, azimuth)
                    row.append(render_tile(Path(folder), name.replace(" ", "_")))
                rows.append(row)
    save_sheet(rows, out)
    print(out)
    sys.stdout.flush()
    os._exit(0)  # the bpy module hangs at exit while classes are registered


if __name__ == "__main__":
    main()
