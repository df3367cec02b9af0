"""Other detectors' keypoints as tracks of the 33 landmarks: who is who, and where is what.

Conventions: px of the source, origin top left; visibility in [0, 1], 0 where nothing was seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array
from ...importers.keypoint_files import DetectedPerson
from ...importers.keypoints2d import LAYOUTS
from .landmarks import LANDMARKS, NUMBER
from .tracking import WAIT

Sight = tuple[Array, int | None]

SAME_PERSON = 0.5  # mean way of the joints since the last sight, in sizes, that is another person
SPREADS = 1.0  # sizes a second by which that grows while nobody is seen
FEWEST_POINTS = 6  # joints of a sight that is worth following
HAND_LENGTH = 0.3  # of the forearm, from wrist to knuckles
_FACE = {
    25: {"nose": 0, "right_eye": 15, "left_eye": 16, "right_ear": 17, "left_ear": 18,
         "left_heel": 21, "right_heel": 24},
    18: {"nose": 0, "right_eye": 14, "left_eye": 15, "right_ear": 16, "left_ear": 17},
    17: {"nose": 0, "left_eye": 1, "right_eye": 2, "left_ear": 3, "right_ear": 4},
}  # fmt: skip
_FACE[26] = {**_FACE[17], "left_heel": 24, "right_heel": 25}
_FACE[133] = {**_FACE[17], "left_heel": 19, "right_heel": 22}
_KNUCKLES = {"thumb": 2, "index": 5, "pinky": 17}  # of a hand's 21 points
_BESIDE = {"eye_inner": "eye", "eye_outer": "eye", "heel": "ankle", "foot_index": "ankle"}


@dataclass
class FollowedPerson:
    """One person over time: `frames` and `seen`, [33, 3] px and visibility of each."""

    number: int | None
    frames: list[int] = field(default_factory=list)
    seen: list[Array] = field(default_factory=list)


def landmarks_of(person: DetectedPerson) -> Array:
    """[33, 3] landmarks that the detector has, px and confidence; 0 for the others."""
    count, found = len(person.points), np.zeros((len(LANDMARKS), 3))
    for name, sources in LAYOUTS[count].items():
        name = name.replace("_foot", "_foot_index")
        if name in NUMBER and len(sources) == 1:
            found[NUMBER[name]] = person.points[sources[0]]
    for name, source in _FACE[count].items():
        found[NUMBER[name]] = person.points[source]
    for side, points in person.hands.items():
        for name, source in _KNUCKLES.items():
            found[NUMBER[f"{('left', 'right')[side]}_{name}"]] = points[source]
    return found


def followed(frames: Mapping[int, list[DetectedPerson]], framerate: float) -> list[FollowedPerson]:
    """Everybody over time, in order of appearance.

    The file's own numbers are followed where it has some; else each sight belongs to who was
    nearest, in sizes of a person, within `tracking.WAIT` seconds.

    Args:
        frames: people by frame number.
        framerate: frames a second.
    """
    people: list[FollowedPerson] = []
    for frame in sorted(frames):
        every = [(landmarks_of(person), person.number) for person in frames[frame]]
        sights = [one for one in every if (one[0][:, 2] > 0).sum() >= FEWEST_POINTS]
        active = [
            person for person in people
            if person.number is not None or frame - person.frames[-1] <= WAIT * framerate
        ]  # fmt: skip
        whose = _matches(active, frame, sights, framerate)
        for number, (seen, name) in enumerate(sights):
            if number not in whose:
                whose[number] = FollowedPerson(name)
                people.append(whose[number])
            whose[number].frames.append(frame)
            whose[number].seen.append(seen)
    return people


def _matches(
    people: list[FollowedPerson], frame: int, sights: list[Sight], framerate: float
) -> dict[int, FollowedPerson]:
    """Whose each sight is; nearest first, sights of nobody are left out."""
    pairs = sorted(
        (_apart(person, frame, *sight, framerate), row, number)
        for row, person in enumerate(people)
        for number, sight in enumerate(sights)
    )
    found: dict[int, FollowedPerson] = {}
    taken: set[int] = set()
    for apart, row, number in pairs:
        if apart < 1.0 and row not in taken and number not in found:
            found[number] = people[row]
            taken.add(row)
    return found


def _apart(
    person: FollowedPerson, frame: int, seen: Array, number: int | None, framerate: float
) -> float:
    """How far a sight is from being a person; from 1 on it is another one."""
    if number is not None or person.number is not None:
        return 0.0 if number == person.number else np.inf
    before = person.seen[-1]
    both = (before[:, 2] > 0) & (seen[:, 2] > 0)
    if not both.any():
        return np.inf
    size = max(float(np.ptp(before[before[:, 2] > 0, :2], axis=0).max()), 1.0)
    way = float(np.linalg.norm(before[both, :2] - seen[both, :2], axis=1).mean()) / size
    passed = (frame - person.frames[-1] - 1) / framerate
    return way / (SAME_PERSON + SPREADS * passed)


def filled(person: FollowedPerson) -> tuple[Array, Array]:
    """Landmarks of every sight, those without one where they are likely.

    Returns:
        Points [T, 33, 2] px and visibility [T, 33]; likely points are not visible.
    """
    seen = np.stack(person.seen)
    points, visible = seen[..., :2].copy(), seen[..., 2]
    times = np.asarray(person.frames, float)
    known = (visible > 0).any(axis=0)
    for number in np.flatnonzero(known):
        there = visible[:, number] > 0
        for axis in (0, 1):
            points[:, number, axis] = np.interp(times, times[there], points[there, number, axis])
    for number in np.flatnonzero(~known):
        points[:, number] = _likely(LANDMARKS[number], points, known)
    return points, visible


def _likely(name: str, points: Array, known: NDArray[np.bool_]) -> Array:
    """[T, 2] where a landmark is that the detector does not know."""
    side, _, part = name.partition("_")
    if part in _BESIDE and known[NUMBER[f"{side}_{_BESIDE[part]}"]]:
        return points[:, NUMBER[f"{side}_{_BESIDE[part]}"]]
    wrist, elbow = (NUMBER.get(f"{side}_{joint}", 0) for joint in ("wrist", "elbow"))
    if part in _KNUCKLES and known[wrist] and known[elbow]:
        return points[:, wrist] + HAND_LENGTH * (points[:, wrist] - points[:, elbow])
    if not side.startswith(("left", "right")) and known[NUMBER["nose"]]:
        return points[:, NUMBER["nose"]]  # the mouth
    return points[:, known].mean(axis=1)
