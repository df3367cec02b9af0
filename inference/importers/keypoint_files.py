"""Keypoints of a whole clip from other detectors' JSON: OpenPose, COCO, AlphaPose.

OpenPose writes a file for each frame (`clip_000000000012_keypoints.json`); COCO and AlphaPose write
one list of annotations of all frames. Conventions: px of the source, origin top left.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ...core.arrays import FloatArray
from ...core.errors import Sketch2PoseError
from .keypoints2d import is_keypoint_document, is_openpose, points_of_row

SPARSE = 20  # frame numbers farther apart than this many frames each are names, not times
_NUMBER = re.compile(r"(\d+)(?=\D*$)")
_DAMAGED = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)
_IDS = ("track_id", "person_id", "idx", "tracking_id")
_HANDS = ("hand_left_keypoints_2d", "hand_right_keypoints_2d")
_HAND_POINTS = 21
_RELATIVE = 2.0  # largest coordinate of files that count in pictures instead of pixels


@dataclass(frozen=True)
class DetectedPerson:
    """One person of one frame.

    Attributes:
        points: [N, 3] x, y px and confidence, N one of `keypoints2d.LAYOUTS`.
        hands: [21, 3] of the left and right hand (0, 1) where they were looked at.
        number: who it is, when the file says so.
    """

    points: FloatArray
    hands: Mapping[int, FloatArray] = field(default_factory=dict)
    number: int | None = None


@dataclass(frozen=True)
class KeypointFrames:
    """People by frame number; `image_size` (width, height) px when the file tells it."""

    frames: Mapping[int, list[DetectedPerson]]
    image_size: tuple[int, int] | None = None


def is_keypoint_path(path: Path) -> bool:
    """Whether a path is a JSON file, or a folder that holds some and nothing to look at."""
    if path.suffix.lower() == ".json":
        return True
    return path.is_dir() and any(path.glob("*.json"))


def read_keypoint_frames(path: Path) -> KeypointFrames:
    """Everybody in every frame.

    Args:
        path: folder of OpenPose's files, one of them (it and all later numbers of that name), or
            one file of COCO or AlphaPose.

    Raises:
        Sketch2PoseError: unreadable, of another kind, damaged (named), or without people.
    """
    files = _longest_series(path) if path.is_dir() else [path]
    first = _parsed(files[0])
    try:
        if is_openpose(first):
            files = files if path.is_dir() else _from_here_on(path)
            found = KeypointFrames({_number_of(f.name): _of_openpose(_parsed(f)) for f in files})
        else:
            found = _of_coco(first)
    except _DAMAGED as error:
        raise refused(path.name, f"it is damaged ({error})") from error
    _refuse_unusable(found, path.name)
    return found


def _refuse_unusable(found: KeypointFrames, name: str) -> None:
    everybody = [person.points for people in found.frames.values() for person in people]
    largest = max((float(points[:, :2].max()) for points in everybody), default=0.0)
    if largest == 0.0:
        raise refused(name, "there is nobody in it", "Run the detector on people")
    if largest <= _RELATIVE:
        fix = "Export the keypoints in pixels (OpenPose: --keypoint_scale 0)"
        raise refused(name, "its keypoints are not in pixels", fix)


def _parsed(file: Path) -> Any:
    try:
        document = json.loads(file.read_bytes())
    except OSError as error:
        why = (error.strerror or "the system refused it").lower()
        raise refused(file.name, why, "Check that you may read it") from error
    except (ValueError, RecursionError) as error:
        raise refused(file.name, "it is not valid JSON") from error
    if not is_keypoint_document(document):
        raise refused(file.name, "it contains no keypoints from OpenPose, COCO or AlphaPose")
    return document


def _longest_series(folder: Path) -> list[Path]:
    """The files of a folder whose names differ in their last number only, most of them."""
    series: dict[str, list[Path]] = {}
    for file in folder.glob("*.json"):
        series.setdefault(_without_number(file), []).append(file)
    return sorted(max(series.values(), key=len), key=_order)


def _from_here_on(path: Path) -> list[Path]:
    """A file and those of the same name with larger numbers."""
    kind = _without_number(path)
    others = (f for f in path.parent.glob("*.json") if _without_number(f) == kind)
    return sorted((f for f in others if _order(f) >= _order(path)), key=_order)


def _without_number(file: Path) -> str:
    return _NUMBER.sub("#", file.stem)


def _order(file: Path) -> tuple[int, str]:
    return _number_of(file.name), file.name


def _number_of(name: str) -> int:
    found = _NUMBER.search(Path(name).stem)
    return int(found[1]) if found else 0


def _of_openpose(document: Mapping[str, Any]) -> list[DetectedPerson]:
    return [
        DetectedPerson(
            _unseen_where_broken(points_of_row(person["pose_keypoints_2d"])),
            {side: _hand(person[name]) for side, name in enumerate(_HANDS) if person.get(name)},
            _known_number(person.get("person_id")),
        )
        for person in document["people"]
    ]


def _of_coco(document: Any) -> KeypointFrames:
    annotations = document["annotations"] if isinstance(document, dict) else document
    pictures = document.get("images", []) if isinstance(document, dict) else []
    names = {picture["id"]: picture for picture in pictures}
    rows = [row for row in annotations if isinstance(row.get("keypoints"), list)]
    keys = list(names) or list(dict.fromkeys(row["image_id"] for row in rows))
    numbers = _frame_numbers({key: _label(key, names) for key in keys})
    frames: dict[int, list[DetectedPerson]] = {number: [] for number in numbers.values()}
    for row in rows:
        number = next((row[name] for name in _IDS if row.get(name) is not None), None)
        points = _unseen_where_broken(points_of_row(row["keypoints"]))
        person = DetectedPerson(points, number=_known_number(number))
        frames[numbers[row["image_id"]]].append(person)
    sizes = [(int(p["width"]), int(p["height"])) for p in pictures if "width" in p]
    return KeypointFrames(dict(sorted(frames.items())), sizes[0] if sizes else None)


def _label(key: Any, names: Mapping[Any, Mapping[str, Any]]) -> str:
    picture = names.get(key, {})
    return str(picture.get("frame_id", picture.get("file_name", key)))


def _frame_numbers(labels: Mapping[Any, str]) -> dict[Any, int]:
    """Frame number of each picture: the number in its name when these count, else its rank."""
    found = {key: _number_of(label + ".") for key, label in labels.items()}
    values = sorted(set(found.values()))
    counts = len(values) == len(labels) and values[-1] - values[0] <= SPARSE * len(values)
    if counts:
        return found
    order = sorted(labels, key=lambda key: (found[key], labels[key]))
    return {key: rank for rank, key in enumerate(order)}


def _known_number(value: Any) -> int | None:
    """A person's number; OpenPose's [-1] is none."""
    if isinstance(value, list):
        value = value[0] if value else None
    return int(value) if isinstance(value, int | float) and value >= 0 else None


def _hand(row: Any) -> FloatArray:
    values = np.asarray(row, dtype=np.float64).reshape(-1, 3)
    if len(values) != _HAND_POINTS:
        raise ValueError(f"{len(values)} points of a hand, expected {_HAND_POINTS}")
    return _unseen_where_broken(values)


def _unseen_where_broken(values: FloatArray) -> FloatArray:
    """Points that are not finite count as not seen; confidence is within 0 and 1."""
    good = np.isfinite(values).all(axis=1, keepdims=True)
    values = np.where(good, values, 0.0)
    values[:, 2] = np.clip(values[:, 2], 0.0, 1.0)  # COCO marks visibility with 1 and 2
    return values


def refused(name: str, why: str, fix: str = "", code: str = "import.keypoints") -> Sketch2PoseError:
    """The error for keypoints that cannot be read as a clip."""
    fix = fix or "Choose keypoints from OpenPose, COCO or AlphaPose; see docs/video.md"
    return Sketch2PoseError(f'The keypoints "{name}" could not be read', why, fix, code)
