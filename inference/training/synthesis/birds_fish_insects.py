"""Birds, fish, reptiles and insects for drawings without people.

Own frame and units as in `creatures`: x to the right, y down, a body about one unit long.
"""

from typing import NamedTuple

import numpy as np

from .creatures import Rng, jittered, pick
from .shapes import (
    Path,
    arc,
    blob,
    curve,
    ellipse,
    ellipse_at,
    heading,
    line,
    polygon,
    smooth,
    tube,
)


class Bird(NamedTuple):
    """A bird's proportions."""

    girth: float = 0.16
    neck: float = 0.2
    neck_angle: float = -0.8
    head: float = 0.10
    beak: float = 0.12
    leg: float = 0.3
    tail: float = 0.3
    wing: float = 0.9
    chord: float = 0.35


BIRDS = {
    "sparrow": Bird(0.20, 0.10, -0.7, 0.12, 0.07, 0.22, 0.35, 0.7, 0.3),
    "eagle": Bird(0.16, 0.14, -0.3, 0.10, 0.10, 0.22, 0.35, 1.2, 0.42),
    "heron": Bird(0.13, 0.60, -1.2, 0.07, 0.28, 0.80, 0.2, 1.1, 0.35),
    "flamingo": Bird(0.16, 0.80, -1.4, 0.07, 0.14, 1.0, 0.15, 0.9, 0.3),
    "hummingbird": Bird(0.13, 0.08, -0.5, 0.10, 0.42, 0.08, 0.35, 0.8, 0.2),
    "duck": Bird(0.20, 0.25, -1.2, 0.12, 0.16, 0.16, 0.2, 0.9, 0.3),
    "gull": Bird(0.12, 0.06, -0.2, 0.08, 0.10, 0.15, 0.25, 1.3, 0.22),
    "hen": Bird(0.25, 0.20, -1.1, 0.10, 0.08, 0.25, 0.35, 0.5, 0.3),
    "ostrich": Bird(0.24, 0.75, -1.4, 0.07, 0.12, 0.9, 0.25, 0.4, 0.2),
}


def _bird_body(bird: Bird, pitch: float, rng: Rng) -> list[Path]:
    front, back = heading(pitch, 0.35), heading(pitch + np.pi, 0.35)
    body = tube(
        [back, np.array([0, 0.02]), front], [0.5 * bird.girth, bird.girth, 0.75 * bird.girth]
    )
    crown = front + heading(bird.neck_angle + pitch, bird.neck)
    middle = (front + crown) / 2 + rng.normal(0, 0.12, 2) * bird.neck
    neck = tube([front, middle, crown], [0.7 * bird.girth, 0.7 * bird.head, 0.8 * bird.head])
    gaze = rng.normal(0.1, 0.2) + 0.5 * pitch
    across = heading(gaze + np.pi / 2, 0.35 * bird.head)
    root = crown + heading(gaze, 0.8 * bird.head)
    beak = polygon(root - across, root + heading(gaze + 0.15, bird.beak), root + across)
    spread = [back + heading(pitch + np.pi + a, bird.tail) for a in (-0.28, 0.0, 0.28)]
    tail = polygon(back, *spread)
    eye = ellipse_at(crown + heading(gaze - 0.5, 0.4 * bird.head), 0.018, detail=True)
    return [tail, body, neck, beak, ellipse_at(crown, bird.head), eye]


def _wing(root: np.ndarray, angle: float, bird: Bird, rng: Rng) -> list[Path]:
    """A wing as arm, tip and trailing feathers."""
    wrist = root + heading(angle + 0.25, 0.45 * bird.wing)
    tip = wrist + heading(angle - rng.uniform(0.0, 0.5), 0.6 * bird.wing)
    lower = root + heading(np.pi, bird.chord)
    trail = [
        lower + t * (tip - lower) + heading(2.3, 0.3 * bird.chord * np.sin(3 * t))
        for t in (0.33, 0.66)
    ]
    wing = blob(root, wrist, tip, trail[1], trail[0], lower)
    count = int(rng.integers(0, 7))
    lead = smooth([root, wrist, tip], max(count, 2))
    rear = smooth([lower, trail[0], trail[1], tip], max(count, 2))
    return [wing] + [line(a, b, detail=True) for a, b in zip(lead[:count], rear, strict=False)]


def flying_bird(rng: Rng) -> list[Path]:
    """A bird on the wing."""
    bird: Bird = jittered(pick(rng, BIRDS), rng)
    beat = rng.uniform(-2.3, -0.9) if rng.random() < 0.75 else rng.uniform(0.9, 2.2)
    root = np.array([0.1, -0.3 * bird.girth])
    far = _wing(root + (0.08, 0), beat + rng.uniform(0.2, 0.9), bird, rng)
    return far + _bird_body(bird, rng.normal(0, 0.3), rng) + _wing(root, beat, bird, rng)


