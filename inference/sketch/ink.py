"""From a page to an ink map: how much darker or more colored than the paper each pixel is.

An ink map is float32 [H, W] in 0..1, 0 = paper, 1 = ink. Photographed paper, shadows, white
lines on black and colored crayons all come out as dark-on-light line work does.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

THUMBNAIL = 160  # px, long side on which the paper is estimated
PAPER_WINDOW = 0.2  # of the thumbnail: wider than any filled shape that should stay filled
FAINTEST_INK = 0.07  # contrast below this is paper grain
DARK_PAPER = 110  # gray of the border below which the page is taken for white on dark
BLANK = 2e-4  # share of inked pixels below which a page is blank


def ink_map(gray: NDArray[np.uint8], color: NDArray[np.uint8] | None = None) -> NDArray[np.float32]:
    """Removes the paper.

    Args:
        gray: [H, W], 255 = paper.
        color: [H, W, 3] of the same page, if it has colors.

    Returns:
        [H, W] ink map with full contrast.
    """
    channels = gray[..., None] if color is None else color
    channels = channels.astype(np.float32)
    if _border_level(gray) < DARK_PAPER:
        channels = 255.0 - channels
    light = channels / np.maximum(_paper(channels), 1.0)
    # one channel after the other: a reduction over the last, short axis is ten times slower
    darkest = np.minimum.reduce([light[..., k] for k in range(light.shape[2])])
    return _stretched(1.0 - darkest)


def is_blank(ink: NDArray[np.float32]) -> bool:
    """Whether nothing is drawn on an ink map [H, W], 0 paper to 1 ink."""
    return float((ink > 0.4).mean()) < BLANK


def _border_level(gray: NDArray[np.uint8]) -> float:
    border = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    return float(np.median(border))


def _paper(channels: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the paper would look like without ink: a wide local maximum, smoothed."""
    height, width = channels.shape[:2]
    scale = min(1.0, THUMBNAIL / max(height, width))
    small_size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(channels, small_size, interpolation=cv2.INTER_AREA)
    small = cv2.medianBlur(small, 3) if min(small_size) > 3 else small
    window = int(PAPER_WINDOW * max(small_size)) | 1
    paper = cv2.dilate(small, np.ones((window, window), np.uint8))
    paper = cv2.blur(paper, (window, window))
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(paper, np.float32).reshape(height, width, -1)


def _stretched(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """Grain to 0, the darkest lines to 1."""
    ink = np.clip(ink, 0.0, 1.0)
    grain = float(np.median(ink))
    floor = max(FAINTEST_INK, grain + 3.0 * float(np.median(np.abs(ink - grain))))
    inked = ink[ink > floor]
    if inked.size == 0:
        return np.zeros_like(ink, np.float32)
    peak = max(float(np.percentile(inked, 92)), floor + 0.05)
    return np.clip((ink - floor * 0.7) / (peak - floor * 0.7), 0.0, 1.0).astype(np.float32)
