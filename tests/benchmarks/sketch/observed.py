"""What an estimate says about its picture: where joints are seen, and by which camera."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sketch2pose.core.body_motion import BodyMotion

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Observed:
    """The first frame of a motion with its camera.

    Attributes:
        joints2d: [24, 2] px of the source.
        joints3d: [24, 3] metres, world.
        confidence: [24] in [0, 1].
        rotation: [3, 3] camera from world. translation: [3] metres.
        focal: px. center: [2] px.
        image_size: [2] width and height, px.
    """

    joints2d: Array
    joints3d: Array
    confidence: Array
    rotation: Array
    translation: Array
    focal: float
    center: Array
    image_size: Array

    def in_camera(self, points: ArrayLike) -> Array:
        """World points [..., 3] in camera space (x right, y down, z forward), metres."""
        return np.asarray(points) @ self.rotation.T + self.translation

    def reprojected(self) -> Array:
        """[24, 2] px where the solved body's joints fall."""
        points = self.in_camera(self.joints3d)
        return points[:, :2] / points[:, 2:] * self.focal + self.center


def observe(motion: BodyMotion) -> Observed:
    """The picture's side of a motion.

    Raises:
        ValueError: the estimator left out a field that every estimate must have.
    """
    names = ("joints2d", "joints3d", "confidence", "camera_rotation", "camera_translation")
    missing = [name for name in (*names, "camera_focal") if getattr(motion, name) is None]
    if missing:
        raise ValueError(f"the estimate lacks {', '.join(missing)}")
    return Observed(
        joints2d=_first(motion.joints2d, (24, 2)),
        joints3d=_first(motion.joints3d, (24, 3)),
        confidence=_first(motion.confidence, (24,)),
        rotation=_first(motion.camera_rotation, (3, 3)),
        translation=_first(motion.camera_translation, (3,)),
        focal=float(np.asarray(motion.camera_focal)),
        center=_first(motion.camera_center, (2,)),
        image_size=_first(motion.image_size, (2,)),
    )


def _first(values: ArrayLike | None, shape: tuple[int, ...]) -> Array:
    return np.reshape(np.asarray(values, float), (-1, *shape))[0]
