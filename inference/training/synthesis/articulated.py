"""Drawing a figure part by part: stick figures, tubes, beans, mannequins, scribbles, clothes.

Each limb is drawn in its own style, far parts first, so that near parts cover far ones as
they do on paper.
"""

from __future__ import annotations

import numpy as np

from . import pens
from .heads import blob, draw_head
from .layout import HEAD_TOP
from .look import FACE_ONLY, HEADLESS_TORSO, LIMBS, MISSING, Drawable, DrawingStyle


def draw_figure(
    ink: np.ndarray, figure: Drawable, look: DrawingStyle, rng: np.random.Generator
) -> None:
    """Draws all parts of a figure, the farthest first."""
    depth = figure.depth
    parts = [(depth[list(chain)].mean(), name) for name, chain in LIMBS.items()]
    torso, head = depth[[1, 2, 6, 9, 16, 17]].mean(), depth[[15, HEAD_TOP]].mean()
    on_it = look.head == FACE_ONLY
    parts += [(torso, "torso"), (np.nextafter(torso, -np.inf) if on_it else head, "head")]
    for _, name in sorted(parts, reverse=True):
        if name == "torso":
            _draw_torso(ink, figure, look, rng)
        elif name == "head":
            draw_head(ink, figure, look, rng)
        else:
            _draw_limb(ink, figure, look, name, rng)


def _draw_limb(
    ink: np.ndarray, figure: Drawable, look: DrawingStyle, name: str, rng: np.random.Generator
) -> None:
    if look.limb[name] == MISSING:
        return
    chain = figure.points[list(LIMBS[name])]
    is_leg = name.endswith("leg")
    path, width = chain[:3], look.thickness * (1.35 if is_leg else 0.95)
    _LIMB_DRAWERS[look.limb[name]](ink, path, width, look, rng)
    if look.joints:
        for joint in path:
            blob(ink, pens.ellipse(joint, (width * 0.9, width * 0.9), 0, 12), look, rng)
    _draw_end(ink, chain, width, look.feet if is_leg else look.hands, look, rng)


def _limb_line(ink, path, width, look, rng) -> None:
    pens.line(ink, pens.subdivide(path), look.pen, rng)


def _limb_curve(ink, path, width, look, rng) -> None:
    pens.line(ink, pens.smooth(path), look.pen, rng)


def _limb_tube(ink, path, width, look, rng) -> None:
    spine = pens.smooth(path, 10) if rng.random() < 0.5 else pens.subdivide(path, 4)
    taper = np.interp(
        np.linspace(0, 1, len(spine)), [0, 0.25, 0.5, 0.7, 1], [1.15, 1.2, 0.85, 0.95, 0.6]
    )
    blob(ink, pens.ribbon(spine, taper * width), look, rng)


def _limb_segments(ink, path, width, look, rng) -> None:
    for k in np.argsort(rng.random(len(path) - 1)):
        a, b = path[k], path[k + 1]
        middle, length = (a + b) / 2, np.linalg.norm(b - a)
        if rng.random() < 0.5:
            angle = np.arctan2(*(b - a)[::-1])
            outline = pens.ellipse(
                middle, (length / 2 + width * 0.4, width * (1.1 - 0.15 * k)), angle
            )
        else:
            outline = pens.capsule(a, b, width * (1.1 - 0.15 * k), width * (0.9 - 0.2 * k))
        blob(ink, outline, look, rng)


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
    pens.fill(
        ink, pens.shaky(pens.ribbon(spine, taper * width), look.pen.wobble, rng), look.pen.ink
    )


def _limb_scribble(ink, path, width, look, rng) -> None:
    for a, b in zip(path[:-1], path[1:], strict=True):
        outline = pens.capsule(a, b, width * 1.1, width * 0.8)
        pens.scribble(ink, outline, look.pen, rng)
        if rng.random() < 0.5:
            pens.line(ink, outline, pens.thinner(look.pen), rng)


