"""Clips frame by frame, evenly in time; memory stays flat however long they are.

Conventions: frames are upright [H, W, 3] uint8 RGB; frame numbers count from 0 at the start of the
file at `framerate`, whatever is trimmed. In a file whose frame rate varies they count time, not
pictures: between two pictures farther apart than usual, numbers are left out.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ....core.errors import Sketch2PoseError
from ...protocol.requests import FASTEST, PICTURE_FRAMERATE, Trim
from .frame_sources import FrameSource, MovieFrames, PictureFrames, TimedFrame, numbered_pictures

USUAL_FRAMERATE = 30.0  # when the file does not say
SMALLEST_SIDE = 64  # px
LARGEST_SIDE = 2560  # px; larger frames are shrunk, the networks see 256 px of a person
SAME_MOMENT = 0.3  # of a frame; two pictures closer in time than this are one


class Clip:
    """An open clip. Close it, or use it in a `with` statement.

    Attributes:
        name: file name.
        framerate: frames a second, even.
        image_size: width and height of the upright frames of the file, px.
        scale: px of the frames given per px of the file; 1 unless they are very large.
        frame_count: what the file says; 0 when it does not.
        trim: which part is read.
        read_to: number after the last frame read so far.
        gaps: numbers left out so far, because the file has no picture for them.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        trim: Trim | None = None,
        picture_framerate: float = PICTURE_FRAMERATE,
    ) -> None:
        """Open a clip.

        Args:
            path: movie file, folder of numbered pictures, their pattern, or the first of them.
            trim: part to read.
            picture_framerate: of numbered pictures, frames a second.

        Raises:
            Sketch2PoseError: missing, empty, no video in it, or too small.
        """
        self.name, self.trim = Path(path).name, trim or Trim()
        self.read_to = self.gaps = 0
        self._source = _opened(Path(path), self.name, picture_framerate)
        rate = self._source.framerate
        self.framerate = rate if 0 < rate <= FASTEST else USUAL_FRAMERATE
        self.frame_count = self._source.count
        first = self._source.read()
        if first is None:
            self.close()
            raise _no_video(self.name)
        self._first = first
        self.image_size = (first.bgr.shape[1], first.bgr.shape[0])
        self.scale = min(1.0, LARGEST_SIDE / max(self.image_size))
        if min(self.image_size) < SMALLEST_SIDE:
            self.close()
            why = f"its frames have only {self.image_size[0]} x {self.image_size[1]} pixels"
            raise refused(self.name, why, "Choose a larger clip", "video.too_small")

    @property
    def expected(self) -> int:
        """About how many frames `frames()` gives; 0 when the file does not say."""
        if not self.frame_count:
            return 0
        last = min(self.frame_count, self._last + 1)
        return -(-max(int(last) - self._start, 0) // self.trim.step)

    @property
    def share_read(self) -> float:
        """How much of the part to read was read so far; 1 when the file does not say its length."""
        whole = self.expected * self.trim.step
        return (self.read_to - self._start) / whole if whole else 1.0

    @property
    def _start(self) -> int:
        return self.trim.begins(self.framerate)

    @property
    def _last(self) -> float:
        """Number of the last frame to read."""
        return self.trim.ends(self.framerate)

    def frames(self) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        """Frame number and pixels of every frame within the trim.

        Yields:
            Number (start, start + step, …; increasing, with gaps where the file has none) and
            RGB [H, W, 3], `scale` times the file's size.

        Raises:
            Sketch2PoseError: the trim leaves nothing.
        """
        last = self._last
        wanted = self._start
        for number, bgr in self._numbered():
            if number > last:
                break
            if number >= wanted:
                place = number - (number - self._start) % self.trim.step
                wanted = place + self.trim.step
                yield place, self._prepared(bgr)
        if wanted == self._start:
            seconds = self.read_to / self.framerate
            why = f"it ends after {seconds:.1f} s, before the part to process begins"
            raise refused(self.name, why, "Choose a part within the clip", "video.trim")

    def _numbered(self) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        """Every picture with its number on the even clock."""
        frame: TimedFrame | None = self._first
        number = -1
        while frame is not None:
            after = number_at(frame.seconds * self.framerate, number)
            if after is not None:
                self.gaps += after - number - 1
                number = after
                self.read_to = number + 1
                yield number, frame.bgr
            frame = self._source.read()

    def _prepared(self, bgr: NDArray[np.uint8]) -> NDArray[np.uint8]:
        if self.scale < 1.0:
            width, height = (max(round(side * self.scale), 1) for side in self.image_size)
            small = cv2.resize(bgr, (width, height), interpolation=cv2.INTER_AREA)
            bgr = np.asarray(small, np.uint8)
        return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)

    def close(self) -> None:
        """Release the file."""
        self._source.close()

    def __enter__(self) -> "Clip":
        """The clip itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it."""
        self.close()


def number_at(moment: float, before: int) -> int | None:
    """Number of a picture on the even clock.

    Args:
        moment: when it is shown, in frames of the even clock; NaN, or a moment that does not
            advance, means that the file keeps no time.
        before: number of the picture before; -1 for the first.

    Returns:
        The nearest free number; None when the picture comes too soon after the one before.
    """
    if before >= 0 and not moment > 0:
        return before + 1
    nearest = max(round(moment), 0) if np.isfinite(moment) else 0
    if nearest > before:
        return nearest
    return before + 1 if moment > before + SAME_MOMENT else None


def refused(name: str, why: str, fix: str, code: str) -> Sketch2PoseError:
    """The error for a clip that cannot be used."""
    return Sketch2PoseError(f'The clip "{name}" could not be used', why, fix, code)


def _opened(path: Path, name: str, picture_framerate: float) -> FrameSource:
    pictures = numbered_pictures(path)
    if pictures:
        return PictureFrames(pictures, picture_framerate)
    _refuse_unreadable(path, name)
    return MovieFrames(path)


def _refuse_unreadable(path: Path, name: str) -> None:
    if path.is_dir():
        fix = "Choose a folder with images numbered 0001, 0002, …"
        raise refused(name, "there are no images in the folder", fix, "video.no_pictures")
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
