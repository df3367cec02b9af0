"""Finds people in a picture: MediaPipe's single-shot detector with its anchors.

The picture is fitted into a square of 224 px. Each of 2254 anchors answers with a box and four
points: middle of the hips, a point on the circle about the body, and the same of the upper body.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array
from ...devices import Session
from .region import Region, overlap, region_about

SIZE = 224
# cells a side and anchors a cell of the network's three grids
GRIDS = ((28, 2), (14, 2), (7, 6))
LEAST_SCORE = 0.5
LONGEST = 3.0  # long sides of a picture per short one that are looked at in one go
IN_TWO_PARTS = 0.5  # overlap of regions from which two parts show one person
SAME_PERSON = 0.3  # intersection over union from which two boxes are one person


@dataclass(frozen=True)
class Detection:
    """A person: how sure (0..1) and where the landmark network should look."""

    score: float
    region: Region


@lru_cache(maxsize=1)
def anchors() -> Array:
    """[2254, 2] centers of the anchors, in shares of the square."""
    centers = []
    for cells, each in GRIDS:
        y, x = np.divmod(np.arange(cells * cells), cells)
        centers.append(np.repeat((np.stack([x, y], -1) + 0.5) / cells, each, axis=0))
    return np.concatenate(centers)


def detect_people(session: Session, rgb: NDArray[np.uint8]) -> list[Detection]:
    """People in a picture, surest first.

    Args:
        session: the pose detector.
        rgb: [H, W, 3]; panoramas and columns are looked at in overlapping parts.

    Returns:
        One detection for each person.
    """
    parts = parts_of(rgb)
    found = [
        replace(one, region=replace(one.region, center=one.region.center + corner))
        for corner, part in parts
        for one in _detected(session, part)
    ]
    if len(parts) == 1:
        return found
    people: list[Detection] = []
    for one in sorted(found, key=lambda one: -one.score):
        if all(overlap(one.region, other.region) < IN_TWO_PARTS for other in people):
            people.append(one)
    return people


def parts_of(rgb: NDArray[np.uint8]) -> list[tuple[Array, NDArray[np.uint8]]]:
    """A picture in parts in which people are not too small for the network.

    Returns:
        Corner [2] px and pixels of each; the whole picture when it is not very long.
    """
    short, long = sorted(rgb.shape[:2])
    if long <= LONGEST * short:
        return [(np.zeros(2), rgb)]
    wide = rgb.shape[1] == long
    starts = [*range(0, long - 2 * short, short), long - 2 * short]
    return [
        (np.array([start, 0.0]), rgb[:, start : start + 2 * short])
        if wide
        else (np.array([0.0, start]), rgb[start : start + 2 * short])
        for start in starts
    ]


def _detected(session: Session, rgb: NDArray[np.uint8]) -> list[Detection]:
    square, scale, offset = _fitted(rgb)
    image = (square.astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)[None]
    boxes, scores = session.run(["boxes", "scores"], {"image": image})
    likely = 1 / (1 + np.exp(-np.clip(scores[0, :, 0], -100, 100).astype(np.float64)))
    found = np.flatnonzero(likely >= LEAST_SCORE)
    values = boxes[0, found].astype(np.float64).reshape(-1, 6, 2) / SIZE
    values[:, [0, 2, 3, 4, 5]] += anchors()[found, None]  # row 1 is the box's size
    merged = merge_same(values, likely[found])
    return [
        Detection(score, region_about(*((item[[2, 3]] * SIZE - offset) / scale)))
        for item, score in merged
    ]


def merge_same(values: Array, scores: Array) -> list[tuple[Array, float]]:
    """Weighted non-maximum suppression (BlazeFace, Bazarevsky et al. 2019).

    Args:
        values: [N, 6, 2] center and size of the box, then points.
        scores: [N].

    Returns:
        For each person the average of its values by score, and the best score.
    """
    left = np.argsort(-scores)
    people = []
    while len(left):
        same = _overlaps(values[left[0]], values[left]) >= SAME_PERSON
        same[0] = True
        weights = scores[left[same]]
        average = np.tensordot(weights, values[left[same]], 1) / weights.sum()
        people.append((average, float(scores[left[0]])))
        left = left[~same]
    return people


def _overlaps(one: Array, many: Array) -> Array:
    low = np.maximum(one[0] - one[1] / 2, many[:, 0] - many[:, 1] / 2)
    high = np.minimum(one[0] + one[1] / 2, many[:, 0] + many[:, 1] / 2)
    shared = np.prod(np.maximum(high - low, 0), axis=-1)
    return shared / (np.prod(one[1]) + np.prod(many[:, 1], axis=-1) - shared)


def _fitted(rgb: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float, Array]:
    """The picture in the middle of a black square, the scale and where its corner lies."""
    height, width = rgb.shape[:2]
    scale = SIZE / max(height, width)
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    x, y = (SIZE - size[0]) // 2, (SIZE - size[1]) // 2
    square = np.zeros((SIZE, SIZE, 3), np.uint8)
    square[y : y + size[1], x : x + size[0]] = small
    return square, scale, np.array([x, y], np.float64)
