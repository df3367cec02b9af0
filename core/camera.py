"""The pinhole camera: one that stands still, and one that moves along a clip.

Conventions: `rotation` and `translation` take points of a world to camera space,
`point_camera = rotation @ point_world + translation`. Camera space is OpenCV's (x right, y down,
z forward); pixels have their origin top left. The world is the body's (y up) in the backend and in
files, Blender's (z up) inside the add-on until a drawing leaves it; see `core.axes`. Metres; in
Blender's world its units. The projection itself is in `core.projection`.

A parallel view is a pinhole so far behind what it shows that its rays are parallel for all
practical purposes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from . import projection
from .arrays import Array
from .axes import BLENDER_FROM_BODY, CV_FROM_GL, matrices_from_poses

PARALLEL_DISTANCE = 100.0
"""In heights of the view, from where a pinhole shows parallel rays: 0.6 degrees between the
outermost ones.
"""
UNKNOWN_SIZE = (0.0, 0.0)
_LIST_LENGTH = 17


@dataclass(frozen=True)
class Camera:
    """A still pinhole camera.

    Attributes:
        rotation: [3, 3] camera from world.
        translation: [3] camera from world, meters.
        focal: focal length, px.
        center: [2] principal point, px.
        size: (width, height) of the picture, px; `UNKNOWN_SIZE` where no picture goes with it.
    """

    rotation: Array
    translation: Array
    focal: float
    center: Array
    size: tuple[float, float] = UNKNOWN_SIZE

    @classmethod
    def at_origin(
        cls, focal: float, center: Array, size: tuple[float, float] = UNKNOWN_SIZE
    ) -> Camera:
        """A camera whose own space is the world.

        Args:
            focal: px.
            center: [2] principal point, px.
            size: (width, height), px.

        Returns:
            The camera, not turned, at the origin.
        """
        return cls(np.eye(3), np.zeros(3), focal, center, size)

    @classmethod
    def from_gl(
        cls, view: Array, clip: Array, size: tuple[float, float], pivot: ArrayLike
    ) -> Camera:
        """The camera of OpenGL's matrices.

        Args:
            view: [4, 4] gl from world.
            clip: [4, 4] clip space from gl; in perspective or orthographic.
            size: (width, height) of the picture, px.
            pivot: [3] point of the world whose plane keeps its scale when the view is parallel.

        Returns:
            The camera in the same world; a parallel view as a far pinhole.
        """
        width, height = float(size[0]), float(size[1])
        rotation, translation = CV_FROM_GL @ view[:3, :3], CV_FROM_GL @ view[:3, 3]
        half = np.array([width, height]) / 2
        scale = float(clip[1, 1]) * height / 2
        if clip[3, 3] == 0.0:  # perspective: clip w is the depth
            center = half * [1 - clip[0, 2], 1 + clip[1, 2]]
            return cls(rotation, translation, scale, center, (width, height))
        center = half * [1 + clip[0, 3], 1 - clip[1, 3]]
        distance = PARALLEL_DISTANCE * height / scale
        pivot_depth = float(rotation[2] @ np.asarray(pivot) + translation[2])
        translation = translation + [0.0, 0.0, distance - pivot_depth]
        return cls(rotation, translation, scale * distance, center, (width, height))

    def at(self, row: int) -> Camera:
        """Itself: it is the same in every row of a clip."""
        del row
        return self

    def part(self, rows: slice) -> Camera:
        """Itself: it is the same in every row of a clip."""
        del rows
        return self

    @property
    def eye(self) -> Array:
        """[3] where the camera is in the world."""
        return -self.rotation.T @ self.translation

    def depth(self, points: Array) -> Array:
        """Distances [...] of points [..., 3] of the world along the viewing direction."""
        return points @ self.rotation[2] + self.translation[2]

    def scale_at(self, depth: float) -> float:
        """Px a meter at a depth in meters."""
        return self.focal / depth

    def to_camera(self, points: Array) -> Array:
        """Points [..., 3] of the world in camera space."""
        return points @ self.rotation.T + self.translation

    def to_world(self, points: Array) -> Array:
        """Points [..., 3] of camera space in the world; the inverse of `to_camera`."""
        return (points - self.translation) @ self.rotation

    def vectors_to_camera(self, vectors: Array) -> Array:
        """Vectors [..., 3] of the world in the camera's axes."""
        return vectors @ self.rotation.T

    def vectors_to_world(self, vectors: Array) -> Array:
        """Vectors [..., 3] in the camera's axes in those of the world."""
        return vectors @ self.rotation

    def turns_to_world(self, turns: Array) -> Array:
        """Rotations [..., 3, 3] camera from anything as rotations world from it."""
        return self.rotation.T @ turns

    def project(self, points: Array, nearest: float | None = None) -> Array:
        """Project points of the world.

        Args:
            points: [..., 3] world.
            nearest: depth to which nearer points are moved; None: points behind the camera give
                NaN.

        Returns:
            [..., 2] px.
        """
        local = self.to_camera(points)
        return projection.pixels_from_points(local, self.focal, self.center, nearest)

    def unproject(self, pixels: ArrayLike, depth: float | Array) -> Array:
        """Points of the world at pixels; the inverse of `project`.

        Args:
            pixels: [..., 2] px.
            depth: of all points, or [...] of each.

        Returns:
            [..., 3] world.
        """
        rays = projection.homogeneous(self.normalized(np.asarray(pixels, np.float64)))
        return self.to_world(rays * np.asarray(depth, np.float64)[..., None])

    def normalized(self, pixels: Array) -> Array:
        """Pixels [..., 2] in normalized coordinates [..., 2]: on the plane z = 1."""
        return projection.normalized_from_pixels(pixels, self.focal, self.center)

    def rays(self, pixels: Array) -> Array:
        """Unit rays [..., 3] in camera space through pixels [..., 2]."""
        return projection.unit_rays(self.normalized(pixels))

    def cropped(self, origin: ArrayLike, scale: float, size: tuple[float, float]) -> Camera:
        """The camera of a cut-out of its picture.

        Args:
            origin: [2] px where the cut-out starts.
            scale: px of the cut-out a px of the picture.
            size: (width, height) of the cut-out, px.

        Returns:
            The camera, in the same place.
        """
        center = (self.center - np.asarray(origin, np.float64)) * scale
        return replace(self, focal=self.focal * scale, center=center, size=size)

    def transformed(self, world_from_old: Array) -> Camera:
        """The camera after it and its world moved by a similarity.

        The picture stays the same: a scaled world is seen from a distance scaled alike.

        Args:
            world_from_old: [4, 4] similarity.

        Returns:
            The camera in the new world.
        """
        scale = float(np.cbrt(np.linalg.det(world_from_old[:3, :3])))
        turn = world_from_old[:3, :3] / scale
        rotation = self.rotation @ turn.T
        translation = self.translation * scale - rotation @ world_from_old[:3, 3]
        return replace(self, rotation=rotation, translation=translation)

    def in_body_world(self) -> Camera:
        """A camera of Blender's world (z up) in the body's (y up)."""
        return replace(self, rotation=self.rotation @ BLENDER_FROM_BODY)

    def in_blender_world(self) -> Camera:
        """A camera of the body's world (y up) in Blender's (z up)."""
        return replace(self, rotation=self.rotation @ BLENDER_FROM_BODY.T)

    def world_from_gl(self) -> Array:
        """[4, 4] world from gl: the matrix of a Blender camera of the same world."""
        return matrices_from_poses(self.rotation, self.translation)

    def to_list(self) -> list[float]:
        """All of it as flat numbers, for a custom property."""
        parts = (self.rotation.ravel(), self.translation, [self.focal], self.center, self.size)
        return [float(value) for part in parts for value in part]

    @classmethod
    def from_list(cls, values: Sequence[float]) -> Camera:
        """Inverse of `to_list`.

        Args:
            values: the flat numbers.

        Returns:
            The camera.

        Raises:
            ValueError: they are not those of a camera.
        """
        v = np.asarray(values, np.float64)
        if v.shape != (_LIST_LENGTH,) or not np.isfinite(v).all() or v[12] <= 0:
            raise ValueError("not a stored view")
        size = (float(v[15]), float(v[16]))
        return cls(v[:9].reshape(3, 3), v[9:12], float(v[12]), v[13:15], size)

    def to_plain(self) -> dict[str, Any]:
        """Plain lists and numbers without the size, as stroke files hold them."""
        return {
            "rotation": np.asarray(self.rotation).tolist(),
            "translation": np.asarray(self.translation).tolist(),
            "focal": float(self.focal),
            "center": np.asarray(self.center, np.float64).tolist(),
        }

    @classmethod
    def from_plain(
        cls, plain: Mapping[str, Any], size: tuple[float, float] = UNKNOWN_SIZE
    ) -> Camera:
        """Inverse of `to_plain`, unchecked.

        Args:
            plain: with numbers or arrays by name.
            size: (width, height) of the picture, px.

        Returns:
            The camera; without a translation at the origin.
        """
        return cls(
            np.asarray(plain["rotation"], np.float64),
            np.asarray(plain.get("translation", (0.0, 0.0, 0.0)), np.float64),
            float(plain["focal"]),
            np.asarray(plain["center"], np.float64),
            size,
        )


