"""The demo inside of Blender's module: install the zip, make two rigs, pose them by its operators.

Run by tools/demo.py: ``python -m tools.demo_scene ZIP OUT DRAWING…``, BLENDER_USER_RESOURCES naming
an empty folder. Nothing here knows how a pose is estimated or keyed: the operators of the installed
extension do all of it.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import bpy

from .blender_exit import run_and_leave
from .demo_mannequin import add_mannequin
from .demo_picture import compose, photograph, prepare_studio
from .places import say

FRAME_STEP = 24  # from one drawing's key to the next
RIGIFY_PLACE = 2.1  # metres to the side of the body


def install(zip_file: Path) -> None:
    """Install and enable the zip as the preferences' "Install from Disk" does."""
    bpy.ops.extensions.package_install_files(
        filepath=str(zip_file), repo="user_default", enable_on_install=True
    )


def add_body() -> bpy.types.Object:
    """The default body, by the extension's own operator."""
    bpy.ops.sketch2pose.create_body()
    return bpy.context.object


def add_rigify() -> bpy.types.Object:
    """A Rigify control rig as an animator gets it: human metarig, Generate."""
    import addon_utils  # exists once bpy is loaded

    addon_utils.enable("rigify", default_set=True, persistent=True)
    bpy.ops.object.armature_human_metarig_add()
    metarig = bpy.context.object
    bpy.ops.pose.rigify_generate()
    rig = bpy.context.object
    rig.name = "Rigify"
    bpy.data.objects.remove(metarig)
    add_mannequin(rig)
    rig.location.x = RIGIFY_PLACE
    return rig


def pose(rig: bpy.types.Object, drawing: Path, frame: int) -> None:
    """Key a drawing's pose on a rig, as the button of the panel does."""
    bpy.context.scene.frame_set(frame)
    start = time.perf_counter()
    bpy.ops.sketch2pose.pose_from_image(filepath=str(drawing), target=rig.name)
    say(f"{drawing.name} → {rig.name}, frame {frame}: {time.perf_counter() - start:.2f} s")


def main(zip_file: Path, out: Path, drawings: list[Path]) -> None:
    """Make demo.blend and demo.png in ``out``."""
    for thing in list(bpy.data.objects):
        bpy.data.objects.remove(thing)
    install(zip_file)
    body, rigify = add_body(), add_rigify()
    prepare_studio(RIGIFY_PLACE)
    rows = []
    for index, drawing in enumerate(drawings):
        frame = 1 + index * FRAME_STEP
        for rig in (body, rigify):
            pose(rig, drawing, frame)
        rows.append((drawing, photograph(out / f"frame_{frame:03}.png")))
    bpy.context.scene.frame_start, bpy.context.scene.frame_end = 1, 1 + FRAME_STEP * len(drawings)
    bpy.context.scene.frame_set(1)
    bpy.ops.wm.save_as_mainfile(filepath=str(out / "demo.blend"))
    compose(rows, out / "demo.png")
    for _, picture in rows:
        picture.unlink()


if __name__ == "__main__":
    run_and_leave(main, Path(sys.argv[1]), Path(sys.argv[2]), [Path(p) for p in sys.argv[3:]])
