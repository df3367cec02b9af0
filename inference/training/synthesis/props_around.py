"""Where a person is: ground, walls, sky, writing, what else is on the page.

Every function takes the joints ([24, 2] px in SMPL's order), the side of the page in px and the
source of randomness, and returns paths in px.
"""

import numpy as np

from .marks import arrows, lines, scribble, writing
from .plants_and_land import cloud, sun
from .props_touching import Joints, Rng, ground_level, height
from .shapes import Path, box, curve, fitted, line, placed


def beside(paths: list[Path], joints: Joints, size: int, rng: Rng, reach: float) -> list[Path]:
    """The paths put where the figure leaves room."""
    centre, half = free_place(joints, size, rng, reach)
    return placed(fitted(paths), np.eye(2) * half, centre)


def free_place(joints: Joints, size: int, rng: Rng, reach: float) -> tuple[np.ndarray, float]:
    """Middle [2] px and half side of a free spot: the best of eight guesses."""
    spots = rng.uniform(0.0, 1.0, (8, 2)) * size
    gaps = np.sqrt(((spots[:, None] - joints[None]) ** 2).sum(-1)).min(1)
    best = int(np.argmax(gaps))
    return spots[best], float(min(reach * size, 0.8 * gaps[best])) + 0.02 * size


def ground(joints: Joints, size: int, rng: Rng) -> list[Path]:
    y, tilt = ground_level(joints, rng), rng.normal(0, 0.03) * size
    left, right = (0, size) if rng.random() < 0.4 else np.sort(rng.uniform(0, size, 2))
    x = np.linspace(left, right, int(rng.integers(2, 8)))
    bumps = rng.normal(0, 0.012, len(x)) * size * (rng.random() < 0.4)
    paths = [curve(*np.stack([x, y + tilt * (x / size - 0.5) + bumps], axis=1))]
    if rng.random() < 0.25:
        drop = rng.uniform(0.02, 0.06) * size
        paths += [line((u, y), (u - drop, y + drop)) for u in np.arange(left, right, 0.06 * size)]
    elif rng.random() < 0.15:
        paths.append(line((left, y + 0.05 * size), (right, y + 0.05 * size)))
    return paths


def horizon(joints: Joints, size: int, rng: Rng) -> list[Path]:
    y = rng.uniform(0.3, 0.85, 2) * size
    if rng.random() < 0.6:
        return [line((0, y[0]), (size, y[0] + rng.normal(0, 0.02) * size))]
    corner = rng.uniform(0.05, 0.35) * size
    return [
        line((corner, 0), (corner, y[0])),
        line((corner, y[0]), (size, y[0])),
        line((corner, y[0]), (0, size)),
    ]


def wall(joints: Joints, size: int, rng: Rng) -> list[Path]:
    """A wall, door, post or window beside the figure."""
    h, side = height(joints), int(rng.choice([-1, 1]))
    edge = (joints[:, 0].max() if side > 0 else joints[:, 0].min()) + side * rng.uniform(
        0.02, 0.15
    ) * h
    low = ground_level(joints, rng)
    if rng.random() < 0.5:
        return [line((edge, rng.uniform(0, 0.3) * size), (edge, low))]
    w = side * rng.uniform(0.05, 0.4) * h
    return [box(min(edge, edge + w), low - rng.uniform(0.4, 1.1) * h, max(edge, edge + w), low)]


def text(joints: Joints, size: int, rng: Rng) -> list[Path]:
    return beside(writing(rng), joints, size, rng, rng.uniform(0.08, 0.3))


def some_arrows(joints: Joints, size: int, rng: Rng) -> list[Path]:
    return beside(arrows(rng), joints, size, rng, rng.uniform(0.08, 0.3))


def frame(joints: Joints, size: int, rng: Rng) -> list[Path]:
    low, high = rng.uniform(0.0, 0.06, 2), 1 - rng.uniform(0.0, 0.06, 2)
    return [Path(box(*low, *high).points[[*range(16), 0]] * size)]


def ruled(joints: Joints, size: int, rng: Rng) -> list[Path]:
    step = rng.uniform(0.05, 0.16) * size
    tilt = rng.normal(0, 0.01) * size
    levels = np.arange(rng.uniform(0, step), size, step)
    rows = [line((0, y), (size, y + tilt)) for y in levels]
    squared = [line((y, 0), (y - tilt, size)) for y in levels] if rng.random() < 0.35 else []
    return rows + squared


def sky(joints: Joints, size: int, rng: Rng) -> list[Path]:
    make = sun if rng.random() < 0.5 else cloud
    spot = rng.uniform((0.05, 0.03), (0.95, 0.2))
    return placed(fitted(make(rng)), np.eye(2) * rng.uniform(0.05, 0.14) * size, spot * size)


def stray(joints: Joints, size: int, rng: Rng) -> list[Path]:
    """Strokes that belong to nothing."""
    make = lines if rng.random() < 0.7 else scribble
    return beside(make(rng), joints, size, rng, rng.uniform(0.05, 0.35))


def edge_limbs(joints: Joints, size: int, rng: Rng) -> list[Path]:
    """Arms and legs of somebody who stands outside of the picture."""
    side = 0.0 if rng.random() < 0.5 else float(size)
    inward = 1.0 if side == 0.0 else -1.0
    paths = []
    for _ in range(int(rng.integers(1, 4))):
        y = rng.uniform(0.1, 0.95) * size
        elbow = (side + inward * rng.uniform(0.02, 0.10) * size, y + rng.normal(0, 0.06) * size)
        end = (side + inward * rng.uniform(0.03, 0.2) * size, y + rng.normal(0, 0.12) * size)
        paths.append(line((side - inward * 4, y), elbow, end))
    return paths
