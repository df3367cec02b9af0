"""How the scene's camera moves while a clip plays: solved, animated, constrained or still.

Frames: Blender's world is turned into the body's (see `axes`), its camera (looks along -z, y up)
into OpenCV's (x right, y down, z forward). The floor is the scene's z = 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...core.axes import poses_from_matrices
from ...core.camera import CameraPath
from ...core.errors import Sketch2PoseError
from ..results.apply import scene_framerate

if TYPE_CHECKING:
    from bpy.types import Context, Object
    from numpy.typing import NDArray

    from .footage import Footage

_ZOOM = 0.01  # relative change of the focal length that is no rounding


def filmed_by_scene(context: Context, footage: Footage) -> CameraPath:
    """The scene's camera while footage plays, from its first frame to the end of the scene.

    Constraints (a camera solver's, too), parents and drivers count: each frame is evaluated. The
    scene's frame is restored.

    Args:
        context: its scene has the camera.
        footage: what the camera filmed; what is not in step with the scene plays at its own rate
            from `frame_start` on.

    Raises:
        Sketch2PoseError: there is no camera, it is no perspective one, or it zooms.
    """
    camera = _checked_camera(context)
    count = footage.count or context.scene.frame_end - footage.frame_start + 1
    matrices, lenses = _sampled(context, camera, footage.frame_start, max(count, 1))
    if np.ptp(lenses[:, 0]) > _ZOOM * lenses[0, 0]:
        raise _refused(
            "its focal length changes during the clip", "Use a part of the clip without a zoom"
        )
    rotation, translation = poses_from_matrices(matrices)
    return CameraPath(
        rotation,
        translation,
        float(lenses[0, 0]),
        lenses[0, 1:],
        _picture_size(context),
        footage.first,
        None if footage.in_step else scene_framerate(context),
    ).in_body_world()


def _checked_camera(context: Context) -> Object:
    camera = context.scene.camera
    if camera is None or camera.type != "CAMERA":
        raise _refused(
            "the scene has no camera", "Add a camera, or disable Use Scene Camera Motion"
        )
    if camera.data.type != "PERSP":
        raise _refused(
            "it is not a perspective camera", "Change its type, or disable Use Scene Camera Motion"
        )
    return camera


def _sampled(
    context: Context, camera: Object, first: int, count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """World matrices [N, 4, 4] without scale, and focal length and center [N, 3] in px."""
    scene, present = context.scene, context.scene.frame_current
    width, height = _picture_size(context)
    matrices, lenses = [], []
    try:
        for frame in range(first, first + count):
            scene.frame_set(frame)
            graph = context.evaluated_depsgraph_get()
            matrices.append(np.array(camera.evaluated_get(graph).matrix_world.normalized()))
            seen = np.array(camera.calc_matrix_camera(graph, x=width, y=height))
            middle = [(1 - seen[0, 2]) * width / 2, (1 + seen[1, 2]) * height / 2]
            lenses.append([seen[0, 0] * width / 2, *middle])
    finally:
        scene.frame_set(present)
    return np.array(matrices), np.array(lenses)


def _picture_size(context: Context) -> tuple[int, int]:
    """Width and height of the render in square px; its percentage changes nothing that is seen."""
    render = context.scene.render
    across = render.resolution_x * render.pixel_aspect_x
    return round(across), round(render.resolution_y * render.pixel_aspect_y)


def _refused(why: str, fix: str) -> Sketch2PoseError:
    return Sketch2PoseError("The scene camera could not be used", why, fix, "camera.scene")