@dataclass(frozen=True)
class CameraPath:
    """A pinhole camera that moves, T rows of poses in order of time, one lens.

    Attributes:
        rotation: [T, 3, 3] camera from world.
        translation: [T, 3] camera from world, meters.
        focal: focal length, px.
        center: [2] principal point, px.
        size: (width, height) of the pictures, px.
        first: frame that row 0 belongs to, counted from the start of the clip's file.
        framerate: rows a second; None = one row for each frame of the file.
    """

    rotation: Array
    translation: Array
    focal: float
    center: Array
    size: tuple[float, float] = UNKNOWN_SIZE
    first: int = 0
    framerate: float | None = None

    def at(self, row: int) -> Camera:
        """The camera of a row; the last one beyond the end."""
        row = min(row, len(self.rotation) - 1)
        pose = self.rotation[row], self.translation[row]
        return Camera(*pose, self.focal, self.center, self.size)

    def part(self, rows: slice) -> CameraPath:
        """The same of some rows."""
        return replace(self, rotation=self.rotation[rows], translation=self.translation[rows])

    @property
    def eyes(self) -> Array:
        """[T, 3] where the camera is in the world."""
        return -(np.swapaxes(self.rotation, -1, -2) @ self.translation[..., None])[..., 0]

    def to_camera(self, points: Array) -> Array:
        """Points [T, M, 3] of the world in camera space."""
        return points @ np.swapaxes(self.rotation, -1, -2) + self.translation[:, None]

    def to_world(self, points: Array) -> Array:
        """Points [T, M, 3] of camera space in the world; the inverse of `to_camera`."""
        return self.vectors_to_world(points - self.translation[:, None])

    def vectors_to_camera(self, vectors: Array) -> Array:
        """Vectors [T, M, 3] of the world in the camera's axes."""
        return vectors @ np.swapaxes(self.rotation, -1, -2)

    def vectors_to_world(self, vectors: Array) -> Array:
        """Vectors [T, M, 3] in the camera's axes in those of the world."""
        return vectors @ self.rotation

    def turns_to_world(self, turns: Array) -> Array:
        """Rotations [T, ..., 3, 3] camera from anything as rotations world from it."""
        extra = (1,) * (turns.ndim - 3)
        return np.swapaxes(self.rotation, -1, -2).reshape(-1, *extra, 3, 3) @ turns

    def project(self, points: Array, nearest: float | None = None) -> Array:
        """Project points of the world, see `Camera.project`.

        Args:
            points: [T, M, 3] world.
            nearest: depth to which nearer points are moved; None: points behind give NaN.

        Returns:
            [T, M, 2] px.
        """
        local = self.to_camera(points)
        return projection.pixels_from_points(local, self.focal, self.center, nearest)

    def normalized(self, pixels: Array) -> Array:
        """Pixels [..., 2] in normalized coordinates [..., 2]: on the plane z = 1."""
        return projection.normalized_from_pixels(pixels, self.focal, self.center)

    def rays(self, pixels: Array) -> Array:
        """Unit rays [..., 3] in camera space through pixels [..., 2]."""
        return projection.unit_rays(self.normalized(pixels))

    def resized(self, size: tuple[float, float]) -> CameraPath:
        """The same for pictures of another width, of the same aspect."""
        ratio = size[0] / self.size[0]
        return replace(self, focal=self.focal * ratio, center=self.center * ratio, size=size)

    def world_from_gl(self) -> Array:
        """[T, 4, 4] world from gl: matrices of a Blender camera of the same world."""
        return matrices_from_poses(self.rotation, self.translation)

    def in_blender_world(self) -> CameraPath:
        """A camera of the body's world (y up) in Blender's (z up)."""
        return replace(self, rotation=self.rotation @ BLENDER_FROM_BODY.T)

    def in_body_world(self) -> CameraPath:
        """A camera of Blender's world (z up) in the body's (y up)."""
        return replace(self, rotation=self.rotation @ BLENDER_FROM_BODY)


AnyCamera: TypeAlias = Camera | CameraPath
