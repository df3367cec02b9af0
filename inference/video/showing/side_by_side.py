"""A clip with its skeletons, and beside it pictures of the rigs that perform it.

Blender renders the rigs (`sketch2pose_addon/video/comparison_render.py`); here the pictures are
put together: every frame into a film, or some frames into a sheet.

Conventions: pictures are BGR; px of the clip have their origin top left.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ....core.arrays import ByteArray
from ....core.body_motion import BodyMotion, read_body_motion
from ....core.errors import Sketch2PoseError
from ...each_input import Outcome, Work
from ...outputs import OutputFolder
from ...pictures.decoding import decoded_rendering
from ...protocol.requests import PICTURE_FRAMERATE, BesideRequest, Trim
from ...report import PartReport, Report
from ..clips.clip import Clip
from ..clips.film import Film
from .overlay import HEIGHT, PAPER, fitted_size, floor_lines, seen_picture

WHAT = "The comparison video"


@dataclass(frozen=True)
class Beside:
    """What is shown.

    Attributes:
        clip: path of the clip.
        motions: of the rigs, in one world, with camera; the first is the one that is looked at.
        frames: numbers of the clip's frames that are shown, rising.
        folder: where the rendered pictures lie, `<view>_<frame>.png`.
        views: names of the views, from left to right; the first is that of the clip's camera.
        framerate: of numbered pictures.
    """

    clip: str
    motions: tuple[BodyMotion, ...]
    frames: tuple[int, ...]
    folder: Path
    views: tuple[str, ...]
    framerate: float = PICTURE_FRAMERATE

    @property
    def step(self) -> int:
        """Every how many frames of the clip meet all that are shown."""
        return int(np.gcd.reduce(np.diff(self.frames))) if len(self.frames) > 1 else 1

    def opened(self) -> Clip:
        """The clip from the first frame shown to the last."""
        first, last = self.frames[0], self.frames[-1]
        trim = Trim(first=first, count=last - first + 1, step=self.step)
        return Clip(self.clip, trim, self.framerate)

    def shown(self, clip: Clip, report: Report) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        """The frames that are shown, [H, W, 3] RGB, with their numbers."""
        wanted = set(self.frames)
        for number, rgb in clip.frames():
            report.check()
            if number in wanted:
                share = self.frames.index(number) / len(self.frames)
                report.progress(share, f"Drawing frame {number}")
                yield number, rgb

    def rendered(self, view: str, frame: int, height: int) -> ByteArray:
        """A picture of the rigs on paper, [height, W, 3].

        Raises:
            Sketch2PoseError: Blender rendered none.
        """
        path = self.folder / f"{view}_{frame:06d}.png"
        picture = decoded_rendering(path.read_bytes()) if path.is_file() else None
        if picture is None:
            raise not_rendered(frame)
        size = fitted_size((picture.shape[1], picture.shape[0]), height)
        return _on_paper(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


def beside_work(request: BesideRequest, output: OutputFolder) -> Work:
    """Work that puts a clip and the pictures of a request together.

    Args:
        request: what to show.
        output: where to; `beside.mp4` or `beside.png`.
    """

    def work(path: str, report: PartReport) -> Outcome:
        what = _beside_of(path, request)
        place = output.folder / f"beside{request.kind}"
        if request.kind == ".png":
            from .contact_sheet import write_sheet

            write_sheet(place, what, report)
        else:
            write_film(place, what, report)
        return Outcome(len(what.motions), [place])

    return work


def write_film(path: Path, what: Beside, report: Report) -> None:
    """Write a film: the clip with skeletons, then each view of the rigs.

    Raises:
        Sketch2PoseError: the clip or a picture cannot be read, or the film not be written.
    """
    floor = floor_lines(what.motions)
    with what.opened() as clip, Film(path, clip.framerate / what.step, WHAT) as film:
        for number, rgb in what.shown(clip, report):
            size = fitted_size((rgb.shape[1], rgb.shape[0]), HEIGHT)
            parts = [seen_picture(rgb, clip.scale, number, what.motions, floor, size)]
            parts += [what.rendered(view, number, HEIGHT) for view in what.views]
            film.write(np.concatenate(parts, axis=1))


def not_rendered(frame: int) -> Sketch2PoseError:
    """The error for a frame of which there is no picture."""
    return Sketch2PoseError(
        f"{WHAT} could not be made",
        f"there is no image of the rig at frame {frame} of the clip",
        "Check that Blender can render with Workbench and that the disk has space left",
        "beside.picture",
    )


def _beside_of(clip: str, request: BesideRequest) -> Beside:
    """What a request shows.

    Raises:
        Sketch2PoseError: a motion cannot be read, or no frame is shown.
    """
    frames = tuple(sorted(request.frames))
    if not frames:
        raise Sketch2PoseError(
            f"{WHAT} could not be made", "it would have no frames",
            "Choose a frame range in which the rig is animated from the clip", "beside.frames",
        )  # fmt: skip
    motions = tuple(read_body_motion(Path(path)) for path in request.motions)
    folder = Path(request.pictures)
    return Beside(clip, motions, frames, folder, request.views, request.framerate)


def _on_paper(picture: "cv2.typing.MatLike") -> ByteArray:
    """[H, W, 3] a picture, with or without alpha, before the overlay's paper."""
    if picture.ndim == 2:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), np.uint8)
    if picture.shape[2] == 3:
        return np.asarray(picture, np.uint8)
    paper = np.array(PAPER, np.float32)
    alpha = picture[..., 3:].astype(np.float32) / 255
    return (picture[..., :3] * alpha + paper * (1 - alpha)).round().astype(np.uint8)
