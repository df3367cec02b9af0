"""Where the frames of a clip come from: a movie file, or numbered pictures.

Conventions: frames are upright [H, W, 3] uint8 BGR as OpenCV decodes them; times are seconds from
the first frame of the file, whatever clock the file was written with.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from ...pictures.decoding import decoded_frame

PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")
_NUMBER = re.compile(r"(\d+)(?=\.[^.]*$)")
_PATTERN = re.compile(r"%0?(\d*)d")


class TimedFrame(NamedTuple):
    """Pixels [H, W, 3] BGR, and when they are shown (s); NaN when the file does not say."""

    bgr: NDArray[np.uint8]
    seconds: float


class FrameSource(Protocol):
    """Frames one after the other.

    Attributes:
        framerate: frames a second; 0 when unknown.
        count: number of frames; 0 when unknown.
    """

    framerate: float
    count: int

    def read(self) -> TimedFrame | None:
        """The next frame; None at the end."""
        ...

    def close(self) -> None:
        """Release the file."""
        ...


class MovieFrames:
    """Any container that OpenCV reads; the rotation flag of phones is applied."""

    def __init__(self, path: Path) -> None:
        """Open a file; an unreadable one gives no frame.

        Args:
            path: the file.
        """
        self._capture: Any = cv2.VideoCapture(str(path))
        self._capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)  # off in some builds of OpenCV
        self.framerate = sensible(self._capture.get(cv2.CAP_PROP_FPS))
        self.count = int(sensible(self._capture.get(cv2.CAP_PROP_FRAME_COUNT)))
        self._first: float | None = None

    def read(self) -> TimedFrame | None:
        """The next frame; None at the end."""
        good, bgr = self._capture.read()
        if not good:
            return None
        now = float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1e3
        if self._first is None:
            self._first = now
        return TimedFrame(bgr, now - self._first)

    def close(self) -> None:
        """Release the file."""
        self._capture.release()


class PictureFrames:
    """Numbered pictures; a missing or damaged number is a gap in time."""

    def __init__(self, pictures: "list[NumberedPicture]", framerate: float) -> None:
        """Start at the first picture.

        Args:
            pictures: at least one, in order.
            framerate: pictures a second.
        """
        self.framerate = framerate
        self.count = pictures[-1].number - pictures[0].number + 1
        self._origin, self._left = pictures[0].number, iter(pictures)

    def read(self) -> TimedFrame | None:
        """The next picture that can be read; None at the end."""
        for picture in self._left:
            bgr = decoded_frame(picture.path.read_bytes(), picture.path.name)
            if bgr is not None:
                seconds = (picture.number - self._origin) / self.framerate
                return TimedFrame(bgr, seconds)
        return None

    def close(self) -> None:
        """Nothing stays open."""


@dataclass(frozen=True, order=True)
class NumberedPicture:
    """One picture of a sequence."""

    number: int
    path: Path


def numbered_pictures(path: Path) -> list[NumberedPicture]:
    """The pictures that a path stands for, in order.

    Args:
        path: a folder (its longest sequence), a pattern such as `shot-%04d.png`, or one picture
            (itself and all later numbers of the same name).

    Returns:
        The pictures; empty when the path stands for no picture.
    """
    if path.is_dir():
        sequences = _sequences(path).values()
        return max(sequences, key=len, default=[])
    if not path.name.lower().endswith(PICTURE_SUFFIXES):
        return []
    if _PATTERN.search(path.name) and not path.exists():
        return _sequences(path.parent).get(_PATTERN.sub("#", path.name), [])
    name, number = _name_and_number(path)
    chosen = _sequences(path.parent).get(name, []) if path.exists() else []
    return [picture for picture in chosen if picture.number >= number]


def _sequences(folder: Path) -> dict[str, list[NumberedPicture]]:
    """The pictures of a folder by name without number."""
    found: dict[str, list[NumberedPicture]] = {}
    if not folder.is_dir():
        return found
    for path in folder.iterdir():
        if path.name.lower().endswith(PICTURE_SUFFIXES) and path.is_file():
            name, number = _name_and_number(path)
            found.setdefault(name, []).append(NumberedPicture(number, path))
    return {name: sorted(pictures) for name, pictures in found.items()}


def _name_and_number(path: Path) -> tuple[str, int]:
    match = _NUMBER.search(path.name)
    if match is None:
        return path.name, 0
    return _NUMBER.sub("#", path.name), int(match[1])


def sensible(value: float) -> float:
    """A number that a file claims, or 0 when it cannot be true."""
    return float(value) if np.isfinite(value) and 0 < value < 1e7 else 0.0
