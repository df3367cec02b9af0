"""Where the poses come from: motion pack, authored key poses, recombination, extremes.

Conventions: local rotations of the 24-joint SMPL tree relative to the T-pose, body space
y up, facing +z, left at +x. Quaternions are wxyz.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ....core.rotations import quat_from_rotmat, rotmat_from_quat, rotmat_from_rotvec
from ..key_poses.library import load_library
from .layout import LEFT_ARM, LEFT_LEG, MIRROR, RIGHT_ARM, RIGHT_LEG, SPINE

CLUSTERS = 768
VARIANTS = 6  # of each authored key pose
RARE_SHARE = 0.5  # poses drawn evenly over clusters; the others as often as they were recorded
GROUPS = (LEFT_ARM, RIGHT_ARM, LEFT_LEG, RIGHT_LEG, SPINE)
SWAP_PROBABILITY = 0.06  # a limb taken from another pose
EXTREME_PROBABILITY = 0.03  # a limb sampled inside its joint limits
UPSIDE_DOWN_PROBABILITY = 0.025


def shared_folder() -> Path:
    """The folder with the motion pack: ``S2P_SHARED`` or ``../shared``."""
    return Path(os.environ.get("S2P_SHARED", Path(__file__).resolve().parents[4] / "shared"))


@dataclass(frozen=True)
class PoseBank:
    """Poses to draw from, grouped so that standing and talking does not dominate.

    Attributes:
        quats: [N, 24, 4] local rotations, wxyz.
        order: indices of ``quats`` sorted by cluster.
        starts: [C + 1] where each cluster begins in ``order``.
    """

    quats: np.ndarray
    order: np.ndarray
    starts: np.ndarray

    def sample(self, rng: np.random.Generator, count: int, as_recorded: bool = False) -> np.ndarray:
        """Draws local rotations [count, 24, 3, 3] that face +z, rare ones more than recorded.

        Args:
            rng: random source.
            count: poses.
            as_recorded: whole poses, as somebody took them; else some limbs come from other
                poses or from inside the joint limits, and some figures are upside down.
        """
        quats = self.quats[self._indices(rng, count)].astype(np.float32)
        if not as_recorded:
            self._exchange_limbs(quats, rng)
        mirrored = rng.random(count) < 0.5
        quats[mirrored] = mirror_quats(quats[mirrored])
        quats /= np.linalg.norm(quats, axis=-1, keepdims=True)
        rotations = rotmat_from_quat(quats).astype(np.float32)
        if not as_recorded:
            _add_extremes(rotations, rng)
        return facing_forward(rotations)

    def _exchange_limbs(self, quats: np.ndarray, rng: np.random.Generator) -> None:
        for group in GROUPS:
            swap = rng.random(len(quats)) < SWAP_PROBABILITY
            donors = self._indices(rng, int(swap.sum()))
            quats[np.flatnonzero(swap)[:, None], group] = self.quats[donors][:, group]

    def _indices(self, rng: np.random.Generator, count: int) -> np.ndarray:
        cluster = rng.integers(len(self.starts) - 1, size=count)
        lo, hi = self.starts[cluster], self.starts[cluster + 1]
        rare = self.order[lo + (rng.random(count) * (hi - lo)).astype(np.int64)]
        usual = rng.integers(len(self.order), size=count)
        return np.where(rng.random(count) < RARE_SHARE, rare, usual)


def facing_forward(rotations: np.ndarray) -> np.ndarray:
    """Turns poses [N, 24, 3, 3] about the vertical until the pelvis faces +z.

    Recorded people walk in every direction; the camera decides from where they are seen.
    """
    forward = rotations[:, 0, :, 2]
    heading = np.arctan2(forward[:, 0], forward[:, 2])
    rotations[:, 0] = _about(-heading, 1).astype(np.float32) @ rotations[:, 0]
    return rotations


def mirror_quats(quats: np.ndarray) -> np.ndarray:
    """Mirrors poses [N, 24, 4] left to right."""
    return quats[:, MIRROR] * np.array([1, 1, -1, -1], quats.dtype)


def load_pose_bank(split: str = "train") -> PoseBank:
    """Loads the poses of one split of the motion pack and groups them.

    Args:
        split: ``train`` (mocap and recombined poses) or ``val`` (unseen subjects).

    Raises:
        FileNotFoundError: the motion pack is not there; set ``S2P_SHARED``.
    """
    folder = shared_folder() / "data" / "mocap"
    names = ["train_poses", "train_recombined_poses"] if split == "train" else ["val_poses"]
    quats = np.concatenate([np.load(folder / f"{name}.npz")["quats"] for name in names])
    labels = _cluster(quats)
    if split == "train":
        authored, kinds = _authored_poses()
        quats = np.concatenate([quats, authored])
        labels = np.concatenate([labels, labels.max() + 1 + kinds])
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], np.unique(labels))
    return PoseBank(quats, order, np.append(starts, len(order)))


def _authored_poses() -> tuple[np.ndarray, np.ndarray]:
    """Variants of the key poses, quats [N, 24, 4], and which key pose each is, [N]."""
    rng = np.random.default_rng(0)
    library = load_library()
    poses = [pose.sample(rng) for pose in library for _ in range(VARIANTS)]
    kinds = np.repeat(np.arange(len(library)), VARIANTS)
    return quat_from_rotmat(np.stack(poses)).astype(np.float16), kinds


def _cluster(quats: np.ndarray) -> np.ndarray:
    """K-means on limb directions; a fixed subset fits the centres so that it is quick."""
    features = _limb_features(quats)
    cv2.setRNGSeed(0)
    subset = features[:: max(1, len(features) // 12000)]
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 1e-3)
    clusters = min(CLUSTERS, len(subset) // 4)
    _, _, centres = cv2.kmeans(subset, clusters, None, stop, 1, cv2.KMEANS_RANDOM_CENTERS)  # type: ignore[call-overload]
    half = 0.5 * (centres**2).sum(1)
    chunks = np.array_split(features, max(1, len(features) // 20000))
    return np.concatenate([(half - chunk @ centres.T).argmin(1) for chunk in chunks])


def _limb_features(quats: np.ndarray) -> np.ndarray:
    """Directions of arms and legs in the pelvis frame: what makes a pose look different."""
    rotations = rotmat_from_quat(quats[:, :20].astype(np.float32))
    features = []
    for side, x in (((16, 18), 1.0), ((17, 19), -1.0)):
        upper, lower = rotations[:, side[0]], rotations[:, side[1]]
        features += [upper[:, :, 0] * x, (upper @ lower)[:, :, 0] * x]
    for hip, knee in ((1, 4), (2, 5)):
        upper = rotations[:, hip]
        features += [-upper[:, :, 1], -(upper @ rotations[:, knee])[:, :, 1]]
    features.append(rotations[:, 0, :, 1])
    return np.ascontiguousarray(np.concatenate(features, 1), np.float32)


def _add_extremes(rotations: np.ndarray, rng: np.random.Generator) -> None:
    """Replaces some limbs by ones sampled inside the joint limits, some roots by inverted ones."""
    count = len(rotations)
    for side in (1.0, -1.0):
        arm = np.flatnonzero(rng.random(count) < EXTREME_PROBABILITY)
        shoulder, elbow = (16, 18) if side > 0 else (17, 19)
        rotations[arm, shoulder], rotations[arm, elbow] = _random_arm(rng, len(arm), side)
        leg = np.flatnonzero(rng.random(count) < EXTREME_PROBABILITY)
        hip, knee = (1, 4) if side > 0 else (2, 5)
        rotations[leg, hip], rotations[leg, knee] = _random_leg(rng, len(leg), side)
    inverted = np.flatnonzero(rng.random(count) < UPSIDE_DOWN_PROBABILITY)
    turn = rng.normal(0, 0.5, (len(inverted), 3)) + [0, 0, np.pi]
    rotations[inverted, 0] = rotmat_from_rotvec(turn).astype(np.float32) @ rotations[inverted, 0]


def _random_arm(rng: np.random.Generator, count: int, side: float) -> tuple[np.ndarray, np.ndarray]:
    """Upper arm anywhere in front of, above or beside the body; elbow a hinge of 0 to 150 deg."""
    direction = rng.normal(size=(count, 3)) + [0.45, 0, 0.35]  # not through the trunk
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    swing = _swing_from_x(direction)
    twist = _about(rng.normal(0, 0.6, count), 0)
    bend = _about(-np.abs(rng.normal(0, 1.1, count)).clip(0, 2.6), 1)
    shoulder, elbow = swing @ twist, bend
    if side < 0:
        flip = np.diag([-1.0, 1.0, 1.0]).astype(np.float32)
        shoulder, elbow = flip @ shoulder @ flip, flip @ elbow @ flip
    return shoulder.astype(np.float32), elbow.astype(np.float32)


def _random_leg(rng: np.random.Generator, count: int, side: float) -> tuple[np.ndarray, np.ndarray]:
    flexion = -rng.uniform(-0.5, 2.3, count)
    abduction = side * rng.uniform(-0.3, 1.2, count)
    rotation = side * rng.normal(0.1, 0.4, count)
    hip = _about(flexion, 0) @ _about(abduction, 2) @ _about(rotation, 1)
    knee = _about(np.abs(rng.normal(0, 1.1, count)).clip(0, 2.55), 0)
    return hip.astype(np.float32), knee.astype(np.float32)


def _about(angle: np.ndarray, axis: int) -> np.ndarray:
    rotvec = np.zeros((len(angle), 3))
    rotvec[:, axis] = angle
    return rotmat_from_rotvec(rotvec)


def _swing_from_x(direction: np.ndarray) -> np.ndarray:
    """Smallest rotation [N, 3, 3] that takes +x to ``direction`` [N, 3]."""
    axis = np.stack([np.zeros(len(direction)), -direction[:, 2], direction[:, 1]], 1)
    norm = np.linalg.norm(axis, axis=1, keepdims=True)
    angle = np.arctan2(norm[:, 0], direction[:, 0])
    return rotmat_from_rotvec(axis / np.maximum(norm, 1e-9) * angle[:, None])
