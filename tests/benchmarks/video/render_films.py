r"""Renders the films of `actors` with Blender's Cycles: sun, sky, ground and clutter.

    python -m tests.benchmarks.video.render_films --out build/benchmarks/films

Needs the `bpy` module. Each film becomes numbered PNG files and a `truth.npz` beside them.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import bpy
import numpy as np

from .actors import Film, films

SAMPLES = 12
SENSOR = 36.0  # mm
CLUTTER = 7
Z_UP = np.array([[1.0, 0, 0], [0, 0, -1.0], [0, 1.0, 0]])  # Blender's world from y up
CAMERA_AXES = np.diag([1.0, -1.0, -1.0])  # OpenCV's camera from Blender's


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--mpfb", type=Path, help="where MPFB2's data is kept")
    args = parser.parse_args()
    rng = np.random.default_rng(0)
    for number, film in enumerate(films(args.mpfb or args.out / "mpfb")):
        folder = args.out / f"{number}_{film.name.replace(' ', '_')}"
        if (folder / "truth.npz").exists():
            continue
        folder.mkdir(parents=True, exist_ok=True)
        start = time.time()
        render(rng, film, folder)
        print(f"{folder.name}: {time.time() - start:.0f} s", flush=True)


def render(rng: np.random.Generator, film: Film, folder: Path) -> None:
    """Renders one film into a folder; the truth is written last."""
    scene = _stage(rng, film)
    mesh = _actor(film)
    for frame, surface in enumerate(film.surface):
        mesh.vertices.foreach_set("co", (surface @ Z_UP.T).astype(np.float32).ravel())
        mesh.update()
        scene.render.filepath = str(folder / f"{frame:04d}.png")
        bpy.ops.render.render(write_still=True)
    cameras = film.cameras
    np.savez(
        folder / "truth.npz",
        limbs=film.limbs @ cameras.rotation[0].T + cameras.translation[0],
        focal=cameras.focal[0], size=cameras.size[0],
    )  # fmt: skip


def _stage(rng: np.random.Generator, film: Film) -> bpy.types.Scene:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.device, scene.cycles.use_denoising = SAMPLES, "CPU", False
    scene.render.resolution_x, scene.render.resolution_y = film.cameras.size[0].astype(int).tolist()
    scene.render.threads_mode, scene.render.threads = "FIXED", 2
    scene.render.use_persistent_data = True
    _light(rng, scene)
    _camera(film, scene)
    ground = bpy.data.meshes.new("ground")
    far = 20.0
    corners = [(-far, -far, 0), (far, -far, 0), (far, far, 0), (-far, far, 0)]
    ground.from_pydata(corners, [], [(0, 1, 2, 3)])
    ground.materials.append(_cloth("ground", checker=True, color=rng.uniform(0.1, 0.7, 3)))
    scene.collection.objects.link(bpy.data.objects.new("ground", ground))
    _clutter(rng, film)
    return scene


def _light(rng: np.random.Generator, scene: bpy.types.Scene) -> None:
    world = bpy.data.worlds.new("sky")
    world.use_nodes = True
    sky = world.node_tree.nodes["Background"]
    sky.inputs["Color"].default_value = (*rng.uniform(0.4, 0.9, 3), 1)
    sky.inputs["Strength"].default_value = 0.6
    scene.world = world
    sun = bpy.data.objects.new("sun", bpy.data.lights.new("sun", "SUN"))
    sun.data.energy, sun.data.angle = 3.0, 0.1
    sun.rotation_euler = (rng.uniform(0.3, 0.9), 0, rng.uniform(0, 6.3))
    scene.collection.objects.link(sun)


def _camera(film: Film, scene: bpy.types.Scene) -> None:
    cameras = film.cameras
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.data.sensor_width = SENSOR
    camera.data.lens = cameras.focal[0] * SENSOR / cameras.size[0].max()
    rotation = cameras.rotation[0]
    matrix = np.eye(4)
    matrix[:3, :3] = Z_UP @ rotation.T @ CAMERA_AXES
    matrix[:3, 3] = Z_UP @ (-rotation.T @ cameras.translation[0])
    camera.matrix_world = matrix.T.tolist()
    scene.collection.objects.link(camera)
    scene.camera = camera


def _clutter(rng: np.random.Generator, film: Film) -> None:
    """Boxes that stand about the actor, none between them and the camera."""
    rotation = film.cameras.rotation[0]
    middle = film.limbs.mean((0, 1))
    for _ in range(CLUTTER):
        side, behind = rng.uniform(-2.5, 2.5), rng.uniform(0.8, 3.5)
        place = middle + side * rotation[0] + behind * rotation[2]
        size = rng.uniform(0.2, 1.6, 3)
        bpy.ops.mesh.primitive_cube_add(size=1, location=(place[0], -place[2], size[2] / 2))
        box = bpy.context.object
        box.scale, box.rotation_euler = size, (0, 0, rng.uniform(0, 3))
        box.data.materials.append(_cloth("box", color=rng.uniform(0.05, 0.8, 3)))


def _actor(film: Film) -> bpy.types.Mesh:
    mesh = bpy.data.meshes.new(film.name)
    mesh.from_pydata((film.surface[0] @ Z_UP.T).tolist(), [], film.faces.tolist())
    colors = mesh.color_attributes.new("painted", "FLOAT_COLOR", "POINT")
    rgba = np.concatenate([film.colors**2.2, np.ones((len(film.colors), 1))], 1)
    colors.data.foreach_set("color", rgba.astype(np.float32).ravel())
    mesh.shade_smooth()
    mesh.materials.append(_cloth("actor", attribute="painted"))
    bpy.context.scene.collection.objects.link(bpy.data.objects.new(film.name, mesh))
    return mesh


def _cloth(
    name: str, attribute: str = "", checker: bool = False, color: np.ndarray | None = None
) -> bpy.types.Material:
    """A rough surface: of one colour, chequered, or as painted on its vertices."""
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    surface = nodes["Principled BSDF"]
    surface.inputs["Roughness"].default_value = 0.8
    if attribute:
        source = nodes.new("ShaderNodeAttribute")
        source.attribute_name = attribute
        links.new(source.outputs["Color"], surface.inputs["Base Color"])
    elif checker and color is not None:
        source = nodes.new("ShaderNodeTexChecker")
        source.inputs["Scale"].default_value = 1.0
        source.inputs["Color1"].default_value = (*color, 1)
        source.inputs["Color2"].default_value = (*(color * 0.7), 1)
        position = nodes.new("ShaderNodeNewGeometry")
        links.new(position.outputs["Position"], source.inputs["Vector"])
        links.new(source.outputs["Color"], surface.inputs["Base Color"])
    elif color is not None:
        surface.inputs["Base Color"].default_value = (*color, 1)
    return material


if __name__ == "__main__":
    main()
