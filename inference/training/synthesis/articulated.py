"""Drawing a figure part by part: stick figures, tubes, beans, mannequins, scribbles, clothes.

Each limb is drawn in its own style, far parts first, so that near parts cover far ones as
they do on paper. The look of a whole drawing is a ``Look``; every choice is random, most
drawings keep one style for all limbs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import pens
from .layout import HEAD_TOP
from .pens import Pen

MISSING = "missing"  # a limb the artist left out
LIMB_SHARES = {"line": 0.12, "curve": 0.08, "tube": 0.36, "segments": 0.18, "solid": 0.13, "scribble": 0.13}
TORSO_SHARES = {
    "line": 0.04, "triangle": 0.13, "box": 0.18, "bean": 0.17, "tube": 0.16,
    "double": 0.07, "solid": 0.08, "scribble": 0.09, "dress": 0.08,
}  # fmt: skip
# Never drawn in training, so that the test shows what the net does with a style it has not met.
WITHHELD_LIMB, WITHHELD_TORSO = "double", "two_masses"
HEAD_STYLES = ("circle", "oval", "solid", "scribble", "box", "none")
LIMBS = {"left_arm": (16, 18, 20, 22), "right_arm": (17, 19, 21, 23), "left_leg": (1, 4, 7, 10), "right_leg": (2, 5, 8, 11)}


@dataclass(frozen=True)
class Look:
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
    """One figure on the canvas: keypoints [25, 2] px, depths [25] m, face direction [3], px per metre."""

    points: np.ndarray
    depth: np.ndarray
    face: np.ndarray
    pixels_per_metre: float


def stick_look(rng: np.random.Generator, pen: Pen, unit: float) -> Look:
    """Look of stick figures, from three strokes to detailed."""
    style = rng.choice(["line", "curve"], p=[0.75, 0.25])
    return Look(
        pen, dict.fromkeys(LIMBS, style), "line", _head(rng, 0.62), 0.04 * unit, rng.random() < 0.3,
        str(rng.choice(["none", "dot", "line", "fingers", "mitten"], p=[0.45, 0.15, 0.15, 0.1, 0.15])),
        str(rng.choice(["none", "line", "shoe"], p=[0.3, 0.5, 0.2])),
        rng.random() < 0.3, rng.random() < 0.12, rng.random() < 0.5, rng.random() < 0.12, 0,
    )  # fmt: skip


def shape_look(rng: np.random.Generator, pen: Pen, unit: float, withheld: bool = False) -> Look:
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
    return Look(
        pen, limb, str(torso), _head(rng, 0.45), unit * rng.uniform(0.025, 0.075), rng.random() < 0.75,
        str(rng.choice(["none", "dot", "mitten", "fingers", "line"], p=[0.2, 0.1, 0.4, 0.15, 0.15])),
        str(rng.choice(["none", "line", "shoe"], p=[0.15, 0.2, 0.65])),
        rng.random() < 0.55, rng.random() < 0.35, rng.random() < 0.3, rng.random() < 0.12,
        int(rng.choice([0, 0, 0, rng.integers(15, 120)])),
    )  # fmt: skip


def _head(rng: np.random.Generator, circle: float) -> str:
    rest = (0.94 - circle) / 4
    return str(rng.choice(HEAD_STYLES, p=[circle, rest * 1.6, rest, rest * 0.8, rest * 0.6, 0.06]))


def draw_figure(ink: np.ndarray, figure: Drawable, look: Look, rng: np.random.Generator) -> None:
    """Draws all parts of a figure, the farthest first."""
    depth = figure.depth
    parts = [(depth[list(chain)].mean(), name) for name, chain in LIMBS.items()]
    parts += [(depth[[1, 2, 6, 9, 16, 17]].mean(), "torso"), (depth[[15, HEAD_TOP]].mean(), "head")]
    for _, name in sorted(parts, reverse=True):
        if name == "torso":
            _draw_torso(ink, figure, look, rng)
        elif name == "head":
            _draw_head(ink, figure, look, rng)
        else:
            _draw_limb(ink, figure, look, name, rng)


def _draw_limb(ink: np.ndarray, figure: Drawable, look: Look, name: str, rng: np.random.Generator) -> None:
    if look.limb[name] == MISSING:
        return
    chain = figure.points[list(LIMBS[name])]
    is_leg = name.endswith("leg")
    path, width = chain[:3], look.thickness * (1.35 if is_leg else 0.95)
    _LIMB_DRAWERS[look.limb[name]](ink, path, width, look, rng)
    if look.joints:
        for joint in path:
            _blob(ink, pens.ellipse(joint, (width * 0.9, width * 0.9), 0, 12), look, rng)
    _draw_end(ink, chain, width, look.feet if is_leg else look.hands, look, rng)


def _limb_line(ink, path, width, look, rng) -> None:
    pens.line(ink, pens.subdivide(path), look.pen, rng)


def _limb_curve(ink, path, width, look, rng) -> None:
    pens.line(ink, pens.smooth(path), look.pen, rng)


def _limb_tube(ink, path, width, look, rng) -> None:
    spine = pens.smooth(path, 10) if rng.random() < 0.5 else pens.subdivide(path, 4)
    taper = np.interp(np.linspace(0, 1, len(spine)), [0, 0.25, 0.5, 0.7, 1], [1.15, 1.2, 0.85, 0.95, 0.6])
    _blob(ink, pens.ribbon(spine, taper * width), look, rng)


def _limb_segments(ink, path, width, look, rng) -> None:
    for k in np.argsort(rng.random(len(path) - 1)):
        a, b = path[k], path[k + 1]
        middle, length = (a + b) / 2, np.linalg.norm(b - a)
        if rng.random() < 0.5:
            angle = np.arctan2(*(b - a)[::-1])
            outline = pens.ellipse(middle, (length / 2 + width * 0.4, width * (1.1 - 0.15 * k)), angle)
        else:
            outline = pens.capsule(a, b, width * (1.1 - 0.15 * k), width * (0.9 - 0.2 * k))
        _blob(ink, outline, look, rng)


def _limb_double(ink, path, width, look, rng) -> None:
    spine = pens.subdivide(path, 4)
    outline = pens.ribbon(spine, np.full(len(spine), width))
    half = len(spine)
    if look.covers:
        pens.fill(ink, outline, look.fill)
    pens.line(ink, outline[1 : half + 1], look.pen, rng)
    if rng.random() < 0.8:
        pens.line(ink, outline[half + 2 :], look.pen, rng)


def _limb_solid(ink, path, width, look, rng) -> None:
    spine = pens.subdivide(path, 4)
    taper = np.interp(np.linspace(0, 1, len(spine)), [0, 0.5, 1], [1.2, 0.9, 0.6])
    pens.fill(ink, pens.shaky(pens.ribbon(spine, taper * width), look.pen.wobble, rng), look.pen.ink)


def _limb_scribble(ink, path, width, look, rng) -> None:
    for a, b in zip(path[:-1], path[1:], strict=True):
        outline = pens.capsule(a, b, width * 1.1, width * 0.8)
        pens.scribble(ink, outline, look.pen, rng)
        if rng.random() < 0.5:
            pens.line(ink, outline, pens.thinner(look.pen), rng)


_LIMB_DRAWERS = {
    "line": _limb_line, "curve": _limb_curve, "tube": _limb_tube, "segments": _limb_segments,
    "double": _limb_double, "solid": _limb_solid, "scribble": _limb_scribble,
}  # fmt: skip


def _blob(ink: np.ndarray, outline: np.ndarray, look: Look, rng: np.random.Generator) -> None:
    """A closed part: hides what is behind it, then gets its outline."""
    outline = pens.shaky(outline, look.pen.wobble, rng)
    if look.covers:
        pens.fill(ink, outline, look.fill)
    pens.loop(ink, outline, look.pen, rng)


def _draw_end(ink, chain, width, style, look, rng) -> None:
    """A hand or foot at the end of a limb (chain[2] wrist or ankle, chain[3] knuckles or ball)."""
    a, b = chain[2], chain[3]
    length = np.linalg.norm(b - a)
    if style == "none" or length < 0.5:
        return
    if style == "line":
        pens.line(ink, np.linspace(a, b, 4), look.pen, rng)
    elif style == "dot":
        pens.fill(ink, pens.ellipse(a, (look.pen.width + 0.5,) * 2, 0, 10), look.pen.ink)
    elif style == "fingers":
        angle = np.arctan2(*(b - a)[::-1])
        for turn in np.linspace(-0.7, 0.7, rng.integers(3, 6)) + rng.normal(0, 0.1):
            tip = a + 1.6 * length * np.array([np.cos(angle + turn), np.sin(angle + turn)])
            pens.line(ink, np.linspace(a, tip, 4), pens.thinner(look.pen), rng)
    else:
        angle = np.arctan2(*(b - a)[::-1])
        radii = (length * 0.75, max(width * 0.75, length * (0.38 if style == "shoe" else 0.55)))
        _blob(ink, pens.ellipse((a + b) / 2, radii, angle, 14), look, rng)


def _draw_torso(ink, figure: Drawable, look: Look, rng) -> None:
    p = figure.points
    neck, pelvis = p[12], p[0]
    spine = p[[12, 9, 6, 3, 0]]
    if look.torso == "line":
        pens.line(ink, pens.smooth(spine) if rng.random() < 0.7 else np.linspace(neck, pelvis, 8), look.pen, rng)
        if look.girdles:
            pens.line(ink, pens.subdivide(p[[16, 12, 17]], 4), look.pen, rng)
            pens.line(ink, pens.subdivide(p[[1, 0, 2]], 4), look.pen, rng)
        return
    if look.torso == "two_masses":
        _two_masses(ink, p, look, rng)
        return
    outline = _torso_outline(p, look, rng)
    if look.torso == "solid":
        pens.fill(ink, outline, look.pen.ink)
    elif look.torso == "scribble":
        pens.scribble(ink, outline, look.pen, rng)
        pens.line(ink, outline[: len(outline) // 2], look.pen, rng)
    elif look.torso == "double":
        pens.line(ink, pens.subdivide(p[[16, 1]], 6), look.pen, rng)
        pens.line(ink, pens.subdivide(p[[17, 2]], 6), look.pen, rng)
    else:
        _blob(ink, outline, look, rng)


def _torso_outline(p: np.ndarray, look: Look, rng) -> np.ndarray:
    """Closed outline of the trunk in the look's style, px."""
    grow, w = rng.uniform(0.95, 1.3), look.thickness
    centre, chest = p[[0, 12]].mean(0), p[9]
    shoulders, hips = p[[16, 17]], p[[2, 1]]
    if look.torso == "triangle":
        corners = np.concatenate([shoulders, p[:1]]) if rng.random() < 0.6 else np.concatenate([p[12:13], hips])
        return pens.subdivide(np.concatenate([corners, corners[:1]]), 4)[:-1]
    if look.torso in ("bean", "tube"):
        breadth = max(np.linalg.norm(shoulders[0] - shoulders[1]) * 0.5, w * 1.6) * grow
        path = pens.smooth(p[[12, 9, 6, 3, 0]], 10)
        taper = np.interp(np.linspace(0, 1, len(path)), [0, 0.3, 0.65, 1], [0.75, 1, 0.8, 0.9])
        return pens.ribbon(path, taper * breadth)
    if look.torso == "dress":
        knees = p[[5, 4]]
        hem = hips + (knees - hips) * rng.uniform(0.3, 1.0)
        hem = hem.mean(0) + (hem - hem.mean(0)) * rng.uniform(1.2, 2.2) + np.array([[-w, 0], [w, 0]])
        corners = np.concatenate([shoulders, p[[3]] + (hips[:1] - p[0]), hem, p[[3]] + (hips[1:] - p[0])])
    else:
        corners = np.concatenate([shoulders, chest + (hips[:1] - p[0]) * 1.1, hips, chest + (hips[1:] - p[0]) * 1.1])
    corners = centre + (corners - centre) * grow
    return pens.subdivide(np.concatenate([corners, corners[:1]]), 3)[:-1]