_LIMB_DRAWERS = {
    "line": _limb_line,
    "curve": _limb_curve,
    "tube": _limb_tube,
    "segments": _limb_segments,
    "double": _limb_double,
    "solid": _limb_solid,
    "scribble": _limb_scribble,
}


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
        least = length * (0.38 if style == "shoe" else 0.55)
        radii = (float(length) * 0.75, float(max(width * 0.75, least)))
        blob(ink, pens.ellipse((a + b) / 2, radii, angle, 14), look, rng)


def _draw_torso(ink, figure: Drawable, look: DrawingStyle, rng) -> None:
    p = figure.points
    neck, pelvis = p[12], p[0]
    spine = p[[12, 9, 6, 3, 0]]
    if look.torso == "line":
        pens.line(
            ink,
            pens.smooth(spine) if rng.random() < 0.7 else np.linspace(neck, pelvis, 8),
            look.pen,
            rng,
        )
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
        blob(ink, outline, look, rng)


def _torso_outline(p: np.ndarray, look: DrawingStyle, rng) -> np.ndarray:
    """Closed outline of the trunk in the look's style, px."""
    grow, w = rng.uniform(0.95, 1.3), look.thickness
    centre, chest = p[[0, 12]].mean(0), p[9]
    shoulders, hips = p[[16, 17]], p[[2, 1]]
    if look.torso == "triangle":
        corners = (
            np.concatenate([shoulders, p[:1]])
            if rng.random() < 0.6
            else np.concatenate([p[12:13], hips])
        )
        return pens.subdivide(np.concatenate([corners, corners[:1]]), 4)[:-1]
    if look.torso in ("bean", "tube"):
        breadth = max(np.linalg.norm(shoulders[0] - shoulders[1]) * 0.5, w * 1.6) * grow
        path = pens.smooth(p[[12, 9, 6, 3, 0]], 10)
        taper = np.interp(np.linspace(0, 1, len(path)), [0, 0.3, 0.65, 1], [0.75, 1, 0.8, 0.9])
        return pens.ribbon(path, taper * breadth)
    if look.torso == HEADLESS_TORSO:
        breadth = max(np.linalg.norm(shoulders[0] - shoulders[1]) * 0.6, w * 2.0) * grow
        path = pens.smooth(p[[HEAD_TOP, 15, 12, 9, 6, 3, 0]], 6)
        egg, cone = [0.2, 0.8, 1, 1, 0.75], [0.05, 0.45, 0.75, 1, 1.15]
        taper = egg if rng.random() < 0.6 else cone
        return pens.ribbon(path, np.interp(np.linspace(0, 4, len(path)), range(5), taper) * breadth)
    if look.torso == "dress":
        knees = p[[5, 4]]
        hem = hips + (knees - hips) * rng.uniform(0.3, 1.0)
        hem = (
            hem.mean(0) + (hem - hem.mean(0)) * rng.uniform(1.2, 2.2) + np.array([[-w, 0], [w, 0]])
        )
        corners = np.concatenate(
            [shoulders, p[[3]] + (hips[:1] - p[0]), hem, p[[3]] + (hips[1:] - p[0])]
        )
    else:
        corners = np.concatenate(
            [shoulders, chest + (hips[:1] - p[0]) * 1.1, hips, chest + (hips[1:] - p[0]) * 1.1]
        )
    corners = centre + (corners - centre) * grow
    return pens.subdivide(np.concatenate([corners, corners[:1]]), 3)[:-1]


def _two_masses(ink, p, look, rng) -> None:
    """Rib cage and pelvis as separate masses, joined by a line or nothing."""
    for top, bottom, side in (
        (p[12], p[6], p[[16, 17]]),
        (p[3], p[0] * 1.6 - p[3] * 0.6, p[[1, 2]]),
    ):
        breadth = max(np.linalg.norm(side[0] - side[1]) * 0.5, look.thickness * 1.4) * rng.uniform(
            0.85, 1.15
        )
        axis = bottom - top
        angle = np.arctan2(axis[1], axis[0])
        radii = (float(np.linalg.norm(axis)) * 0.55, float(breadth))
        blob(
            ink,
            pens.ellipse((top + bottom) / 2, radii, angle),
            look,
            rng,
        )
    if rng.random() < 0.6:
        pens.line(ink, np.linspace(p[6], p[3], 4), look.pen, rng)
