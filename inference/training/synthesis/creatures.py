"""Animals for drawings without people: a few body plans, many species as rows of numbers.

Own frame: x to the right (animals look right), y down, a body about one unit long.
Lengths are in bodies, angles in radians clockwise from the right.
"""

from typing import Any, NamedTuple, TypeVar

import numpy as np

from .shapes import Path, arc, blob, curve, ellipse, ellipse_at, heading, line, polygon, tube

Rng = np.random.Generator


Species = TypeVar("Species", bound=NamedTuple)


class Quadruped(NamedTuple):
    """An animal on four legs."""

    girth: float = 0.17
    leg: float = 0.55
    leg_width: float = 0.05
    neck: float = 0.30
    neck_angle: float = -0.9
    head: float = 0.11
    snout: float = 0.16
    ear: float = 0.10
    tail: float = 0.45
    tail_angle: float = 2.6
    tail_width: float = 0.03
    marks: str = ""


QUADRUPEDS = {
    "cat": Quadruped(0.15, 0.40, 0.045, 0.14, -0.8, 0.13, 0.06, 0.12, 0.70, 3.6, 0.035),
    "dog": Quadruped(0.16, 0.48, 0.045, 0.20, -0.9, 0.12, 0.18, 0.13, 0.40, 3.8, 0.035),
    "horse": Quadruped(0.19, 0.70, 0.05, 0.48, -0.85, 0.10, 0.30, 0.08, 0.60, 2.1, 0.05, "mane"),
    "giraffe": Quadruped(0.18, 0.90, 0.04, 1.15, -1.15, 0.08, 0.18, 0.07, 0.40, 1.8, 0.02, "spots"),
    "tiger": Quadruped(0.19, 0.42, 0.065, 0.14, -0.4, 0.15, 0.09, 0.06, 0.75, 3.0, 0.04, "stripes"),
    "deer": Quadruped(0.17, 0.70, 0.03, 0.42, -1.1, 0.09, 0.16, 0.12, 0.12, 3.5, 0.03, "antlers"),
    "cow": Quadruped(0.26, 0.45, 0.055, 0.18, -0.3, 0.13, 0.18, 0.10, 0.55, 1.8, 0.02, "horns"),
    "elephant": Quadruped(0.32, 0.50, 0.10, 0.10, -0.5, 0.20, 0.10, 0.30, 0.35, 1.9, 0.02, "trunk"),
    "pig": Quadruped(0.27, 0.26, 0.06, 0.06, -0.2, 0.16, 0.12, 0.09, 0.15, 3.9, 0.015),
    "sheep": Quadruped(0.28, 0.32, 0.03, 0.12, -0.5, 0.12, 0.12, 0.09, 0.08, 2.6, 0.04, "wool"),
    "fox": Quadruped(0.13, 0.38, 0.03, 0.18, -0.6, 0.11, 0.18, 0.12, 0.65, 2.9, 0.10),
    "rat": Quadruped(0.18, 0.16, 0.03, 0.06, -0.1, 0.12, 0.16, 0.09, 0.95, 3.1, 0.015),
    "camel": Quadruped(0.20, 0.75, 0.045, 0.55, -0.9, 0.10, 0.20, 0.05, 0.30, 1.9, 0.02, "humps"),
    "lion": Quadruped(0.18, 0.45, 0.06, 0.16, -0.6, 0.15, 0.11, 0.06, 0.70, 2.8, 0.02, "ruff"),
    "rhino": Quadruped(0.28, 0.34, 0.08, 0.12, 0.0, 0.16, 0.20, 0.07, 0.25, 2.0, 0.02, "horns"),
    "crocodile": Quadruped(
        0.12, 0.15, 0.04, 0.10, 0.0, 0.10, 0.38, 0.02, 1.0, 3.0, 0.06, "stripes"
    ),
}

# Swing of (near front, far front, near hind, far hind) legs and pitch of the body.
GAITS = {
    "stand": ((0.05, -0.05, 0.05, -0.05), 0.0),
    "walk": ((0.45, -0.35, -0.40, 0.35), 0.0),
    "gallop": ((-0.95, -0.75, 0.85, 0.65), -0.08),
    "gather": ((0.65, 0.45, -0.75, -0.60), 0.06),
    "leap": ((-1.1, -0.9, 0.9, 1.1), -0.45),
    "rear": ((-0.9, -1.3, 0.1, -0.2), -0.95),
    "graze": ((0.1, -0.2, 0.1, -0.1), 0.08),
}


