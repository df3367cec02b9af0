"""Stick figures of unseen people delivered as strokes, as a grease pencil does.

Conventions: truth is in camera space (x right, y down, z forward), metres; page px.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sketch2pose.core.strokes import Stroke, StrokeDrawing
from sketch2pose.inference.pictures.page import page_from_strokes

from .metrics import LIMB_JOINTS
from .synthetic import SyntheticDrawing

Array = NDArray[np.floating]

SIZE = 800.0  # px
_FILL = 0.8  # of the page
_HEAD, _TOP = 15, 24
_SPINE = (0, 3, 6, 9, 12)
_ARMS, _LEGS = ((16, 18, 20), (17, 19, 21)), ((1, 4, 7), (2, 5, 8))
_STEP = 6.0  # px between the points of a stroke


def make_stroke_figures(count: int, seed: int) -> list[SyntheticDrawing]:
    """Stick figures of a head, a spine and one stroke for each limb, or one for a pair.

    Args:
        count: how many.
        seed: of poses, proportions, cameras and the hand.
    """
    from sketch2pose.inference.training.synthesis.figure import (
        make_figures,
        sample_scales,
        sample_views,
    )
    from sketch2pose.inference.training.synthesis.poses import load_pose_bank

    rng = np.random.default_rng(seed)
    poses = load_pose_bank("val").sample(rng, count)
    scales, views = sample_scales(rng, count, 1.0), sample_views(rng, count, 0.8)
    figures = make_figures(poses, scales, rng, views)
    drawings = []
    for index in range(count):
        points = _on_page(figures.points[index])
        strokes = tuple(Stroke(line, 5.0) for line in _strokes(points, rng))
        page = page_from_strokes(StrokeDrawing(SIZE, SIZE, strokes, None), f"strokes_{index:03d}")
        limbs = figures.joints[index, list(LIMB_JOINTS)].astype(float)
        pixels, directions = points[list(LIMB_JOINTS)], figures.directions[index].astype(float)
        truth = limbs, pixels, points, directions, views[index, :, 1].astype(float)
        drawings.append(SyntheticDrawing(page.name, page, *truth))
    return drawings


def _on_page(points: Array) -> Array:
    low, high = points.min(0), points.max(0)
    scale = SIZE * _FILL / float((high - low).max())
    return SIZE / 2 + (points - (low + high) / 2) * scale


def _strokes(points: Array, rng: np.random.Generator) -> list[Array]:
    """The lines of one figure in the order people draw: head, trunk, arms, legs."""
    middle = (points[_HEAD] + points[_TOP]) / 2
    radius = max(float(np.linalg.norm(points[_TOP] - points[_HEAD])) / 2, 0.03 * SIZE)
    turn = np.linspace(0, 2 * np.pi, 40) + rng.uniform(0, 2 * np.pi)
    head = middle + radius * np.stack([np.cos(turn), np.sin(turn)], 1)
    lines = [head, _line(points[list(_SPINE)], rng)]
    for pair, trunk in ((_ARMS, 12), (_LEGS, 0)):
        left, right = ([points[trunk], *points[list(limb)]] for limb in pair)
        if rng.random() < 0.3:  # both in one stroke, from hand to hand
            lines.append(_line(np.array([*left[:0:-1], points[trunk], *right[1:]]), rng))
        else:
            lines += [_line(np.array(limb), rng) for limb in (left, right)]
    return lines


def _line(corners: Array, rng: np.random.Generator) -> Array:
    """A polyline through corners with rounded bends and the wobble of a hand."""
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))])
    at = np.linspace(0.0, length[-1], max(8, int(length[-1] / _STEP)))
    line = np.stack([np.interp(at, length, corners[:, axis]) for axis in range(2)], 1)
    rounded = line.copy()
    rounded[1:-1] = 0.25 * line[:-2] + 0.5 * line[1:-1] + 0.25 * line[2:]
    drift = np.cumsum(rng.normal(0, 0.4, rounded.shape), axis=0)
    drift -= np.linspace(0, 1, len(drift))[:, None] * drift[-1]
    return rounded + drift