def _two_masses(ink, p, look, rng) -> None:
    """Rib cage and pelvis as separate masses, joined by a line or nothing."""
    for top, bottom, side in ((p[12], p[6], p[[16, 17]]), (p[3], p[0] * 1.6 - p[3] * 0.6, p[[1, 2]])):
        breadth = max(np.linalg.norm(side[0] - side[1]) * 0.5, look.thickness * 1.4) * rng.uniform(0.85, 1.15)
        axis = bottom - top
        angle = np.arctan2(axis[1], axis[0])
        _blob(ink, pens.ellipse((top + bottom) / 2, (np.linalg.norm(axis) * 0.55, breadth), angle), look, rng)
    if rng.random() < 0.6:
        pens.line(ink, np.linspace(p[6], p[3], 4), look.pen, rng)


def _draw_head(ink, figure: Drawable, look: Look, rng) -> None:
    p = figure.points
    base, top = p[15], p[HEAD_TOP]
    if rng.random() < 0.85:
        pens.line(ink, np.linspace(p[12], base, 4), look.pen, rng)
    if look.head == "none":
        if rng.random() < 0.5:
            pens.line(ink, np.linspace(base, top, 4), look.pen, rng)
        return
    centre, axis = (base + top) / 2, top - base
    half = max(np.linalg.norm(axis) * 0.5, 0.085 * figure.pixels_per_metre)
    angle = np.arctan2(axis[1], axis[0])
    outline = _head_outline(centre, half, angle, look, rng)
    if look.head == "solid":
        pens.fill(ink, outline, look.pen.ink)
        return
    if look.head == "scribble":
        pens.scribble(ink, outline, look.pen, rng)
        return
    _blob(ink, outline, look, rng)
    if look.face:
        _draw_face(ink, centre, half, angle, figure.face, look, rng)
    if look.hair:
        _draw_hair(ink, centre, half, angle, figure.face, look, rng)


