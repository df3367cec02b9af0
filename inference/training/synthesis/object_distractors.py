"""Buildings, vehicles, furniture and tools for drawings without people.

Own frame: x to the right, y down, about [-1, 1]; the ground is where a thing ends below.
"""

import numpy as np

from .creatures import Rng
from .shapes import Path, arc, blob, box, curve, ellipse, heading, line, polygon, tube


def house(rng: Rng) -> list[Path]:
    """A house with a roof, windows and a door."""
    w, top = rng.uniform(0.5, 0.9), rng.uniform(-0.3, 0.2)
    roof = polygon(
        (-1.15 * w, top), (rng.normal(0, 0.1), top - rng.uniform(0.3, 0.7)), (1.15 * w, top)
    )
    door = box(-0.1, 0.5, 0.15, 1, detail=True)
    windows = [
        box(x - 0.13, top + 0.2, x + 0.13, top + 0.45, detail=True) for x in (-0.55 * w, 0.55 * w)
    ]
    bars = [line((x, top + 0.2), (x, top + 0.45), detail=True) for x in (-0.55 * w, 0.55 * w)]
    chimney = box(0.4 * w, top - 0.5, 0.6 * w, top - 0.1)
    extras = [door, *windows, *bars][: int(rng.integers(0, 6))]
    return [chimney, box(-w, top, w, 1), roof, *extras]


def towers(rng: Rng) -> list[Path]:
    """A skyline: towers, castles, spires."""
    paths, x = [], -1.0
    while x < 0.8:
        w, top = rng.uniform(0.15, 0.5), rng.uniform(-0.8, 0.5)
        paths.append(box(x, top, x + w, 1))
        roof = rng.random()
        if roof < 0.3:
            paths.append(polygon((x - 0.03, top), (x + w / 2, top - 0.4), (x + w + 0.03, top)))
        elif roof < 0.5:
            paths.append(line((x + w / 2, top), (x + w / 2, top - 0.5)))
        for y in np.arange(top + 0.15, 0.9, rng.uniform(0.2, 0.5)):
            paths.append(line((x + 0.2 * w, y), (x + 0.8 * w, y), detail=True))
        x += w * rng.uniform(0.8, 1.3)
    return paths


def car(rng: Rng) -> list[Path]:
    """A car, van, truck or train waggon from the side."""
    h, n = rng.uniform(0.2, 0.4), int(rng.choice([2, 2, 2, 3, 5]))
    if rng.random() < 0.6:
        cab = polygon((-0.55, 0), (-0.35, -h), (0.25, -h), (0.5, 0))
        panes = [
            polygon(
                (-0.4, -0.03), (-0.28, -0.8 * h), (-0.05, -0.8 * h), (-0.05, -0.03), detail=True
            )
        ]
    else:
        cab, panes = box(-0.95, -0.2 - h, 0.4, 0.05), [box(0.5, -0.1, 0.75, 0.05, detail=True)]
    body = blob((-1, 0.3), (-0.97, 0.02), (0, 0), (0.7, 0.0), (1, 0.1), (1, 0.3))
    wheels = [ellipse(x, 0.33, 0.17) for x in np.linspace(-0.6, 0.6, n)]
    hubs = [ellipse(x, 0.33, 0.06, detail=True) for x in np.linspace(-0.6, 0.6, n)]
    return [cab, body, *wheels, *hubs, *panes]


def ship(rng: Rng) -> list[Path]:
    """A sailing boat, a steamer or a carrier."""
    hull = polygon((-1, 0.3), (1, 0.25), (0.75, 0.7), (-0.8, 0.7))
    sea = curve(*[(x, 0.75 + 0.05 * (-1) ** i) for i, x in enumerate(np.linspace(-1.3, 1.3, 9))])
    if rng.random() < 0.5:
        mast = line((0, 0.3), (0, -0.9))
        sails = [
            polygon((0.03, -0.85), (rng.uniform(0.4, 0.8), 0.15), (0.03, 0.15)),
            polygon((-0.05, -0.6), (-rng.uniform(0.3, 0.6), 0.15), (-0.05, 0.15)),
        ]
        return [hull, mast, *sails[: int(rng.integers(1, 3))], sea]
    decks = [
        box(x, y, x + w, 0.28)
        for x, y, w in zip(
            rng.uniform(-0.8, 0.3, 3),
            rng.uniform(-0.5, 0.1, 3),
            rng.uniform(0.1, 0.6, 3),
            strict=True,
        )
    ]
    return [*decks, hull, line((-0.2, 0), (-0.2, -0.8)), line((-0.35, -0.5), (-0.05, -0.55)), sea]