def pick(rng: Rng, table: dict[str, Any]) -> Any:
    """One value of a table, all alike in chance."""
    return table[list(table)[int(rng.integers(len(table)))]]


def jittered(species: Species, rng: Rng, amount: float = 0.18) -> Species:
    """The species with every number changed by its own factor (lognormal)."""
    factors = np.exp(rng.normal(0, amount, len(species)))
    return species._make(
        v * f if type(v) is float else v for v, f in zip(species, factors, strict=True)
    )


def quadruped(rng: Rng) -> list[Path]:
    """An animal on four legs from the side, in one of several gaits."""
    animal: Quadruped = jittered(pick(rng, QUADRUPEDS), rng)
    swings, pitch = pick(rng, GAITS)
    back = heading(pitch, 0.5)
    sag = rng.normal(0.03, 0.04)
    rump, chest = -back, back
    body = tube([rump, np.array([0, sag]), chest], [animal.girth, animal.girth * 0.9, animal.girth])
    legs = _four_legs(animal, rump, chest, np.array(swings) + rng.normal(0, 0.15, 4))
    head, poll = _neck_and_head(animal, chest, pitch, rng)
    near, far = legs[0::2], legs[1::2]
    return [
        *far,
        _tail(animal, rump, pitch, rng),
        body,
        *near,
        *head,
        *_marks(animal, body, chest, poll, rng),
    ]


def _four_legs(
    animal: Quadruped, rump: np.ndarray, chest: np.ndarray, swings: np.ndarray
) -> list[Path]:
    legs = []
    for place, swing in enumerate(swings):
        front = place < 2
        root = (chest if front else rump) + (0, 0.35 * animal.girth)
        bend = 0.35 if front else -0.45
        thigh = heading(np.pi / 2 + swing + 0.5 * bend, 0.55 * (animal.leg + 0.6 * animal.girth))
        shank = heading(np.pi / 2 + swing - 0.7 * bend + 0.2 * abs(swing), 0.5 * animal.leg)
        foot = heading(0.2, 1.3 * animal.leg_width)
        joints = [root, root + thigh, root + thigh + shank, root + thigh + shank + foot]
        w = animal.leg_width
        legs.append(tube(joints, [1.9 * w, 1.1 * w, 0.8 * w, 0.8 * w], 10))
    return [legs[0], legs[1], legs[2], legs[3]]


def _tail(animal: Quadruped, rump: np.ndarray, pitch: float, rng: Rng) -> Path:
    root = rump + heading(pitch + np.pi, 0.8 * animal.girth)
    first = heading(animal.tail_angle + pitch, 0.5 * animal.tail)
    second = heading(animal.tail_angle + pitch + rng.normal(0, 0.7), 0.5 * animal.tail)
    w = animal.tail_width
    return tube([root, root + first, root + first + second], [w, 1.1 * w, 0.5 * w])


def _neck_and_head(
    animal: Quadruped, chest: np.ndarray, pitch: float, rng: Rng
) -> tuple[list[Path], np.ndarray]:
    """The paths of neck and head, and where the poll is."""
    lowered = rng.random() < 0.15
    angle = (0.6 if lowered else animal.neck_angle) + 0.6 * pitch + rng.normal(0, 0.15)
    root = chest + heading(angle, 0.5 * animal.girth)
    poll = root + heading(angle, animal.neck + 0.5 * animal.girth)
    neck = tube(
        [chest, (root + poll) / 2, poll],
        [0.85 * animal.girth, 0.8 * animal.head, 0.75 * animal.head],
    )
    facing = rng.normal(0.35, 0.25) + 0.5 * pitch + (0.5 if lowered else 0.0)
    nose = poll + heading(facing, animal.head + animal.snout)
    skull = tube(
        [poll, (2 * poll + nose) / 3, nose], [animal.head, 0.85 * animal.head, 0.45 * animal.head]
    )
    ears = [_ear(poll, animal, facing - lean, rng) for lean in (1.5, 2.1)]
    eye = poll + heading(facing - 0.6, 0.5 * animal.head)
    mouth = [
        nose + heading(facing + 1.9, 0.3 * animal.head),
        poll + heading(facing + 0.6, animal.head),
    ]
    face = [ellipse_at(eye, 0.12 * animal.head, detail=True), line(*mouth, detail=True)]
    return [neck, ears[1], skull, ears[0], *face[: int(rng.integers(0, 3))]], poll


