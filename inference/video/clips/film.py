"""A film that appears whole or not at all."""

from pathlib import Path
from types import TracebackType

import cv2

from ....core.arrays import ByteArray
from ....core.errors import Sketch2PoseError


class Film:
    """An MP4 in the making; as a context manager it is moved to its place at the end."""

    def __init__(self, path: Path, framerate: float, what: str) -> None:
        """Begin a film; its first picture settles its size.

        Args:
            path: of the film.
            framerate: frames a second.
            what: is being written, as errors call it ("The overlay").
        """
        self._path, self._framerate, self._what = path, framerate, what
        self._temporary = path.with_name(f".{path.stem}.part.mp4")
        self._writer: cv2.VideoWriter | None = None
        self._count = 0

    def __enter__(self) -> "Film":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        try:
            if self._writer is not None:
                self._writer.release()
            if kind is None:
                self._check_written()
                self._temporary.replace(self._path)
        finally:
            self._temporary.unlink(missing_ok=True)

    def write(self, picture: ByteArray) -> None:
        """Append a picture [H, W, 3], BGR, of even sides.

        Raises:
            Sketch2PoseError: the film cannot be begun.
        """
        if self._writer is None:
            self._writer = self._begun((picture.shape[1], picture.shape[0]))
        self._writer.write(picture)
        self._count += 1

    def _begun(self, size: tuple[int, int]) -> cv2.VideoWriter:
        code = cv2.VideoWriter.fourcc(*"mp4v")
        writer = cv2.VideoWriter(str(self._temporary), code, self._framerate, size)
        if not writer.isOpened():
            raise self._unwritable("refused it, or this OpenCV writes no MP4")
        return writer

    def _check_written(self) -> None:
        """Read the film back: OpenCV does not say when the disk is full.

        Raises:
            Sketch2PoseError: frames are missing.
        """
        capture = cv2.VideoCapture(str(self._temporary))
        whole = capture.isOpened() and capture.get(cv2.CAP_PROP_FRAME_COUNT) >= self._count
        capture.release()
        if not whole:
            raise self._unwritable("was full before all frames were written")

    def _unwritable(self, why: str) -> Sketch2PoseError:
        return Sketch2PoseError(
            f"{self._what} could not be written",
            f'the folder "{self._path.parent}" {why}',
            "Choose a folder that exists and has space left",
            "overlay.unwritable",
        )
