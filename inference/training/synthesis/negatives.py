"""Drawings without a person, which the network must refuse.

Animals, plants, things, writing and scribbles, drawn by the same kind of hands as people are:
one to three of them on a page, in any size, some cut off by the border.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import cv2
import numpy as np

from . import (
    birds_fish_insects,
    creatures,
    facing_animals,
    marks,
    object_distractors,
    plants_and_land,
)
from .drawing import Hand, draw_paths, random_hand
from .shapes import Path, fit, placed

# What is drawn, and how often. Animals lead: they have heads and limbs as people do.
SUBJECTS: dict[str, tuple[float, Callable[[np.random.Generator], list[Path]]]] = {
    "quadruped": (18, creatures.quadruped),
    "upright animal": (9, creatures.upright),
    "facing animal": (4, facing_animals.facing_animal),
    "animal face": (2, facing_animals.animal_face),
    "flying bird": (6, birds_fish_insects.flying_bird),
    "standing bird": (4, birds_fish_insects.standing_bird),
    "fish": (3, birds_fish_insects.fish),
    "dolphin": (3, birds_fish_insects.dolphin),
    "snake": (2, birds_fish_insects.snake),
    "lizard": (3, birds_fish_insects.lizard),
    "butterfly": (2, birds_fish_insects.butterfly),
    "insect": (2, birds_fish_insects.insect),
    "shelled": (1, birds_fish_insects.shelled),
    "octopus": (1.5, birds_fish_insects.octopus),
    "tree": (4, plants_and_land.tree),
    "plant": (3, plants_and_land.plant),
    "landscape": (3, plants_and_land.landscape),
    "cloud": (1, plants_and_land.cloud),
    "sun": (1, plants_and_land.sun),
    "house": (2, object_distractors.house),
    "towers": (2.5, object_distractors.towers),
    "car": (2.5, object_distractors.car),
    "ship": (2, object_distractors.ship),
    "plane": (2, object_distractors.plane),
    "rocket": (2, object_distractors.rocket),
    "cannon": (2, object_distractors.cannon),
    "furniture": (2.5, object_distractors.furniture),
    "vessel": (2.5, object_distractors.vessel),
    "flag": (1.5, object_distractors.flag),
    "lattice": (2.5, object_distractors.lattice),
    "tool": (2.5, object_distractors.tool),
    "writing": (4, marks.writing),
    "arrows": (1, marks.arrows),
    "scribble": (3, marks.scribble),
    "lines": (2.5, marks.lines),
    "limblike": (5, marks.limblike),
    "geometry": (3, marks.geometry),
    "grid": (1.5, marks.grid),
    "specks": (1, marks.specks),
    "ball": (1, marks.ball),
}
COUNTS = {1: 0.62, 2: 0.26, 3: 0.12}  # subjects on a page
CUT_OFF = 0.15  # share of pages whose subject runs over the border
TIGHT = 0.55  # share of single subjects that fill the page, as the finder crops them
GROUND = 0.2  # share of pages with a line to stand on
NEVER_STICKS = {"lizard", "upright animal", "facing animal"}  # as sticks they would be people
THICKEST = 0.12  # widest line, in halves of a subject: wider ones would be blots
ANY_ANGLE = 0.08  # share of subjects turned by any angle


def draw_negative(rng: np.random.Generator, size: int) -> np.ndarray:
    """A drawing without a person.

    Args:
        rng: source of all randomness; the drawing is a function of its state.
        size: side of the page, px.

    Returns:
        Ink map uint8 [size, size], 0 = paper, 255 = ink.
    """
    ink = np.zeros((size, size), np.uint8)
    hand = random_hand(rng, size)
    count = int(rng.choice(list(COUNTS), p=list(COUNTS.values())))
    for centre, half in _places(count, rng):
        draw_subject(ink, rng, centre * size, half * size, hand)
    if rng.random() < GROUND:
        level = rng.uniform(0.6, 0.95) * size
        ends = np.linspace(rng.uniform(0, 0.3), rng.uniform(0.7, 1.0), 9) * size
        ground = np.stack([ends, np.full(9, level) + rng.normal(0, 1) * ends / size], axis=1)
        draw_paths(ink, [Path(ground)], hand._replace(mode="xray"), rng)
    return ink


def draw_subject(
    ink: np.ndarray,
    rng: np.random.Generator,
    centre: np.ndarray,
    half: float,
    hand: Hand,
    weights: Mapping[str, float] | None = None,
) -> str:
    """Draw one thing on `ink` in place and return its name.

    Args:
        ink: uint8 [S, S].
        rng: source of randomness.
        centre: [2] px, middle of the thing.
        half: px, half of its longer side.
        hand: how it is drawn.
        weights: chances by name of SUBJECTS; all of them as in the table when None.
    """
    table = {name: weight for name, (weight, _) in SUBJECTS.items()} if weights is None else weights
    chances = np.cumsum(list(table.values()))
    name = list(table)[int(np.searchsorted(chances, rng.random() * chances[-1]))]
    wild = rng.random() < ANY_ANGLE
    angle = rng.uniform(0, 2 * np.pi) if wild else rng.normal(0, 0.12)
    paths = SUBJECTS[name][1](rng)
    linear, offset = fit(paths, float(angle), bool(rng.random() < 0.5))
    stretch = np.exp(rng.normal(0, 0.12))
    sides = np.array([half * stretch, half / stretch])
    pen = replace(hand.pen, width=min(hand.pen.width, max(1, round(THICKEST * half))))
    mode = "xray" if hand.mode == "stick" and name in NEVER_STICKS else hand.mode
    hand = hand._replace(pen=pen, mode=mode)
    draw_paths(ink, placed(paths, sides[:, None] * linear, sides * offset + centre), hand, rng)
    return name


def _places(count: int, rng: np.random.Generator) -> list[tuple[np.ndarray, float]]:
    """Middle [2] and half side of each subject, in pages; the first is the largest."""
    if count == 1 and rng.random() < CUT_OFF:
        return [(rng.uniform(0.2, 0.8, 2), rng.uniform(0.45, 0.9))]
    if count == 1:
        half = rng.uniform(0.33, 0.47) if rng.random() < TIGHT else rng.uniform(0.14, 0.48)
        return [(rng.uniform(half, 1 - half, 2), half)]
    half = rng.uniform(0.18, 0.3)
    along = np.linspace(half, 1 - half, count) + rng.normal(0, 0.04, count)
    across = rng.uniform(half, 1 - half) + rng.normal(0, 0.1, count)
    places = np.stack([along, across], axis=1)
    if rng.random() < 0.2:
        places = places[:, ::-1]
    sizes = half * rng.uniform(0.35, 1.1, count)
    return [(place, float(side)) for place, side in zip(places, sizes, strict=True)]


def contact_sheet(seed: int, count: int, size: int = 160, columns: int = 10) -> np.ndarray:
    """`count` drawings in one picture, black on white, to be looked at."""
    rng = np.random.default_rng(seed)
    tiles = [
        cv2.copyMakeBorder(255 - draw_negative(rng, size), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
        for _ in range(count)
    ]
    rows = [np.hstack(tiles[i : i + columns]) for i in range(0, count, columns)]
    return np.vstack(rows)
