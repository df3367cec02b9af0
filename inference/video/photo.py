"""Tells drawings from photos: a drawing is mostly paper of one brightness."""

import cv2
import numpy as np

from inference.sketch.page import Page

PAPER_SHARE = 0.6  # of the picture that has one brightness, in drawings
BRIGHTNESS_RANGE = 41  # grey levels that count as one brightness: paper under uneven light
SIDE = 256  # px that the picture is judged at


def looks_like_drawing(page: Page) -> bool:
    """Whether a page is drawn: strokes always are, pixels when most of them are paper."""
    if page.color is None:
        return True
    small = cv2.resize(page.gray, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    levels = np.bincount(small.ravel(), minlength=256) / small.size
    return float(np.convolve(levels, np.ones(BRIGHTNESS_RANGE), "same").max()) > PAPER_SHARE