def _head_outline(centre, half, angle, look, rng) -> np.ndarray:
    if look.head == "box":
        corners = pens.ellipse(centre, (half * 1.3, half * 1.2), angle + np.pi / 4, 4)
        return pens.subdivide(np.concatenate([corners, corners[:1]]), 4)[:-1]
    narrow = rng.uniform(0.65, 0.9) if look.head == "oval" else rng.uniform(0.88, 1.1)
    return pens.ellipse(centre, (half, half * narrow), angle, int(rng.choice([9, 14, 22])))


def _draw_face(ink, centre, half, angle, face, look, rng) -> None:
    """Eyes, mouth, nose or cross lines where the head faces; a profile shows its nose."""
    pen = pens.thinner(look.pen)
    up = np.array([np.cos(angle), np.sin(angle)])
    right = np.array([-up[1], up[0]])
    toward = face[:2] * half * 0.75  # how far the features slide on the ball
    if face[2] > 0.25:
        return  # seen from behind
    middle = centre + toward
    if np.hypot(*face[:2]) > 0.6 and rng.random() < 0.6:
        tip = centre + face[:2] / np.hypot(*face[:2]) * half * rng.uniform(1.15, 1.4)
        pens.line(ink, np.array([centre + toward * 1.2 + up * half * 0.25, tip, centre + toward * 1.2 - up * half * 0.2]), pen, rng)
    if rng.random() < 0.25:  # construction cross
        pens.line(ink, pens.smooth(np.array([centre + up * half, middle, centre - up * half])), pen, rng)
        pens.line(ink, pens.smooth(np.array([centre + right * half, middle, centre - right * half])), pen, rng)
        return
    spread = half * 0.35 * max(0.25, -face[2])
    for side in (-1, 1):
        eye = middle + right * spread * side + up * half * 0.2
        pens.fill(ink, pens.ellipse(eye, (max(0.7, half * 0.08),) * 2, 0, 8), pen.ink)
    mouth = middle - up * half * 0.35
    curve = np.array([mouth - right * spread, mouth - up * half * rng.uniform(-0.1, 0.2), mouth + right * spread])
    pens.line(ink, pens.smooth(curve), pen, rng)


def _draw_hair(ink, centre, half, angle, face, look, rng) -> None:
    """A cap, strands or pigtails, away from the face."""
    up = np.array([np.cos(angle), np.sin(angle)])
    back = -np.asarray(face[:2]) * half * 0.5
    kind = rng.integers(3)
    if kind == 0:
        cap = pens.ellipse(centre + up * half * 0.4 + back, (half * 0.75, half * 1.05), angle, 14)
        (pens.scribble if rng.random() < 0.6 else pens.loop)(ink, cap, look.pen, rng)
    elif kind == 1:
        for turn in rng.uniform(-1.4, 1.4, rng.integers(4, 9)):
            direction = np.array([np.cos(angle + turn), np.sin(angle + turn)])
            start = centre + direction * half
            pens.line(ink, np.linspace(start, start + direction * half * 0.4, 3), pens.thinner(look.pen), rng)
    else:
        right = np.array([-up[1], up[0]])
        for side in (-1, 1):
            root = centre + right * half * side + up * half * 0.4
            tail = root + right * half * side * 0.7 - up * half * rng.uniform(0.5, 1.5)
            pens.line(ink, pens.smooth(np.array([root, (root + tail) / 2 + right * half * side * 0.3, tail])), look.pen, rng)
