"""Writing, signs, scribbles and geometry for drawings without people.

Own frame: x to the right, y down, about [-1, 1].
"""

import numpy as np

from .creatures import Rng
from .shapes import Path, arc, box, curve, ellipse, ellipse_at, heading, line, polygon

# Letters as strokes on a 3 x 3 grid of points: digits 0-8, row by row; a space lifts the pen.
LETTERS = {
    "A": "61 18 35", "B": "06 0156 3578", "C": "2068", "D": "0157860", "E": "2068 34",
    "F": "206 34", "H": "06 28 35", "I": "17", "K": "06 23 38", "L": "068", "M": "60428",
    "N": "6082", "O": "02860", "P": "60253", "R": "602538", "S": "203586", "T": "02 17",
    "U": "0682", "V": "072", "W": "06482", "X": "08 26", "Y": "04 24 47", "Z": "0268", "1": "317",
    "2": "02536 68", "3": "02458 86", "4": "0358 28", "5": "203586", "7": "026", "8": "02860 35",
}  # fmt: skip


def letter(sign: str, x: float, y: float, w: float, h: float) -> list[Path]:
    """One block letter with its top left corner at (x, y)."""
    strokes = [[int(d) for d in stroke] for stroke in LETTERS[sign].split()]
    return [line(*[(x + w * (d % 3) / 2, y + h * (d // 3) / 2) for d in s]) for s in strokes]


def writing(rng: Rng) -> list[Path]:
    """Lines of block letters and digits, or of joined handwriting."""
    rows = int(rng.integers(1, 5))
    h = rng.uniform(0.12, 0.5) if rows < 3 else rng.uniform(0.10, 0.2)
    paths: list[Path] = []
    for row in range(rows):
        y = -0.4 + row * 1.7 * h
        if rng.random() < 0.5:
            paths.append(_cursive(y, h, rng))
            continue
        count = int(rng.integers(1, max(2, int(1.6 / h))))
        for i, sign in enumerate(rng.choice(list(LETTERS), count)):
            paths += letter(str(sign), -1 + 0.75 * h * i, y + rng.normal(0, 0.05 * h), 0.5 * h, h)
    return paths


def _cursive(y: float, h: float, rng: Rng) -> Path:
    n = int(rng.integers(20, 60))
    x = np.linspace(-1, rng.uniform(0.0, 1.0), n)
    lift = h * np.abs(rng.normal(0.35, 0.35, n)) * np.tile([1, 0], n)[:n]
    return curve(*np.stack([x + rng.normal(0, 0.02, n), y + h - lift], axis=1), samples=2 * n)


def arrows(rng: Rng) -> list[Path]:
    """One to four arrows, straight or bent."""
    paths = []
    for _ in range(int(rng.integers(1, 5))):
        a, b = rng.uniform(-1, 1, (2, 2))
        bend = (a + b) / 2 + rng.normal(0, 0.25, 2)
        back = np.arctan2(*(bend - b)[::-1])
        barbs = [b + heading(back + s, rng.uniform(0.12, 0.3)) for s in (-0.5, 0.5)]
        paths += [curve(a, bend, b), line(barbs[0], b, barbs[1])]
    return paths


def scribble(rng: Rng) -> list[Path]:
    """A restless line: loops, zigzag or a tangle."""
    n, kind = int(rng.integers(8, 70)), rng.random()
    if kind < 0.35:
        return [curve(*rng.uniform(-1, 1, (n, 2)) * rng.uniform(0.3, 1, 2), samples=4 * n)]
    t = np.linspace(0, 1, n)[:, None]
    drift = np.concatenate([2 * t - 1, rng.normal(0, 0.3) * t], axis=1)
    if kind < 0.65:
        swing = np.where(np.arange(n) % 2, 1.0, -1.0)[:, None] * rng.normal(0, 0.4, (1, 2))
        return [line(*(drift + swing + rng.normal(0, 0.04, (n, 2))))]
    turn = t * rng.uniform(10, 60)
    return [
        Path(drift + rng.uniform(0.1, 0.5) * np.concatenate([np.cos(turn), np.sin(turn)], axis=1))
    ]


def lines(rng: Rng) -> list[Path]:
    """One to seven unrelated strokes."""
    paths = []
    for _ in range(int(rng.integers(1, 8))):
        start = rng.uniform(-1, 1, 2)
        step = rng.normal(0, 0.5, 2)
        bow = rng.normal(0, 0.2, 2) if rng.random() < 0.5 else np.zeros(2)
        paths.append(curve(start, start + step / 2 + bow, start + step))
    return paths


def limblike(rng: Rng) -> list[Path]:
    """Crosses, forks, stars of strokes, chains and zigzags: limbs without a person."""
    kind = int(rng.integers(4))
    if kind == 0:
        turns = rng.uniform(0, 6.28) + np.cumsum(rng.uniform(0.5, 2.0, int(rng.integers(2, 6))))
        return [
            curve((0, 0), heading(a + rng.normal(0, 0.2), 0.5), heading(a, rng.uniform(0.6, 1)))
            for a in turns
        ]
    if kind == 1:
        signs = [str(s) for s in rng.choice(list("XYTKHVZNL"), int(rng.integers(1, 3)))]
        return [
            p
            for i, s in enumerate(signs)
            for p in letter(s, -0.8 + 1.0 * i, -0.8, 0.8, rng.uniform(0.8, 1.6))
        ]
    if kind == 2:
        steps = heading(rng.uniform(0, 6.3), 0.5) + rng.normal(0, 0.4, (int(rng.integers(3, 7)), 2))
        chain = np.cumsum(steps, 0)
        return [line(*chain)] + [ellipse_at(p, 0.06) for p in chain[:: int(rng.integers(1, 4))]]
    x, y = rng.uniform(-0.4, 0.4, 2)
    return [line((-1, y), (1, y + rng.normal(0, 0.2))), line((x, -1), (x + rng.normal(0, 0.2), 1))]


def geometry(rng: Rng) -> list[Path]:
    """Circles, boxes, polygons, stars, hearts, cubes, spirals."""
    paths = []
    for _ in range(int(rng.integers(1, 5))):
        x, y = rng.uniform(-0.7, 0.7, 2)
        paths += _figure(int(rng.integers(6)), x, y, rng.uniform(0.15, 0.6), rng)
    return paths


def _figure(kind: int, x: float, y: float, r: float, rng: Rng) -> list[Path]:
    if kind == 0:
        return [ellipse(x, y, r, r * rng.uniform(0.4, 1.0), rng.uniform(0, 3))]
    if kind == 1:
        return [box(x - r, y - r * rng.uniform(0.4, 1), x + r, y + r)]
    if kind in (2, 3):
        n = int(rng.integers(3, 8))
        angles = rng.uniform(0, 6.3) + np.arange(2 * n) * np.pi / n
        radii = np.tile([r, r if kind == 2 else 0.45 * r], n)
        return [
            polygon(*(np.stack([np.cos(angles), np.sin(angles)], axis=1) * radii[:, None] + (x, y)))
        ]
    if kind == 4:
        d = 0.35 * r
        ties = [
            line((x + a * r, y + b * r), (x + a * r + d, y + b * r - d))
            for a, b in ((-1, -1), (1, -1), (1, 1))
        ]
        return [
            box(x - r, y - r, x + r, y + r),
            box(x - r + d, y - r - d, x + r + d, y + r - d),
            *ties,
        ]
    turn = np.linspace(0, rng.uniform(8, 25), 60)
    return [
        Path(
            np.stack([np.cos(turn), np.sin(turn)], axis=1) * (r * turn / turn[-1])[:, None] + (x, y)
        )
    ]


def grid(rng: Rng) -> list[Path]:
    """A table, a chart with axes, or parallel lines."""
    n, m = rng.integers(2, 9, 2)
    rows = [line((-1, y), (1, y)) for y in np.linspace(-1, 1, n)]
    columns = [line((x, -1), (x, 1)) for x in np.linspace(-1, 1, m)]
    kind = rng.random()
    if kind < 0.5:
        return rows + columns
    if kind < 0.7:
        return rows
    bars = [
        box(x, y, x + 0.15, 1)
        for x, y in zip(np.linspace(-0.9, 0.8, m), rng.uniform(-0.8, 0.8, m), strict=True)
    ]
    plot = [curve(*np.stack([np.linspace(-1, 1, 8), rng.uniform(-0.8, 0.8, 8)], axis=1))]
    return [line((-1, -1), (-1, 1), (1, 1)), *(bars if kind < 0.85 else plot)]


def specks(rng: Rng) -> list[Path]:
    """A page with next to nothing on it: dots and short ticks."""
    places = rng.uniform(-1, 1, (int(rng.integers(1, 12)), 2))
    return [line(p, p + rng.normal(0, 0.02, 2)) for p in places] + [
        line((-1, -1), (-1, -1)),
        line((1, 1), (1, 1)),
    ]


def ball(rng: Rng) -> list[Path]:
    """A ball with seams, a balloon on its string, a wheel."""
    seams = [
        arc(x, 0, r, a, b, detail=True)
        for x, r, a, b in ((-0.9, 1.0, -0.8, 0.8), (0.9, 1.0, 2.35, 3.9), (0, 0.0, 0, 1))
    ][: int(rng.integers(0, 3))]
    string = [curve((0, 0.9), (0.15, 1.3), (-0.1, 1.7))] if rng.random() < 0.3 else []
    return [ellipse(0, 0, rng.uniform(0.7, 1), 0.9), *seams, *string]
