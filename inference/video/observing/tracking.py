"""Follows every person through a clip: same person, same number, until a cut.

Between two looks of the detector each person's region follows from the last landmarks. A person
who is lost is waited for; after a cut everybody is new.
"""

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array
from ...devices import Session
from .detector import detect_people
from .hand_landmarks import HandLandmarkOutput
from .landmarker import LandmarkOutput, read_landmarks
from .landmarks import NUMBER, Landmarks, Track
from .region import Region, between, overlap

DETECT_EVERY = 0.25  # s between two looks of the detector while somebody is followed
WAIT = 2.0  # s a lost person is waited for
LEAST_PRESENCE = 0.5
SAME_PERSON = 0.35  # overlap of regions from which a detection is a person already followed
ONE_TWICE = 0.7  # overlap of landmarks' boxes from which two followed people are one
MOST_PEOPLE = 10
CUT = 0.22  # mean difference of two thumbnails (share of the gray range) that is a cut
NEAR = 0.5  # sides of the region from where a lost person should be, within which they are found
SPREADS = 0.5  # sides a second; how much less sure that place becomes
REMEMBERED = 0.5  # s of the path that tell where a lost person goes
REGION_CUTOFF = 5.0  # Hz; the region follows slower motion, or its jitter feeds itself
JUMP = 0.03  # mean way of the landmarks in shares of the region's side that is looked at twice
VARIANTS = ((1.0, 0.0), (1.15, 1.0), (0.87, 1.0), (1.15, 0.0), (1.0, 0.5))  # of side and turn
THUMBNAIL = (32, 18)


@dataclass(eq=False)
class TrackedPerson:
    """One person being followed.

    Attributes:
        region: where to look next.
        last_seen: number of the last picture with them.
        frames: source frames with them.
        moments: the same as numbers of pictures.
        seen: their landmarks in these.
        hands: their hands, when they are read.
    """

    region: Region
    last_seen: int
    frames: list[int] = field(default_factory=list)
    moments: list[int] = field(default_factory=list)
    seen: list[Landmarks] = field(default_factory=list)
    hands: list[tuple[HandLandmarkOutput, ...]] = field(default_factory=list)

    def expected_at(self, count: int, pictures: int) -> Array:
        """[2] px where they are in picture `count` if they go on as in the last `pictures`."""
        last = len(self.moments) - 1
        first = next(n for n, at in enumerate(self.moments) if at >= self.moments[last] - pictures)
        way = self.seen[last].points.mean(0) - self.seen[first].points.mean(0)
        passed = max(self.moments[last] - self.moments[first], 1)
        return self.region.center + way * (count - self.moments[last]) / passed

    def forget_last(self) -> None:
        """Drop the last sight."""
        for sights in (self.frames, self.moments, self.seen):
            sights.pop()
        del self.hands[len(self.seen) :]

    def track(self) -> Track:
        """What was seen, as arrays."""
        return Track(
            np.array(self.frames),
            np.stack([one.points for one in self.seen]),
            np.stack([one.world for one in self.seen]),
            np.stack([one.visibility for one in self.seen]),
        )


