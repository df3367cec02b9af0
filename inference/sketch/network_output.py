"""What the sketch network says about crops, and averaging it with the mirror image."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Array
from ..devices import Session
from .layout import (
    LEFT_ARM,
    LEFT_LEG,
    MIRROR_CONTACTS,
    MIRROR_DIRECTIONS,
    MIRROR_KEYPOINTS,
    RIGHT_ARM,
    RIGHT_LEG,
)

WEIGHTS = Path(__file__).resolve().parents[1] / "weights" / "sketch.onnx"
OUTPUTS = (
    "points",
    "spread",
    "folded",
    "away",
    "concentration",
    "contact",
    "visible",
    "person",
    "exchanged",
    "reflected",
)
PROBABILITIES = ("away", "contact", "visible", "person", "exchanged", "reflected")
PAIRS = ((LEFT_ARM, RIGHT_ARM, [0, 1, 2, 3]), (LEFT_LEG, RIGHT_LEG, [5, 6, 7, 8]))


@dataclass(frozen=True)
class NetworkOutput:
    """The network's view of N crops; see ``layout`` for keypoints and directions.

    Attributes:
        points: [N, 25, 2] in units of the crop's side.
        spread: [N, 25, 2] in units of the crop's side.
        folded: [N, 26, 3] unit directions with z >= 0 (away from the viewer).
        away: [N, 26] probability that the direction points away; else z is negative.
        concentration: [N, 26] inverse variance of the direction, about 1/rad^2.
        contact: [N, 9] probabilities.
        visible: [N, 25] probabilities.
        person: [N] probabilities.
        exchanged: [N, 2] probability that arms, legs have left and right exchanged: the network
            puts the limb farther right in the picture into the left limb's rows.
        reflected: [N] probability, at most one half, that the figure is seen from the other side:
            all of ``away`` and ``exchanged`` are then the other way round.
    """

    points: Array
    spread: Array
    folded: Array
    away: Array
    concentration: Array
    contact: Array
    visible: Array
    person: Array
    exchanged: Array
    reflected: Array

    def row(self, index: int) -> NetworkOutput:
        """The output for one crop, kept as a batch of one."""
        return NetworkOutput(*(getattr(self, name)[index : index + 1] for name in OUTPUTS))


def read_crops(session: Session, crops: Array, mirror: bool = False) -> NetworkOutput:
    """Runs the network.

    Args:
        session: onnxruntime session of the sketch network.
        crops: [N, 160, 160] float32 ink maps.
        mirror: also read the mirror images and average, which halves chance errors.
    """
    images = np.ascontiguousarray(crops, np.float32)[:, None]
    if not mirror:
        return decode(session.run(list(OUTPUTS), {"ink": images}))
    both = decode(session.run(list(OUTPUTS), {"ink": np.concatenate([images, images[..., ::-1]])}))
    count = len(crops)
    plain = NetworkOutput(*(getattr(both, name)[:count] for name in OUTPUTS))
    return _averaged(
        plain, _unmirrored(NetworkOutput(*(getattr(both, name)[count:] for name in OUTPUTS)))
    )


def averaged_with_mirror(session: Session, crops: Array, plain: NetworkOutput) -> NetworkOutput:
    """As ``read_crops`` with ``mirror``, for crops [N, 160, 160] whose plain output is known."""
    images = np.ascontiguousarray(crops[..., ::-1], np.float32)[:, None]
    mirrored = decode(session.run(list(OUTPUTS), {"ink": images}))
    return _averaged(plain, _unmirrored(mirrored))


def decode(raw: list[Array]) -> NetworkOutput:
    """The network's outputs, in the order of ``OUTPUTS``, as probabilities and variances.

    The network tells signs and sides for one of two figures that make the same drawing; here for
    the likelier one.

    Args:
        raw: [N, ...] one array for each of ``OUTPUTS``, N crops.
    """
    out = dict(zip(OUTPUTS, raw, strict=True))
    chances = {name: _sigmoid(out[name]) for name in PROBABILITIES}
    output = NetworkOutput(**{**out, **chances, "concentration": np.exp(out["concentration"])})
    return _reflected(output, output.reflected > 0.5)


def _reflected(output: NetworkOutput, rows: NDArray[np.bool_]) -> NetworkOutput:
    """The same with the figures in the rows [N] seen from the other side."""

    def turned(chance: Array) -> Array:
        return np.where(rows.reshape((-1,) + (1,) * (chance.ndim - 1)), 1 - chance, chance)

    return replace(
        output,
        away=turned(output.away),
        exchanged=turned(output.exchanged),
        reflected=turned(output.reflected),
    )


def anatomical(output: NetworkOutput) -> NetworkOutput:
    """The output with every limb in the rows of its likelier side."""
    values = {name: getattr(output, name).copy() for name in OUTPUTS}
    for pair, (left, right, contacts) in enumerate(PAIRS):
        rows = np.flatnonzero(output.exchanged[:, pair] > 0.5)
        there, back = np.array([*left, *right]), np.array([*right, *left])
        for name in ("points", "spread", "folded", "away", "concentration", "visible"):
            array = values[name]
            array[rows[:, None], there] = array[rows[:, None], back]
        contact = values["contact"]
        contact[rows[:, None], contacts] = contact[rows[:, None], MIRROR_CONTACTS[contacts]]
        values["exchanged"][rows, pair] = 1 - output.exchanged[rows, pair]
    return NetworkOutput(**values)


def _sigmoid(x: Array) -> Array:
    return 1.0 / (1.0 + np.exp(-np.clip(x, -30, 30)))


def _unmirrored(seen: NetworkOutput) -> NetworkOutput:
    points = seen.points[:, MIRROR_KEYPOINTS] * [-1, 1] + [1, 0]
    return NetworkOutput(
        points,
        seen.spread[:, MIRROR_KEYPOINTS],
        seen.folded[:, MIRROR_DIRECTIONS] * [-1, 1, 1],
        seen.away[:, MIRROR_DIRECTIONS],
        seen.concentration[:, MIRROR_DIRECTIONS],
        seen.contact[:, MIRROR_CONTACTS],
        seen.visible[:, MIRROR_KEYPOINTS],
        seen.person,
        seen.exchanged,
        seen.reflected,
    )


def _averaged(a: NetworkOutput, b: NetworkOutput) -> NetworkOutput:
    signs = (_evidence(a.away) * _evidence(b.away)).sum(1)
    sides = (_evidence(a.exchanged) * _evidence(b.exchanged)).sum(1)
    b = _reflected(b, signs + sides < 0)
    folded = a.folded * a.concentration[..., None] + b.folded * b.concentration[..., None]
    folded /= np.maximum(np.linalg.norm(folded, axis=-1, keepdims=True), 1e-9)
    mean = {name: 0.5 * (getattr(a, name) + getattr(b, name)) for name in OUTPUTS}
    both = NetworkOutput(**{**mean, "folded": folded})
    return _reflected(both, both.reflected > 0.5)


def _evidence(chance: Array) -> Array:
    """From -1, certainly not, to 1, certainly."""
    return 2.0 * chance - 1.0


def signed(output: NetworkOutput) -> Array:
    """The likelier direction [N, 26, 3] of each bone, view space."""
    sign = np.where(output.away > 0.5, 1.0, -1.0)
    return np.concatenate(
        [output.folded[..., :2], output.folded[..., 2:] * sign[..., None]], axis=-1
    )


def without_depth_bias(output: NetworkOutput) -> NetworkOutput:
    """The output with the depth of unsure directions taken back.

    The network learns the mean of abs(z), which is above zero even for a bone in the picture
    plane when its direction is unsure; left so, every standing figure comes out crouching.
    """
    depth2 = np.maximum(output.folded[..., 2] ** 2 - 1.0 / output.concentration, 0.0)
    folded = output.folded.copy()
    folded[..., 2] = np.sqrt(depth2)
    folded /= np.maximum(np.linalg.norm(folded, axis=-1, keepdims=True), 1e-9)
    return replace(output, folded=folded)
