"""How a drawing looks: one random ``DrawingStyle`` each, most keep one style for all limbs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .pens import Pen

MISSING = "missing"  # a limb the artist left out
LIMB_SHARES = {
    "line": 0.12,
    "curve": 0.08,
    "tube": 0.36,
    "segments": 0.18,
    "solid": 0.13,
    "scribble": 0.13,
}
TORSO_SHARES = {
    "line": 0.04,
    "triangle": 0.13,
    "box": 0.13,
    "bean": 0.12,
    "egg": 0.1,
    "tube": 0.16,
    "double": 0.07,
    "solid": 0.08,
    "scribble": 0.09,
    "dress": 0.08,
}
# Never drawn in training, so that the test shows what the net does with a style it has not met.
WITHHELD_LIMB, WITHHELD_TORSO = "double", "two_masses"
HEADLESS_TORSO, FACE_ONLY = "egg", "face"  # trunk and head are one, the head is only its face
STOUT_SHARE = 0.12  # of figures with volume: limbs far thicker than people's
HEAD_STYLES = ("circle", "oval", "solid", "scribble", "box", "none")
LIMBS = {
    "left_arm": (16, 18, 20, 22),
    "right_arm": (17, 19, 21, 23),
    "left_leg": (1, 4, 7, 10),
    "right_leg": (2, 5, 8, 11),
}


@dataclass(frozen=True)
class DrawingStyle:
    """How one drawing looks; lengths in px."""

    pen: Pen
    limb: dict[str, str]
    torso: str
    head: str
    thickness: float  # half width of a limb
    covers: bool  # near parts hide far ones
    hands: str
    feet: str
    face: bool
    hair: bool
    girdles: bool  # shoulder and hip lines of stick figures
    joints: bool  # balls at the joints
    fill: int  # grey of covered parts


@dataclass(frozen=True)
class Drawable:
    """One figure on the canvas: keypoints px, depths m, where the face looks, px per metre."""

    points: np.ndarray
    depth: np.ndarray
    face: np.ndarray
    pixels_per_metre: float


def stick_look(rng: np.random.Generator, pen: Pen, unit: float) -> DrawingStyle:
    """DrawingStyle of stick figures, from three strokes to detailed."""
    style = str(rng.choice(["line", "curve"], p=[0.75, 0.25]))
    return DrawingStyle(
        pen,
        dict.fromkeys(LIMBS, style),
        "line",
        _head(rng, 0.62),
        0.04 * unit,
        rng.random() < 0.3,
        str(
            rng.choice(
                ["none", "dot", "line", "fingers", "mitten"], p=[0.45, 0.15, 0.15, 0.1, 0.15]
            )
        ),
        str(rng.choice(["none", "line", "shoe"], p=[0.3, 0.5, 0.2])),
        rng.random() < 0.3,
        rng.random() < 0.12,
        rng.random() < 0.5,
        rng.random() < 0.12,
        0,
    )


def shape_look(
    rng: np.random.Generator, pen: Pen, unit: float, withheld: bool = False
) -> DrawingStyle:
    """Look of figures with volume: mannequins, beans, clothed outlines, filled shapes.

    Args:
        rng: random source.
        pen: the drawing tool.
        unit: px per metre.
        withheld: draw only in the styles that training never sees (for the test).
    """
    main = rng.choice(list(LIMB_SHARES), p=list(LIMB_SHARES.values()))
    other = rng.choice(list(LIMB_SHARES), p=list(LIMB_SHARES.values()), size=4)
    limb = {name: str(main if rng.random() < 0.8 else other[k]) for k, name in enumerate(LIMBS)}
    torso = rng.choice(list(TORSO_SHARES), p=list(TORSO_SHARES.values()))
    if withheld:
        limb, torso = dict.fromkeys(LIMBS, WITHHELD_LIMB), WITHHELD_TORSO
    look = DrawingStyle(
        pen,
        limb,
        str(torso),
        _head(rng, 0.45),
        unit * rng.uniform(0.025, 0.075),
        rng.random() < 0.75,
        str(
            rng.choice(["none", "dot", "mitten", "fingers", "line"], p=[0.2, 0.1, 0.4, 0.15, 0.15])
        ),
        str(rng.choice(["none", "line", "shoe"], p=[0.15, 0.2, 0.65])),
        rng.random() < 0.55,
        rng.random() < 0.35,
        rng.random() < 0.3,
        rng.random() < 0.12,
        int(rng.choice([0, 0, 0, rng.integers(15, 120)])),
    )
    return look if withheld else _shapeless(look, rng)


def _shapeless(look: DrawingStyle, rng: np.random.Generator) -> DrawingStyle:
    """What small hands and mascots do: thick limbs, a head that is one with the trunk."""
    if rng.random() < STOUT_SHARE:
        look = replace(look, thickness=look.thickness * rng.uniform(1.3, 2.6))
    return replace(look, head=FACE_ONLY) if look.torso == HEADLESS_TORSO else look


def _head(rng: np.random.Generator, circle: float) -> str:
    rest = (0.94 - circle) / 4
    return str(rng.choice(HEAD_STYLES, p=[circle, rest * 1.6, rest, rest * 0.8, rest * 0.6, 0.06]))
