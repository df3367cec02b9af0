"""Figures of merit of an estimated pose, in plain NumPy.

Conventions: metres; camera space is x right, y down, z forward (OpenCV); pixels have
their origin top left. 3D metrics look at the 12 limb joints in the
order of `LIMB_JOINTS` (left and right shoulder, elbow, wrist, hip, knee, ankle of SMPL).

Sources: PA-MPJPE is the protocol 2 of Human3.6M (Ionescu et al. 2014) with the similarity
of Umeyama (1991); PCK follows Yang & Ramanan (2013); the calibration error is that of
Guo et al. (2017).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.floating]

# SMPL indices: shoulders, elbows, wrists, hips, knees, ankles; left before right
LIMB_JOINTS = (16, 17, 18, 19, 20, 21, 1, 2, 4, 5, 7, 8)
# the same 12 with left and right exchanged, as positions within LIMB_JOINTS
MIRRORED = (1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10)
# (parent, child) within LIMB_JOINTS: upper arms, forearms, thighs, shins
LIMB_BONES = ((0, 2), (1, 3), (2, 4), (3, 5), (6, 8), (7, 9), (8, 10), (9, 11))
LIMB_NAMES = ("left arm", "right arm", "left leg", "right leg")
LIMB_CHAINS = ((0, 2, 4), (1, 3, 5), (6, 8, 10), (7, 9, 11))

HIPS = (6, 7)


def limb_points(joints: ArrayLike) -> Array:
    """The 12 limb joints of a 24-joint SMPL array: [..., 24, D] → [..., 12, D]."""
    return np.asarray(joints)[..., LIMB_JOINTS, :]


def align_similarity(source: ArrayLike, target: ArrayLike) -> Array:
    """Source moved onto target by the best rotation, uniform scale and translation.

    Args:
        source: [N, 3].
        target: [N, 3].

    Returns:
        [N, 3] aligned source. Without extent it collapses to the target's centre. The
        rotation is proper: a mirrored body stays wrong.
    """
    src, dst = np.asarray(source, float), np.asarray(target, float)
    src_centred, dst_centred = src - src.mean(0), dst - dst.mean(0)
    u, singular, vt = np.linalg.svd(dst_centred.T @ src_centred)
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt)) or 1.0])
    rotation = (u * sign) @ vt
    spread = np.sum(src_centred**2)
    scale = np.sum(singular * sign) / spread if spread > 0 else 0.0
    return scale * src_centred @ rotation.T + dst.mean(0)


def mpjpe(estimate: ArrayLike, truth: ArrayLike) -> float:
    """Mean distance of the 12 limb joints after the hip centres are laid together.

    Args:
        estimate: [12, 3] metres, same frame as `truth`.
        truth: [12, 3] metres.

    Returns:
        Metres.
    """
    est, ref = np.asarray(estimate, float), np.asarray(truth, float)
    est = est - est[list(HIPS)].mean(0)
    ref = ref - ref[list(HIPS)].mean(0)
    return float(np.linalg.norm(est - ref, axis=-1).mean())


def pa_mpjpe(estimate: ArrayLike, truth: ArrayLike) -> float:
    """Mean joint distance after `align_similarity`, metres ([12, 3] each)."""
    aligned = align_similarity(estimate, truth)
    return float(np.linalg.norm(aligned - np.asarray(truth), axis=-1).mean())


def best_of(hypotheses: ArrayLike, truth: ArrayLike) -> float:
    """Smallest PA-MPJPE over hypotheses [H, 12, 3] against truth [12, 3], metres."""
    return min(pa_mpjpe(hypothesis, truth) for hypothesis in np.asarray(hypotheses))


def bone_directions(limbs: ArrayLike) -> Array:
    """Unit vectors of the 8 limb bones from [..., 12, D] limb joints: [..., 8, D]."""
    points = np.asarray(limbs, float)
    start, end = np.array(LIMB_BONES).T
    bones = points[..., end, :] - points[..., start, :]
    length = np.linalg.norm(bones, axis=-1, keepdims=True)
    return bones / np.maximum(length, 1e-12)


def limb_direction_error(estimate: ArrayLike, truth: ArrayLike) -> Array:
    """Angle between the 8 limb bones of two bodies in one frame.

    Args:
        estimate: [..., 12, 3], in the camera frame to judge what was drawn.
        truth: [..., 12, 3], same frame.

    Returns:
        [..., 8] degrees in [0, 180].
    """
    a, b = bone_directions(estimate), bone_directions(truth)
    # atan2 keeps its digits for equal and for opposite bones, where arccos loses them
    sine = np.linalg.norm(np.cross(a, b), axis=-1)
    return np.degrees(np.arctan2(sine, np.sum(a * b, axis=-1)))


def left_right_swapped(estimate: ArrayLike, truth: ArrayLike) -> bool:
    """Whether the body fits better with its left and right names exchanged.

    Both are compared in the camera frame, hips laid together and brought to one size, so
    that a figure read from behind counts as swapped though its outline is the same.

    Args:
        estimate: [12, 3] camera frame.
        truth: [12, 3] camera frame.
    """
    est, ref = _unit_size(estimate), _unit_size(truth)
    return mpjpe(est[list(MIRRORED)], ref) < mpjpe(est, ref)


def _unit_size(limbs: ArrayLike) -> Array:
    points = np.asarray(limbs, float)
    start, end = np.array(LIMB_BONES).T
    total = np.linalg.norm(points[end] - points[start], axis=-1).sum()
    return points / max(float(total), 1e-12)


def pck(errors: ArrayLike, size: float, threshold: float) -> float:
    """Share of pixel errors [N] within `threshold` times `size`.

    NaN errors (not drawn) do not count, infinite ones (not found) are misses; NaN of nothing.
    """
    drawn = np.asarray(errors, float)
    drawn = drawn[~np.isnan(drawn)]
    return float(np.mean(drawn <= threshold * size)) if drawn.size else float("nan")


def pair_errors(estimate: ArrayLike, truth: ArrayLike) -> Array:
    """Pixel errors of one pair of limbs whose left and right are not told apart.

    Args:
        estimate: [2, 3, 2] left and right limb (three joints each), px.
        truth: [2, 3, 2], or [1, 3, 2] where one limb was not drawn, or [0, 3, 2].

    Returns:
        [L, 3] distances, px, under the assignment with the smaller sum.
    """
    est, ref = np.asarray(estimate, float), np.asarray(truth, float)
    if len(ref) == 0:
        return np.zeros((0, 3))
    direct = np.linalg.norm(est[: len(ref)] - ref, axis=-1)
    crossed = np.linalg.norm(est[::-1][: len(ref)] - ref, axis=-1)
    return direct if direct.sum() <= crossed.sum() else crossed


@dataclass(frozen=True)
class Reliability:
    """How far stated confidence agrees with how often it was right.

    Attributes:
        edges: [B + 1] bin edges in [0, 1].
        confidence: [B] mean confidence of a bin (NaN when empty).
        accuracy: [B] share of correct joints (NaN when empty).
        count: [B] joints in the bin.
        error: expected calibration error, the count-weighted mean gap.
    """

    edges: Array
    confidence: Array
    accuracy: Array
    count: NDArray[np.integer]
    error: float


def reliability(confidence: ArrayLike, correct: ArrayLike, bins: int = 10) -> Reliability:
    """Reliability diagram of confidences [N] in [0, 1] against correctness [N] (bool)."""
    conf = np.clip(np.asarray(confidence, float).ravel(), 0.0, 1.0)
    right = np.asarray(correct, float).ravel()
    edges = np.linspace(0.0, 1.0, bins + 1)
    index = np.minimum((conf * bins).astype(int), bins - 1)
    count = np.bincount(index, minlength=bins)
    with np.errstate(invalid="ignore"):
        mean_conf = np.bincount(index, conf, bins) / count
        accuracy = np.bincount(index, right, bins) / count
    gap = np.nansum(np.abs(mean_conf - accuracy) * count)
    return Reliability(edges, mean_conf, accuracy, count, float(gap / max(conf.size, 1)))


def box_overlap(points_a: ArrayLike, points_b: ArrayLike) -> float:
    """Intersection over union of the bounding boxes of two point sets [N, 2], [M, 2]."""
    a, b = np.asarray(points_a, float), np.asarray(points_b, float)
    low = np.maximum(a.min(0), b.min(0))
    high = np.minimum(a.max(0), b.max(0))
    shared = np.prod(np.maximum(high - low, 0.0))
    union = np.prod(np.ptp(a, axis=0)) + np.prod(np.ptp(b, axis=0)) - shared
    return float(shared / union) if union > 0 else 0.0
