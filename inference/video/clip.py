"""Clips frame by frame: any container OpenCV reads; memory stays flat however long they are.

Conventions: frames are upright [H, W, 3] uint8 RGB (the rotation flag of phones is applied);
frame numbers count from 0 at the start of the file, whatever is trimmed.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.protocol.errors import Sketch2PoseError

USUAL_FRAMERATE = 30.0  # when the file does not say
SMALLEST_SIDE = 64  # px


@dataclass(frozen=True)
class Trim:
    """Part of a clip: seconds from `start` to `end` (None = to its end), every `step`-th frame."""

    start: float = 0.0
    end: float | None = None
    step: int = 1


class Clip:
    """An open clip. Close it, or use it in a `with` statement.

    Attributes:
        name: file name.
        framerate: frames a second of the file.
        image_size: width and height of the upright frames, px.
        frame_count: what the file says; 0 when it does not.
        trim: which part is read.
    """

    def __init__(self, path: str | os.PathLike[str], trim: Trim | None = None) -> None:
        """Open a clip.

        Raises:
            Sketch2PoseError: missing, empty, no video in it, or too small.
        """
        self.name, self.trim = Path(path).name, trim or Trim()
        _refuse_unreadable(Path(path), self.name)
        self._capture: Any = cv2.VideoCapture(os.fspath(path))
        if not self._capture.isOpened():
            raise _no_video(self.name)
        self.framerate = _sensible(self._capture.get(cv2.CAP_PROP_FPS), USUAL_FRAMERATE)
        self.frame_count = int(_sensible(self._capture.get(cv2.CAP_PROP_FRAME_COUNT), 0))
        good, self._first = self._capture.read()
        if not good:
            self.close()
            raise _no_video(self.name)
        self.image_size = (self._first.shape[1], self._first.shape[0])
        if min(self.image_size) < SMALLEST_SIDE:
            self.close()
            why = f"its frames have only {self.image_size[0]} x {self.image_size[1]} pixels"
            raise refused(self.name, why, "Choose a larger clip", "video.too_small")

    @property
    def expected(self) -> int:
        """About how many frames `frames()` gives; 0 when the file does not say."""
        last = self.frame_count
        if self.trim.end is not None:
            last = min(last, int(self.trim.end * self.framerate) + 1) if last else 0
        return max(last - self._start, 0) // self.trim.step

    @property
    def _start(self) -> int:
        return round(self.trim.start * self.framerate)

    def frames(self) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        """Frame number and pixels of every frame within the trim.

        Yields:
            Source frame and RGB [H, W, 3].

        Raises:
            Sketch2PoseError: the trim leaves nothing.
        """
        number, given, bgr = 0, 0, self._first
        last = np.inf if self.trim.end is None else self.trim.end * self.framerate
        while bgr is not None and number <= last:
            if number >= self._start and (number - self._start) % self.trim.step == 0:
                given += 1
                yield number, np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)
            good, bgr = self._capture.read()
            number += 1
            if not good:
                break
        self.read_to = number
        if not given:
            why = f"it ends after {number / self.framerate:.1f} s, before the part to read begins"
            raise refused(self.name, why, "Choose a part inside of the clip", "video.trim")

    def close(self) -> None:
        """Release the file."""
        self._capture.release()

    def __enter__(self) -> "Clip":
        """The clip itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it."""
        self.close()


def refused(name: str, why: str, fix: str, code: str) -> Sketch2PoseError:
    """The error for a clip that cannot be used."""
    return Sketch2PoseError(f'The clip "{name}" could not be used', why, fix, code)


def _refuse_unreadable(path: Path, name: str) -> None:
    if "%" in path.name and not path.exists():
        return  # a numbered sequence of images, which OpenCV opens by its pattern
    try:
        with path.open("rb") as stream:
            empty = not stream.read(1)
    except OSError as error:
        why = (error.strerror or "the system refused it").lower()
        fix = "Check that the file is there and that you may read it"
        raise refused(name, why, fix, "video.unreadable") from error
    if empty:
        raise refused(name, "the file is empty (0 bytes)", "Export it again", "video.empty")


def _no_video(name: str) -> Sketch2PoseError:
    why = "it holds no video that can be decoded (broken, cut short, or sound only)"
    return refused(name, why, "Convert it to MP4 (H.264) and try again", "video.no_frames")


def _sensible(value: float, otherwise: float) -> float:
    return float(value) if np.isfinite(value) and 0 < value < 1e7 else otherwise
