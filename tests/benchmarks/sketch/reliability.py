"""The picture of how far stated confidence can be trusted."""

from pathlib import Path

import cv2
import numpy as np

from .metrics import Reliability

_SIDE, _MARGIN = 320, 46  # px


def draw_reliability(diagram: Reliability, path: Path) -> None:
    """Write a reliability diagram: bars of accuracy over confidence, honesty as diagonal.

    Args:
        diagram: from `metrics.reliability`.
        path: of the PNG.
    """
    full = _SIDE + 2 * _MARGIN
    picture = np.full((full, full, 3), 255, np.uint8)
    for low, high, accuracy, count in zip(
        diagram.edges, diagram.edges[1:], diagram.accuracy, diagram.count, strict=False
    ):
        if count:
            cv2.rectangle(picture, _at(low, 0.0), _at(high, accuracy), (210, 160, 100), -1)
            cv2.rectangle(picture, _at(low, 0.0), _at(high, accuracy), (120, 90, 50), 1)
    cv2.line(picture, _at(0, 0), _at(1, 1), (0, 0, 0), 1, cv2.LINE_AA)
    cv2.rectangle(picture, _at(0, 0), _at(1, 1), (0, 0, 0), 1)
    _write(picture, "confidence stated", (_MARGIN + 90, full - 14))
    _write(picture, "share right", (6, 26))
    _write(picture, f"calibration error {diagram.error:.3f}", (_MARGIN + 140, 26))
    cv2.imwrite(str(path), picture)


def _at(x: float, y: float) -> tuple[int, int]:
    return round(_MARGIN + x * _SIDE), round(_MARGIN + (1.0 - y) * _SIDE)


def _write(picture: np.ndarray, text: str, place: tuple[int, int]) -> None:
    cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 0, 0), 1, cv2.LINE_AA)
