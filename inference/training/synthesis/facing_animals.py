"""Animals that look at the viewer: sitting, standing, or only the head.

They are the closest things to people in these pages: a round head on a body with two eyes. Ears,
a muzzle and a tail tell them apart, so those are never left out. Frame as in `creatures`.
"""

from typing import NamedTuple

import numpy as np

from .creatures import Rng, jittered, pick
from .shapes import Path, arc, curve, ellipse, ellipse_at, heading, line, polygon, tube


class Face(NamedTuple):
    """A head seen from the front; ear_lean is the angle from straight up, in radians."""

    width: float = 0.40
    height: float = 0.34
    ear: float = 0.25
    ear_width: float = 0.13
    ear_lean: float = 0.7
    round_ear: bool = False
    muzzle: float = 0.15
    whiskers: bool = False
    beak: bool = False
    tail: float = 0.5


FACES = {
    "cat": Face(0.40, 0.34, 0.28, 0.14, 0.65, False, 0.12, True, False, 0.8),
    "dog": Face(0.34, 0.38, 0.42, 0.13, 1.9, True, 0.20, False, False, 0.5),
    "bear": Face(0.40, 0.37, 0.15, 0.14, 0.8, True, 0.19, False, False, 0.1),
    "rabbit": Face(0.32, 0.34, 0.65, 0.11, 0.3, True, 0.12, True, False, 0.12),
    "owl": Face(0.42, 0.36, 0.20, 0.10, 0.75, False, 0.06, False, True, 0.3),
    "fox": Face(0.40, 0.32, 0.34, 0.15, 0.7, False, 0.10, False, False, 0.8),
    "pig": Face(0.40, 0.36, 0.20, 0.14, 0.8, False, 0.16, False, False, 0.15),
    "mouse": Face(0.34, 0.32, 0.30, 0.26, 0.85, True, 0.10, True, False, 0.9),
    "cow": Face(0.32, 0.42, 0.26, 0.10, 1.4, True, 0.24, False, False, 0.6),
    "elephant": Face(0.36, 0.40, 0.50, 0.36, 1.5, True, 0.05, False, False, 0.2),
}


def animal_face(rng: Rng) -> list[Path]:
    """Only the head of an animal, from the front."""
    return _head(jittered(pick(rng, FACES), rng), np.zeros(2), rng)


def facing_animal(rng: Rng) -> list[Path]:
    """A whole animal from the front, sitting or on four legs."""
    face: Face = jittered(pick(rng, FACES), rng)
    width, height = rng.uniform(0.3, 0.55), rng.uniform(0.4, 0.65)
    body = ellipse(0, 0, width, height)
    head = _head(face, np.array([0.0, -0.85 * height - 0.6 * face.height]), rng)
    side = 1.0 if rng.random() < 0.5 else -1.0
    root = np.array([0.7 * width * side, 0.6 * height])
    swing = root + (side * 0.5 * face.tail, rng.normal(-0.1, 0.15))
    tail = tube(
        [root, swing, swing + (side * 0.2 * face.tail, -0.5 * face.tail)], [0.05, 0.06, 0.03]
    )
    legs = _front_legs(width, height, rng)
    haunches = [
        ellipse(s * 0.9 * width, 0.65 * height, 0.35 * width, 0.4 * height) for s in (-1, 1)
    ]
    sits = rng.random() < 0.6
    belly = [ellipse(0, 0.1 * height, 0.6 * width, 0.7 * height, detail=True)]
    return [
        tail,
        *(haunches if sits else []),
        body,
        *legs,
        *head,
        *(belly if rng.random() < 0.3 else []),
    ]


def _front_legs(width: float, height: float, rng: Rng) -> list[Path]:
    """Two straight legs close together below the chest, with paws."""
    low, apart = 1.05 * height + rng.uniform(0.0, 0.25), rng.uniform(0.2, 0.5) * width
    legs = []
    for side in (-1, 1):
        x = side * apart
        legs += [
            tube([(x, 0.2 * height), (x, 0.6 * height), (x, low)], [0.09, 0.08, 0.08], 5),
            ellipse(x, low, 0.12, 0.07),
        ]
    return legs


def _head(face: Face, centre: np.ndarray, rng: Rng) -> list[Path]:
    ears = [path for side in (-1, 1) for path in _ear(face, centre, side)]
    skull = ellipse_at(centre, face.width, face.height)
    eyes = [
        ellipse_at(
            centre + (s * 0.4 * face.width, -0.15 * face.height),
            0.1 * face.width * size,
            detail=True,
        )
        for size in (1.0, 2.4)[: 1 + face.beak]
        for s in (-1, 1)
    ]
    return [*ears, skull, *eyes, *_muzzle(face, centre + (0, 0.35 * face.height))]


def _ear(face: Face, centre: np.ndarray, side: int) -> list[Path]:
    angle = -np.pi / 2 + side * face.ear_lean
    rim = centre + heading(angle, 1.0) * (0.85 * face.width, 0.85 * face.height)
    tip = rim + heading(angle, face.ear)
    if face.round_ear:
        middle = (rim + tip) / 2
        return [ellipse_at(middle, 0.6 * face.ear, face.ear_width, angle)]
    across = heading(angle + np.pi / 2, face.ear_width)
    return [polygon(rim - across, tip, rim + across)]


def _muzzle(face: Face, nose: np.ndarray) -> list[Path]:
    m = face.muzzle
    if face.beak:
        return [polygon(nose + (-m, -2 * m), nose + (m, -2 * m), nose + (0, m), detail=True)]
    paths = [
        ellipse_at(nose, 1.2 * m, 0.9 * m, detail=True),
        ellipse_at(nose - (0, 0.4 * m), 0.4 * m, 0.3 * m, detail=True),
    ]
    paths += [
        arc(nose[0] + s * 0.4 * m, nose[1] + 0.1 * m, 0.4 * m, 0.3, 2.8, detail=True)
        for s in (-1, 1)
    ]
    if face.whiskers:
        paths += [
            line(nose + (s * m, t), nose + (s * 1.3 * face.width, 2.5 * t), detail=True)
            for s in (-1, 1)
            for t in (-0.05, 0.02)
        ]
    if face.ear_width > 0.3 and face.muzzle < 0.08:
        paths.append(tube([nose, nose + (0.0, 0.3), nose + (0.12, 0.6)], [0.1, 0.08, 0.05]))
    elif m > 0.22:
        paths.append(
            curve(
                nose + (-0.6 * m, 0.9 * m),
                nose + (0, 1.1 * m),
                nose + (0.6 * m, 0.9 * m),
                detail=True,
            )
        )
    return paths
