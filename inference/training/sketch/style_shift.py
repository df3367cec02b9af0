"""Drawings turned into styles that training never shows, for tuning what must hold on new ones."""

from __future__ import annotations

import cv2
import numpy as np

Ink = np.ndarray  # uint8 [S, S], 0 = paper


def shifted(ink: Ink, rng: np.random.Generator) -> Ink:
    """The drawing in a random style that is none of the synthesis'.

    Args:
        ink: [S, S] uint8, 0 = paper, 255 = ink.
        rng: decides the style.
    """
    styles = (silhouette, outline, swollen, broken, hairline)
    return styles[int(rng.integers(len(styles)))](ink, rng)


def silhouette(ink: Ink, rng: np.random.Generator) -> Ink:
    """All that the lines enclose, filled."""
    filled = _filled(ink)
    return np.asarray(filled * (rng.uniform(0.5, 1.0)), np.uint8)


def outline(ink: Ink, rng: np.random.Generator) -> Ink:
    """The outer contour alone: what lies within is lost."""
    contours, _ = cv2.findContours(_filled(ink), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    drawn = np.zeros_like(ink)
    cv2.drawContours(drawn, contours, -1, (255,), int(rng.integers(1, 4)), cv2.LINE_AA)
    return drawn


def swollen(ink: Ink, rng: np.random.Generator) -> Ink:
    """As with a brush twice as wide."""
    side = max(3, ink.shape[0] // int(rng.integers(40, 80)))
    return np.asarray(cv2.dilate(ink, np.ones((side, side), np.uint8)))


def broken(ink: Ink, rng: np.random.Generator) -> Ink:
    """Lines with gaps, as of a dry pen."""
    cells = rng.random((ink.shape[0] // 6 + 1, ink.shape[1] // 6 + 1)) > rng.uniform(0.1, 0.3)
    kept = cv2.resize(cells.astype(np.float32), ink.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(ink * (kept > 0.4), np.uint8)


def hairline(ink: Ink, rng: np.random.Generator) -> Ink:
    """As thin as lines can be drawn, in lighter ink."""
    thin = np.asarray(cv2.erode(ink, np.ones((2, 2), np.uint8)))
    lost = (thin > 60).sum() < 0.25 * (ink > 60).sum()
    return np.asarray((ink if lost else thin) * rng.uniform(0.6, 1.0), np.uint8)


def _filled(ink: Ink) -> Ink:
    """Everything that cannot be reached from the border without crossing a line."""
    closed = cv2.morphologyEx((ink > 70).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5)))
    padded = cv2.copyMakeBorder(closed, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(0,))
    outside = padded.copy()
    cv2.floodFill(outside, None, (0, 0), (1,))  # type: ignore[call-overload]
    return np.asarray(((outside[1:-1, 1:-1] == 0) | (closed > 0)) * 255, np.uint8)
