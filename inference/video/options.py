"""What the user may say about a photo or clip."""

import math
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...core.camera import CameraPath
from ...core.errors import Sketch2PoseError
from ...core.filmed_camera import read_camera
from ...core.time_bounds import SLOWEST
from .clips.clip import FASTEST, PICTURE_FRAMERATE, Trim

USUAL_LENS = 31.0  # mm on full frame: what phones film with, when nothing says otherwise
FULL_FRAME = 36.0  # mm
_DIGITS = re.compile(r"0{0,9}[1-9][0-9]{0,5}")  # a side in px
QUALITIES = ("lite", "full", "heavy")


@dataclass(frozen=True)
class VideoOptions:
    """Which part of the clip, how it was filmed, how carefully it is looked at.

    Attributes:
        trim: part of the clip.
        lens: mm on full frame; None = what the file says, else a phone's.
        quality: which landmark network, one of `QUALITIES`.
        hands: read fingers, too.
        picture_framerate: frames a second of numbered pictures.
        cache: folder of kept observations; None keeps none.
        camera: how the camera moved, when that is known.
        image_size: of the clip that keypoints were seen in, px; None = what their file says.
    """

    trim: Trim = Trim()  # noqa: RUF009 - frozen
    lens: float | None = None
    quality: str = "full"
    hands: bool = False
    picture_framerate: float = PICTURE_FRAMERATE
    cache: Path | None = None
    camera: CameraPath | None = None
    image_size: tuple[int, int] | None = None


def options_from(values: dict[str, Any]) -> VideoOptions:
    """Options of a request.

    Args:
        values: any of `start` and `end` (seconds), `step` (frames), `lens` (mm), `quality`,
            `hands` (bool), `framerate` (of numbered pictures), `cache` (folder), `first` and
            `count` (frames of the file to keep to), `camera` (path of a camera file),
            `size` ("1920x1080", of the clip that keypoints were seen in); None counts as not given.

    Raises:
        Sketch2PoseError: a value that makes no sense, named, or a bad camera file.
    """
    given = {name: value for name, value in values.items() if value is not None}
    bad = next((name for name, fine in _CHECKS.items() if name in given and not fine(given)), None)
    if bad is not None:
        raise Sketch2PoseError(
            "The clip cannot be processed with these options",
            f'"{bad}" is {given[bad]}',
            _FIXES.get(bad, _FIX),
            f"video.{bad}",
        )
    end = given.get("end")
    trim = Trim(
        float(given.get("start", 0)),
        None if end is None else float(end),
        int(given.get("step", 1)),
        int(given.get("first", 0)),
        int(given["count"]) if "count" in given else None,
    )
    return VideoOptions(
        trim,
        float(given["lens"]) if given.get("lens") else None,
        given.get("quality", "full"),
        bool(given.get("hands", False)),
        float(given.get("framerate", PICTURE_FRAMERATE)),
        Path(given["cache"]) if given.get("cache") else None,
        read_camera(given["camera"]) if given.get("camera") else None,
        _size(given["size"]) if "size" in given else None,
    )


def _number(value: Any) -> float:
    """A finite number; NaN, which fails every comparison, for anything else."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan
    return number if math.isfinite(number) else math.nan


def _size(text: Any) -> tuple[int, int] | None:
    """Width and height of "1920x1080"; None for anything else."""
    sides = str(text).lower().split("x")
    if len(sides) != 2 or not all(_DIGITS.fullmatch(side.strip()) for side in sides):
        return None
    return int(sides[0]), int(sides[1])


_CHECKS = {
    "cache": lambda v: isinstance(v["cache"], str | os.PathLike),
    "size": lambda v: _size(v["size"]) is not None,
    "camera": lambda v: isinstance(v["camera"], str),
    "start": lambda v: _number(v["start"]) >= 0,
    "end": lambda v: _number(v["end"]) > (_number(v.get("start", 0))),
    "step": lambda v: _number(v["step"]) >= 1,
    "lens": lambda v: v["lens"] == 0 or 5 <= _number(v["lens"]) <= 2000,
    "quality": lambda v: v["quality"] in QUALITIES,
    "first": lambda v: _number(v["first"]) >= 0,
    "count": lambda v: _number(v["count"]) >= 1,
    "framerate": lambda v: SLOWEST <= _number(v["framerate"]) <= FASTEST,
}
_FIX = "Seconds start at 0 and end after the start, step is at least 1, lens is 5 to 2000 mm"
_FIXES = {
    "size": "Enter width and height in pixels, for example 1920x1080",
    "camera": "Enter the path of a camera file; docs/video.md describes its content",
    "cache": "Enter the path of a folder",
    "quality": f"Choose one of {', '.join(QUALITIES)}",
    "first": "Frames count from 0",
    "count": "Choose at least one frame",
    "framerate": f"Choose {SLOWEST:g} to {FASTEST:.0f} frames a second",
}
