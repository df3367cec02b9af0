"""What surrounds a person on a page: ground, furniture, things in hands, writing, other drawings.

Props go on a layer of their own and are joined by the darker ink, so that they never wipe the
figure. Joints are px, x right, y down, in SMPL's order.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import cv2
import numpy as np

from . import props_around as around
from . import props_touching as touching
from .drawing import Hand, draw_paths, random_hand
from .negatives import draw_subject
from .pens import Pen
from .props_touching import Joints, Rng, height
from .shapes import Path

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
    "quadruped": 4, "upright animal": 1, "standing bird": 1, "tree": 2, "plant": 2, "house": 1,
    "car": 1, "furniture": 2, "vessel": 1, "ball": 1, "geometry": 1, "tool": 1,
}  # fmt: skip

LIMBS = ((23, 21, 19, 17, 12, 16, 18, 20, 22), (11, 8, 5, 2, 0, 1, 4, 7, 10), (0, 6, 12, 15))


def draw_props(
    ink: np.ndarray,
    joints2d: np.ndarray,
    rng: Rng,
    chances: Mapping[str, float] | None = None,
    neighbour: Callable[[np.ndarray, Rng], None] | None = None,
) -> np.ndarray:
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
    widest = max(1, round(0.045 * height(joints)))
    return hand._replace(pen=replace(hand.pen, width=min(hand.pen.width, widest)))


def _print_lines(layer: np.ndarray, paths: list[Path], rng: Rng) -> None:
    """Thin straight lines as a printer makes them, mostly fainter than ink."""
    value = int(rng.integers(30, 170)) if rng.random() < 0.8 else 255
    draw_paths(layer, paths, Hand(Pen(width=1, ink=value, wobble=0.0), "xray"), rng)


def _figure_mask(joints: Joints, size: int) -> np.ndarray:
    """Where the figure roughly is: its limbs as thick strokes."""
    mask = np.zeros((size, size), np.uint8)
    fixed = [np.clip(joints[list(chain)], -size, 2 * size).astype(np.int32) for chain in LIMBS]
    cv2.polylines(mask, fixed, False, (255,), max(3, int(0.07 * height(joints))))
    cv2.circle(mask, fixed[2][-1].tolist(), max(2, int(0.09 * height(joints))), (255,), -1)
    return mask


def _companion(layer: np.ndarray, joints: Joints, hand: Hand, rng: Rng) -> None:
    """An animal or a thing in the free part of the page."""
    centre, half = around.free_place(joints, len(layer), rng, rng.uniform(0.1, 0.3))
    draw_subject(layer, rng, centre, half, hand, COMPANIONS)


KINDS: dict[str, Callable[[Joints, int, Rng], list[Path]]] = {
    "ground": around.ground,
    "horizon": around.horizon,
    "shadow": touching.shadow,
    "seat": touching.seat,
    "held": touching.held,
    "barbell": touching.barbell,
    "board": touching.board,
    "wall": around.wall,
    "bag": touching.bag,
    "rope": touching.rope,
    "ball": touching.ball,
    "text": around.text,
    "arrows": around.some_arrows,
    "frame": around.frame,
    "ruled": around.ruled,
    "sky": around.sky,
    "motion": touching.motion,
    "stray": around.stray,
    "neighbour": around.edge_limbs,
}
