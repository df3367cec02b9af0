"""Drawing a whole thing (not a person) at once: its paths, in one hand's manner.

An ink map is uint8 [S, S], 0 = paper, 255 = ink; coordinates are px, x right, y down.
"""

from typing import NamedTuple

import cv2
import numpy as np

from .pens import SHIFT, Pen, random_pen
from .shapes import Path, split

CHOPPY = 0.22  # chance that a hand draws lines in short strokes

# How a pen treats regions, and how often.
MODES = {
    "outline": 0.26,  # the silhouette of everything, then the inner lines
    "parts": 0.22,  # part over part, nearer ones hide the others
    "xray": 0.16,  # every part's outline, nothing hidden
    "stick": 0.10,  # centre lines only
    "solid": 0.11,
    "scribble": 0.08,
    "hatch": 0.07,
}


class Hand(NamedTuple):
    """One person's way to draw a thing.

    Attributes:
        pen: the tool.
        mode: a key of MODES.
        choppy: lines are built of short overlapping strokes.
    """

    pen: Pen
    mode: str = "outline"
    choppy: bool = False


def random_hand(rng: np.random.Generator, size: int) -> Hand:
    """A hand for a canvas of `size` px, from thin pencil to felt pen, calm to nervous."""
    mode = list(MODES)[int(rng.choice(len(MODES), p=list(MODES.values())))]
    return Hand(random_pen(rng, size), mode, bool(rng.random() < CHOPPY))


def draw_paths(ink: np.ndarray, paths: list[Path], hand: Hand, rng: np.random.Generator) -> None:
    """Draw paths (px) on `ink` in place, in the way of `hand`.

    Regions cover what lies below them only where the mode hides (parts, solid).
    """
    if not paths:
        return
    pen = hand.pen
    spines = hand.mode == "stick"
    lines = [p.spine if spines and p.spine is not None else p.points for p in paths]
    shaken = _wobbled(lines, pen.wobble, rng)
    if hand.mode == "parts":
        _draw_parts(ink, paths, shaken, pen)
        strokes = [
            _joined(s, p, False)
            for s, p in zip(shaken, paths, strict=True)
            if not p.closed or p.detail
        ]
    elif hand.mode in ("xray", "stick"):
        strokes = [_joined(s, p, spines) for s, p in zip(shaken, paths, strict=True)]
    else:
        strokes = _draw_silhouette(ink, paths, shaken, hand, rng)
    if not strokes:
        return
    _stroke(ink, strokes, hand, rng)
    for _ in range(int((rng.random(2) < (pen.repeats, 0.6 * pen.repeats)).sum())):
        strokes = _wobbled(strokes, 0.6 + 0.8 * pen.wobble, rng)
        _stroke(ink, strokes, hand, rng)


def _joined(stroke: np.ndarray, path: Path, spines: bool) -> np.ndarray:
    """A closed outline as a stroke that comes back to its start."""
    if not path.closed or (spines and path.spine is not None):
        return stroke
    return np.concatenate([stroke, stroke[:1]])


def _wobbled(lines: list[np.ndarray], amount: float, rng: np.random.Generator) -> list[np.ndarray]:
    """The lines moved by a slow wander along each, and a small slip of each as a whole."""
    counts = [len(line) for line in lines]
    index = np.repeat(np.arange(len(lines)), counts)
    points = np.concatenate(lines)
    phase = np.cumsum(rng.uniform(0.1, 0.9, len(points)))[:, None] * (0.35, 0.8)
    wander = np.sin(phase + rng.uniform(0, 6.3, (1, 2))) + np.sin(phase[:, ::-1] * 0.7)
    slip = rng.normal(0.0, 0.5, (len(lines), 2))[index]
    return split(points + amount * (0.6 * wander + slip), counts)


def _fixed(lines: list[np.ndarray]) -> list[np.ndarray]:
    """Coordinates in cv2's fixed point."""
    flat = np.concatenate(lines) * 2**SHIFT
    return split(np.clip(flat, -30000, 30000).astype(np.int32), [len(line) for line in lines])


def _draw_parts(ink: np.ndarray, paths: list[Path], shaken: list[np.ndarray], pen: Pen) -> None:
    """Regions from back to front, each wiping what it covers."""
    regions = [s for s, p in zip(shaken, paths, strict=True) if p.closed and not p.detail]
    for region in _fixed(regions) if regions else []:
        cv2.fillPoly(ink, [region], (0,), cv2.LINE_8, SHIFT)
        cv2.polylines(ink, [region], True, (pen.ink,), pen.width, cv2.LINE_AA, SHIFT)


def _draw_silhouette(
    ink: np.ndarray,
    paths: list[Path],
    shaken: list[np.ndarray],
    hand: Hand,
    rng: np.random.Generator,
) -> list[np.ndarray]:
    """Fill the union of all regions as the mode says; returns the strokes still to draw."""
    mask = np.zeros_like(ink)
    inner = []
    for stroke, fixed, path in zip(shaken, _fixed(shaken), paths, strict=True):
        if path.closed and not path.detail:
            cv2.fillPoly(mask, [fixed], (255,), cv2.LINE_8, SHIFT)
        else:
            inner.append(_joined(stroke, path, False))
    fill_mask(ink, mask, hand, rng)
    if hand.mode == "solid":
        return inner
    found, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    return inner + [_softened(c[:, 0]) for c in found if len(c) > 6]