def plane(rng: Rng) -> list[Path]:
    """An aeroplane or a helicopter from the side."""
    r = rng.uniform(0.08, 0.2)
    body = tube([(-0.9, -0.05), (0, 0), (0.7, 0), (0.95, 0.05)], [0.04, r, r, 0.04], 12)
    tail = polygon((-0.9, 0), (-1.0, -0.4), (-0.8, -0.4), (-0.6, -0.05))
    if rng.random() < 0.3:
        return [
            tail,
            body,
            line((0.1, -r), (0.1, -r - 0.15)),
            line((-0.7, -r - 0.15), (0.9, -r - 0.18)),
            line((-0.2, r + 0.12), (0.6, r + 0.12)),
        ]
    wing = polygon((0.25, 0.03), (-0.3, rng.uniform(0.3, 0.7)), (-0.45, 0.5), (-0.1, 0.03))
    far = polygon((0.2, -0.8 * r), (-0.15, -0.5), (-0.28, -0.5), (-0.1, -0.8 * r))
    windows = [
        ellipse(x, -0.3 * r, 0.03, detail=True)
        for x in np.linspace(-0.5, 0.6, int(rng.integers(0, 7)) + 1)
    ]
    return [far, tail, body, wing, *windows]


def rocket(rng: Rng) -> list[Path]:
    """A rocket, perhaps rising on flames."""
    w = rng.uniform(0.12, 0.28)
    body = blob((0, -1), (w, -0.4), (w, 0.5), (-w, 0.5), (-w, -0.4))
    fins = [polygon((s * w, 0.1), (s * 2.2 * w, 0.65), (s * w, 0.5)) for s in (-1, 1)]
    flames = [
        line((x, 0.55), (x + rng.normal(0, 0.05), rng.uniform(0.8, 1.5)))
        for x in np.linspace(-w, w, int(rng.integers(0, 7)) + 1)
    ]
    port = ellipse(0, -0.3, 0.4 * w, detail=True)
    return [*fins, body, port, *flames]


def cannon(rng: Rng) -> list[Path]:
    """A cannon, a cart or a cycle: spoked wheels and a barrel or frame."""
    wheels = [(-0.4, 0.4)] if rng.random() < 0.4 else [(-0.55, 0.4), (0.45, 0.4)]
    r, spokes = rng.uniform(0.25, 0.42), int(rng.integers(0, 10))
    paths = []
    for x, y in wheels:
        paths += [ellipse(x, y, r), ellipse(x, y, 0.2 * r, detail=True)]
        paths += [
            line((x, y), heading(a, r) + (x, y), detail=True)
            for a in np.arange(spokes) * 6.283 / max(spokes, 1)
        ]
    aim = rng.uniform(-0.9, 0)
    if rng.random() < 0.5:
        muzzle = heading(aim, 1.3) + (-0.5, 0.3)
        return [tube([(-0.7, 0.4), (0, 0.05), muzzle], [0.17, 0.13, 0.10]), *paths]
    frame = [
        line((-0.55, 0.4), (-0.2, -0.1), (0.35, -0.1), (0.45, 0.4)),
        line((-0.2, -0.1), (0, 0.4), (0.35, -0.1)),
        line((-0.3, -0.2), (-0.1, -0.2)),
        line((0.35, -0.1), (0.3, -0.3), (0.5, -0.35)),
    ]
    return [*paths, *frame]


def furniture(rng: Rng) -> list[Path]:
    """A table, chair, bed or lamp."""
    kind = int(rng.integers(4))
    if kind == 0:
        top = polygon((-0.9, -0.2), (0.9, -0.2), (0.9, -0.1), (-0.9, -0.1))
        legs = [
            box(x, -0.1, x + 0.08, 0.6) for x in (-0.8, -0.45, 0.4, 0.7)[:: int(rng.integers(1, 3))]
        ]
        return [*legs, top, *(vessel(rng) if rng.random() < 0.2 else [])]
    if kind == 1:
        seat = polygon((-0.4, 0.1), (0.3, 0.1), (0.45, 0.25), (-0.25, 0.25))
        legs = [
            line((x, y), (x, y + 0.7))
            for x, y in ((-0.38, 0.1), (0.3, 0.1), (0.43, 0.25), (-0.25, 0.25))
        ]
        back = [line((-0.4, 0.1), (-0.42, -0.8), (0.28, -0.8), (0.3, 0.1))]
        return [*legs, seat, *back, line((-0.4, -0.5), (0.28, -0.5))]
    if kind == 2:
        return [
            box(-1, -0.4, -0.9, 0.5),
            box(-0.9, 0, 0.9, 0.25),
            box(0.85, -0.15, 0.95, 0.5),
            blob((-0.85, 0), (-0.8, -0.18), (-0.5, -0.18), (-0.45, 0)),
        ]
    shade = polygon((-0.2, -0.9), (0.2, -0.9), (0.45, -0.4), (-0.45, -0.4))
    return [
        tube([(0, -0.4), (0, 0.3), (0, 0.9)], [0.03, 0.03, 0.03]),
        ellipse(0, 0.93, 0.35, 0.07),
        shade,
    ]


