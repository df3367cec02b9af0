"""Photographs of the demo's rigs (Workbench, no GPU needed) and the picture beside the drawings."""

from __future__ import annotations

from math import radians
from pathlib import Path

import bpy
import cv2
import numpy as np
from numpy.typing import NDArray

HEIGHT = 440  # px of one row
WIDTH = 840  # px of a photograph
PAPER = 255
COLOURS = {"Body Mesh": (0.36, 0.55, 0.78, 1.0), "Mannequin": (0.86, 0.53, 0.32, 1.0)}


def prepare_studio(second_rig_x: float) -> None:
    """Camera and Workbench settings that show both rigs from the front."""
    scene = bpy.context.scene
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    camera.location = (second_rig_x / 2, -10.0, 1.08)
    camera.rotation_euler = (radians(90.0), 0.0, 0.0)
    # parallel rays: both rigs are seen from the same side, as the drawing was
    camera.data.type, camera.data.ortho_scale = "ORTHO", 4.7
    scene.camera = camera
    scene.render.engine = "BLENDER_WORKBENCH"
    scene.render.resolution_x, scene.render.resolution_y = WIDTH, HEIGHT
    scene.render.resolution_percentage = 100
    scene.render.film_transparent = True
    scene.view_settings.view_transform = "Standard"
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGBA"
    shading = scene.display.shading
    shading.light, shading.color_type = "STUDIO", "OBJECT"
    shading.show_cavity, shading.show_object_outline = True, True
    for thing in scene.objects:
        thing.color = COLOURS.get(thing.name, thing.color)


def photograph(target: Path) -> Path:
    """Render the current frame."""
    bpy.context.scene.render.filepath = str(target)
    bpy.ops.render.render(write_still=True)
    return target


def compose(rows: list[tuple[Path, Path]], target: Path) -> None:
    """One row per drawing: the drawing, then the rigs in its pose.

    Args:
        rows: drawing and photograph.
        target: the PNG.
    """
    pictures = [np.hstack([_framed(drawing), _on_paper(photo)]) for drawing, photo in rows]
    cv2.imwrite(str(target), np.vstack(pictures))


def _framed(drawing: Path) -> NDArray[np.uint8]:
    """[HEIGHT, HEIGHT, 3] the drawing fitted on paper; vector files leave the paper empty."""
    sheet = np.full((HEIGHT, HEIGHT, 3), PAPER, np.uint8)
    stored = np.frombuffer(drawing.read_bytes(), np.uint8)
    picture = cv2.imdecode(stored, cv2.IMREAD_COLOR)
    if picture is not None:
        scale = HEIGHT / max(picture.shape[:2])
        size = [max(1, round(side * scale)) for side in picture.shape[1::-1]]
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        top, left = (HEIGHT - size[1]) // 2, (HEIGHT - size[0]) // 2
        sheet[top : top + size[1], left : left + size[0]] = small
    cv2.line(sheet, (HEIGHT - 1, 0), (HEIGHT - 1, HEIGHT), (215, 215, 215), 1)
    return sheet


def _on_paper(photo: Path) -> NDArray[np.uint8]:
    """[HEIGHT, WIDTH, 3] a photograph with alpha on white."""
    picture = cv2.imdecode(np.frombuffer(photo.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    alpha = picture[..., 3:].astype(np.float32) / 255
    return (picture[..., :3] * alpha + PAPER * (1 - alpha)).round().astype(np.uint8)
