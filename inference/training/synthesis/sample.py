"""One training batch: figures drawn in every style, with labels, and drawings without people."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from . import body_lines, pens
from .articulated import draw_figure
from .children import careless_scales, flat_poses, frontal_views
from .costume import random_costume
from .figure import Figures, make_figures, sample_scales, sample_views
from .layout import (
    CONTACTS,
    DIRECTIONS,
    HEAD_FORWARD,
    HEAD_TOP,
    JOINTS,
    KEYPOINTS,
    LEFT_ARM,
    LEFT_LEG,
    RIGHT_ARM,
    RIGHT_LEG,
)
from .look import LIMBS, MISSING, Drawable, shape_look, stick_look
from .negatives import draw_negative
from .paper import add_paper
from .parts import Part, random_part
from .poses import PoseBank
from .props import draw_props

STICK, SHAPE, BODY = 0, 1, 2
STYLE_WEIGHTS = (0.3, 0.28, 0.42)
NEGATIVE_SHARE = 0.18
LOOSE_CROP_SHARE = 0.07  # crops as the finder first proposes them: too large or cut off
PAPER_SHARE = 0.5
PROPS_SHARE = 0.25
# People draw people from the front; without a face or folds nothing else tells left from right.
FRONTAL = {STICK: 0.88, SHAPE: 0.8, BODY: 0.2}
LOW_ARMS_SHARE = 0.12  # of stick figures: arms that leave the trunk half-way, as children draw
PART_SHARE = 0.04  # of figures: busts and legs
FEWEST_KEPT = 6  # keypoints (or vertices): less is no part of a person
CHIBI_SHARE = 0.07  # of figures with a body: a big head on short limbs
CHILD_SHARE = 0.18  # of figures without a body: as children draw
MASCOT_SHARE = 0.05  # of figures with a body: a head as large as all the rest


@dataclass(frozen=True)
class Batch:
    """Images and labels.

    Attributes:
        ink: [N, S, S] uint8.
        points: [N, 25, 2] px. visible: [N, 25] drawn and inside the image.
        directions: [N, 26, 3] unit, view space. direction_seen: [N, 26] whether it is drawn.
        contacts: [N, 9]. person: [N]. style: [N] (-1 = no person).
        joints: [N, 25, 3] true body, view space, pelvis at 0 (metrics only).
        up: [N, 3] unit, view space: the world's vertical (metrics only).
    """

    ink: np.ndarray
    points: np.ndarray
    visible: np.ndarray
    directions: np.ndarray
    direction_seen: np.ndarray
    contacts: np.ndarray
    person: np.ndarray
    style: np.ndarray
    joints: np.ndarray
    up: np.ndarray


def make_batch(
    bank: PoseBank,
    rng: np.random.Generator,
    count: int,
    size: int = 160,
    withheld: bool = False,
    true_proportions: bool = False,
    as_recorded: bool = False,
) -> Batch:
    """Draws ``count`` images of ``size`` px. Deterministic by ``rng``.

    Args:
        bank: where the poses come from.
        rng: random source.
        count: images.
        size: px, square.
        withheld: the test's styles, one whole person in each image.
        true_proportions: every bone as long as it is (for the ablation).
        as_recorded: poses as somebody took them, no limb exchanged.
    """
    batch = _empty(count, size)
    styles = np.full(count, SHAPE) if withheld else rng.choice(3, size=count, p=STYLE_WEIGHTS)
    negative = (rng.random(count) < NEGATIVE_SHARE) & (not withheld)
    scales = _scales(rng, styles)
    local = bank.sample(rng, count, as_recorded)
    views = sample_views(rng, count, np.array([FRONTAL[style] for style in styles]))
    if not (withheld or true_proportions):
        _enlarge_heads(rng, scales, styles)
        _draw_as_children(rng, local, scales, views, styles)
    scales = np.ones_like(scales) if true_proportions else scales
    figures = make_figures(local, scales, rng, views)
    for i in range(count):
        if negative[i]:
            batch.ink[i] = add_paper(draw_negative(rng, size), rng)
        else:
            _draw_person(batch, i, figures, int(styles[i]), rng, withheld)
    batch.style[:] = np.where(negative, -1, styles)
    batch.person[:] = ~negative
    batch.up[:] = views[:, :, 1]
    return batch


def _empty(count: int, size: int) -> Batch:
    return Batch(
        np.zeros((count, size, size), np.uint8),
        np.zeros((count, KEYPOINTS, 2), np.float32),
        np.zeros((count, KEYPOINTS), bool),
        np.zeros((count, DIRECTIONS, 3), np.float32),
        np.zeros((count, DIRECTIONS), bool),
        np.zeros((count, len(CONTACTS)), bool),
        np.zeros(count, bool),
        np.zeros(count, np.int8),
        np.zeros((count, KEYPOINTS, 3), np.float32),
        np.zeros((count, 3), np.float32),
    )


def _scales(rng: np.random.Generator, styles: np.ndarray) -> np.ndarray:
    """Proportions by style; simple stick figures also merge shoulders and hips into one point."""
    strength = np.where(styles == STICK, 1.0, np.where(styles == SHAPE, 0.9, 0.35))
    scales = np.stack([sample_scales(rng, 1, s)[0] for s in strength])
    chibi = (styles != STICK) & (rng.random(len(styles)) < CHIBI_SHARE)
    scales[chibi] *= _chibi(rng, int(chibi.sum()))
    for joints, chance in (([13, 14, 16, 17], 0.55), ([1, 2], 0.6)):
        merged = (styles == STICK) & (rng.random(len(styles)) < chance)
        width = np.where(rng.random(len(styles)) < 0.6, 0.03, rng.uniform(0.1, 0.8, len(styles)))
        scales[np.ix_(merged, joints)] *= width[merged, None].astype(np.float32)
    return scales


def _enlarge_heads(rng: np.random.Generator, scales: np.ndarray, styles: np.ndarray) -> None:
    """Makes mascots of some figures; scales [count, 25] are changed in place."""
    mascot = (styles != STICK) & (rng.random(len(styles)) < MASCOT_SHARE)
    scales[mascot] = _chibi(rng, int(mascot.sum()), head=(2.1, 3.6), limbs=(0.3, 0.6))


def _draw_as_children(
    rng: np.random.Generator,
    local: np.ndarray,
    scales: np.ndarray,
    views: np.ndarray,
    styles: np.ndarray,
) -> None:
    """Replaces some figures by ones that children draw; all but the styles change in place."""
    rows = np.flatnonzero((styles != BODY) & (rng.random(len(styles)) < CHILD_SHARE))
    local[rows], views[rows] = flat_poses(rng, len(rows)), frontal_views(rng, len(rows))
    scales[rows] *= careless_scales(rng, len(rows))


def _chibi(
    rng: np.random.Generator,
    count: int,
    head: tuple[float, float] = (1.3, 2.1),
    limbs: tuple[float, float] = (0.5, 0.85),
) -> np.ndarray:
    """Length factors [count, 25] of a toy: two to four heads tall."""
    factors = np.ones((count, KEYPOINTS), np.float32)
    factors[:, HEAD_TOP] = rng.uniform(*head, count)
    for pair in (LEFT_ARM + RIGHT_ARM, LEFT_LEG + RIGHT_LEG):
        factors[:, pair] = rng.uniform(*limbs, (count, 1))
    factors[:, [3, 6, 9]] = rng.uniform(0.7, 1.0, (count, 1))
    return factors


def _draw_person(
    batch: Batch, i: int, figures: Figures, style: int, rng: np.random.Generator, withheld: bool
) -> None:
    size = batch.ink.shape[1]
    ink = np.zeros((size, size), np.uint8)
    pen = pens.random_pen(rng, size)
    costume = random_costume(rng) if style == BODY else None
    vertices = body_lines.skin(costume, figures, i, rng) if costume else None
    extent = _project(vertices, figures.distance[i]) if vertices is not None else figures.points[i]
    part = None if withheld else _random_part(figures.points[i], extent, rng)
    kept = part.keeps(extent) if part else slice(None)
    scale, shift = _place(extent[kept], size, 0.0 if withheld else LOOSE_CROP_SHARE, rng)
    points = figures.points[i] * scale + shift
    drawable = Drawable(
        points, figures.drawn[i, :, 2], figures.directions[i, HEAD_FORWARD], float(scale)
    )
    if style == STICK and rng.random() < LOW_ARMS_SHARE and not withheld:
        _lower_arms(points, rng)
    behind = rng.random() < 0.5
    decorate = rng.random() < PROPS_SHARE
    if decorate and behind:
        draw_props(ink, points[:JOINTS], rng)
    if costume is not None and vertices is not None:
        body_lines.draw_body(ink, costume, extent * scale + shift, vertices[:, 2], pen, rng)
        shown = np.ones(KEYPOINTS, bool)
    else:
        shown = _draw_articulated(ink, drawable, pen, style, rng, withheld)
    if part:
        part.scaled(float(scale), shift).blank(ink)
        shown = shown & part.keeps(figures.points[i])
    if decorate and not behind:
        draw_props(ink, points[:JOINTS], rng)
    _write_labels(batch, i, figures, points, shown)
    batch.ink[i] = add_paper(ink, rng) if rng.random() < PAPER_SHARE else ink


def _random_part(points: np.ndarray, extent: np.ndarray, rng: np.random.Generator) -> Part | None:
    """Sometimes a part of the figure: of its keypoints [25, 2], and of all that is drawn of it."""
    if rng.random() >= PART_SHARE:
        return None
    part = random_part(points, float(np.ptp(points, axis=0).max()), rng)
    return part if part and part.keeps(extent).sum() >= FEWEST_KEPT else None


def _lower_arms(points: np.ndarray, rng: np.random.Generator) -> None:
    """Slides both arms (points [25, 2] px, changed in place) down the trunk."""
    down = (points[3] - points[12]) * rng.uniform(0.15, 0.6)
    points[LEFT_ARM + RIGHT_ARM] += down


def _draw_articulated(ink, drawable, pen, style: int, rng, withheld: bool) -> np.ndarray:
    """Draws a stick or shape figure, sometimes without one limb; which keypoints are drawn."""
    unit = drawable.pixels_per_metre
    stick = style == STICK
    look = stick_look(rng, pen, unit) if stick else shape_look(rng, pen, unit, withheld)
    shown = np.ones(KEYPOINTS, bool)
    missing = [name for name in LIMBS if rng.random() < 0.025 and not withheld]
    for name in missing:
        look = replace(look, limb={**look.limb, name: MISSING})
        shown[list(LIMBS[name][1:])] = False
    draw_figure(ink, drawable, look, rng)
    return shown


def _place(
    extent: np.ndarray, size: int, loose_share: float, rng: np.random.Generator
) -> tuple[float, np.ndarray]:
    """Scale and shift that put the figure on the canvas the way the finder crops it."""
    low, high = extent.min(0), extent.max(0)
    side = max(float((high - low).max()), 1e-3)
    share = rng.uniform(0.66, 0.9)
    loose = rng.random() < loose_share
    if loose:
        share = rng.uniform(0.3, 0.66) if rng.random() < 0.65 else rng.uniform(0.9, 1.25)
    scale = size * share / side
    room = max(0.0, size * (1 - share)) if loose else size * 0.08
    shift = size / 2 - (low + high) / 2 * scale + rng.uniform(-0.5, 0.5, 2) * room
    return scale, shift.astype(np.float32)


def _project(vertices: np.ndarray, distance: float) -> np.ndarray:
    return vertices[:, :2] / (vertices[:, 2:] + distance) * distance


def _write_labels(
    batch: Batch, i: int, figures: Figures, points: np.ndarray, shown: np.ndarray
) -> None:
    size = batch.ink.shape[1]
    inside = ((points > -2) & (points < size + 2)).all(1)
    batch.points[i] = points
    batch.visible[i] = shown & inside
    batch.directions[i] = figures.directions[i]
    seen = np.ones(DIRECTIONS, bool)
    seen[1:JOINTS] = shown[1:JOINTS]
    batch.direction_seen[i] = seen
    batch.contacts[i] = figures.contacts[i]
    batch.joints[i] = figures.joints[i]


def to_network(ink: np.ndarray) -> np.ndarray:
    """Ink maps uint8 [N, S, S] -> network input float32 [N, 1, S, S], full contrast."""
    peak = np.maximum(ink.reshape(len(ink), -1).max(1), 1).astype(np.float32)
    return (ink.astype(np.float32) / peak[:, None, None])[:, None]


def contact_sheet(batch: Batch, columns: int = 12) -> np.ndarray:
    """The batch as one picture with its keypoints, for looking at it."""
    tiles = []
    for ink, points, visible in zip(batch.ink, batch.points, batch.visible, strict=True):
        tile = cv2.cvtColor(255 - ink, cv2.COLOR_GRAY2BGR)
        for k in np.flatnonzero(visible):
            left = k in LEFT_ARM or k in LEFT_LEG
            right = k in RIGHT_ARM or k in RIGHT_LEG
            colour = (0, 0, 255) if left else (0, 160, 0) if right else (255, 0, 0)
            cv2.circle(tile, tuple(int(v) for v in points[k]), 1, colour, -1)
        cv2.rectangle(tile, (0, 0), tile.shape[1::-1], (200, 200, 200), 1)
        tiles.append(tile)
    tiles += [np.full_like(tiles[0], 255)] * (-len(tiles) % columns)
    return np.vstack([np.hstack(tiles[r : r + columns]) for r in range(0, len(tiles), columns)])
