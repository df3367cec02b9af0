"""Which drawings can be read as more than one pose.

A drawing shows no depth: a limb bone that points towards the viewer leaves the same line as one
that points as far away. A drawing is called ambiguous when such a reflection of some of the limb
bones is a pose of its own, clearly apart from the true one, *and* one that people take: recorded
poses hold one as much like it as the true pose has. Knees that bend forwards do not count.

Conventions: camera space (x right, y down, z forward), metres; limbs in the order of
`metrics.LIMB_JOINTS`.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from . import metrics

Array = NDArray[np.floating]

CLEARLY_APART = 0.06  # metres, PA-MPJPE from the true pose
ALIKE_DEGREES = 15.0  # mean over the limb bones: a recorded pose shows the same
EVERY = 4  # of the recorded poses: neighbours in time are alike
SHOULDERS = (0, 1)

_PATTERNS = np.array([[(k >> bone) & 1 for bone in range(8)] for k in range(1, 256)], bool)


@lru_cache(maxsize=2)
def recorded_poses(pack: Path) -> Array:
    """Limb directions [N, 24] in the trunk's frame of the motion pack's training subjects."""
    with np.load(pack / "train_poses.npz") as stored:
        joints = stored["joints"][::EVERY].astype(np.float32)
    return _in_trunk(metrics.limb_points(joints)).astype(np.float32)


def is_ambiguous(truth: Array, recorded: Array) -> bool:
    """Whether another likely pose leaves the same drawing.

    Args:
        truth: [12, 3] limbs in camera space.
        recorded: [N, 24] from `recorded_poses`.
    """
    limbs = np.asarray(truth, float)
    own = _degrees_to_nearest(_in_trunk(limbs[None]), recorded)[0]
    others = reflections(limbs)
    likely = _degrees_to_nearest(_in_trunk(others), recorded) <= max(ALIKE_DEGREES, own)
    return any(metrics.pa_mpjpe(other, limbs) >= CLEARLY_APART for other in others[likely])


def reflections(limbs: Array) -> Array:
    """[255, 12, 3] bodies that look the same from straight ahead: limb bones with depth turned."""
    start, end = np.array(metrics.LIMB_BONES).T
    steps = np.tile(limbs[end] - limbs[start], (len(_PATTERNS), 1, 1))
    steps[..., 2] *= np.where(_PATTERNS, -1.0, 1.0)
    bodies = np.tile(limbs, (len(_PATTERNS), 1, 1))
    for bone in range(len(start)):  # upper bones come before lower ones
        bodies[:, end[bone]] = bodies[:, start[bone]] + steps[:, bone]
    return bodies


def _in_trunk(limbs: Array) -> Array:
    """Limb directions [N, 24] in the frame of hips and shoulders."""
    hips, shoulders = limbs[:, list(metrics.HIPS)], limbs[:, list(SHOULDERS)]
    up = _unit(shoulders.mean(1) - hips.mean(1))
    left = hips[:, 0] - hips[:, 1] + shoulders[:, 0] - shoulders[:, 1]
    left = _unit(left - (left * up).sum(-1, keepdims=True) * up)
    frame = np.stack([left, up, np.cross(left, up)], axis=-1)
    return (metrics.bone_directions(limbs) @ frame).reshape(len(limbs), -1)


def _degrees_to_nearest(bodies: Array, recorded: Array) -> Array:
    """Mean angle [N] over the limb bones to the recorded pose that is most alike."""
    flat = bodies.astype(np.float32)
    nearest = recorded[(flat @ recorded.T).argmax(1)].reshape(-1, 8, 3)
    cosine = (flat.reshape(-1, 8, 3) * nearest).sum(-1)
    return np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))).mean(-1)


def _unit(vectors: Array) -> Array:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
