"""How much of what people do the pose source covers.

    python -m sketch2pose.inference.training.sketch.coverage --draws 100000

Compares the poses of unseen subjects with those that training draws from: how near the nearest
training pose lies, how many kinds of poses (clusters) are met, and how much of the sphere of
directions each limb bone visits. Limb bones are compared in the pelvis' frame, so that where a
person faces does not matter.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array
from ....core.rotations import rotmat_from_quat
from ..synthesis.figure import pose_keypoints
from ..synthesis.layout import KEYPOINTS, PARENTS
from ..synthesis.poses import PoseBank, load_pose_bank

LIMB_BONES = np.array([4, 5, 7, 8, 18, 19, 20, 21])  # SMPL joints in which they end
LIMB_NAMES = ("thighs", "shins", "upper arms", "forearms")
NEAR_DEGREES = (10, 15, 20, 30)
CHUNK = 512  # poses compared at a time
SPHERE_BINS = 192
SEED = 5


@dataclass(frozen=True)
class Coverage:
    """How well one set of poses covers another.

    Attributes:
        poses: how many it holds.
        near: share of the unseen poses whose nearest one lies within so many degrees (mean of the
            8 limb bones).
        median: degrees to the nearest pose.
        clusters: share of the unseen poses' clusters that it reaches.
        directions: share of the sphere that thighs, shins, upper arms and forearms visit.
    """

    poses: int
    near: dict[int, float]
    median: float
    clusters: float
    directions: dict[str, float] = field(default_factory=dict)


def measure(limbs: Array, unseen: Array, centres: Array) -> Coverage:
    """Coverage of unseen poses by others.

    Args:
        limbs: [N, 8, 3] unit limb directions in the pelvis' frame, of the covering poses.
        unseen: [M, 8, 3] those to be covered.
        centres: [C, 24] cluster centres of the unseen poses.
    """
    degrees = nearest_degrees(unseen, limbs)
    met, needed = nearest_centre(limbs, centres), nearest_centre(unseen, centres)
    return Coverage(
        poses=len(limbs),
        near={limit: float((degrees <= limit).mean()) for limit in NEAR_DEGREES},
        median=float(np.median(degrees)),
        clusters=float(np.isin(np.unique(needed), np.unique(met)).mean()),
        directions=sphere_shares(limbs),
    )


def limb_directions(local: Array) -> Array:
    """Limb bone directions [N, 8, 3] in the pelvis' frame of local rotations [N, 24, 3, 3]."""
    pelvis_free = np.array(local, np.float32)
    pelvis_free[:, 0] = np.eye(3)
    _, points = pose_keypoints(pelvis_free, np.ones((len(local), KEYPOINTS), np.float32))
    bones = points[:, LIMB_BONES] - points[:, PARENTS[LIMB_BONES]]
    return bones / np.linalg.norm(bones, axis=-1, keepdims=True)


def nearest_degrees(wanted: Array, others: Array) -> Array:
    """Mean angle [M] over the limb bones to the pose that is most alike."""
    flat = others.reshape(len(others), -1)
    angles = []
    for first in range(0, len(wanted), CHUNK):
        part = wanted[first : first + CHUNK]
        best = others[(part.reshape(len(part), -1) @ flat.T).argmax(1)]
        cosine = np.clip((part * best).sum(-1), -1, 1)
        angles.append(np.degrees(np.arccos(cosine)).mean(-1))
    return np.concatenate(angles)


def nearest_centre(limbs: Array, centres: Array) -> NDArray[np.intp]:
    """Index [N] of the nearest cluster centre [C, 24]."""
    half = 0.5 * (centres**2).sum(1)
    parts = np.array_split(limbs.reshape(len(limbs), -1), max(1, len(limbs) // 20_000))
    return np.concatenate([(half - part @ centres.T).argmin(1) for part in parts])


def sphere_shares(limbs: Array) -> dict[str, float]:
    """Share of equal parts of the sphere visited, left and right together."""
    parts = sphere_points(SPHERE_BINS)
    shares = {}
    for row, name in enumerate(LIMB_NAMES):
        left, right = limbs[:, 2 * row], limbs[:, 2 * row + 1] * [-1, 1, 1]
        visited = (np.concatenate([left, right]) @ parts.T).argmax(1)
        shares[name] = float(len(np.unique(visited)) / SPHERE_BINS)
    return shares


def sphere_points(count: int) -> Array:
    """Nearly even unit vectors [count, 3] (Fibonacci lattice)."""
    index = np.arange(count) + 0.5
    polar, turn = np.arccos(1 - 2 * index / count), np.pi * (1 + 5**0.5) * index
    return np.stack(
        [np.cos(turn) * np.sin(polar), np.sin(turn) * np.sin(polar), np.cos(polar)], 1
    ).astype(np.float32)


def report(draws: int) -> dict[str, Coverage]:
    """Coverage of the validation subjects' poses by what training has and by what it draws.

    Args:
        draws: poses drawn from the training source, limbs exchanged and extremes included.

    Raises:
        FileNotFoundError: the motion pack is not there; set ``S2P_SHARED``.
    """
    unseen_bank, bank = load_pose_bank("val"), load_pose_bank("train")
    unseen = limb_directions(_local(unseen_bank.quats))
    centres = _centres(unseen, unseen_bank)
    stored = _in_pieces(bank.quats)
    rng = np.random.default_rng(SEED)
    drawn = [limb_directions(bank.sample(rng, 5000)) for _ in range(-(-draws // 5000))]
    sets = {
        "stored poses (recorded, recombined, authored)": stored,
        "poses as drawn for training": np.concatenate(drawn),
        "both": np.concatenate([stored, *drawn]),
    }
    return {name: measure(limbs, unseen, centres) for name, limbs in sets.items()}


def _local(quats: Array) -> Array:
    values = quats.astype(np.float32)
    return rotmat_from_quat(values / np.linalg.norm(values, axis=-1, keepdims=True))


def _in_pieces(quats: Array) -> Array:
    pieces = np.array_split(quats, max(1, len(quats) // 10_000))
    return np.concatenate([limb_directions(_local(piece)) for piece in pieces])


def _centres(limbs: Array, bank: PoseBank) -> Array:
    """Mean limb directions [C, 24] of the bank's clusters."""
    flat = limbs.reshape(len(limbs), -1)
    pairs = zip(bank.starts[:-1], bank.starts[1:], strict=True)
    return np.stack([flat[bank.order[start:end]].mean(0) for start, end in pairs])


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--draws", type=int, default=100_000)
    for name, found in report(parser.parse_args().draws).items():
        print(name, json.dumps(vars(found), indent=1))


if __name__ == "__main__":
    main()
