"""A clip with what was read of it: skeletons over the picture, and the body from the side.

Conventions: the motions' world is y up, meters; cameras are "camera from world" with OpenCV axes;
px have their origin top left. Colors are BGR, as OpenCV writes them.
"""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from ....core.arrays import Array, ByteArray
from ....core.body_motion import BodyMotion
from ....core.smpl import SMPL_JOINT_NAMES, SMPL_PARENTS
from ...protocol.requests import PICTURE_FRAMERATE, Trim
from ...report import Report
from ..clips.clip import Clip
from ..clips.film import Film

HEIGHT = 720  # px of the overlay
SIDE_WIDTH = 480  # px of the view from the side
PEOPLE = ((80, 200, 255), (255, 170, 60), (120, 230, 90), (220, 110, 255))
GUESS, STANDS, SEEN = (90, 90, 255), (60, 60, 255), (255, 255, 255)
PAPER, GRID = (38, 36, 34), (80, 76, 72)
SURE = 0.3  # confidence below which a bone is drawn as a guess
TURN = np.deg2rad(70.0)  # of the second view about the first one's
FLOOR, FLOOR_SHARE = (235, 225, 190), 0.45  # color of the ground's grid and how much it covers
FLOOR_STEP, FLOOR_ROOM, FLOOR_LARGEST = 0.5, 0.75, 20.0  # meters
FLOOR_POINTS = 25  # of each line
NEAREST, NEAREST_FLOOR = 1e-3, 0.3  # meters in front of the camera
ROOM = 1.3  # of the view from the side, in sizes of what is in it
_FEET = {"left_foot": "left_ankle", "right_foot": "right_ankle"}
_BONES = [(joint, parent) for joint, parent in enumerate(SMPL_PARENTS) if parent >= 0]


def write_overlay(
    path: Path,
    clip: str,
    motions: Sequence[BodyMotion],
    report: Report,
    picture_framerate: float = PICTURE_FRAMERATE,
) -> None:
    """Write an overlay as MP4, whole or not at all.

    Args:
        path: of the new clip.
        clip: the one that was read.
        motions: of its people, in one world, with camera.
        report: progress and cancel.
        picture_framerate: of numbered pictures.

    Raises:
        Sketch2PoseError: the clip cannot be read, or the overlay not be written.
    """
    first = min(int(motion.source_frames[0]) for motion in motions)
    last = max(int(motion.source_frames[-1]) for motion in motions)
    step = motions[0].source_step
    view = SideView(motions)
    trim = Trim(first=first, count=last - first + 1, step=step)
    with (
        Clip(clip, trim, picture_framerate) as opened,
        Film(path, opened.framerate / step, "The overlay") as film,
    ):
        for number, rgb in opened.frames():
            report.check()
            share = (number - first) / max(last - first, 1)
            report.progress(share, f"Drawing frame {number}")
            film.write(drawn(rgb, opened.scale, number, motions, view))


def drawn(
    rgb: ByteArray, scale: float, frame: int, motions: Sequence[BodyMotion], view: "SideView"
) -> ByteArray:
    """One picture [H, W, 3] of the overlay: frame [h, w, 3], skeletons, bodies from the side."""
    size = fitted_size((rgb.shape[1], rgb.shape[0]), HEIGHT)
    picture = seen_picture(rgb, scale, frame, motions, view.floor, size)
    beside = view.ground()
    for motion, row, colour in _present(motions, frame):
        _draw_body(beside, view.pixels(motion, row), motion, row, colour, 6)
    return np.concatenate([picture, beside], axis=1)


def seen_picture(
    rgb: ByteArray, scale: float, frame: int, motions: Sequence[BodyMotion], floor: Array,
    size: tuple[int, int],
) -> ByteArray:  # fmt: skip
    """A frame of the clip with its skeletons and the ground.

    Args:
        rgb: [H, W, 3] the frame.
        scale: its px a px of the source.
        frame: its number.
        motions: of the people.
        floor: see `floor_lines`.
        size: width and height of the picture, px.

    Returns:
        [height, width, 3] BGR.
    """
    picture = cv2.cvtColor(cv2.resize(rgb, size), cv2.COLOR_RGB2BGR)
    zoom = scale * size[1] / rgb.shape[0]
    there = _present(motions, frame)
    if there:
        _draw_floor(picture, floor, *there[0][:2], zoom)
    for motion, row, colour in there:
        _draw_body(picture, pixels_of(motion, row) * zoom, motion, row, colour, 3)
        _draw_observed(picture, motion, row, zoom)
    return np.asarray(picture, np.uint8)


def _present(
    motions: Sequence[BodyMotion], frame: int
) -> list[tuple[BodyMotion, int, tuple[int, int, int]]]:
    """Motion, row and color of everybody whom a frame shows."""
    shown = [(motion, row_at(motion, frame), PEOPLE[number % len(PEOPLE)])
             for number, motion in enumerate(motions)]  # fmt: skip
    return [(motion, row, colour) for motion, row, colour in shown if row is not None]


def row_at(motion: BodyMotion, frame: int) -> int | None:
    """Row of a motion that shows a frame of the clip; None when it has none."""
    row = int(np.searchsorted(motion.source_frames, frame))
    there = row < motion.frame_count and motion.source_frames[row] == frame
    return row if there else None


def pixels_of(motion: BodyMotion, row: int) -> Array:
    """[24, 2] px of the clip where the solved joints are seen."""
    assert motion.joints3d is not None
    return projected(motion, row, motion.joints3d[row])[0]


