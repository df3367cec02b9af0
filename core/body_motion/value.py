"""BodyMotion: the one value between estimation, retargeting and files.

Conventions: meters, radians; world space is right-handed, y up, the body at rest faces +z
with its left side at +x (SMPL); rotations are axis-angle; the camera is "camera from
world" with OpenCV axes (x right, y down, z forward); pixels have their origin top left.
Sizes: T frames, 24 joints, K contacts, H hypotheses.

The file is an AMASS-compatible `.npz` that is read without pickle; docs/body_motion.md
describes every field.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ..arrays import Float32Array, FloatArray, IntArray
from ..camera import UNKNOWN_SIZE, AnyCamera, Camera, CameraPath

FORMAT_VERSION = 1

GENDERS = ("neutral", "female", "male")


class BodyModelNote(NamedTuple):
    """Which body the pose belongs to."""

    name: str
    licence: str


class SourceNote(NamedTuple):
    """What the motion was made from; `name` is a file name, never a path."""

    name: str
    kind: str  # "drawing", "strokes", "image", "video", "import", …


UNKNOWN_BODY = BodyModelNote("", "")
UNKNOWN_SOURCE = SourceNote("", "")


@dataclass(frozen=True)
class BodyMotion:
    """A moving (or still, T = 1) SMPL body of one person, as observed by one camera.

    Attributes:
        poses: [T, 72] axis-angle of the 24 SMPL joints, radians; the first is the root.
        trans: [T, 3] root translation, meters (pelvis = rest pelvis + trans).
        betas: [10] SMPL shape coefficients.
        gender: "neutral", "female" or "male".
        mocap_framerate: frames a second; stills carry the default.
        joints3d: [T, 24, 3] world positions, meters: the forward kinematics of the pose.
        joints2d: [T, 24, 2] px of the source as observed.
        confidence: [T, 24] in [0, 1].
        camera_rotation: [3, 3] or [T, 3, 3] camera from world.
        camera_translation: [3] or [T, 3] camera from world, meters.
        camera_focal: focal length, px.
        camera_center: [2] principal point, px.
        image_size: [2] width and height of the source, px.
        contacts: [T, K] probability in [0, 1] that a body part touches the ground.
        contact_names: K names of body parts (SMPL joint names).
        hands: [T, 30, 3] axis-angle, 15 left then 15 right joints (SMPL-H order).
        face: [T, 52] blendshape weights (ARKit order).
        hypothesis_poses: [H, T, 72] other hypotheses of the source, best first.
        hypothesis_scores: [H] their scores in descending order.
        frame_index: [T] source frame of each row, strictly increasing; None = 0 … T-1.
        person_id: number of the person in the source, from 0.
        body_model: name and licence of the body.
        source: file name and kind of the source.
    """

    poses: Float32Array
    trans: Float32Array
    betas: Float32Array
    gender: str = "neutral"
    mocap_framerate: float = 24.0
    joints3d: Float32Array | None = None
    joints2d: Float32Array | None = None
    confidence: Float32Array | None = None
    camera_rotation: Float32Array | None = None
    camera_translation: Float32Array | None = None
    camera_focal: float | None = None
    camera_center: Float32Array | None = None
    image_size: IntArray | None = None
    contacts: Float32Array | None = None
    contact_names: tuple[str, ...] | None = None
    hands: Float32Array | None = None
    face: Float32Array | None = None
    hypothesis_poses: Float32Array | None = None
    hypothesis_scores: Float32Array | None = None
    frame_index: IntArray | None = None
    person_id: int = 0
    body_model: BodyModelNote = UNKNOWN_BODY
    source: SourceNote = UNKNOWN_SOURCE

    @property
    def frame_count(self) -> int:
        """T, the number of frames."""
        return len(self.poses)

    @property
    def source_frames(self) -> IntArray:
        """[T] frame number in the source of each row."""
        if self.frame_index is None:
            return np.arange(self.frame_count, dtype=np.int64)
        return self.frame_index

    @property
    def source_step(self) -> int:
        """Source frames from one picture to the next: the smallest step between two rows."""
        return int(np.diff(self.source_frames).min()) if self.frame_count > 1 else 1

    @property
    def times(self) -> FloatArray:
        """[T] seconds from the first row to each, gaps in the source frames counted."""
        passed = self.source_frames - self.source_frames[0]
        return passed / (self.source_step * self.mocap_framerate)

    @property
    def camera(self) -> AnyCamera | None:
        """The camera of the source, from the body's world; a `CameraPath` of T rows if it moved.

        None unless rotation, translation and focal length are known, and the principal point or
        the size of the picture, whose middle it is then.
        """
        rotation, translation = self.camera_rotation, self.camera_translation
        if rotation is None or translation is None or self.camera_focal is None:
            return None
        size = UNKNOWN_SIZE
        if self.image_size is not None:
            size = (float(self.image_size[0]), float(self.image_size[1]))
        elif self.camera_center is None:
            return None
        center = np.array(size) / 2 if self.camera_center is None else self.camera_center
        lens = (float(self.camera_focal), center.astype(np.float64), size)
        turn, shift = rotation.astype(np.float64), translation.astype(np.float64)
        if turn.ndim == 2 and shift.ndim == 1:
            return Camera(turn, shift, *lens)
        turns = np.broadcast_to(turn, (self.frame_count, 3, 3))
        return CameraPath(turns, np.broadcast_to(shift, (self.frame_count, 3)), *lens)

    def camera_at(self, row: int) -> Camera | None:
        """The camera of the source at a row; None when it is not known."""
        camera = self.camera
        return None if camera is None else camera.at(row)

    def with_camera(self, camera: AnyCamera) -> BodyMotion:
        """The motion as seen by a camera; nothing else of it changes.

        Args:
            camera: from the body's world; a path has T rows.

        Returns:
            The motion with the five fields of that camera.
        """
        known = camera.size != UNKNOWN_SIZE
        size = np.maximum(np.round(camera.size), 1).astype(np.int64) if known else None
        return replace(
            self,
            camera_rotation=camera.rotation.astype(np.float32),
            camera_translation=camera.translation.astype(np.float32),
            camera_focal=float(camera.focal),
            camera_center=camera.center.astype(np.float32),
            image_size=size,
        )
