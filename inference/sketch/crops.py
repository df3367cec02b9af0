"""Square crops of an ink map, as the network takes them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

CROP = 160  # px, side of the network's input
FILL = 0.78  # share of the crop that the figure's longer side takes
THINNEST = 0.75  # crop px: thinner lines are thickened before they are scaled down


@dataclass(frozen=True)
class Box:
    """A square on the page: center and side, page px."""

    x: float
    y: float
    side: float

    def to_page(self, points: NDArray[np.floating]) -> NDArray[np.floating]:
        """Points in units of the crop's side [..., 2] -> page px."""
        return np.array([self.x, self.y]) + (points - 0.5) * self.side


def box_around(low: NDArray[np.floating], high: NDArray[np.floating], fill: float = FILL) -> Box:
    """The square in which the rectangle low..high, [2] px each, takes ``fill`` of the side."""
    centre = (low + high) / 2
    return Box(float(centre[0]), float(centre[1]), max(float((high - low).max()) / fill, 8.0))


def cut(ink: NDArray[np.float32], box: Box) -> NDArray[np.float32]:
    """One crop [160, 160] of the ink map; paper outside of the page."""
    scale = CROP / box.side
    left, top = int(np.floor(box.x - box.side / 2)), int(np.floor(box.y - box.side / 2))
    side = max(2, int(np.ceil(box.side)))
    window = np.zeros((side, side), np.float32)
    height, width = ink.shape
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + side, width), min(top + side, height)
    if x1 > x0 and y1 > y0:
        window[y0 - top : y1 - top, x0 - left : x1 - left] = ink[y0:y1, x0:x1]
    window = _thickened(window, scale)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(window, (CROP, CROP), interpolation=method)
    return _full_contrast(np.asarray(small, np.float32))


def _thickened(window: NDArray[np.float32], scale: float) -> NDArray[np.float32]:
    """Lines that would vanish when scaled down get at least ``THINNEST`` crop px."""
    width = int(THINNEST / scale)
    if width < 2:
        return window
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    return np.asarray(cv2.dilate(window, kernel), np.float32)


def _full_contrast(crop: NDArray[np.float32]) -> NDArray[np.float32]:
    inked = crop[crop > 0.08]
    if inked.size < 4:
        return crop
    return np.clip(crop / max(float(np.percentile(inked, 88)), 0.15), 0.0, 1.0).astype(np.float32)
