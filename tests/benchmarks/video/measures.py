"""Errors of followed people against known joints.

Conventions: the camera's axes, metres, radians; the 12 limb joints in the order of `JOINTS`.
"""

from __future__ import annotations

import numpy as np

from sketch2pose.core.body_motion import BodyMotion
from sketch2pose.core.rotations import rotmat_angle, rotmat_from_rotvec
from sketch2pose.core.smpl import SMPL_JOINT_NAMES
from sketch2pose.inference.estimators import LANDMARK_NETWORKS, POSE_DETECTOR

POSE_NETWORKS = (POSE_DETECTOR, LANDMARK_NETWORKS["full"])
JOINTS = [
    f"{side}_{part}"
    for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    for side in ("left", "right")
]
HIPS = [JOINTS.index("left_hip"), JOINTS.index("right_hip")]
ROWS = [SMPL_JOINT_NAMES.index(name) for name in JOINTS]
TURNED = slice(1, 22)  # joints whose local rotation is measured: all but pelvis and hands


def in_camera(motion: BodyMotion) -> np.ndarray:
    """[T, 12, 3] solved joints in the camera's axes."""
    joints = np.asarray(motion.joints3d, np.float64)[:, ROWS]
    return joints @ np.asarray(motion.camera_rotation).T + motion.camera_translation


def rooted(points: np.ndarray) -> np.ndarray:
    """Points about the middle of the hips."""
    return points - points[:, HIPS].mean(axis=1, keepdims=True)


def aligned_error(found: np.ndarray, truth: np.ndarray) -> float:
    """Mean distance after the best similarity transform of each frame, metres (PA-MPJPE)."""
    distances = []
    for one, other in zip(found, truth, strict=True):
        a, b = one - one.mean(0), other - other.mean(0)
        u, s, vt = np.linalg.svd(a.T @ b)
        signs = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
        scale = (s * signs).sum() / (a**2).sum()
        distances.append(np.linalg.norm(scale * a @ (u * signs) @ vt - b, axis=-1).mean())
    return float(np.mean(distances))


def root_error(found: np.ndarray, truth: np.ndarray) -> float:
    """Mean distance about the hips, metres (MPJPE)."""
    return float(np.linalg.norm(rooted(found) - rooted(truth), axis=-1).mean())


def acceleration_error(found: np.ndarray, truth: np.ndarray) -> float:
    """Mean difference of second differences, metres a frame squared."""
    away = np.diff(rooted(found), 2, axis=0) - np.diff(rooted(truth), 2, axis=0)
    return float(np.linalg.norm(away, axis=-1).mean())


def slide(motion: BodyMotion) -> float:
    """Mean way of the ankles of standing feet from one frame to the next, metres."""
    rows = [SMPL_JOINT_NAMES.index(f"{side}_ankle") for side in ("left", "right")]
    standing = np.asarray(motion.contacts) > 0.5
    way = np.linalg.norm(np.diff(np.asarray(motion.joints3d)[:, rows], axis=0), axis=-1)
    both = standing[1:] & standing[:-1]
    return float(way[both].mean()) if both.any() else float("nan")


def rotation_error(motion: BodyMotion, local: np.ndarray) -> float:
    """Mean angle between local rotations and true ones [T, 24, 3, 3], twist included, degrees."""
    found = rotmat_from_rotvec(np.asarray(motion.poses, np.float64).reshape(-1, 24, 3))
    return float(np.rad2deg(rotmat_angle(found[:, TURNED], local[:, TURNED])).mean())


def drift(found: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Where somebody ends up beside where they should, and how long their path was, metres.

    Args:
        found, truth: [T, 3] of the pelvis in the camera's axes.

    Returns:
        Distance at the end when both start at one place and are of one scale; length of the path.
    """
    moved, should = found - found[0], truth - truth[0]
    scale = (moved * should).sum() / max((moved**2).sum(), 1e-9)
    length = np.linalg.norm(np.diff(truth, axis=0), axis=-1).sum()
    return float(np.linalg.norm(scale * moved[-1] - should[-1])), float(length)