def projected(motion: BodyMotion, row: int, points: Array) -> tuple[Array, Array]:
    """Where the camera of a row sees points of the world.

    Args:
        motion: with camera.
        row: of it.
        points: [N, 3] meters.

    Returns:
        Px of the clip [N, 2], and distances along the camera's axis [N], meters.
    """
    camera = motion.camera_at(row)
    assert camera is not None
    return camera.project(points, NEAREST), camera.depth(points)


def floor_lines(motions: Sequence[BodyMotion]) -> Array:
    """[L, N, 3] lines of a grid on the ground where people go, meters."""
    places = [m.joints3d.reshape(-1, 3)[:, [0, 2]] for m in motions if m.joints3d is not None]
    every = np.concatenate(places)
    low = np.floor((every.min(0) - FLOOR_ROOM) / FLOOR_STEP) * FLOOR_STEP
    high = np.minimum(every.max(0) + FLOOR_ROOM, low + FLOOR_LARGEST)
    ends = [np.arange(a, b + FLOOR_STEP / 2, FLOOR_STEP) for a, b in zip(low, high, strict=True)]
    lines = []
    for axis in (0, 1):
        along = np.linspace(ends[1 - axis][0], ends[1 - axis][-1], FLOOR_POINTS)
        for at in ends[axis]:
            line = np.zeros((FLOOR_POINTS, 3))
            line[:, 2 * axis], line[:, 2 - 2 * axis] = at, along
            lines.append(line)
    return np.stack(lines)


class SideView:
    """Where joints are drawn in the view from the side: parallel, on a level ground."""

    def __init__(self, motions: Sequence[BodyMotion]) -> None:
        """Fit the view.

        Args:
            motions: all that has to fit into it, world space.
        """
        self.floor = floor_lines(motions)
        self._across = np.array([np.cos(TURN), 0.0, -np.sin(TURN)])
        every = np.concatenate(
            [m.joints3d.reshape(-1, 3) for m in motions if m.joints3d is not None]
        )
        flat = self._flat(every)
        low, high = flat.min(0), flat.max(0)
        self._middle = (low + high) / 2
        fits = np.array([SIDE_WIDTH, HEIGHT]) / np.maximum(high - low, 0.5)
        self._zoom = float(fits.min()) / ROOM

    def _flat(self, points: Array) -> Array:
        return np.stack([points @ self._across, points[..., 1]], axis=-1)

    def pixels(self, motion: BodyMotion, row: int) -> Array:
        """[24, 2] px of a body."""
        assert motion.joints3d is not None
        return self._placed(self._flat(motion.joints3d[row]))

    def _placed(self, flat: Array) -> Array:
        away = (flat - self._middle) * [self._zoom, -self._zoom]
        return away + [SIDE_WIDTH / 2, HEIGHT / 2]

    def ground(self) -> ByteArray:
        """The empty view [H, W, 3]: paper and the line of the ground."""
        paper = np.full((HEIGHT, SIDE_WIDTH, 3), PAPER, np.uint8)
        level = int(self._placed(np.array([0.0, 0.0]))[1])
        cv2.line(paper, (0, level), (SIDE_WIDTH, level), GRID, 2)
        return paper


def _draw_floor(
    picture: "cv2.typing.MatLike", lines: Array, motion: BodyMotion, row: int, zoom: float
) -> None:
    """The ground as the camera sees it, so that one sees whether feet are on it."""
    plain = picture.copy()
    for line in lines:
        pixels, depth = projected(motion, row, line)
        near = depth > NEAREST_FLOOR
        for first in np.flatnonzero(near[:-1] & near[1:]):
            ends = pixels[first : first + 2] * zoom
            cv2.line(plain, _at(ends[0]), _at(ends[1]), FLOOR, 1, cv2.LINE_AA)
    cv2.addWeighted(plain, FLOOR_SHARE, picture, 1 - FLOOR_SHARE, 0.0, dst=picture)


def _draw_body(
    picture: "cv2.typing.MatLike", pixels: Array, motion: BodyMotion, row: int,
    colour: tuple[int, int, int], width: int,
) -> None:  # fmt: skip
    sure = np.ones(24) if motion.confidence is None else motion.confidence[row]
    for joint, parent in _BONES:
        shade = colour if min(sure[joint], sure[parent]) >= SURE else GUESS
        cv2.line(picture, _at(pixels[parent]), _at(pixels[joint]), shade, width, cv2.LINE_AA)
    for name in _standing(motion, row):
        for joint in (name, _FEET[name]):
            cv2.circle(picture, _at(pixels[SMPL_JOINT_NAMES.index(joint)]), width + 4, STANDS, 2)


def _standing(motion: BodyMotion, row: int) -> list[str]:
    if motion.contacts is None or motion.contact_names is None:
        return []
    pairs = zip(motion.contact_names, motion.contacts[row], strict=True)
    return [name for name, share in pairs if share > 0.5 and name in _FEET]


def _draw_observed(
    picture: "cv2.typing.MatLike", motion: BodyMotion, row: int, zoom: float
) -> None:
    if motion.joints2d is not None:
        for point in motion.joints2d[row] * zoom:
            cv2.circle(picture, _at(point), 2, SEEN, -1, cv2.LINE_AA)


def _at(point: Array) -> tuple[int, int]:
    x, y = np.clip(np.nan_to_num(point), -1e4, 1e4)
    return round(float(x)), round(float(y))


def fitted_size(image_size: tuple[int, int], height: int) -> tuple[int, int]:
    """Width and height of a picture of some height; even, as encoders want it."""
    return max(round(image_size[0] * height / image_size[1] / 2) * 2, 2), height
