"""Finding the figures on a page: propose crops, let the network judge and tighten them.

There is no separate detector. Ink that hangs together at several gap sizes gives candidate
squares; the network says whether a person is in each and where the joints are; the crop is
cut again around them until it is stable. Overlapping answers are merged, the rest come back
from left to right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..devices import Session
from .crops import Box, box_around, cut
from .network_output import NetworkOutput, anatomical, averaged_with_mirror, read_crops

GAPS = (0.008, 0.02, 0.045)  # of the page: how far apart lines of one figure may lie
SMALLEST = 0.07  # of the page: smaller clusters are not figures
MOST_CANDIDATES = 16
MAYBE = 0.15  # first look: worth a second one
PERSON = 0.85  # last look: a person; 98.7 % of drawn people, 0.3 % of other things, if synthetic
FEWEST_KEYPOINTS = 8
REFINEMENTS = 2
SHARPNESS = 8.0  # how fast wide heatmaps (spread in crop sides) lower the score

InkMap = NDArray[np.float32]


@dataclass(frozen=True)
class DetectedFigure:
    """One found figure: its crop and what the network read in it."""

    box: Box
    output: NetworkOutput

    @property
    def score(self) -> float:
        """How sure the finding is, 0..1."""
        drawn = np.sort(self.output.visible[0])[-16:].mean()
        sharp = np.exp(-SHARPNESS * self.output.spread[0]).mean()
        return float(self.output.person[0] * drawn * sharp)

    @property
    def points(self) -> NDArray[np.floating]:
        """Keypoints [25, 2] in page px."""
        return self.box.to_page(self.output.points[0])


def find_figures(
    session: Session, ink: InkMap, check: Callable[[], None]
) -> tuple[list[DetectedFigure], float]:
    """Finds everybody on the page.

    Args:
        session: the sketch network.
        ink: [H, W] ink map.
        check: called between readings; raises when the user has cancelled.

    Returns:
        The figures from left to right, and the best probability of a person at the last look.
    """
    boxes = candidate_boxes(ink)
    if not boxes:
        return [], 0.0
    first = read_crops(session, np.stack([cut(ink, box) for box in boxes]))
    order = np.argsort(-first.person)
    found: list[DetectedFigure] = []
    best = float(first.person.max()) if first.person.max() < MAYBE else 0.0
    for index in order:
        check()
        if first.person[index] < MAYBE or _explained(first, index, boxes, found):
            continue
        figure = refine(session, ink, DetectedFigure(boxes[index], first.row(index)), check)
        best = max(best, float(figure.output.person[0]))
        if is_person(figure):
            found.append(figure)
    return sorted(_distinct(found), key=lambda figure: figure.points[:, 0].mean()), best


def is_person(figure: DetectedFigure) -> bool:
    """Whether the last look at a crop shows enough of a person."""
    seen = int((figure.output.visible[0] > 0.5).sum())
    return bool(figure.output.person[0] > PERSON) and seen >= FEWEST_KEYPOINTS


def refine(
    session: Session, ink: InkMap, figure: DetectedFigure, check: Callable[[], None]
) -> DetectedFigure:
    """Cuts the crop again around the keypoints, keeps the surest look, reads that one twice."""
    best = figure
    for _ in range(REFINEMENTS):
        check()
        box = _around_keypoints(figure)
        if _overlap(box, figure.box) > 0.85:
            break
        figure = DetectedFigure(box, read_crops(session, cut(ink, box)[None]))
        best = max(best, figure, key=lambda look: look.score)
    seen = averaged_with_mirror(session, cut(ink, best.box)[None], best.output)
    return DetectedFigure(best.box, anatomical(seen))


def candidate_boxes(ink: InkMap) -> list[Box]:
    """Squares that may hold a figure: all ink, and clusters of ink at several gap sizes."""
    drawn = (ink > 0.35).astype(np.uint8)
    if not drawn.any():
        return []
    side = max(ink.shape)
    rectangles = [_bounds(drawn)]
    for gap in GAPS:
        rectangles += _clusters(drawn, max(1, int(gap * side)), SMALLEST * side)
    boxes: list[Box] = []
    for low, high in sorted(rectangles, key=lambda r: -float(np.prod(r[1] - r[0] + 1))):
        box = box_around(low, high)
        if all(_overlap(box, other) < 0.8 for other in boxes):
            boxes.append(box)
    return boxes[:MOST_CANDIDATES]


Rectangle = tuple[NDArray[np.floating], NDArray[np.floating]]


def _bounds(drawn: NDArray[np.uint8]) -> Rectangle:
    x, y, width, height = cv2.boundingRect(drawn)
    return np.array([x, y], float), np.array([x + width, y + height], float)


def _clusters(drawn: NDArray[np.uint8], gap: int, smallest: float) -> list[Rectangle]:
    joined = cv2.dilate(drawn, np.ones((2 * gap + 1, 2 * gap + 1), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    rectangles = []
    for x, y, width, height, _ in stats[1:]:
        low = np.array([x + gap, y + gap], float)
        high = np.array([x + width - gap, y + height - gap], float)
        if (high - low).max() >= smallest:
            rectangles.append((low, high))
    return rectangles


def _around_keypoints(figure: DetectedFigure) -> Box:
    seen = figure.output.visible[0] > 0.4
    points = figure.points[seen] if seen.sum() >= FEWEST_KEYPOINTS else figure.points
    return box_around(points.min(0), points.max(0))


def _overlap(a: Box, b: Box) -> float:
    """Intersection over union of two squares."""
    width = min(a.x + a.side / 2, b.x + b.side / 2) - max(a.x - a.side / 2, b.x - b.side / 2)
    height = min(a.y + a.side / 2, b.y + b.side / 2) - max(a.y - a.side / 2, b.y - b.side / 2)
    common = max(0.0, width) * max(0.0, height)
    return common / (a.side**2 + b.side**2 - common)


def _explained(
    first: NetworkOutput, index: int, boxes: list[Box], found: list[DetectedFigure]
) -> bool:
    """Whether a candidate shows a figure that was found already, or lumps several together."""
    if sum(_holds(boxes[index], figure.box) for figure in found) > 1:
        return True
    points = boxes[index].to_page(first.points[index])
    return any(_same(points, figure.points, figure.box.side) for figure in found)


def _holds(large: Box, small: Box) -> bool:
    """Whether the center of one square lies in another, larger one."""
    away = max(abs(small.x - large.x), abs(small.y - large.y))
    return away < large.side / 2 and large.side > 1.2 * small.side


def _same(a: NDArray[np.floating], b: NDArray[np.floating], side: float) -> bool:
    return float(np.linalg.norm(a - b, axis=1).mean()) < 0.12 * side


def _distinct(found: list[DetectedFigure]) -> list[DetectedFigure]:
    """Drops doubles and crops that lump several figures together."""
    kept: list[DetectedFigure] = []
    for figure in sorted(found, key=lambda f: -f.score):
        if not any(
            _same(figure.points, other.points, other.box.side) or _inside(figure, other)
            for other in kept
        ):
            kept.append(figure)
    return [
        figure
        for figure in kept
        if sum(_inside(other, figure) for other in kept if other is not figure) < 2
    ]


def _inside(small: DetectedFigure, large: DetectedFigure) -> bool:
    """Whether most keypoints of one figure lie in the other's keypoint rectangle."""
    low, high = large.points.min(0), large.points.max(0)
    return float(((small.points >= low) & (small.points <= high)).all(1).mean()) > 0.7
