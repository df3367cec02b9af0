"""What the sketch network says about crops, and averaging it with the mirror image."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .layout import MIRROR_CONTACTS, MIRROR_DIRECTIONS, MIRROR_KEYPOINTS

WEIGHTS = Path(__file__).resolve().parents[1] / "weights" / "sketch.onnx"
OUTPUTS = ("points", "spread", "folded", "away", "concentration", "contact", "visible", "person")

Array = NDArray[np.floating]


class Session(Protocol):
    """The part of onnxruntime's InferenceSession that is used."""

    def run(self, output_names: list[str], feeds: dict[str, Array]) -> list[Array]:
        """Runs the network."""
        ...


@dataclass(frozen=True)
class Reading:
    """The network's view of N crops; see ``layout`` for keypoints and directions.

    Attributes:
        points: [N, 25, 2] and spread: [N, 25, 2], in units of the crop's side.
        folded: [N, 26, 3] unit directions with z >= 0 (away from the viewer).
        away: [N, 26] probability that the direction points away; else z is negative.
        concentration: [N, 26] inverse variance of the direction, about 1/rad^2.
        contact: [N, 9], visible: [N, 25], person: [N] probabilities.
    """

    points: Array
    spread: Array
    folded: Array
    away: Array
    concentration: Array
    contact: Array
    visible: Array
    person: Array

    def row(self, index: int) -> Reading:
        """The reading of one crop, kept as a batch of one."""
        return Reading(*(getattr(self, name)[index : index + 1] for name in OUTPUTS))


def read_crops(session: Session, crops: Array, mirror: bool = False) -> Reading:
    """Runs the network.

    Args:
        session: onnxruntime session of the sketch network.
        crops: [N, 160, 160] float32 ink maps.
        mirror: also read the mirror images and average, which halves chance errors.
    """
    images = np.ascontiguousarray(crops, np.float32)[:, None]
    if not mirror:
        return _decode(session.run(list(OUTPUTS), {"ink": images}))
    both = _decode(session.run(list(OUTPUTS), {"ink": np.concatenate([images, images[..., ::-1]])}))
    count = len(crops)
    plain = Reading(*(getattr(both, name)[:count] for name in OUTPUTS))
    return _averaged(
        plain, _unmirrored(Reading(*(getattr(both, name)[count:] for name in OUTPUTS)))
    )


def _decode(raw: list[Array]) -> Reading:
    points, spread, folded, away, concentration, contact, visible, person = raw
    return Reading(
        points,
        spread,
        folded,
        _sigmoid(away),
        np.exp(concentration),
        _sigmoid(contact),
        _sigmoid(visible),
        _sigmoid(person),
    )


def _sigmoid(x: Array) -> Array:
    return 1.0 / (1.0 + np.exp(-np.clip(x, -30, 30)))


def _unmirrored(seen: Reading) -> Reading:
    points = seen.points[:, MIRROR_KEYPOINTS] * [-1, 1] + [1, 0]
    return Reading(
        points,
        seen.spread[:, MIRROR_KEYPOINTS],
        seen.folded[:, MIRROR_DIRECTIONS] * [-1, 1, 1],
        seen.away[:, MIRROR_DIRECTIONS],
        seen.concentration[:, MIRROR_DIRECTIONS],
        seen.contact[:, MIRROR_CONTACTS],
        seen.visible[:, MIRROR_KEYPOINTS],
        seen.person,
    )


def _averaged(a: Reading, b: Reading) -> Reading:
    folded = a.folded * a.concentration[..., None] + b.folded * b.concentration[..., None]
    folded /= np.maximum(np.linalg.norm(folded, axis=-1, keepdims=True), 1e-9)
    mean = {name: 0.5 * (getattr(a, name) + getattr(b, name)) for name in OUTPUTS}
    return Reading(**{**mean, "folded": folded})


def signed(reading: Reading) -> Array:
    """The likelier direction [N, 26, 3] of each bone, view space."""
    sign = np.where(reading.away > 0.5, 1.0, -1.0)
    return np.concatenate(
        [reading.folded[..., :2], reading.folded[..., 2:] * sign[..., None]], axis=-1
    )
