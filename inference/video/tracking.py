"""Follows every person through a clip: same person, same number, until a cut.

Between two looks of the detector each person's region follows from the last landmarks. A person
who is lost is waited for; after a cut everybody is new.
"""

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from .detector import Session, detect_people
from .hand_landmarks import HandReading
from .landmarker import Reading, read_landmarks
from .landmarks import Landmarks, Track
from .region import Region, between, overlap

DETECT_EVERY = 0.25  # s between two looks of the detector while everybody is followed
WAIT = 2.0  # s a lost person is waited for
LEAST_PRESENCE = 0.5
SAME_PERSON = 0.35  # overlap of regions from which a detection is a person already followed
ONE_TWICE = 0.7  # overlap of landmarks' boxes from which two followed people are one
MOST_PEOPLE = 10
CUT = 0.22  # mean difference of two thumbnails (share of the grey range) that is a cut
REGION_CUTOFF = 5.0  # Hz; the region follows slower motion, or its jitter feeds itself
JUMP = 0.03  # mean way of the landmarks in shares of the region's side that is looked at twice
VARIANTS = ((1.0, 0.0), (1.15, 1.0), (0.87, 1.0), (1.15, 0.0), (1.0, 0.5))  # of side and turn
THUMBNAIL = (32, 18)


@dataclass(eq=False)
class Person:
    """One person being followed; `region` is where to look next, `hands` go with `seen`."""

    region: Region
    last_seen: int
    frames: list[int] = field(default_factory=list)
    seen: list[Landmarks] = field(default_factory=list)
    hands: list[tuple[HandReading, ...]] = field(default_factory=list)

    def track(self) -> Track:
        """What was seen, as arrays."""
        return Track(
            np.array(self.frames),
            np.stack([one.points for one in self.seen]),
            np.stack([one.world for one in self.seen]),
            np.stack([one.visibility for one in self.seen]),
        )


class Tracker:
    """Takes pictures one after the other; `people` holds everybody ever seen."""

    def __init__(self, detector: Session, landmarker: Session, framerate: float) -> None:
        """Args: detector, landmarker: the two networks; framerate: pictures a second."""
        self.detector, self.landmarker = detector, landmarker
        self.detect_every = max(round(framerate * DETECT_EVERY), 1)
        self.wait = framerate * WAIT
        self.region_share = 1 / (1 + framerate / (2 * np.pi * REGION_CUTOFF))
        self.people: list[Person] = []
        self._followed: list[Person] = []
        self._since_detection = self.detect_every
        self._thumbnail: NDArray | None = None

    def add(self, rgb: NDArray[np.uint8], frame: int, count: int) -> int:
        """Observe one picture.

        Args:
            rgb: [H, W, 3].
            frame: its number in the source.
            count: how many pictures came before it.

        Returns:
            How many people are in it.
        """
        if self._is_cut(rgb):
            self._followed = []
            self._since_detection = self.detect_every
        present = [p for p in self._followed if self._follow(p, rgb, frame, count)]
        present = self._without_twins(present)
        self._since_detection += 1
        if self._since_detection >= self.detect_every or len(present) < len(self._followed):
            present += self._newcomers(rgb, frame, count, present)
            self._since_detection = 0
        waited = [p for p in self._followed if p not in present and count - p.last_seen < self.wait]
        self._followed = present + waited
        return len(present)

    def _is_cut(self, rgb: NDArray[np.uint8]) -> bool:
        small = cv2.resize(rgb, THUMBNAIL, interpolation=cv2.INTER_AREA).astype(np.float32).mean(-1)
        before, self._thumbnail = self._thumbnail, small
        return before is not None and float(np.abs(small - before).mean()) / 255 > CUT

    def _follow(self, person: Person, rgb: NDArray[np.uint8], frame: int, count: int) -> bool:
        if person.last_seen < count - 1:
            return False  # lost: only the detector brings a person back
        return self._take(person, self._steadiest(person, rgb), frame, count)

    def _steadiest(self, person: Person, rgb: NDArray[np.uint8]) -> Reading:
        """The reading of the person's region; after a jump, of all its variants the one that
        moved least: the network may take one side for the other in one of them only.
        """
        before = person.seen[-1]
        reading = read_landmarks(self.landmarker, rgb, person.region)
        jump = _movement(reading.landmarks, before, person.region)
        if jump < JUMP:
            return reading
        for scale, turn in VARIANTS:
            region = replace(
                person.region, side=person.region.side * scale, turn=person.region.turn * turn
            )
            other = read_landmarks(self.landmarker, rgb, region)
            moved = _movement(other.landmarks, before, person.region)
            if other.presence >= LEAST_PRESENCE and moved < jump:
                reading, jump = other, moved
        return reading

    def _take(self, person: Person, reading: Reading, frame: int, count: int) -> bool:
        if reading.presence < LEAST_PRESENCE:
            return False
        share = self.region_share if person.last_seen == count - 1 and person.frames else 1.0
        person.region = between(person.region, reading.next_region, share)
        person.last_seen = count
        person.frames.append(frame)
        person.seen.append(reading.landmarks)
        return True

    def _newcomers(
        self, rgb: NDArray[np.uint8], frame: int, count: int, present: list[Person]
    ) -> list[Person]:
        """People whom the detector finds and nobody follows: lost ones first, then new ones."""
        found = []
        for detection in detect_people(self.detector, rgb):
            known = present + found
            taken = any(overlap(detection.region, p.region) > SAME_PERSON for p in known)
            if taken or len(known) >= MOST_PEOPLE:
                continue
            reading = read_landmarks(self.landmarker, rgb, detection.region)
            if any(_box_overlap(reading.landmarks, p.seen[-1]) > SAME_PERSON for p in known):
                continue
            person = self._lost_at(detection.region, known) or Person(detection.region, count)
            if self._take(person, reading, frame, count):
                found.append(person)
                if person not in self.people:
                    self.people.append(person)
        return found

    def _lost_at(self, region: Region, known: list[Person]) -> Person | None:
        """The lost person nearest to a region, when near enough to have walked there."""
        lost = [p for p in self._followed if p not in known]
        distances = [np.linalg.norm(p.region.center - region.center) / region.side for p in lost]
        near = int(np.argmin(distances)) if lost else -1
        return lost[near] if lost and distances[near] < 0.5 else None

    def _without_twins(self, present: list[Person]) -> list[Person]:
        """Of two that have become one, the one followed longer stays."""
        kept: list[Person] = []
        for person in sorted(present, key=lambda p: -len(p.frames)):
            if any(_box_overlap(person.seen[-1], p.seen[-1]) > ONE_TWICE for p in kept):
                person.frames.pop()
                person.seen.pop()
                person.last_seen = -(10**9)
            else:
                kept.append(person)
        self.people = [p for p in self.people if p.frames]
        return kept


def _movement(now: Landmarks, before: Landmarks, region: Region) -> float:
    """Mean way of the landmarks in shares of the region's side."""
    seen = np.minimum(now.visibility, before.visibility)
    way = np.linalg.norm(now.points - before.points, axis=-1) / region.side
    return float(way @ seen / max(seen.sum(), 1e-6))


def _box_overlap(a: Landmarks, b: Landmarks) -> float:
    low = np.maximum(a.points.min(0), b.points.min(0))
    high = np.minimum(a.points.max(0), b.points.max(0))
    shared = float(np.prod(np.maximum(high - low, 0)))
    areas = [float(np.prod(np.ptp(one.points, axis=0))) for one in (a, b)]
    return shared / max(sum(areas) - shared, 1e-9)
