"""A camera that is known, at the frames of a track.

Conventions: those of `core.camera`; the world has its floor at y = 0.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ....core.body_motion import BodyMotion
from ....core.camera import AnyCamera, Camera, CameraPath
from ....core.errors import Sketch2PoseError
from ....core.rotations import rotmat_from_rotvec, rotvec_from_rotmat
from ....core.smpl import SMPL_JOINT_NAMES

SIDES = ("left", "right")
USUAL_ANKLE = 0.08  # meters above the sole
OFF_FLOOR = 0.15  # meters between standing feet and the floor that are worth a sentence
OTHER_SHAPE = 0.02  # difference of two pictures' aspects, relative, that is no rounding


def known_lens(
    camera: CameraPath,
    image_size: tuple[int, int],
    frames: NDArray[np.integer],
    framerate: float,
) -> CameraPath:
    """The camera at the frames of a clip, in its pixels.

    Args:
        camera: how the clip was filmed.
        image_size: of the clip, px; the camera's may be larger or smaller, of the same aspect.
        frames: [T] numbers of frames of the file.
        framerate: of the file, frames a second.

    Raises:
        Sketch2PoseError: the camera shows pictures of another aspect.
    """
    width, height = camera.size
    ratio = image_size[0] / width
    if abs(image_size[1] / (height * ratio) - 1) > OTHER_SHAPE:
        raise Sketch2PoseError(
            "The camera does not fit the clip",
            f"it shows {width} x {height} px, the clip has {image_size[0]} x {image_size[1]}",
            "Set the render resolution of the scene to the aspect ratio of the clip",
            "video.camera_aspect",
        )
    return path_at(camera, frames, framerate).resized(image_size)


def path_at(camera: CameraPath, frames: NDArray[np.integer], framerate: float) -> CameraPath:
    """The path at frames [T] of the clip; the shortest way between its rows, held beyond."""
    rate = camera.framerate
    rows = (frames if rate is None else frames * (rate / framerate)) - camera.first
    last = len(camera.rotation) - 1
    rows = np.clip(rows.astype(np.float64), 0, last)
    low = np.minimum(rows.astype(int), max(last - 1, 0))
    high = np.minimum(low + 1, last)
    share = (rows - low)[:, None]
    before, after = camera.rotation[low], camera.rotation[high]
    turn = rotmat_from_rotvec(share * rotvec_from_rotmat(after @ np.swapaxes(before, -1, -2)))
    rotation = turn @ before
    eye = (1 - share) * camera.eyes[low] + share * camera.eyes[high]
    pose = rotation, -np.einsum("tij,tj->ti", rotation, eye)
    return CameraPath(*pose, camera.focal, camera.center, camera.size)


LENS_NUMBERS = ("focal", "center", "rotation", "translation")


def numbers_of(lens: AnyCamera) -> dict[str, NDArray]:
    """All that the solver takes of a camera, by name, for a message or a key."""
    return {name: np.asarray(getattr(lens, name)) for name in LENS_NUMBERS}


def camera_of_numbers(numbers: Mapping[str, NDArray]) -> AnyCamera:
    """Inverse of `numbers_of`; the size of its picture is not known."""
    pose = numbers["rotation"], numbers["translation"]
    lens = float(numbers["focal"]), numbers["center"]
    return CameraPath(*pose, *lens) if pose[0].ndim == 3 else Camera(*pose, *lens)


def doubts_about(
    camera: CameraPath, motions: Sequence[BodyMotion], framerate: float
) -> Iterator[str]:
    """Sentences about a camera that the people in front of it speak against.

    Args:
        camera: that was taken for known.
        motions: what was solved with it.
        framerate: of the clip's file, frames a second.
    """
    ratio = 1.0 if camera.framerate is None else framerate / camera.framerate
    begins, ends = camera.first * ratio, (camera.first + len(camera.rotation) - 1) * ratio
    first = min(int(motion.source_frames[0]) for motion in motions)
    last = max(int(motion.source_frames[-1]) for motion in motions)
    if first < begins - 1 or last > ends + 1:
        yield (
            f"The camera's motion is known for frames {begins:.0f} to {ends:.0f} of the clip; "
            "it is held still before and after."
        )
    for number, motion in enumerate(motions, start=1):
        height = standing_height(motion)
        if abs(height) > OFF_FLOOR:
            where = "above" if height > 0 else "under"
            yield (
                f"Person {number} stands {abs(height):.1f} m {where} the floor of the scene: check "
                "the scale and the floor of the camera solve."
            )


def standing_height(motion: BodyMotion) -> float:
    """Usual height of standing ankles above where they are when a sole is on the floor, meters."""
    assert motion.joints3d is not None
    ankles = motion.joints3d[:, [SMPL_JOINT_NAMES.index(f"{side}_ankle") for side in SIDES], 1]
    standing = None if motion.contacts is None else np.asarray(motion.contacts) > 0.5
    heights = ankles[standing] if standing is not None and standing.any() else ankles.min(axis=1)
    return float(np.median(heights)) - USUAL_ANKLE
