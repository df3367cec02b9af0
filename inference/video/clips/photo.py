"""Tells drawings from photos: a drawing is mostly paper of one brightness."""

from pathlib import Path

import cv2
import numpy as np

from ...pictures.page import Page
from .exif_lens import lens_of_photo

PAPER_SHARE = 0.6  # of the picture that has one brightness, in drawings
BRIGHTNESS_RANGE = 41  # gray levels that count as one brightness: paper under uneven light
HEAD = 1 << 19  # bytes of a photo in which its lens is looked for
SIDE = 256  # px that the picture is judged at


def looks_like_drawing(page: Page) -> bool:
    """Whether a page is drawn: strokes always are, pixels when most of them are paper."""
    if page.color is None:
        return True
    small = cv2.resize(page.gray, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    levels = np.bincount(small.ravel(), minlength=256) / small.size
    return float(np.convolve(levels, np.ones(BRIGHTNESS_RANGE), "same").max()) > PAPER_SHARE


def lens_of_file(path: str, size: tuple[int, int]) -> float | None:
    """Lens of a photo in mm on full frame; None when the file does not say."""
    with Path(path).open("rb") as stream:
        return lens_of_photo(stream.read(HEAD), size)
