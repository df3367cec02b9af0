"""What surrounds a person on a page: ground, furniture, things in hands, writing, other drawings.

Props go on a layer of their own and are joined by the darker ink, so that they never wipe the
figure. Joints are px, x right, y down, in SMPL's order.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import cv2
import numpy as np

from .drawing import Hand, draw_paths, random_hand
from .marks import arrows, lines, scribble, writing
from .negatives import draw_subject
from .pens import Pen
from .shapes import Path, arc, box, curve, ellipse, fitted, line, placed, polygon
from .things import cloud, sun

# Chance of each kind, drawn independently of the others.
CHANCES = {
    "ground": 0.30,
    "horizon": 0.08,
    "shadow": 0.06,
    "seat": 0.08,
    "held": 0.14,
    "barbell": 0.05,
    "board": 0.07,
    "wall": 0.08,
    "bag": 0.05,
    "rope": 0.05,
    "ball": 0.06,
    "text": 0.10,
    "arrows": 0.06,
    "frame": 0.05,
    "ruled": 0.05,
    "sky": 0.05,
    "motion": 0.08,
    "stray": 0.10,
    "companion": 0.08,
    "neighbour": 0.07,
}
FAINT = ("ruled", "frame")  # printed rather than drawn
BEHIND = 0.5  # share of pages whose props stop at the figure instead of running through it
COMPANIONS = {
    "quadruped": 4, "upright animal": 1, "standing bird": 1, "tree": 2, "plant": 2, "house": 1, "car": 1,
    "furniture": 2, "vessel": 1, "ball": 1, "geometry": 1, "tool": 1,
}  # fmt: skip

PELVIS, L_KNEE, L_ANKLE, NECK, HEAD = 0, 4, 7, 12, 15
WRISTS, HANDS, FEET = (20, 21), (22, 23), (10, 11)
LIMBS = ((23, 21, 19, 17, 12, 16, 18, 20, 22), (11, 8, 5, 2, 0, 1, 4, 7, 10), (0, 6, 12, 15))

Rng = np.random.Generator
Joints = np.ndarray


def draw_props(ink: np.ndarray, joints2d: np.ndarray, rng: Rng, chances: Mapping[str, float] | None = None,
               neighbour: Callable[[np.ndarray, Rng], None] | None = None) -> np.ndarray:
    """Draw what surrounds a person on `ink`, in place, and return it.

    Args:
        ink: uint8 [S, S], 0 = paper, 255 = ink; with the figure on it or still empty.
        joints2d: [24, 2] px.
        rng: source of all randomness.
        chances: chance by kind; kinds left out never come. CHANCES when None.
        neighbour: draws another figure, cut by the border, on the ink map it is given. Without
            it a few limb-like strokes come in from the side.
    """
    table = CHANCES if chances is None else chances
    joints = np.asarray(joints2d, float)
    size = len(ink)
    layer = np.zeros_like(ink)
    hand = _fine_enough(random_hand(rng, size), joints)
    for kind, chance in table.items():
        if rng.random() < chance:
            if kind == "companion":
                _companion(layer, joints, hand, rng)
            elif kind == "neighbour" and neighbour is not None:
                neighbour(layer, rng)
            elif kind in FAINT:
                _print_lines(layer, KINDS[kind](joints, size, rng), rng)
            else:
                draw_paths(layer, KINDS[kind](joints, size, rng), hand, rng)
    if layer.any() and rng.random() < BEHIND:
        layer[_figure_mask(joints, size) > 0] = 0
    return np.maximum(ink, layer, out=ink)


def _fine_enough(hand: Hand, joints: Joints) -> Hand:
    """The hand with a line no wider than a limb of the figure."""
    widest = max(1, round(0.045 * _height(joints)))
    return hand._replace(pen=replace(hand.pen, width=min(hand.pen.width, widest)))


def _print_lines(layer: np.ndarray, paths: list[Path], rng: Rng) -> None:
    """Thin straight lines as a printer makes them, mostly fainter than ink."""
    value = int(rng.integers(30, 170)) if rng.random() < 0.8 else 255
    draw_paths(layer, paths, Hand(Pen(width=1, ink=value, wobble=0.0), "xray"), rng)


def _figure_mask(joints: Joints, size: int) -> np.ndarray:
    """Where the figure roughly is: its limbs as thick strokes."""
    mask = np.zeros((size, size), np.uint8)
    fixed = [np.clip(joints[list(chain)], -size, 2 * size).astype(np.int32) for chain in LIMBS]
    cv2.polylines(mask, fixed, False, 255, max(3, int(0.07 * _height(joints))))
    cv2.circle(mask, fixed[2][-1].tolist(), max(2, int(0.09 * _height(joints))), 255, -1)
    return mask


def _height(joints: Joints) -> float:
    """Longer side of the figure, px."""
    return float(max(np.ptp(joints, axis=0).max(), 8.0))


def _level(joints: Joints, rng: Rng) -> float:
    """y of the ground: under the lowest joint."""
    return float(joints[:, 1].max() + rng.uniform(0.0, 0.06) * _height(joints))


def _ground(joints: Joints, size: int, rng: Rng) -> list[Path]:
    y, tilt = _level(joints, rng), rng.normal(0, 0.03) * size
    left, right = (0, size) if rng.random() < 0.4 else np.sort(rng.uniform(0, size, 2))
    x = np.linspace(left, right, int(rng.integers(2, 8)))
    bumps = rng.normal(0, 0.012, len(x)) * size * (rng.random() < 0.4)
    paths = [curve(*np.stack([x, y + tilt * (x / size - 0.5) + bumps], axis=1))]
    if rng.random() < 0.25:
        drop = rng.uniform(0.02, 0.06) * size
        paths += [line((u, y), (u - drop, y + drop)) for u in np.arange(left, right, 0.06 * size)]
    elif rng.random() < 0.15:
        paths.append(line((left, y + 0.05 * size), (right, y + 0.05 * size)))
    return paths


def _horizon(joints: Joints, size: int, rng: Rng) -> list[Path]:
    y = rng.uniform(0.3, 0.85, 2) * size
    if rng.random() < 0.6:
        return [line((0, y[0]), (size, y[0] + rng.normal(0, 0.02) * size))]
    corner = rng.uniform(0.05, 0.35) * size
    return [line((corner, 0), (corner, y[0])), line((corner, y[0]), (size, y[0])), line((corner, y[0]), (0, size))]


def _shadow(joints: Joints, size: int, rng: Rng) -> list[Path]:
    h = _height(joints)
    return [ellipse(joints[list(FEET), 0].mean(), _level(joints, rng), rng.uniform(0.12, 0.35) * h, 0.04 * h)]


def _seat(joints: Joints, size: int, rng: Rng) -> list[Path]:
    h, (x, y) = _height(joints), joints[PELVIS]
    top, w, low = y + 0.06 * h, rng.uniform(0.12, 0.4) * h, max(_level(joints, rng), y + 0.2 * h)
    kind = int(rng.integers(4))
    if kind == 0:
        return [box(x - w, top, x + w, low)]
    if kind == 1:
        return [ellipse(x, (top + low) / 2, w, (low - top) / 2)]
    legs = [line((x + s * 0.8 * w, top), (x + s * 0.9 * w, low)) for s in (-1, 1)]
    side = rng.choice([-1, 1]) * w
    back = [line((x + side, top), (x + 1.15 * side, top - 0.4 * h))] if kind == 2 else []
    return [line((x - w, top), (x + w, top)), *legs, *back]


def _held(joints: Joints, size: int, rng: Rng) -> list[Path]:
    """A stick, sword, racket, cup, ball, flag or umbrella at one hand."""
    h, side = _height(joints), int(rng.integers(2))
    wrist, grip = joints[WRISTS[side]], joints[HANDS[side]]
    kind, angle = int(rng.integers(7)), rng.uniform(0, 2 * np.pi)
    along = np.array([np.cos(angle), np.sin(angle)])
    across = along[::-1] * (-1, 1)
    reach = rng.uniform(0.15, 0.6) * h
    shaft = line(grip - along * reach * rng.uniform(0, 0.6), grip + along * reach)
    tip = grip + along * reach
    if kind == 0:
        return [shaft]
    if kind == 1:
        guard = grip + along * 0.06 * h
        return [shaft, line(guard - across * 0.05 * h, guard + across * 0.05 * h)]
    if kind == 2:
        return [shaft, ellipse(*(tip + along * 0.08 * h), 0.1 * h, 0.07 * h, angle)]
    if kind == 3:
        return [ellipse(*(grip + (grip - wrist)), *rng.uniform(0.03, 0.12, 1) * h)]
    if kind == 4:
        return [box(grip[0] - 0.03 * h, grip[1] - 0.05 * h, grip[0] + 0.03 * h, grip[1] + 0.04 * h)]
    if kind == 5:
        return [shaft, polygon(tip, tip + across * 0.2 * h, tip + across * 0.2 * h - along * 0.14 * h, tip - along * 0.14 * h)]
    return [shaft, arc(*tip, 0.18 * h, angle - 1.5, angle + 1.5), line(tip - across * 0.18 * h, tip + across * 0.18 * h)]


def _barbell(joints: Joints, size: int, rng: Rng) -> list[Path]:
    """A bar through both hands, with discs or without."""
    a, b = joints[list(HANDS)]
    span = b - a
    length = float(np.hypot(*span))
    h = _height(joints)
    along = span / length if length > 0.1 * h else np.array([1.0, 0.0])
    out = along * rng.uniform(0.08, 0.4) * h
    ends = (a - out, b + out) if along @ span > 0 else (b - out, a + out)
    if rng.random() < 0.3:
        return [line(*ends)]
    discs = [ellipse(*end, 0.03 * h, rng.uniform(0.08, 0.16) * h, np.arctan2(along[1], along[0])) for end in ends]
    return [line(*ends), *discs]


def _board(joints: Joints, size: int, rng: Rng) -> list[Path]:
    """A board, skis or a bar under the feet, with or without wheels."""
    feet, h = joints[list(FEET)], _height(joints)
    span = feet[np.argmax(feet[:, 0])] - feet[np.argmin(feet[:, 0])]
    tilt = float(np.arctan2(span[1], max(span[0], 0.15 * h)))
    along = np.array([np.cos(tilt), np.sin(tilt)])
    below = along[::-1] * (-1, 1)
    middle = feet.mean(0) + below * 0.04 * h
    half = 0.5 * float(np.hypot(*span)) + rng.uniform(0.08, 0.3) * h
    if rng.random() < 0.4:
        return [ellipse(*middle, half, rng.uniform(0.02, 0.07) * h, tilt)]
    deck = curve(middle - along * half - below * 0.04 * h, middle - along * 0.85 * half,
                 middle + along * 0.85 * half, middle + along * half - below * 0.04 * h)
    if rng.random() < 0.4:
        return [deck]
    r = rng.uniform(0.02, 0.15) * h
    return [deck] + [ellipse(*(middle + along * s * 0.7 * half + below * r), r) for s in (-1, 1)]


def _wall(joints: Joints, size: int, rng: Rng) -> list[Path]:
    """A wall, door, post or window beside the figure."""
    h, side = _height(joints), int(rng.choice([-1, 1]))
    edge = (joints[:, 0].max() if side > 0 else joints[:, 0].min()) + side * rng.uniform(0.02, 0.15) * h
    low = _level(joints, rng)
    if rng.random() < 0.5:
        return [line((edge, rng.uniform(0, 0.3) * size), (edge, low))]
    w = side * rng.uniform(0.05, 0.4) * h
    return [box(min(edge, edge + w), low - rng.uniform(0.4, 1.1) * h, max(edge, edge + w), low)]


def _bag(joints: Joints, size: int, rng: Rng) -> list[Path]:
    h, (x, y) = _height(joints), joints[HANDS[int(rng.integers(2))]]
    w, d = rng.uniform(0.05, 0.12, 2) * h
    return [polygon((x - 0.8 * w, y + d), (x + 0.8 * w, y + d), (x + w, y + 3 * d), (x - w, y + 3 * d)),
            curve((x - 0.6 * w, y + d), (x, y - 0.2 * d), (x + 0.6 * w, y + d))]


def _rope(joints: Joints, size: int, rng: Rng) -> list[Path]:
    a = joints[HANDS[int(rng.integers(2))]]
    if rng.random() < 0.4:
        return [curve(joints[HANDS[0]], joints[list(FEET)].mean(0) + (0, 0.08 * size), joints[HANDS[1]])]
    end = rng.uniform(-0.1, 1.1, 2) * size
    return [curve(a, (a + end) / 2 + rng.normal(0, 0.08, 2) * size, end)]


def _ball(joints: Joints, size: int, rng: Rng) -> list[Path]:
    h = _height(joints)
    target = joints[int(rng.choice([10, 11, 22, 23]))] + rng.normal(0, 0.2, 2) * h
    return [ellipse(*target, rng.uniform(0.03, 0.13) * h)]


def _beside(paths: list[Path], joints: Joints, size: int, rng: Rng, reach: float) -> list[Path]:
    """The paths put where the figure leaves room."""
    centre, half = _free_place(joints, size, rng, reach)
    return placed(fitted(paths), np.eye(2) * half, centre)


def _free_place(joints: Joints, size: int, rng: Rng, reach: float) -> tuple[np.ndarray, float]:
    """Middle [2] px and half side of a free spot: the best of eight guesses."""
    spots = rng.uniform(0.0, 1.0, (8, 2)) * size
    gaps = np.sqrt(((spots[:, None] - joints[None]) ** 2).sum(-1)).min(1)
    best = int(np.argmax(gaps))
    return spots[best], float(min(reach * size, 0.8 * gaps[best])) + 0.02 * size


def _companion(layer: np.ndarray, joints: Joints, hand: Hand, rng: Rng) -> None:
    """An animal or a thing in the free part of the page."""
    centre, half = _free_place(joints, len(layer), rng, rng.uniform(0.1, 0.3))
    draw_subject(layer, rng, centre, half, hand, COMPANIONS)


def _text(joints: Joints, size: int, rng: Rng) -> list[Path]:
    return _beside(writing(rng), joints, size, rng, rng.uniform(0.08, 0.3))


def _arrows(joints: Joints, size: int, rng: Rng) -> list[Path]:
    return _beside(arrows(rng), joints, size, rng, rng.uniform(0.08, 0.3))


def _frame(joints: Joints, size: int, rng: Rng) -> list[Path]:
    low, high = rng.uniform(0.0, 0.06, 2), 1 - rng.uniform(0.0, 0.06, 2)
    return [Path(box(*low, *high).points[[*range(16), 0]] * size)]


def _ruled(joints: Joints, size: int, rng: Rng) -> list[Path]:
    step = rng.uniform(0.05, 0.16) * size
    tilt = rng.normal(0, 0.01) * size
    levels = np.arange(rng.uniform(0, step), size, step)
    rows = [line((0, y), (size, y + tilt)) for y in levels]
    squared = [line((y, 0), (y - tilt, size)) for y in levels] if rng.random() < 0.35 else []
    return rows + squared


def _sky(joints: Joints, size: int, rng: Rng) -> list[Path]:
    make = sun if rng.random() < 0.5 else cloud
    spot = rng.uniform((0.05, 0.03), (0.95, 0.2))
    return placed(fitted(make(rng)), np.eye(2) * rng.uniform(0.05, 0.14) * size, spot * size)


def _motion(joints: Joints, size: int, rng: Rng) -> list[Path]:
    """Speed lines behind a joint, or arcs about a hand or foot."""
    h, centre = _height(joints), joints[int(rng.choice([15, 20, 21, 7, 8, 9]))]
    angle = rng.uniform(0, 2 * np.pi)
    if rng.random() < 0.5:
        return [arc(*centre, r * h, angle - 0.6, angle + 0.6) for r in np.linspace(0.12, 0.22, int(rng.integers(1, 4)))]
    along = np.array([np.cos(angle), np.sin(angle)]) * h
    starts = centre + along * 0.12 + along[::-1] * (-1, 1) * np.linspace(-0.1, 0.1, 3)[:, None]
    return [line(s, s + along * rng.uniform(0.05, 0.25)) for s in starts]


def _stray(joints: Joints, size: int, rng: Rng) -> list[Path]:
    """Strokes that belong to nothing."""
    make = lines if rng.random() < 0.7 else scribble
    return _beside(make(rng), joints, size, rng, rng.uniform(0.05, 0.35))


def _edge_limbs(joints: Joints, size: int, rng: Rng) -> list[Path]:
    """Arms and legs of somebody who stands outside of the picture."""
    side = 0.0 if rng.random() < 0.5 else float(size)
    inward = 1.0 if side == 0.0 else -1.0
    paths = []
    for _ in range(int(rng.integers(1, 4))):
        y = rng.uniform(0.1, 0.95) * size
        elbow = (side + inward * rng.uniform(0.02, 0.10) * size, y + rng.normal(0, 0.06) * size)
        end = (side + inward * rng.uniform(0.03, 0.2) * size, y + rng.normal(0, 0.12) * size)
        paths.append(line((side - inward * 4, y), elbow, end))
    return paths


KINDS: dict[str, Callable[[Joints, int, Rng], list[Path]]] = {
    "ground": _ground, "horizon": _horizon, "shadow": _shadow, "seat": _seat, "held": _held,
    "barbell": _barbell, "board": _board, "wall": _wall, "bag": _bag, "rope": _rope, "ball": _ball,
    "text": _text, "arrows": _arrows, "frame": _frame, "ruled": _ruled, "sky": _sky, "motion": _motion,
    "stray": _stray, "neighbour": _edge_limbs,
}  # fmt: skip