def _ear(poll: np.ndarray, animal: Quadruped, angle: float, rng: Rng) -> Path:
    root = poll + heading(angle, 0.8 * animal.head)
    flop = rng.normal(0, 0.3)
    tip = root + heading(angle + flop, animal.ear)
    across = heading(angle + np.pi / 2, 0.35 * animal.ear)
    return polygon(root - across, tip, root + across)


def _marks(
    animal: Quadruped, body: Path, chest: np.ndarray, poll: np.ndarray, rng: Rng
) -> list[Path]:
    """What tells the species: mane, stripes, horns, trunk …"""
    half = len(body.points) // 2
    top, bottom = body.points[:half], body.points[half:][::-1]
    if animal.marks == "stripes":
        return [
            line(a, a + 0.6 * (b - a), detail=True)
            for a, b in zip(top[1:], bottom[1:], strict=False)
        ]
    if animal.marks == "spots":
        centres = np.array(body.spine)[1:-1] + rng.normal(0, 0.4 * animal.girth, (6, 2))
        return [ellipse_at(c, 0.04, 0.03, detail=True) for c in centres]
    if animal.marks == "mane":
        along = np.linspace(0, 1, 6)[:, None] * (chest - poll) + poll
        return [curve(p, p + (-0.06, 0.02), p + (-0.10, 0.12), detail=True) for p in along]
    if animal.marks in ("antlers", "horns"):
        length = 0.30 if animal.marks == "antlers" else 0.14
        tips = [poll + heading(a, length) for a in (-1.2, -1.8)]
        forks = [curve(poll, poll + 0.6 * (t - poll), t, detail=True) for t in tips]
        spikes = [
            line(0.5 * (poll + t), 0.5 * (poll + t) + (0.08, -0.08), detail=True) for t in tips
        ]
        return forks + (spikes if animal.marks == "antlers" else [])
    if animal.marks == "trunk":
        face = poll + (1.2 * animal.head, 0.1)
        return [
            tube(
                [face, face + (0.14, 0.25), face + (0.10, 0.5), face + (0.24, 0.6)],
                [0.07, 0.06, 0.04, 0.03],
            )
        ]
    if animal.marks == "humps":
        return [blob((x - 0.16, -0.1), (x, -0.42), (x + 0.16, -0.1)) for x in (-0.2, 0.2)]
    if animal.marks == "wool":
        ring = np.array(body.points[::3])
        return [
            arc(p[0], p[1], 0.08, a, a + 4.0, detail=True)
            for p, a in zip(ring, rng.uniform(0, 6.3, len(ring)), strict=True)
        ]
    if animal.marks == "ruff":
        return [
            line(poll + heading(a, 0.16), poll + heading(a, 0.27), detail=True)
            for a in np.linspace(1.2, 5.6, 11)
        ]
    return []


class Upright(NamedTuple):
    """An animal that sits or stands on its haunches, seen from the side."""

    height: float = 0.9
    belly: float = 0.28
    chest: float = 0.17
    lean: float = 0.25
    head: float = 0.15
    snout: float = 0.16
    ear: float = 0.12
    arm: float = 0.30
    haunch: float = 0.22
    tail: float = 0.7
    tail_width: float = 0.05
    tail_rise: float = -0.3


