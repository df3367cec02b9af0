"""The camera a motion was filmed by, as a camera of the scene that looks at its footage.

Frames: the motion's camera is "camera from world" with OpenCV axes (x right, y down, z forward) in
the body's y-up world (see `axes`); Blender's camera looks along its -z with y up. Pixels have their
origin top left. Whoever fails to read a file says so before the scene is touched.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np
from mathutils import Matrix

from ...core.body_motion import BodyMotion
from ...core.errors import Sketch2PoseError
from ..host import keyframes

if TYPE_CHECKING:
    from bpy.types import Camera, Context, Object
    from numpy.typing import NDArray

_SENSOR = 36.0  # mm, the longer side: lenses read as on full frame
_PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".exr"}


def camera_from_motion(
    context: Context,
    motion: BodyMotion,
    *,
    frame_start: int = 1,
    placement: NDArray | None = None,
    name: str = "Clip Camera",
) -> Object:
    """Add the camera of a motion to the scene and make it the scene's camera.

    The render size becomes that of the footage, or the picture would not line up.

    Args:
        context: its scene receives the camera.
        motion: with camera, focal length and image size.
        frame_start: scene frame of the motion's first row; a moving camera is keyed from there.
        placement: [4, 4] similarity that carries the motion's world, in Blender's axes, to where
            the rig performs it; None = the motion's own world (see `fitted_placement`).
        name: of the new camera.

    Returns:
        The camera object.

    Raises:
        Sketch2PoseError: the motion knows no camera; nothing was changed.
    """
    matrices = camera_matrices(motion, placement)
    data = bpy.data.cameras.new(name)
    set_lens(data, motion)
    camera = bpy.data.objects.new(name, data)
    context.scene.collection.objects.link(camera)
    camera.rotation_mode = "QUATERNION"
    if len(matrices) == 1:
        camera.matrix_world = Matrix(matrices[0].tolist())
    else:
        _key(camera, matrices, scene_frames(context, motion, frame_start))
    context.scene.camera = camera
    width, height = (int(side) for side in motion.image_size)  # type: ignore[union-attr]
    render = context.scene.render
    render.resolution_x, render.resolution_y, render.resolution_percentage = width, height, 100
    render.pixel_aspect_x = render.pixel_aspect_y = 1.0
    context.view_layer.update()
    return camera


def camera_matrices(motion: BodyMotion, placement: NDArray | None = None) -> NDArray:
    """World matrices [1 or T, 4, 4] of the Blender camera that sees what the source shows.

    Raises:
        Sketch2PoseError: the motion knows no camera.
    """
    camera = motion.camera
    if camera is None or motion.image_size is None:
        raise Sketch2PoseError(
            "The camera could not be set",
            "the motion contains no camera",
            "Use a motion that Sketch2Pose estimated from an image or clip",
            "camera.unknown",
        )
    matrices = camera.in_blender_world().world_from_gl().reshape(-1, 4, 4)
    if placement is None:
        return matrices
    moved = placement @ matrices
    moved[:, :3, :3] /= np.cbrt(np.linalg.det(placement[:3, :3]))  # cameras have no size
    return moved


def scene_frames(context: Context, motion: BodyMotion, frame_start: int) -> NDArray:
    """Scene frame [T], possibly between two, at which each row of a motion is shown."""
    render = context.scene.render
    return frame_start + motion.times * (render.fps / render.fps_base)


def fitted_placement(seen: NDArray, performed: NDArray) -> NDArray:
    """The similarity that carries joints of the motion onto those of the rig that performs it.

    Least squares (Umeyama 1991), so that a rig of other proportions lines up as well as it can.

    Args:
        seen: [N, 3] joints of the motion, Blender's axes, meters.
        performed: [N, 3] the same joints of the rig in Blender's world.

    Returns:
        [4, 4] rig's world from motion's world.
    """
    from_middle, to_middle = seen.mean(0), performed.mean(0)
    a, b = seen - from_middle, performed - to_middle
    left, strength, right = np.linalg.svd(b.T @ a)
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    turn = (left * sign) @ right
    scale = float(strength @ sign) / max(float((a**2).sum()), 1e-12)
    placement = np.eye(4)
    placement[:3, :3] = scale * turn
    placement[:3, 3] = to_middle - placement[:3, :3] @ from_middle
    return placement


def show_footage(camera: Object, footage: Any, frame_start: int, first_frame: int = 0) -> None:
    """Put footage behind the scene, as seen through a camera.

    Args:
        camera: the camera object.
        footage: a movie clip or image of this file (see `load_footage`).
        frame_start: scene frame at which the footage shows its frame `first_frame`.
        first_frame: frame of the file, from 0.
    """
    data = camera.data
    data.show_background_images = True
    background = data.background_images.new()
    background.alpha, background.display_depth = 1.0, "BACK"
    background.frame_method = "FIT"
    if isinstance(footage, bpy.types.MovieClip):
        background.source, background.clip = "MOVIE_CLIP", footage
        footage.frame_start, footage.frame_offset = frame_start, first_frame
    else:
        background.image = footage


def load_footage(path: Path) -> Any:
    """A clip (or the first picture of a sequence) as movie clip, a single picture as image.

    Raises:
        Sketch2PoseError: Blender cannot open it.
    """
    try:
        if path.suffix.lower() in _PICTURES and not _in_sequence(path):
            return bpy.data.images.load(str(path), check_existing=True)
        clip = bpy.data.movieclips.load(str(path), check_existing=False)
    except RuntimeError as error:
        raise _not_shown(path) from error
    if clip.frame_duration > 0:
        return clip
    bpy.data.movieclips.remove(clip)  # Blender makes one of any file
    raise _not_shown(path)


def _not_shown(path: Path) -> Sketch2PoseError:
    return Sketch2PoseError(
        "The footage could not be shown behind the rig",
        f'Blender cannot open "{path.name}"',
        "Convert it to MP4 (H.264), or disable Add Camera and Clip",
        "camera.footage",
    )


def _in_sequence(path: Path) -> bool:
    """Whether a picture has a neighbor with the next number."""
    stem = path.stem.rstrip("0123456789")
    digits = path.stem[len(stem) :]
    if not digits:
        return False
    return path.with_name(f"{stem}{int(digits) + 1:0{len(digits)}d}{path.suffix}").exists()


def set_lens(data: Camera, motion: BodyMotion) -> None:
    """Focal length and principal point; the sensor's longer side is that of the picture."""
    camera = motion.camera_at(0)
    assert camera is not None
    (width, height), longer = camera.size, max(camera.size)
    data.sensor_fit, data.sensor_width = "AUTO", _SENSOR
    data.lens = camera.focal / longer * _SENSOR
    data.shift_x = (width / 2 - float(camera.center[0])) / longer
    data.shift_y = (float(camera.center[1]) - height / 2) / longer


def _key(camera: Object, matrices: NDArray, frames: NDArray) -> None:
    """Key a moving camera, one key a row."""
    quats, places = [], []
    for matrix in matrices:
        place, quat, _ = Matrix(matrix.tolist()).decompose()
        if quats and quat.dot(quats[-1]) < 0:
            quat.negate()
        quats.append(quat)
        places.append(place)
    action = keyframes.new_action(camera, camera.name)
    channels = [
        keyframes.Channel("Camera", "rotation_quaternion", np.array(quats)),
        keyframes.Channel("Camera", "location", np.array(places)),
    ]
    keyframes.write_keys(camera, action, channels, frames, "LINEAR")