def standing_bird(rng: Rng) -> list[Path]:
    """A bird on its legs, wings folded."""
    bird: Bird = jittered(pick(rng, BIRDS), rng)
    legs = []
    for x in (-0.05, 0.06):
        knee = np.array([x + rng.normal(0.04, 0.03), bird.girth + 0.45 * bird.leg])
        foot = np.array([x + rng.normal(0, 0.05), bird.girth + bird.leg])
        legs += [
            line((x, 0.8 * bird.girth), knee, foot),
            line(foot + (-0.06, 0.03), foot, foot + (0.1, 0.02)),
        ]
    wing = blob(
        (0.2, -0.05), (-0.1, -0.6 * bird.girth), (-0.5, 0.1), (-0.05, 0.6 * bird.girth), detail=True
    )
    return [*legs, *_bird_body(bird, rng.uniform(-0.7, 0.0), rng), wing]


def fish(rng: Rng) -> list[Path]:
    """A fish from the side."""
    girth, bend = rng.uniform(0.12, 0.35), rng.normal(0, 0.12)
    body = tube(
        [(-0.5, bend), (-0.15, -0.3 * bend), (0.25, 0), (0.5, 0.02)],
        [0.04, girth, 0.9 * girth, 0.05],
        12,
    )
    root, fork = np.array([-0.5, bend]), rng.uniform(0.12, 0.3)
    tail = polygon(
        root + (0.03, 0), root + (-fork, -fork), root + (-0.5 * fork, 0), root + (-fork, fork)
    )
    dorsal = blob((0.15, -0.8 * girth), (-0.05, -1.3 * girth - 0.05), (-0.25, -0.6 * girth))
    ventral = polygon((0.05, 0.8 * girth), (-0.08, 1.3 * girth), (-0.1, 0.7 * girth))
    gill = arc(0.2, 0, 0.7 * girth, -0.9, 0.9, detail=True)
    paths = [tail, dorsal, ventral, body, gill, ellipse(0.38, -0.2 * girth, 0.025, detail=True)]
    for x in np.linspace(-0.3, 0.15, int(rng.integers(0, 6))):
        paths.append(arc(x, 0, 0.5 * girth, -1.0, 1.0, detail=True))
    return paths


def dolphin(rng: Rng) -> list[Path]:
    """A leaping dolphin, shark or whale."""
    arch, girth = rng.normal(0.3, 0.25), rng.uniform(0.10, 0.20)
    body = tube(
        [
            (-0.6, arch),
            (-0.3, 0.1 * arch),
            (0.1, -0.3 * arch),
            (0.45, 0.2 * arch),
            (0.65, 0.4 * arch),
        ],
        [0.03, 0.6 * girth, girth, 0.8 * girth, 0.03],
        14,
    )
    root = np.array([-0.6, arch])
    fluke = [blob(root, root + heading(a, 0.22), root + heading(a - 0.4, 0.12)) for a in (2.2, 4.0)]
    back = np.array([0.05, -0.3 * arch - girth])
    dorsal = polygon(back + (0.12, 0.04), back + (-0.12, -0.16), back + (-0.1, 0.05))
    flip = np.array([0.25, girth])
    flipper = polygon(flip, flip + (-0.12, 0.22), flip + (-0.14, 0.0))
    eye = ellipse(0.46, 0.2 * arch - 0.03, 0.015, detail=True)
    return [*fluke, dorsal, body, flipper, eye]


def snake(rng: Rng) -> list[Path]:
    """A snake: waving along the ground, or coiled with its head up."""
    w = rng.uniform(0.03, 0.08)
    if rng.random() < 0.5:
        x = np.linspace(-1, 1, 10)
        path = np.stack([x, rng.uniform(0.1, 0.35) * np.sin(rng.uniform(3, 7) * x)], axis=1)
        body = tube(path, np.append(np.linspace(0.2 * w, w, 8), [0.7 * w, 1.3 * w]), 30)
        return [
            body,
            line(path[-1], path[-1] + (0.16, 0.02)),
            ellipse_at(path[-1], 0.015, detail=True),
        ]
    coils = [ellipse(rng.normal(0, 0.05), 0.12 * i, 0.5 - 0.08 * i, 0.12) for i in (2, 1, 0)]
    neck = tube(
        [(0.3, 0.1), (0.0, -0.2), (-0.1, -0.6), (0.15, -0.75)], [w, w, 1.2 * w, 1.4 * w], 12
    )
    return [*coils, neck, line((0.2, -0.75), (0.4, -0.72))]


