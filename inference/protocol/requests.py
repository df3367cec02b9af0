"""Requests: everything a job needs, as one frozen value; nothing else reaches a stage.

The add-on and the command line make them, `wire` reads, writes and checks them. What is optional
has the default of the command line; `None` means "not given". Arrays never travel: they are `.npz`
files named by path. docs/protocol.md shows an example of each.

Conventions: seconds, millimetres on full frame, pixels; frames of a file count from 0.
"""

import math
from dataclasses import dataclass
from typing import Annotated, Literal

from ...core.corrections.edits import Edit
from ...core.time_bounds import SLOWEST

FASTEST = 480.0  # frames a second; files of varying rate claim the clock's instead
PICTURE_FRAMERATE = 24.0  # of numbered pictures, when nobody says
_MANY = 1e6  # limits from here on are the machine's and not told
_LARGEST = 2**31 - 1  # whole numbers that every library takes
_LONGEST = 1e9  # s


@dataclass(frozen=True)
class Between:
    """What a field's number must be: `least` to `most`, in words of `unit`."""

    least: float
    most: float
    unit: str

    @property
    def sentence(self) -> str:
        """What to do about a number outside."""
        upto = f"{self.least:g} to {self.most:g}"
        return f"Give {upto if self.most < _MANY else f'at least {self.least:g}'} {self.unit}"


Quality = Literal["lite", "full", "heavy"]
Seconds = Annotated[float, Between(0, _LONGEST, "seconds")]
Frame = Annotated[int, Between(0, _LARGEST, "frames")]
FrameCount = Annotated[int, Between(1, _LARGEST, "frames")]
Lens = Annotated[float, Between(5, 2000, "mm on full frame")]
Framerate = Annotated[float, Between(SLOWEST, FASTEST, "frames a second")]
Pixels = Annotated[int, Between(1, 1_000_000, "pixels, for example 1920 and 1080")]


@dataclass(frozen=True)
class Trim:
    """Part of a clip.

    Attributes:
        start: seconds after frame `first`.
        end: seconds after it; None = to the end.
        step: every so many frames.
        first: frame of the file from which seconds count.
        count: frames of the file from `first` on; None = to the end.
    """

    start: Seconds = 0.0
    end: Seconds | None = None
    step: FrameCount = 1
    first: Frame = 0
    count: FrameCount | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it ends before it has begun."""
        return self.end is not None and self.end <= self.start

    def begins(self, framerate: float) -> int:
        """Number of the first frame of the part."""
        return self.first + round(self.start * framerate)

    def ends(self, framerate: float) -> float:
        """Number of the last frame of the part; infinite when it goes to the end."""
        by_time = math.inf if self.end is None else self.first + int(self.end * framerate)
        return min(by_time, math.inf if self.count is None else self.first + self.count - 1)

    def has(self, number: int, framerate: float) -> bool:
        """Whether a frame is read."""
        first = self.begins(framerate)
        return first <= number <= self.ends(framerate) and (number - first) % self.step == 0


@dataclass(frozen=True)
class FilesRequest:
    """Do something with files, one after the other.

    Attributes:
        inputs: paths of the files.
        out_dir: folder for the results, made if need be.
    """

    inputs: tuple[str, ...]
    out_dir: str


@dataclass(frozen=True)
class SketchRequest(FilesRequest):
    """Estimate the poses of the figures in drawings."""


@dataclass(frozen=True)
class ImportRequest(FilesRequest):
    """Read motions of other programs; everybody in a file becomes a BodyMotion file."""


@dataclass(frozen=True)
class BodyRequest(FilesRequest):
    """Read the user's own SMPL, SMPL-H or SMPL-X files, each into one that a rig is made of."""


@dataclass(frozen=True)
class PhotoOptions:
    """How a photo was taken and how carefully it is looked at.

    Attributes:
        lens: mm on full frame; None = what the file says, else a phone's.
        quality: which landmark network.
        hands: read fingers, too.
    """

    lens: Lens | None = None
    quality: Quality = "full"
    hands: bool = False


@dataclass(frozen=True)
class ImageRequest(PhotoOptions, FilesRequest):
    """Estimate the poses of the people in photos, renders and paintings.

    Attributes:
        drawings: read what looks like a drawing as one.
    """

    drawings: bool = False


@dataclass(frozen=True)
class VideoOptions(PhotoOptions):
    """Which part of a clip, how it was filmed, how carefully it is looked at.

    Attributes:
        trim: part of the clip.
        framerate: of numbered pictures and of keypoints, frames a second.
        image_size: (width, height) px of the clip that keypoints were seen in; None = what their
            file says.
        cache: folder of kept observations; None keeps none.
        camera: path of a file that says how the camera moved (`core.filmed_camera`).
    """

    trim: Trim = Trim()
    framerate: Framerate = PICTURE_FRAMERATE
    image_size: tuple[Pixels, Pixels] | None = None
    cache: str | None = None
    camera: str | None = None


@dataclass(frozen=True)
class VideoRequest(VideoOptions, FilesRequest):
    """Estimate the motion of every person in clips.

    Attributes:
        overlay: also write the clip with skeletons.
    """

    overlay: bool = False


@dataclass(frozen=True)
class SkelRequest(FilesRequest):
    """Convert motions to SKEL, and SKEL motions to SMPL.

    Attributes:
        surface: follow the skin besides joints and orientations.
        picture: follow the picture that a motion was read from, instead of the skin.
        shape: find the skeleton's shape from the skin instead of the body's; not with `picture`.
        skel_model: the user's own SKEL file; only together with `body_model`.
        body_model: the user's own SMPL file, of the same gender.
    """

    surface: bool = True
    picture: bool = False
    shape: bool = False
    skel_model: str | None = None
    body_model: str | None = None


@dataclass(frozen=True)
class EditRequest(FilesRequest):
    """Solve stills again with the animator's corrections; no network runs.

    Attributes:
        edits: the corrections, in order.
    """

    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True)
class BesideRequest(FilesRequest):
    """Put rendered pictures of rigs beside the one clip that they perform.

    The result is `beside.mp4` or `beside.png`.

    Attributes:
        motions: paths of BodyMotion files; the first is the one that is looked at.
        frames: of the clip, that are shown.
        pictures: folder of `<view>_<frame>.png`.
        views: their names; the first is seen through the clip's camera.
        kind: a film of every frame, or a sheet.
        framerate: of numbered pictures, frames a second.
    """

    motions: tuple[str, ...] = ()
    frames: tuple[Frame, ...] = ()
    pictures: str = ""
    views: tuple[str, ...] = ()
    kind: Literal[".mp4", ".png"] = ".mp4"
    framerate: Framerate = PICTURE_FRAMERATE


Request = (
    SketchRequest
    | ImageRequest
    | VideoRequest
    | SkelRequest
    | BodyRequest
    | EditRequest
    | ImportRequest
    | BesideRequest
)

REQUESTS: dict[str, type[Request]] = {
    "sketch": SketchRequest,
    "image": ImageRequest,
    "video": VideoRequest,
    "skel": SkelRequest,
    "body": BodyRequest,
    "edit": EditRequest,
    "import": ImportRequest,
    "beside": BesideRequest,
}
"""The name of each on the line."""
