"""The 21 points of each hand, read about the wrists that the pose network found.

Conventions: `points` are source px, origin top left; `world` is meters about the hand in the axes
of the camera (x right, y down, z away). Hands are left (0) and right (1). Points: wrist, then
thumb, index, middle, ring and little finger with four points each from the palm to the tip.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array
from ...devices import Session
from .landmarks import NUMBER, Landmarks
from .region import Region

SIZE = 224
POINTS = 21
WRIST, INDEX, MIDDLE, RING, LITTLE = 0, 5, 9, 13, 17  # the fingers by their knuckle
SIDES = ("left", "right")
LEAST_PRESENCE = 0.5
LEAST_WRIST = 0.5  # visibility of the wrist from which its hand is looked for
SMALLEST = 12.0  # px from wrist to knuckles
MOST_LARGER = 2.0  # than the pose network's hand; beyond it is something else
LEAST_ALIGNED = 0.3  # cosine between that hand's direction and this one's
FROM_BODY = 2.7  # side of the region in shares of the hand that the pose network suggests
FROM_HAND = 2.0  # the same of the box about the palm, once the hand itself has been read
TOWARDS_FINGERS = 0.1  # shift of the region along the hand, shares of its side
_PALM = [0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18]  # points whose box does not jump with the fingers


@dataclass(frozen=True)
class HandLandmarkOutput:
    """One hand in one picture: `presence` 0..1, `points` [21, 2] px, `world` [21, 3] meters."""

    presence: float
    points: Array
    world: Array


@dataclass(frozen=True)
class HandTrack:
    """Both hands of one person over time.

    Attributes:
        points: [T, 2, 21, 2] px.
        world: [T, 2, 21, 3] meters, camera axes.
        presence: [T, 2] in 0..1; 0 where nothing was read.
    """

    points: Array
    world: Array
    presence: Array


UNSEEN = HandLandmarkOutput(0.0, np.zeros((POINTS, 2)), np.zeros((POINTS, 3)))


class HandReader:
    """Reads both hands of people; a hand once read shows where the next picture has it."""

    def __init__(self, session: Session) -> None:
        """Keep a loaded network.

        Args:
            session: the hand landmark network.
        """
        self.session = session

    def read(
        self,
        rgb: NDArray[np.uint8],
        body: Landmarks,
        before: "tuple[HandLandmarkOutput, ...] | None",
    ) -> tuple[HandLandmarkOutput, ...]:
        """Both hands of one person.

        Args:
            rgb: [H, W, 3].
            body: the person's landmarks in this picture.
            before: what was read in the picture before; None at the start.

        Returns:
            Left and right.
        """
        seen = before or (UNSEEN, UNSEEN)
        return tuple(self._one(rgb, body, side, seen[number]) for number, side in enumerate(SIDES))

    def _one(
        self, rgb: NDArray[np.uint8], body: Landmarks, side: str, before: HandLandmarkOutput
    ) -> HandLandmarkOutput:
        wrist = body.points[NUMBER[f"{side}_wrist"]]
        if body.visibility[NUMBER[f"{side}_wrist"]] < LEAST_WRIST:
            return UNSEEN
        region = region_of_body(body, side)
        if region.side < 2 * FROM_BODY * SMALLEST:
            return UNSEEN
        if before.presence >= LEAST_PRESENCE:
            moved = before.points - before.points[WRIST] + wrist
            region = region_of_hand(moved)
        output = read_hand(self.session, rgb, region)
        fits = output.presence >= LEAST_PRESENCE and belongs(output, body, side)
        return output if fits else UNSEEN


def belongs(hand: HandLandmarkOutput, body: Landmarks, side: str) -> bool:
    """Whether a hand sits on the body's wrist, about as large and turned as the body says."""
    wrist, index, little = _hand_of_body(body, side)
    expected = (index + little) / 2 - wrist
    found = (hand.points[INDEX] + hand.points[LITTLE]) / 2 - hand.points[WRIST]
    lengths = float(np.linalg.norm(expected)), float(np.linalg.norm(found))
    if min(lengths) < 1e-6 or not 1 / MOST_LARGER < lengths[1] / lengths[0] < MOST_LARGER:
        return False
    away = float(np.linalg.norm(hand.points[WRIST] - wrist))
    turned = float(expected @ found) / (lengths[0] * lengths[1])
    return away < 2 * lengths[0] and turned > LEAST_ALIGNED


def read_hand(session: Session, rgb: NDArray[np.uint8], region: Region) -> HandLandmarkOutput:
    """Run the hand network on a region [H, W, 3] of a picture."""
    image = (region.crop(rgb, SIZE).astype(np.float32) / 255).transpose(2, 0, 1)[None]
    raw, presence, world = session.run(
        ["landmarks", "presence", "world_landmarks"], {"image": image}
    )
    points = region.to_picture(raw.reshape(POINTS, 3)[:, :2].astype(np.float64) / SIZE)
    metric = region.turned_back(world.reshape(POINTS, 3).astype(np.float64))
    return HandLandmarkOutput(float(np.ravel(presence)[0]), points, metric)


def region_of_body(body: Landmarks, side: str) -> Region:
    """Where a hand should be by the pose network's wrist and knuckles."""
    wrist, index, little = _hand_of_body(body, side)
    middle = (2 * index + little) / 3
    along = middle - wrist
    return _shifted(middle, 2 * FROM_BODY * float(np.linalg.norm(along)), along)


def _hand_of_body(body: Landmarks, side: str) -> Array:
    """[3, 2] wrist, index and little knuckle by the pose network."""
    return body.points[[NUMBER[f"{side}_{part}"] for part in ("wrist", "index", "pinky")]]


def region_of_hand(points: Array) -> Region:
    """Where to look next for a hand that was read: about the box of its palm [21, 2]."""
    knuckles = (points[INDEX] + points[MIDDLE] + points[RING]) / 3
    along = knuckles - points[WRIST]
    turn = float(np.arctan2(along[0], -along[1]))
    upright = Region(np.zeros(2), 1.0, -turn).to_picture(points[_PALM] + 0.5)
    low, high = upright.min(0), upright.max(0)
    center = Region(np.zeros(2), 1.0, turn).to_picture((low + high) / 2 + 0.5)
    return _shifted(center, FROM_HAND * float((high - low).max()), along)


def _shifted(center: Array, side: float, along: Array) -> Region:
    length = max(float(np.linalg.norm(along)), 1e-9)
    turn = float(np.arctan2(along[0], -along[1]))
    return Region(center + TOWARDS_FINGERS * side * along / length, max(side, 1.0), turn)


def hand_track(outputs: list[tuple[HandLandmarkOutput, ...]], scale: float) -> HandTrack:
    """Readings of T pictures as arrays; `scale` is px read per px of the source."""
    return HandTrack(
        np.array([[hand.points for hand in pair] for pair in outputs]) / scale,
        np.array([[hand.world for hand in pair] for pair in outputs]),
        np.array([[hand.presence for hand in pair] for pair in outputs]),
    )