def lizard(rng: Rng) -> list[Path]:
    """A lizard, gecko or crocodile from above."""
    s = rng.normal(0, 0.16, 5)
    spine = np.array([(s[0], 1.3), (s[1], 0.75), (s[2], 0.25), (s[3], -0.2), (s[4], -0.5)])
    girth = rng.uniform(0.07, 0.14)
    body = tube(spine, [0.01, 0.4 * girth, girth, 0.8 * girth, 0.6 * girth], 18)
    head = tube([spine[4], spine[4] + (0.0, -0.2), spine[4] + (0, -0.34)], [0.06, 0.09, 0.03])
    legs = []
    for root, lift in ((spine[2], 0.5), (spine[3], -0.5)):
        for side in (-1, 1):
            knee = root + np.array([side * 0.28, lift * 0.1 + rng.normal(0, 0.07)])
            foot = knee + np.array([side * 0.06, lift * rng.uniform(0.1, 0.6)])
            legs.append(tube([root, knee, foot], [0.05, 0.035, 0.025], 7))
            legs += [
                line(foot, foot + heading(a + np.pi / 2 * side, 0.1)) for a in (-2.2, -1.6, -1.0)
            ]
    return [*legs, body, head]


def butterfly(rng: Rng) -> list[Path]:
    """A butterfly, open or from the side."""
    reach, rise = rng.uniform(0.5, 0.9), rng.uniform(0.3, 0.7)
    upper = np.array(
        [(0.02, -0.05), (0.5 * reach, -rise), (reach, -0.9 * rise), (0.8 * reach, -0.05)]
    )
    lower = np.array([(0.02, 0.0), (0.7 * reach, 0.1), (0.6 * reach, 0.8 * rise), (0.15, 0.45)])
    squeeze = rng.uniform(0.25, 1.0)
    sides = ((1.0, 1.0), (-squeeze, 1.0))
    wings = [blob(*(w * s)) for s in sides for w in (lower, upper)]
    veins = [curve((0, 0), *(w[1:3] * s * 0.8), detail=True) for s in sides for w in (upper, lower)]
    body = tube([(0, -0.25), (0, 0.1), (0, 0.45)], [0.04, 0.05, 0.02])
    feelers = [curve((0, -0.25), (0.1 * s, -0.5), (0.25 * s, -0.6)) for s in (1, -1)]
    return [*wings, *veins[: int(rng.integers(0, 5))], body, *feelers]


def insect(rng: Rng) -> list[Path]:
    """An ant, beetle, spider or crab from above: segments and six or eight legs."""
    pairs = int(rng.integers(3, 5))
    sizes = rng.uniform(0.10, 0.30, int(rng.integers(1, 4)))
    y, paths = -0.3, []
    for size in sizes:
        y += size
        paths.append(ellipse(0, y, size * rng.uniform(0.5, 1.0), size))
        y += 0.8 * size
    middle = (y - 0.3) / 2
    for pair in range(pairs):
        tilt = (pair - (pairs - 1) / 2) * 0.5
        for side in (-1, 1):
            knee = np.array([side * 0.45, middle + tilt - 0.12])
            foot = np.array([side * rng.uniform(0.6, 0.9), middle + 1.6 * tilt + 0.15])
            paths.insert(0, line((0, middle + 0.2 * tilt), knee, foot))
    paths += [curve((0, -0.25), (0.1 * s, -0.5), (0.28 * s, -0.6)) for s in (1, -1)]
    return paths


def shelled(rng: Rng) -> list[Path]:
    """A tortoise or a snail."""
    if rng.random() < 0.5:
        legs = [
            tube([(x, 0.1), (x + 0.03, 0.35)], [0.09, 0.08], 5) for x in (-0.4, -0.15, 0.25, 0.45)
        ]
        head = tube([(0.5, 0.05), (0.75, -0.1), (0.9, -0.12)], [0.08, 0.09, 0.07])
        shell = blob((-0.6, 0.15), (-0.4, -0.35), (0, -0.5), (0.4, -0.35), (0.6, 0.15))
        plates = [line((x, -0.42), (x * 1.4, 0.1), detail=True) for x in (-0.3, 0, 0.3)]
        return [*legs, head, shell, *plates]
    turn = np.linspace(0, rng.uniform(9, 16), 40)
    spiral = np.stack([np.cos(turn), np.sin(turn)], axis=1) * (0.42 * (1 - turn / 18))[:, None]
    foot = tube([(-0.7, 0.42), (0, 0.42), (0.6, 0.38), (0.8, 0.1)], [0.02, 0.09, 0.09, 0.08], 12)
    horns = [line((0.8, 0.05), (0.8 + x, -0.25)) for x in (0.02, 0.14)]
    return [foot, ellipse(0, 0, 0.44), Path(spiral, detail=True), *horns]


def octopus(rng: Rng) -> list[Path]:
    """An octopus or a jellyfish: a dome over many waving arms."""
    arms = []
    for x in np.linspace(-0.4, 0.4, int(rng.integers(5, 10))):
        wave = rng.normal(0, 0.15, 3)
        points = [
            (x, 0.1),
            (x * 1.6 + wave[0], 0.5),
            (x * 1.8 + wave[1], 0.8),
            (x * 2 + wave[2], 1.1),
        ]
        arms.append(tube(points, [0.07, 0.05, 0.03, 0.01], 9))
    dome = blob((-0.45, 0.15), (-0.45, -0.35), (0, -0.65), (0.45, -0.35), (0.45, 0.15), (0, 0.22))
    return [*arms, dome]
