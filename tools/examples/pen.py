"""A hand with a pen: lines that waver, press and lift, on paper that is not quite white."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
SUPERSAMPLING = 3
_SHIFT = 4  # cv2 draws with 1/16 px


class Pen:
    """Draws strokes on a square sheet.

    Args:
        size: side of the sheet, px.
        random: the hand's unsteadiness.
        width: of a line at full pressure, px.
        waver: standard deviation of the hand's drift, px.
    """

    def __init__(self, size: int, random: np.random.Generator, width: float, waver: float) -> None:
        self.size, self.random, self.width, self.waver = size, random, width, waver
        side = size * SUPERSAMPLING
        self._ink = np.zeros((side, side), np.uint8)
        self.paths: list[Points] = []

    def stroke(self, points: Points, *, overshoot: float = 0.0, ink: float = 0.9) -> None:
        """Draw one line as a hand would.

        Args:
            points: [N, 2] px, N ≥ 2.
            overshoot: mean px by which the ends go too far.
            ink: darkness at full pressure, 0 to 1.
        """
        path = resampled(self._with_overshoot(points, overshoot), 2.0)
        path = path + self._drift(len(path))
        self.paths.append(path[:: max(1, len(path) // 40)])
        pressure = self._pressure(len(path))
        layer = np.zeros_like(self._ink)
        for start, end, force in zip(path[:-1], path[1:], pressure, strict=False):
            self._segment(layer, start, end, force, ink)
        self._ink = np.maximum(self._ink, layer)

    def tablet(self) -> NDArray[np.uint8]:
        """[size, size] grey picture: ink on plain white, as from a drawing tablet."""
        ink = cv2.resize(self._ink, (self.size, self.size), interpolation=cv2.INTER_AREA) / 255.0
        return (255 - 217 * ink).round().astype(np.uint8)

    def scan(self) -> NDArray[np.uint8]:
        """[size, size] grey picture: paper with its grain and light, the ink on it."""
        ink = cv2.resize(self._ink, (self.size, self.size), interpolation=cv2.INTER_AREA) / 255.0
        grain = self.random.normal(0, 1.6, (self.size, self.size))
        light = cv2.GaussianBlur(self.random.normal(0, 60, (self.size, self.size)), (0, 0), 90)
        tooth = np.clip(1 + self.random.normal(0, 0.05, ink.shape), 0, 1)
        paper = np.clip(249 + grain + light, 225, 255)
        return (paper * (1 - ink * tooth) + 38 * ink * tooth).round().astype(np.uint8)

    def _with_overshoot(self, points: Points, overshoot: float) -> Points:
        first, last = points[0] - points[1], points[-1] - points[-2]
        reach = self.random.gamma(2, overshoot / 2, 2) if overshoot else np.zeros(2)
        start = points[0] + reach[0] * first / max(np.linalg.norm(first), 1e-6)
        end = points[-1] + reach[1] * last / max(np.linalg.norm(last), 1e-6)
        return np.vstack([start, points, end]) if overshoot else points

    def _drift(self, count: int) -> Points:
        """Slow wandering of the hand: noise smoothed over some 30 px of path."""
        noise = self.random.normal(0, 1, (count + 80, 2))
        slow = cv2.GaussianBlur(noise, (1, 0), sigmaX=0.01, sigmaY=14)[40 : 40 + count]
        return slow / max(float(slow.std()), 1e-6) * self.waver * min(1.0, count / 40)

    def _pressure(self, count: int) -> NDArray[np.float64]:
        along = np.linspace(0, 1, count)
        ends = np.clip(np.minimum(along, 1 - along) * count / 9, 0.45, 1)
        breath = 1 + 0.16 * np.sin(2 * np.pi * (along * self.random.uniform(0.6, 1.8)))
        return ends * breath * self.random.uniform(0.88, 1.08)

    def _segment(self, layer, start: Points, end: Points, force: float, ink: float) -> None:
        scale = SUPERSAMPLING * (1 << _SHIFT)
        a, b = (tuple(int(v) for v in np.round(p * scale)) for p in (start, end))
        thickness = max(1, round(self.width * force * SUPERSAMPLING))
        grey = int(255 * min(1.0, ink * (0.75 + 0.25 * force)))
        cv2.line(layer, a, b, [grey], thickness, cv2.LINE_AA, _SHIFT)


def resampled(points: Points, step: float) -> Points:
    """A smooth curve through [N, 2] points (Catmull–Rom), one point each ``step`` px."""
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    pieces = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        count = max(2, int(np.linalg.norm(p2 - p1) / step))
        t = np.linspace(0, 1, count, endpoint=False)[:, None]
        cubic = (-p0 + 3 * p1 - 3 * p2 + p3) * t**3 + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
        pieces.append(0.5 * (cubic + (p2 - p0) * t + 2 * p1))
    return np.vstack([*pieces, points[-1:]])
