"""Trees, plants, landscapes and skies for drawings without people.

Own frame: x to the right, y down, about [-1, 1]; the ground is where a thing ends below.
"""

import numpy as np

from .creatures import Rng
from .shapes import Path, blob, curve, ellipse, ellipse_at, heading, line, polygon, tube


def tree(rng: Rng) -> list[Path]:
    """A tree with a crown, a pine, a palm or a bare one."""
    kind, w = int(rng.integers(4)), rng.uniform(0.04, 0.14)
    trunk = tube(
        [(0, 1), (rng.normal(0, 0.05), 0.4), (rng.normal(0, 0.1), -0.2)], [1.3 * w, w, 0.7 * w]
    )
    if kind == 0:
        crown = [
            ellipse_at(rng.normal((0, -0.4), (0.3, 0.2)), *rng.uniform(0.2, 0.45, 2))
            for _ in range(int(rng.integers(1, 6)))
        ]
        return [trunk, *crown]
    if kind == 1:
        tops = np.linspace(-1, 0.3, int(rng.integers(1, 5)) + 1)[:-1]
        return [trunk] + [
            polygon((0, y), (0.35 + 0.2 * (y + 1), y + 0.6), (-0.35 - 0.2 * (y + 1), y + 0.6))
            for y in tops[::-1]
        ]
    if kind == 2:
        return [trunk] + [
            curve((0, -0.2), heading(a, 0.4) + (0, -0.45), heading(a, 0.75) + (0, -0.2))
            for a in rng.uniform(-3.6, 0.5, int(rng.integers(4, 9)))
        ]
    return [trunk, *_branches(np.array([0.0, -0.1]), -1.57, 0.45, 3, rng)]


def _branches(root: np.ndarray, angle: float, length: float, depth: int, rng: Rng) -> list[Path]:
    if depth == 0:
        return []
    grown = []
    for spread in (-0.5, 0.45):
        turn = angle + spread + rng.normal(0, 0.2)
        tip = root + heading(turn, length)
        grown += [line(root, tip), *_branches(tip, turn, 0.65 * length, depth - 1, rng)]
    return grown


def plant(rng: Rng) -> list[Path]:
    """A flower, a potted plant, grass or a cactus."""
    kind = int(rng.integers(4))
    if kind == 0:
        stem = curve((0, 1), (rng.normal(0, 0.1), 0.3), (0, -0.4))
        count, r = int(rng.integers(4, 9)), rng.uniform(0.15, 0.3)
        petals = [
            ellipse_at(heading(a, 1.4 * r) + (0, -0.5), r, 0.5 * r, a)
            for a in np.arange(count) * 2 * np.pi / count
        ]
        leaf = blob((0, 0.6), (0.25, 0.35), (0.45, 0.4), (0.2, 0.6))
        return [stem, leaf, *petals, ellipse(0, -0.5, 0.6 * r)]
    if kind == 1:
        pot = polygon((-0.35, 0.4), (0.35, 0.4), (0.25, 1), (-0.25, 1))
        leaves = [
            tube(
                [(0, 0.4), heading(a, 0.5) + (0, 0.1), heading(a, 1.0) + (0, 0.2)],
                [0.02, 0.1, 0.01],
            )
            for a in rng.uniform(-2.6, -0.5, int(rng.integers(3, 8)))
        ]
        return [*leaves, pot]
    if kind == 2:
        return [
            curve((x, 1), (x + b / 3, 0.5), (x + b, rng.uniform(-0.3, 0.4)))
            for x, b in zip(np.linspace(-0.9, 0.9, 14), rng.normal(0, 0.2, 14), strict=True)
        ]
    pads = [ellipse(0, 0.4, 0.3, 0.55)]
    for _ in range(int(rng.integers(2, 6))):
        base = pads[int(rng.integers(len(pads)))].points.mean(0)
        pads.append(
            ellipse_at(base + heading(rng.uniform(-2.6, -0.5), 0.55), 0.2, 0.32, rng.normal(0, 0.6))
        )
    return pads


def landscape(rng: Rng) -> list[Path]:
    """Mountains or hills, perhaps a road, clouds and a sun."""
    count = int(rng.integers(2, 6))
    x = np.sort(rng.uniform(-1, 1, count))
    peaks = np.empty((2 * count + 1, 2))
    peaks[1::2] = np.stack([x, rng.uniform(-0.9, -0.2, count)], axis=1)
    peaks[0::2] = np.stack(
        [np.linspace(-1.1, 1.1, count + 1), rng.uniform(0, 0.2, count + 1)], axis=1
    )
    if rng.random() < 0.4:  # regions, which a hand may hatch
        paths = [polygon(*peaks[2 * i : 2 * i + 3]) for i in range(count)]
    else:
        paths = [line(*peaks) if rng.random() < 0.6 else curve(*peaks)]
    if rng.random() < 0.5:
        bend = rng.uniform(-0.6, 0.6)
        paths += [
            curve((0.1 * bend, 0.1), (bend, 0.4), (bend + s * 0.5 - 0.3, 1)) for s in (0.2, 1.4)
        ]
    if rng.random() < 0.5:
        paths += cloud(rng, rng.uniform(-0.7, 0.7), -0.9, 0.2)
    if rng.random() < 0.4:
        paths += sun(rng, rng.uniform(-0.7, 0.7), -0.9, 0.15)
    for _ in range(int(rng.integers(0, 4))):
        top = peaks[1 + 2 * int(rng.integers(count))]
        paths.append(line(top, top + (rng.uniform(0.05, 0.2), 0.25), top + (0.1, 0.4), detail=True))
    return paths


def cloud(rng: Rng, x: float = 0.0, y: float = 0.0, r: float = 0.5) -> list[Path]:
    """A cloud, perhaps with rain."""
    bumps = [
        ellipse(x + dx * r, y - rng.uniform(0, 0.4) * r, 0.6 * r, 0.5 * r)
        for dx in np.linspace(-0.9, 0.9, int(rng.integers(2, 5)))
    ]
    rain = [
        line((x + dx * r, y + 0.7 * r), (x + dx * r - 0.1 * r, y + 1.2 * r))
        for dx in (-0.6, 0.0, 0.6)
    ]
    return bumps + (rain if rng.random() < 0.2 else [])


def sun(rng: Rng, x: float = 0.0, y: float = 0.0, r: float = 0.5) -> list[Path]:
    """A disc with rays."""
    count = int(rng.integers(5, 14))
    angles = np.arange(count) * 2 * np.pi / count
    return [ellipse(x, y, r)] + [
        line(heading(a, 1.25 * r) + (x, y), heading(a, rng.uniform(1.6, 2.2) * r) + (x, y))
        for a in angles
    ]
