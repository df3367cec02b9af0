"""A camera of the scene that sees what the picture or drawing shows, with the picture behind.

The render size stays as it is: the picture is fitted into the camera's frame, and the lens so that
the rig lines up with it. The camera is made once and used again for every picture.

Frames: Blender's world; its cameras look along -z with y up, a `core.camera.Camera` along +z
with y down.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy
import numpy as np
from mathutils import Matrix

from ...core.camera import Camera
from ..results.motion_camera import show_footage

if TYPE_CHECKING:
    from bpy.types import Camera as CameraData
    from bpy.types import Context, Image, Object, Scene

NAME = "Sketch2Pose View"
BEFORE = "sketch2pose_before"  # custom property of our camera: the scene's camera before
_SENSOR = 36.0  # mm
_SHOWN = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"}


def our_camera(scene: Scene) -> Object | None:
    """The camera through which the scene is looked at now, if it is ours."""
    camera = scene.camera
    return camera if camera is not None and BEFORE in camera else None


def place_camera(context: Context, view: Camera) -> Object:
    """Makes our camera, or moves it, to a view and makes it the scene's camera."""
    scene = context.scene
    camera = our_camera(scene) or _new_camera(scene)
    camera.matrix_world = Matrix(view.world_from_gl().tolist())
    fit_lens(camera.data, view, scene)
    scene.camera = camera
    context.view_layer.update()
    return camera


def load_picture(picture: str) -> Image | None:
    """The picture as an image of this file; None when it is gone or Blender cannot show it."""
    if Path(picture).suffix.lower() not in _SHOWN or not Path(picture).is_file():
        return None
    try:
        return bpy.data.images.load(picture, check_existing=True)
    except RuntimeError:
        return None


def show_picture(camera: Object, image: Image | None) -> None:
    """Puts a picture behind the scene in place of the last one."""
    camera.data.background_images.clear()
    camera.data.show_background_images = image is not None
    if image is not None:
        show_footage(camera, image, 0)


def look_back(scene: Scene) -> None:
    """Gives the scene its camera back and removes ours."""
    camera = our_camera(scene)
    if camera is None:
        return
    before = camera[BEFORE]
    scene.camera = before if isinstance(before, bpy.types.Object) else None
    data = camera.data
    bpy.data.objects.remove(camera)
    if data.users == 0:
        bpy.data.cameras.remove(data)


def fit_lens(data: CameraData, view: Camera, scene: Scene) -> None:
    """Sets lens and shift so that the view's picture fills as much of the frame as fits."""
    scale, corner, frame = fitted_frame(view, scene)
    longer = float(frame.max())
    center = corner + scale * view.center
    data.type, data.sensor_fit, data.sensor_width = "PERSP", "AUTO", _SENSOR
    data.lens = _SENSOR * scale * view.focal / longer
    data.shift_x = (frame[0] / 2 - center[0]) / longer
    data.shift_y = (center[1] - frame[1] / 2) / longer
    far = float(np.linalg.norm(view.translation))
    data.clip_start, data.clip_end = max(far * 1e-3, 1e-3), max(far * 10.0, 1000.0)


def fitted_frame(view: Camera, scene: Scene) -> tuple[float, np.ndarray, np.ndarray]:
    """How a picture is fitted into the scene's frame, whose pixels are taken as square.

    Returns:
        Frame pixels a picture pixel, the picture's upper left corner [2] in the frame, and the
        frame's size [2].
    """
    render = scene.render
    frame = np.array([render.resolution_x, render.resolution_y], float)
    frame *= [render.pixel_aspect_x, render.pixel_aspect_y]
    size = np.asarray(view.size, float)
    scale = float((frame / size).min())
    return scale, (frame - scale * size) / 2, frame


def _new_camera(scene: Scene) -> Object:
    data = bpy.data.cameras.new(NAME)
    camera = bpy.data.objects.new(NAME, data)
    camera[BEFORE] = scene.camera if scene.camera is not None else ""
    scene.collection.objects.link(camera)
    camera.hide_render = True
    return camera
