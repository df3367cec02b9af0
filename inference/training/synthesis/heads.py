"""Heads: balls, ovals, boxes, faces that look somewhere, hair."""

from __future__ import annotations

import numpy as np

from . import pens
from .layout import HEAD_TOP
from .look import FACE_ONLY, Drawable, DrawingStyle


def blob(
    ink: np.ndarray, outline: np.ndarray, look: DrawingStyle, rng: np.random.Generator
) -> None:
    """A closed part: hides what is behind it, then gets its outline."""
    outline = pens.shaky(outline, look.pen.wobble, rng)
    if look.covers:
        pens.fill(ink, outline, look.fill)
    pens.loop(ink, outline, look.pen, rng)


def draw_head(ink, figure: Drawable, look: DrawingStyle, rng) -> None:
    p = figure.points
    base, top = p[15], p[HEAD_TOP]
    if look.head != FACE_ONLY and rng.random() < 0.85:
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
    if look.head != FACE_ONLY:
        blob(ink, outline, look, rng)
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
        pens.line(
            ink,
            np.array(
                [
                    centre + toward * 1.2 + up * half * 0.25,
                    tip,
                    centre + toward * 1.2 - up * half * 0.2,
                ]
            ),
            pen,
            rng,
        )
    if rng.random() < 0.25:  # construction cross
        pens.line(
            ink, pens.smooth(np.array([centre + up * half, middle, centre - up * half])), pen, rng
        )
        pens.line(
            ink,
            pens.smooth(np.array([centre + right * half, middle, centre - right * half])),
            pen,
            rng,
        )
        return
    spread = half * 0.35 * max(0.25, -face[2])
    pupil = max(0.7, half * 0.08)
    for side in (-1, 1):
        eye = middle + right * spread * side + up * half * 0.2
        pens.fill(ink, pens.ellipse(eye, (pupil, pupil), 0, 8), pen.ink)
    mouth = middle - up * half * 0.35
    curve = np.array(
        [mouth - right * spread, mouth - up * half * rng.uniform(-0.1, 0.2), mouth + right * spread]
    )
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
            pens.line(
                ink,
                np.linspace(start, start + direction * half * 0.4, 3),
                pens.thinner(look.pen),
                rng,
            )
    else:
        right = np.array([-up[1], up[0]])
        for side in (-1, 1):
            root = centre + right * half * side + up * half * 0.4
            tail = root + right * half * side * 0.7 - up * half * rng.uniform(0.5, 1.5)
            pens.line(
                ink,
                pens.smooth(np.array([root, (root + tail) / 2 + right * half * side * 0.3, tail])),
                look.pen,
                rng,
            )
