"""Things a person sits on, stands on, holds or carries.

Every function takes the joints ([24, 2] px in SMPL's order), the side of the page in px and the
source of randomness, and returns paths in px.
"""

import numpy as np

from .shapes import Path, arc, box, curve, ellipse, ellipse_at, line, polygon

PELVIS = 0
WRISTS, HANDS, FEET = (20, 21), (22, 23), (10, 11)

Rng = np.random.Generator
Joints = np.ndarray


def height(joints: Joints) -> float:
    """Longer side of the figure, px."""
    return float(max(np.ptp(joints, axis=0).max(), 8.0))


def ground_level(joints: Joints, rng: Rng) -> float:
    """y of the ground: under the lowest joint."""
    return float(joints[:, 1].max() + rng.uniform(0.0, 0.06) * height(joints))


def shadow(joints: Joints, size: int, rng: Rng) -> list[Path]:
    h = height(joints)
    return [
        ellipse(
            joints[list(FEET), 0].mean(),
            ground_level(joints, rng),
            rng.uniform(0.12, 0.35) * h,
            0.04 * h,
        )
    ]


def seat(joints: Joints, size: int, rng: Rng) -> list[Path]:
    h, (x, y) = height(joints), joints[PELVIS]
    top, w, low = (
        y + 0.06 * h,
        rng.uniform(0.12, 0.4) * h,
        max(ground_level(joints, rng), y + 0.2 * h),
    )
    kind = int(rng.integers(4))
    if kind == 0:
        return [box(x - w, top, x + w, low)]
    if kind == 1:
        return [ellipse(x, (top + low) / 2, w, (low - top) / 2)]
    legs = [line((x + s * 0.8 * w, top), (x + s * 0.9 * w, low)) for s in (-1, 1)]
    side = rng.choice([-1, 1]) * w
    back = [line((x + side, top), (x + 1.15 * side, top - 0.4 * h))] if kind == 2 else []
    return [line((x - w, top), (x + w, top)), *legs, *back]


def held(joints: Joints, size: int, rng: Rng) -> list[Path]:
    """A stick, sword, racket, cup, ball, flag or umbrella at one hand."""
    h, side = height(joints), int(rng.integers(2))
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
        return [shaft, ellipse_at(tip + along * 0.08 * h, 0.1 * h, 0.07 * h, angle)]
    if kind == 3:
        return [ellipse_at(grip + (grip - wrist), *rng.uniform(0.03, 0.12, 1) * h)]
    if kind == 4:
        return [box(grip[0] - 0.03 * h, grip[1] - 0.05 * h, grip[0] + 0.03 * h, grip[1] + 0.04 * h)]
    if kind == 5:
        return [
            shaft,
            polygon(
                tip,
                tip + across * 0.2 * h,
                tip + across * 0.2 * h - along * 0.14 * h,
                tip - along * 0.14 * h,
            ),
        ]
    return [
        shaft,
        arc(tip[0], tip[1], 0.18 * h, angle - 1.5, angle + 1.5),
        line(tip - across * 0.18 * h, tip + across * 0.18 * h),
    ]


def barbell(joints: Joints, size: int, rng: Rng) -> list[Path]:
    """A bar through both hands, with discs or without."""
    a, b = joints[list(HANDS)]
    span = b - a
    length = float(np.hypot(*span))
    h = height(joints)
    along = span / length if length > 0.1 * h else np.array([1.0, 0.0])
    out = along * rng.uniform(0.08, 0.4) * h
    ends = (a - out, b + out) if along @ span > 0 else (b - out, a + out)
    if rng.random() < 0.3:
        return [line(*ends)]
    discs = [
        ellipse_at(end, 0.03 * h, rng.uniform(0.08, 0.16) * h, np.arctan2(along[1], along[0]))
        for end in ends
    ]
    return [line(*ends), *discs]


def board(joints: Joints, size: int, rng: Rng) -> list[Path]:
    """A board, skis or a bar under the feet, with or without wheels."""
    feet, h = joints[list(FEET)], height(joints)
    span = feet[np.argmax(feet[:, 0])] - feet[np.argmin(feet[:, 0])]
    tilt = float(np.arctan2(span[1], max(span[0], 0.15 * h)))
    along = np.array([np.cos(tilt), np.sin(tilt)])
    below = along[::-1] * (-1, 1)
    middle = feet.mean(0) + below * 0.04 * h
    half = 0.5 * float(np.hypot(*span)) + rng.uniform(0.08, 0.3) * h
    if rng.random() < 0.4:
        return [ellipse_at(middle, half, rng.uniform(0.02, 0.07) * h, tilt)]
    deck = curve(
        middle - along * half - below * 0.04 * h,
        middle - along * 0.85 * half,
        middle + along * 0.85 * half,
        middle + along * half - below * 0.04 * h,
    )
    if rng.random() < 0.4:
        return [deck]
    r = rng.uniform(0.02, 0.15) * h
    return [deck] + [ellipse_at(middle + along * s * 0.7 * half + below * r, r) for s in (-1, 1)]


def bag(joints: Joints, size: int, rng: Rng) -> list[Path]:
    h, (x, y) = height(joints), joints[HANDS[int(rng.integers(2))]]
    w, d = rng.uniform(0.05, 0.12, 2) * h
    return [
        polygon((x - 0.8 * w, y + d), (x + 0.8 * w, y + d), (x + w, y + 3 * d), (x - w, y + 3 * d)),
        curve((x - 0.6 * w, y + d), (x, y - 0.2 * d), (x + 0.6 * w, y + d)),
    ]


def rope(joints: Joints, size: int, rng: Rng) -> list[Path]:
    a = joints[HANDS[int(rng.integers(2))]]
    if rng.random() < 0.4:
        return [
            curve(joints[HANDS[0]], joints[list(FEET)].mean(0) + (0, 0.08 * size), joints[HANDS[1]])
        ]
    end = rng.uniform(-0.1, 1.1, 2) * size
    return [curve(a, (a + end) / 2 + rng.normal(0, 0.08, 2) * size, end)]


def ball(joints: Joints, size: int, rng: Rng) -> list[Path]:
    h = height(joints)
    target = joints[int(rng.choice([10, 11, 22, 23]))] + rng.normal(0, 0.2, 2) * h
    return [ellipse_at(target, rng.uniform(0.03, 0.13) * h)]


def motion(joints: Joints, size: int, rng: Rng) -> list[Path]:
    """Speed lines behind a joint, or arcs about a hand or foot."""
    h, centre = height(joints), joints[int(rng.choice([15, 20, 21, 7, 8, 9]))]
    angle = rng.uniform(0, 2 * np.pi)
    if rng.random() < 0.5:
        return [
            arc(centre[0], centre[1], r * h, angle - 0.6, angle + 0.6)
            for r in np.linspace(0.12, 0.22, int(rng.integers(1, 4)))
        ]
    along = np.array([np.cos(angle), np.sin(angle)]) * h
    starts = centre + along * 0.12 + along[::-1] * (-1, 1) * np.linspace(-0.1, 0.1, 3)[:, None]
    return [line(s, s + along * rng.uniform(0.05, 0.25)) for s in starts]