UPRIGHTS = {
    "squirrel": Upright(0.75, 0.26, 0.16, 0.35, 0.15, 0.10, 0.12, 0.24, 0.22, 1.1, 0.22, -1.1),
    "dog": Upright(0.95, 0.24, 0.17, 0.20, 0.15, 0.18, 0.20, 0.55, 0.20, 0.5, 0.04, -0.5),
    "cat": Upright(0.85, 0.26, 0.15, 0.15, 0.15, 0.06, 0.14, 0.60, 0.22, 0.8, 0.04, 0.2),
    "seal": Upright(0.80, 0.24, 0.16, 0.30, 0.13, 0.14, 0.01, 0.28, 0.12, 0.9, 0.10, 0.05),
    "dinosaur": Upright(1.05, 0.30, 0.17, 0.45, 0.13, 0.24, 0.02, 0.20, 0.26, 1.4, 0.14, 0.1),
    "kangaroo": Upright(1.05, 0.24, 0.12, 0.40, 0.11, 0.16, 0.20, 0.24, 0.24, 1.1, 0.08, 0.2),
    "rabbit": Upright(0.70, 0.26, 0.17, 0.30, 0.16, 0.08, 0.36, 0.26, 0.22, 0.12, 0.08, -0.3),
    "penguin": Upright(0.80, 0.24, 0.20, 0.05, 0.14, 0.16, 0.01, 0.40, 0.06, 0.2, 0.05, 0.2),
    "rat": Upright(0.60, 0.24, 0.15, 0.40, 0.12, 0.18, 0.11, 0.20, 0.18, 1.1, 0.02, 0.15),
    "beaver": Upright(0.70, 0.28, 0.20, 0.25, 0.16, 0.12, 0.05, 0.22, 0.16, 0.6, 0.14, 0.2),
}


def upright(rng: Rng) -> list[Path]:
    """A squirrel, a sitting dog, a seal, a dinosaur … from the side, snout and tail plain."""
    a: Upright = jittered(pick(rng, UPRIGHTS), rng, 0.14)
    seat = np.array([0.0, 0.0])
    shoulder = seat + heading(-np.pi / 2 + a.lean, 0.62 * a.height)
    crown = shoulder + heading(-np.pi / 2 + 0.5 * a.lean, 0.38 * a.height)
    body = tube(
        [seat, (seat + shoulder) / 2 - (0.05, 0), shoulder, crown],
        [a.belly, 0.95 * a.belly, a.chest, 0.8 * a.head],
        11,
    )
    facing = rng.normal(0.15, 0.25)
    nose = crown + heading(facing, a.head + a.snout)
    skull = tube([crown, (crown + nose) / 2, nose], [a.head, 0.8 * a.head, 0.4 * a.head])
    ears = [_upright_ear(crown, a, facing - lean) for lean in (1.6, 2.2)]
    elbow = shoulder + heading(rng.uniform(0.9, 1.6), 0.55 * a.arm)
    paw = elbow + heading(rng.uniform(-0.3, 1.5), 0.5 * a.arm)
    arm = tube([shoulder + (0, 0.05), elbow, paw], [0.07, 0.05, 0.04])
    thigh = ellipse(0.08, 0.08, a.haunch, 0.85 * a.haunch, rng.normal(0.2, 0.2))
    foot = tube(
        [(0.02, a.belly + 0.02), (0.2, a.belly + 0.03), (0.42, a.belly + 0.04)], [0.05, 0.06, 0.04]
    )
    paths = [_upright_tail(a, rng), ears[1], body, skull, ears[0], arm, thigh, foot]
    if rng.random() < 0.6:
        paths.append(ellipse_at(crown + heading(facing - 0.6, 0.5 * a.head), 0.02, detail=True))
    if rng.random() < 0.25:
        y = a.belly + 0.06
        paths.insert(0, polygon((-0.4, y), (0.5, y), (0.6, y + 0.35), (-0.5, y + 0.35)))
    return paths


def _upright_ear(crown: np.ndarray, a: Upright, angle: float) -> Path:
    root = crown + heading(angle, 0.75 * a.head)
    return tube(
        [root, root + heading(angle, 0.5 * a.ear), root + heading(angle - 0.3, a.ear)],
        [0.25 * a.ear, 0.28 * a.ear, 0.05 * a.ear],
        6,
    )


def _upright_tail(a: Upright, rng: Rng) -> Path:
    root = np.array([-0.6 * a.belly, 0.55 * a.belly])
    bend = rng.normal(-0.5, 0.5)
    first = root + heading(np.pi - a.tail_rise, 0.45 * a.tail)
    second = first + heading(np.pi - a.tail_rise - bend, 0.35 * a.tail)
    tip = second + heading(np.pi - a.tail_rise - 2 * bend, 0.25 * a.tail)
    w = a.tail_width
    return tube([root, first, second, tip], [0.8 * w, 1.1 * w, w, 0.3 * w], 10)