class Tracker:
    """Takes pictures one after the other.

    Attributes:
        people: everybody ever seen.
        crowded: somebody was left out, as `MOST_PEOPLE` were followed already.
    """

    def __init__(self, detector: Session, landmarker: Session, framerate: float) -> None:
        """Start with nobody seen.

        Args:
            detector: the network that finds people.
            landmarker: the network that reads their landmarks.
            framerate: pictures a second.
        """
        self.detector, self.landmarker = detector, landmarker
        self.detect_every = max(round(framerate * DETECT_EVERY), 1)
        self.wait = framerate * WAIT
        self.framerate = framerate
        self.region_share = 1 / (1 + framerate / (2 * np.pi * REGION_CUTOFF))
        self.people: list[TrackedPerson] = []
        self.crowded = False
        self._followed: list[TrackedPerson] = []
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
        lost = len(present) < len(self._followed) or not present
        if lost or self._since_detection >= self.detect_every:
            present += self._newcomers(rgb, frame, count, present)
            self._since_detection = 0
        waited = [p for p in self._followed if p not in present and count - p.last_seen < self.wait]
        self._followed = present + waited
        return len(present)

    def _is_cut(self, rgb: NDArray[np.uint8]) -> bool:
        small = cv2.resize(rgb, THUMBNAIL, interpolation=cv2.INTER_AREA).astype(np.float32).mean(-1)
        before, self._thumbnail = self._thumbnail, small
        return before is not None and float(np.abs(small - before).mean()) / 255 > CUT

    def _follow(
        self, person: TrackedPerson, rgb: NDArray[np.uint8], frame: int, count: int
    ) -> bool:
        if person.last_seen < count - 1:
            return False  # lost: only the detector brings a person back
        return self._take(person, self._steadiest(person, rgb), frame, count)

    def _steadiest(self, person: TrackedPerson, rgb: NDArray[np.uint8]) -> LandmarkOutput:
        """Landmarks of the person's region; after a jump, those of its variants that moved least.

        The network may take one side for the other in one of the variants only.
        """
        before = person.seen[-1]
        output = read_landmarks(self.landmarker, rgb, person.region)
        jump = _movement(output.landmarks, before, person.region)
        if jump < JUMP:
            return output
        for scale, turn in VARIANTS:
            region = replace(
                person.region, side=person.region.side * scale, turn=person.region.turn * turn
            )
            other = read_landmarks(self.landmarker, rgb, region)
            moved = _movement(other.landmarks, before, person.region)
            if other.presence >= LEAST_PRESENCE and moved < jump:
                output, jump = other, moved
        return output

    def _take(self, person: TrackedPerson, output: LandmarkOutput, frame: int, count: int) -> bool:
        if output.presence < LEAST_PRESENCE:
            return False
        share = self.region_share if person.last_seen == count - 1 and person.frames else 1.0
        person.region = between(person.region, output.next_region, share)
        person.last_seen = count
        person.frames.append(frame)
        person.moments.append(count)
        person.seen.append(output.landmarks)
        return True

    def _newcomers(
        self, rgb: NDArray[np.uint8], frame: int, count: int, present: list[TrackedPerson]
    ) -> list[TrackedPerson]:
        """People whom the detector finds and nobody follows: lost ones first, then new ones."""
        found = []
        for detection in detect_people(self.detector, rgb):
            known = present + found
            if any(overlap(detection.region, p.region) > SAME_PERSON for p in known):
                continue
            if len(known) >= MOST_PEOPLE:
                self.crowded = True
                continue
            output = read_landmarks(self.landmarker, rgb, detection.region)
            if any(_box_overlap(output.landmarks, p.seen[-1]) > SAME_PERSON for p in known):
                continue
            person = self._lost_at(detection.region, known, count) or TrackedPerson(
                detection.region, count
            )
            if self._take(person, output, frame, count):
                found.append(person)
                if person not in self.people:
                    self.people.append(person)
        return found

    def _lost_at(
        self, region: Region, known: list[TrackedPerson], count: int
    ) -> TrackedPerson | None:
        """The lost person who should be nearest to a region by now, when near enough."""
        lost = [p for p in self._followed if p not in known and p.seen]
        pictures = max(round(REMEMBERED * self.framerate), 1)
        away = [self._away(p, region, count, pictures) for p in lost]
        near = int(np.argmin(away)) if lost else -1
        return lost[near] if lost and away[near] < 1.0 else None

    def _away(self, person: TrackedPerson, region: Region, count: int, pictures: int) -> float:
        """Distance of a region from where a lost person should be or was; 1 is just near enough."""
        allowed = NEAR + SPREADS * (count - person.moments[-1]) / self.framerate
        places = (person.expected_at(count, pictures), person.region.center)
        distance = min(float(np.linalg.norm(place - region.center)) for place in places)
        return distance / region.side / allowed

    def _without_twins(self, present: list[TrackedPerson]) -> list[TrackedPerson]:
        """Of two that have become one, the one followed longer stays, the other one is lost."""
        kept: list[TrackedPerson] = []
        for person in sorted(present, key=lambda p: -len(p.frames)):
            twin = next(
                (p for p in kept if _box_overlap(person.seen[-1], p.seen[-1]) > ONE_TWICE), None
            )
            if twin is None:
                kept.append(person)
            else:
                _separate(person, twin)
        self.people = [p for p in self.people if p.frames]
        return kept


def _separate(person: TrackedPerson, twin: TrackedPerson) -> None:
    """Take from a person the sights that are their twin's; they are lost since the last other."""
    whose = dict(zip(twin.moments, twin.seen, strict=True))
    while person.seen:
        other = whose.get(person.moments[-1])
        if other is None or _box_overlap(person.seen[-1], other) <= SAME_PERSON:
            break
        person.forget_last()
    if not person.seen:
        person.last_seen = -(10**9)  # never was anybody else
        return
    person.region = replace(person.region, center=_middle(person.seen[-1]))
    person.last_seen = min(person.moments[-1], twin.moments[-1] - 2)


def _middle(seen: Landmarks) -> Array:
    """[2] px between the hips."""
    return seen.points[[NUMBER["left_hip"], NUMBER["right_hip"]]].mean(0)


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