def vessel(rng: Rng) -> list[Path]:
    """A cup, glass, bottle, vase or pot."""
    profile = rng.uniform(0.15, 0.6, 4)
    y = np.array([-0.8, -0.3, 0.3, 0.8])
    right = np.stack([profile, y], axis=1)
    outline = np.concatenate([right, (right * (-1, 1))[::-1]])
    shape = polygon(*outline) if rng.random() < 0.5 else blob(*outline)
    paths = [shape, ellipse(0, -0.8, profile[0], 0.25 * profile[0], detail=True)]
    if rng.random() < 0.4:
        paths.insert(0, arc(profile[1], -0.1, 0.28, -1.6, 1.6))
    if rng.random() < 0.25:
        paths += [
            line((x, -0.85), (2 * x, rng.uniform(-1.4, -1.0))) for x in rng.uniform(-0.5, 0.5, 5)
        ]
    if rng.random() < 0.3:
        paths += [
            line(*rng.uniform((-0.2, -0.5), (0.2, 0.7), (3, 2)), detail=True) for _ in range(4)
        ]
    return paths


def flag(rng: Rng) -> list[Path]:
    """A flag in the wind on its pole."""
    x = np.linspace(0, 1.2, 5)
    wave = rng.uniform(0.02, 0.15) * np.sin(x * rng.uniform(3, 7)) + rng.normal(0, 0.15) * x
    top, low = np.stack([x, -0.9 + wave], axis=1), np.stack([x, -0.2 + wave], axis=1)
    cloth = polygon(*top, *low[::-1])
    folds = [
        curve(t, (t + b) / 2 + (0.1, 0), b, detail=True)
        for t, b in zip(top[1:], low[1:], strict=True)
    ]
    return [line((0, -1), (0, 1)), cloth, *folds[: int(rng.integers(0, 5))]]


def lattice(rng: Rng) -> list[Path]:
    """A roller coaster, crane, bridge, fence or ladder: posts and braces under a track."""
    count = int(rng.integers(4, 10))
    x = np.linspace(-1, 1, count)
    kind = rng.random()
    if kind < 0.5:
        y = -0.3 + 0.6 * np.sin(x * rng.uniform(1, 4) + rng.uniform(0, 6))
    else:
        y = np.full(count, rng.uniform(-0.8, 0.3))
    ground = np.full(count, 0.9 if kind < 0.75 else y[0] + 0.35)
    track = [curve(*np.stack([x, y - d], axis=1)) for d in (0.0, 0.08)]
    posts = [line((a, b), (a, g)) for a, b, g in zip(x, y, ground, strict=True)]
    braces = [line((x[i], y[i]), (x[i + 1], ground[i + 1])) for i in range(count - 1)]
    cross = [line((x[i + 1], y[i + 1]), (x[i], ground[i])) for i in range(count - 1)]
    return [*track, *posts, *braces, *(cross if rng.random() < 0.5 else [])]


def tool(rng: Rng) -> list[Path]:
    """A hammer, key, scissors, umbrella, guitar or pencil."""
    kind = int(rng.integers(5))
    if kind == 0:
        return [
            box(-0.06, -0.5, 0.06, 0.9),
            polygon((-0.4, -0.8), (0.4, -0.75), (0.4, -0.5), (-0.4, -0.5)),
        ]
    if kind == 1:
        return [
            line((0, 0.9), (0, -0.3)),
            line((0, 0.9), (0.2, 0.85)),
            line((0, 0.6), (0.2, 0.6)),
            ellipse(0, -0.55, 0.28),
            ellipse(0, -0.55, 0.12, detail=True),
        ]
    if kind == 2:
        return [
            tube([(-0.5 * s, -0.9), (0, 0), (0.3 * s, 0.5)], [0.01, 0.07, 0.04]) for s in (1, -1)
        ] + [ellipse(0.35 * s, 0.7, 0.2, 0.26) for s in (1, -1)]
    if kind == 3:
        canopy = blob(
            (-0.9, -0.1),
            (-0.6, -0.6),
            (0, -0.8),
            (0.6, -0.6),
            (0.9, -0.1),
            (0.45, -0.2),
            (0, -0.1),
            (-0.45, -0.2),
        )
        return [line((0, -0.1), (0, 0.8)), arc(-0.12, 0.8, 0.12, 0, 3.1), canopy]
    return [
        box(-0.06, -1, 0.06, 0.2),
        blob(
            (0, 0.05),
            (0.3, 0.2),
            (0.2, 0.45),
            (0.42, 0.8),
            (0, 1),
            (-0.42, 0.8),
            (-0.2, 0.45),
            (-0.3, 0.2),
        ),
        ellipse(0, 0.55, 0.12, detail=True),
    ]