def _softened(contour: np.ndarray) -> np.ndarray:
    """A pixel contour [N, 2] without its staircase, every second point, closed."""
    c = contour.astype(float)
    mean = (c + np.roll(c, 1, 0) + np.roll(c, -1, 0) + np.roll(c, 2, 0) + np.roll(c, -2, 0)) / 5
    return np.concatenate([mean[::2], mean[:1]])


def fill_mask(ink: np.ndarray, mask: np.ndarray, hand: Hand, rng: np.random.Generator) -> None:
    """Fill mask > 0 on `ink` in place: solid, scribbled or hatched by the pen's mode."""
    if hand.mode == "solid":
        ink[mask > 0] = hand.pen.ink
    elif hand.mode in ("scribble", "hatch"):
        layer = np.zeros_like(ink)
        cv2.polylines(
            layer,
            _fixed(_fill_lines(len(ink), hand, rng)),
            False,
            (hand.pen.ink,),
            max(1, hand.pen.width - 1),
            cv2.LINE_AA,
            SHIFT,
        )
        reach = cv2.dilate(mask, np.ones((3, 3), np.uint8)) if hand.mode == "scribble" else mask
        np.maximum(ink, cv2.bitwise_and(layer, reach), out=ink)


def _fill_lines(size: int, hand: Hand, rng: np.random.Generator) -> list[np.ndarray]:
    """Strokes over the whole page: one restless zigzag, or parallel hatching."""
    spacing = hand.pen.width + rng.uniform(1.0, 5.0)
    rows = np.arange(-0.75 * size, 0.75 * size, spacing)
    ends = np.full((len(rows), 2, 2), 0.75 * size)
    ends[:, 0, 0] *= -1
    ends[:, :, 1] = rows[:, None]
    if hand.mode == "scribble":
        ends = _zigzag(rows, size, rng)[None]
    else:
        ends[:, :, 1] += rng.normal(0, 0.25 * spacing, (len(rows), 2))
    angle = rng.uniform(0, np.pi)
    c, s = np.cos(angle), np.sin(angle)
    return list(ends @ np.array([[c, s], [-s, c]]) + size / 2)


def _zigzag(rows: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """A line [N, 2] that runs to and fro in short swings while it goes down the page."""
    swings = rng.integers(3, 7)
    x = np.linspace(-0.75, 0.75, swings + 1) * size
    y = np.repeat(rows[:, None], swings + 1, 1)
    grid = np.stack([np.broadcast_to(x, y.shape), y], axis=-1)
    grid[1::2] = grid[1::2, ::-1]
    return grid.reshape(-1, 2) + rng.normal(0, 0.05 * size, (grid.size // 2, 2))


def _stroke(
    ink: np.ndarray, strokes: list[np.ndarray], hand: Hand, rng: np.random.Generator
) -> None:
    if hand.choppy:
        strokes = [piece for stroke in strokes for piece in _chopped(stroke, hand.pen.wobble, rng)]
    elif hand.pen.overshoot:
        strokes = [_overshot(stroke, hand.pen.overshoot) for stroke in strokes]
    if hand.pen.gaps:
        strokes = _interrupted(strokes, hand.pen.gaps, rng)
    cv2.polylines(ink, _fixed(strokes), False, (hand.pen.ink,), hand.pen.width, cv2.LINE_AA, SHIFT)


def _interrupted(
    strokes: list[np.ndarray], chance: float, rng: np.random.Generator
) -> list[np.ndarray]:
    """The lines, some of them with a piece left out."""
    left, share = [], rng.random((len(strokes), 3))
    for stroke, (lot, place, width) in zip(strokes, share, strict=True):
        count = len(stroke)
        if lot > 2 * chance or count < 6:
            left.append(stroke)
            continue
        start = 1 + int(place * (count - 3))
        left.append(stroke[: start + 1])
        left.append(stroke[min(start + 2 + int(0.3 * width * count), count - 2) :])
    return left


def _chopped(stroke: np.ndarray, wobble: float, rng: np.random.Generator) -> list[np.ndarray]:
    """The line as short strokes, each a little beside the last and past its end."""
    reach = int(rng.integers(5, 10))
    if len(stroke) <= reach:
        return [stroke]
    starts = np.arange(0, len(stroke) - 2, reach - 2)
    index = np.minimum(starts[:, None] + np.arange(reach), len(stroke) - 1)
    slip = rng.normal(0, 0.35 + 0.4 * wobble, (len(starts), 2, 2))
    along = np.linspace(0, 1, reach)[None, :, None]
    return list(stroke[index] + slip[:, :1] * (1 - along) + slip[:, 1:] * along)


def _overshot(stroke: np.ndarray, amount: float) -> np.ndarray:
    """The line run on past its end by a share of its length."""
    if len(stroke) < 2:
        return stroke
    ahead = (stroke[-1] - stroke[-2]) * min(len(stroke), 20) * amount
    return np.concatenate([stroke, stroke[-1:] + ahead])
