"""What a sketch net saw of one figure, and what the solver answers.

Conventions: view space is x right, y down, z away from the viewer (OpenCV), scaled-orthographic
unless a camera is given. With a camera, the direction of a bone is relative to the ray through its
end joint, as a drawing shows it. Row j of a [24, ...] array is SMPL joint j, or the bone from its
parent to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ...core.arrays import Array
from ...core.camera import Camera
from ...core.errors import Sketch2PoseError

JOINTS = 24


@dataclass(frozen=True)
class DirectionObservation:
    """Directions, 2D joints and doubts about one drawn figure.

    Attributes:
        directions: [24, 3] unit view-space directions of the bones; row 0 and unknown rows NaN or
            zero.
        direction_weight: [24] inverse variance of the directions, 1/rad^2; 0 for unknown.
        away_probability: [24] probability that the bone points away from the viewer (z > 0).
        joints2d: [24, 2] px; unknown rows NaN.
        joints2d_weight: [24] inverse variance, 1/px^2; 0 for unknown.
        presence: [24] in 0..1, whether the joint is drawn at all.
        contacts: probability by name, see `inference.solver.contacts.CONTACT_PAIRS`.
        back_probability: probability that left and right are exchanged because the figure is seen
            from the other side than `directions` say.
        head_facing: [3] unit view-space direction of the nose, or None.
        head_facing_weight: inverse variance of `head_facing`, 1/rad^2.
        camera: the camera of the drawing, or None for scaled-orthographic.
        image_size: (width, height) px of the drawing, used for the equivalent camera without
            `camera`.
    """

    directions: Array
    direction_weight: Array
    away_probability: Array
    joints2d: Array
    joints2d_weight: Array
    presence: Array
    contacts: Mapping[str, float] = field(default_factory=dict)
    back_probability: float = 0.02
    head_facing: Array | None = None
    head_facing_weight: float = 0.0
    camera: Camera | None = None
    image_size: tuple[int, int] | None = None


@dataclass(frozen=True)
class SolveResult:
    """Poses of one figure, the best first.

    Attributes:
        rotations: [H, 24, 3, 3] local rotations; the root's is world from pelvis (y up).
        translations: [H, 3] meters, SMPL's `trans`: the pelvis lies at its rest position plus this.
        scores: [H] posterior probability of each hypothesis, summing to at most 1.
        confidence: [24] probability that the bone ending in the joint points within
            `inference.solver.confidence.GOOD_ANGLE` of the truth in the first hypothesis.
        doubts: [24, 3] what the confidence is made of, see `inference.solver.confidence.doubts`.
        labels: [H] which limbs differ from the first hypothesis, e.g. "left forearm, head".
        joints: [H, 24, 3] world positions, meters.
        camera: the drawing's camera, or its perspective equivalent.
    """

    rotations: Array
    translations: Array
    scores: Array
    confidence: Array
    doubts: Array
    labels: tuple[str, ...]
    joints: Array
    camera: Camera


def checked(observation: DirectionObservation) -> DirectionObservation:
    """The observation in float64 with unknown rows zeroed and their weights 0.

    Raises:
        Sketch2PoseError: an array has the wrong shape, a weight is negative, or nothing was seen.
    """
    arrays = {name: _shaped(observation, name) for name in _SHAPES}
    length = np.linalg.norm(arrays["directions"], axis=-1)
    known = np.isfinite(length) & (length > 1e-6)
    known[0] = False
    directions = np.zeros((JOINTS, 3))
    directions[known] = arrays["directions"][known] / length[known, None]
    drawn = np.isfinite(arrays["joints2d"]).all(-1)
    weight = np.where(known, arrays["direction_weight"], 0)
    weight2d = np.where(drawn, arrays["joints2d_weight"], 0)
    if not (np.isfinite(weight).all() and np.isfinite(weight2d).all()):
        raise _refused("a weight is not finite")
    if min(weight.min(), weight2d.min()) < 0:
        raise _refused("a weight is negative")
    if not weight.any() and np.count_nonzero(weight2d) < 2:
        raise _refused("neither bone directions nor joints of the figure are known")
    return DirectionObservation(
        directions=directions,
        direction_weight=weight,
        away_probability=_probability(arrays["away_probability"]),
        joints2d=np.where(drawn[:, None], arrays["joints2d"], 0),
        joints2d_weight=weight2d,
        presence=np.clip(np.nan_to_num(arrays["presence"]), 0, 1),
        contacts={name: float(p) for name, p in observation.contacts.items()},
        back_probability=float(np.clip(observation.back_probability, 1e-4, 1 - 1e-4)),
        head_facing=observation.head_facing,
        head_facing_weight=observation.head_facing_weight,
        camera=observation.camera,
        image_size=observation.image_size,
    )


_SHAPES = {
    "directions": (JOINTS, 3),
    "direction_weight": (JOINTS,),
    "away_probability": (JOINTS,),
    "joints2d": (JOINTS, 2),
    "joints2d_weight": (JOINTS,),
    "presence": (JOINTS,),
}


def _shaped(observation: DirectionObservation, name: str) -> Array:
    values = np.asarray(getattr(observation, name), dtype=np.float64)
    if values.shape != _SHAPES[name]:
        raise _refused(f"{name} has shape {values.shape} instead of {_SHAPES[name]}")
    return values


def _probability(values: Array) -> Array:
    """Probabilities kept off 0 and 1, so that no single sign is ever certain; NaN is undecided."""
    return np.clip(np.where(np.isfinite(values), values, 0.5), 1e-3, 1 - 1e-3)


def _refused(why: str) -> Sketch2PoseError:
    return Sketch2PoseError(
        "The drawn figure cannot be turned into a pose",
        why,
        "Check the estimator that made this observation",
        "solver.observation",
    )
