"""What was seen in a clip, apart from what is made of it: kept, it saves looking again.

A file of observations is an `.npz` read without pickle; its format is private to this version.
"""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....core.body_motion.file import read_arrays
from ....core.errors import Sketch2PoseError
from ....core.time_bounds import framerate_problem
from ....core.whole_file import write_whole
from .hand_landmarks import HandTrack
from .landmarks import TRACK_FIELDS, Track

_HANDS = ("points", "world", "presence")


@dataclass(frozen=True)
class PersonSeen:
    """One person: landmarks over time, and their hands when they were looked at."""

    track: Track
    hands: HandTrack | None = None


@dataclass(frozen=True)
class Observation:
    """Everybody in a clip.

    Attributes:
        people: in order of appearance.
        framerate: of the even clock that `Track.frames` count, frames a second.
        image_size: width and height of the clip, px.
        frame_count: how many frames were looked at.
        warnings: sentences that belong to what was seen.
        whole: False when the user stopped before the end.
    """

    people: tuple[PersonSeen, ...]
    framerate: float
    image_size: tuple[int, int]
    frame_count: int
    warnings: tuple[str, ...] = ()
    whole: bool = True


def write_observation(path: Path, seen: Observation) -> None:
    """Write observations, whole or not at all.

    Raises:
        Sketch2PoseError: the place cannot be written.
    """
    arrays: dict[str, NDArray] = {
        "count": np.array([len(seen.people), seen.frame_count]),
        "framerate": np.array(seen.framerate),
        "image_size": np.array(seen.image_size),
        "warnings": np.array(seen.warnings, dtype=np.str_),
    }
    for number, person in enumerate(seen.people):
        arrays |= {
            f"{number}/{name}": _packed(getattr(person.track, name)) for name in TRACK_FIELDS
        }
        if person.hands is not None:
            arrays |= {
                f"{number}/hands/{name}": _packed(getattr(person.hands, name)) for name in _HANDS
            }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    write_whole(path, buffer.getvalue())


def read_observation(path: Path) -> Observation | None:
    """Read observations; None when there are none, or the file is damaged."""
    try:
        arrays = read_arrays(path)
        count, frame_count = (int(value) for value in arrays["count"])
        width, height = (int(value) for value in arrays["image_size"])
        if framerate_problem(float(arrays["framerate"])) or any(map(_broken, arrays.values())):
            return None
        return Observation(
            tuple(_person(arrays, number) for number in range(count)),
            float(arrays["framerate"]),
            (width, height),
            frame_count,
            tuple(str(text) for text in arrays["warnings"]),
        )
    except (Sketch2PoseError, KeyError, ValueError, TypeError, OverflowError):
        return None


def _broken(values: NDArray) -> bool:
    """Whether an array has an infinity; NaN is what was not seen."""
    return values.dtype.kind == "f" and bool(np.isinf(values).any())


def _person(arrays: dict[str, Any], number: int) -> PersonSeen:
    track = Track(*(_unpacked(arrays[f"{number}/{name}"]) for name in TRACK_FIELDS))
    if f"{number}/hands/presence" not in arrays:
        return PersonSeen(track)
    hands = HandTrack(*(_unpacked(arrays[f"{number}/hands/{name}"]) for name in _HANDS))
    return PersonSeen(track, hands)


def _packed(values: NDArray) -> NDArray:
    """What the networks gave had single precision as well."""
    return values.astype(np.float32) if values.dtype.kind == "f" else values


def _unpacked(values: NDArray) -> NDArray:
    return values.astype(np.float64) if values.dtype.kind == "f" else values


def as_stored(values: NDArray) -> NDArray:
    """Values [...] as they come back from a file, so that cached and fresh sights solve alike."""
    return _unpacked(_packed(values))
