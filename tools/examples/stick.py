"""A stick figure: head circle, one line for the trunk, limbs with a few strokes each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .figure import Figure
from .pen import Pen, Points


def draw_stick_figure(figure: Figure, pen: Pen) -> None:
    """Draw the figure with a handful of strokes, limbs of roughly right length."""
    at = {name: _missed(point, pen) for name, point in figure.joints.items()}
    _draw_head(figure, at, pen)
    neck = 0.75 * at["neck"] + 0.25 * at["spine3"]
    hips = (at["left_hip"] + at["right_hip"] + at["pelvis"]) / 3
    pen.stroke(np.stack([at["neck"], neck, at["spine2"], at["spine1"], hips]), overshoot=3)
    pen.stroke(np.stack([at["left_shoulder"], neck, at["right_shoulder"]]), overshoot=2)
    pen.stroke(np.stack([at["left_hip"], hips, at["right_hip"]]), overshoot=2)
    for side in ("left", "right"):
        _draw_arm(at, side, pen)
        _draw_leg(at, figure, side, pen)


def _draw_head(figure: Figure, at: dict[str, NDArray], pen: Pen) -> None:
    top = figure.landmarks.get("head_top", at["head"] * 2 - at["neck"])
    center = at["head"] * 0.45 + top * 0.55
    radius = 0.62 * float(np.linalg.norm(top - at["head"]))
    start = pen.random.uniform(0, 2 * np.pi)
    turn = np.linspace(start, start + 2 * np.pi * 1.06, 40)[:, None]
    squeeze = np.array([0.93, 1.06])
    pen.stroke(center + radius * squeeze * np.hstack([np.cos(turn), np.sin(turn)]))
    pen.stroke(np.stack([center + (at["neck"] - center) * 0.55, at["neck"]]))


def _draw_arm(at: dict[str, NDArray], side: str, pen: Pen) -> None:
    shoulder, elbow, wrist, hand = (
        at[f"{side}_{p}"] for p in ("shoulder", "elbow", "wrist", "hand")
    )
    pen.stroke(np.stack([shoulder, elbow]), overshoot=3)
    pen.stroke(np.stack([elbow, wrist, hand]), overshoot=4)


def _draw_leg(at: dict[str, NDArray], figure: Figure, side: str, pen: Pen) -> None:
    hip, knee, ankle, ball = (at[f"{side}_{p}"] for p in ("hip", "knee", "ankle", "foot"))
    toe = ball + 0.45 * (ball - ankle)
    pen.stroke(np.stack([hip, knee]), overshoot=3)
    pen.stroke(np.stack([knee, ankle]), overshoot=3)
    pen.stroke(np.stack([ankle, toe]), overshoot=2)


def _missed(point: Points, pen: Pen) -> Points:
    """Where the hand thinks the joint is."""
    return point + pen.random.normal(0, pen.size * 0.004, 2)
