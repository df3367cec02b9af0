"""Posed figures with artists' proportions through a random camera, and their labels.

Conventions: view space is OpenCV's (x right, y down, z forward), metres. The labels are
directions, because drawings are disproportionate: bone lengths are distorted limb by limb
while every bone keeps its true direction. Directions are relative to the ray through the bone's
end, as a drawing shows them (see ``core.projection.camera_from_ray``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ....core.axes import LEVEL_ROTATION
from ....core.projection import camera_from_ray
from ....core.rotations import rotmat_from_rotvec
from ...body.model import load_default_body
from .layout import (
    DIRECTIONS,
    HEAD_FORWARD,
    HEAD_TOP,
    HEAD_UP,
    JOINTS,
    KEYPOINTS,
    LEFT_ARM,
    LEFT_LEG,
    PARENTS,
    PELVIS_FORWARD,
    RIGHT_ARM,
    RIGHT_LEG,
)

VIEW_FROM_WORLD = LEVEL_ROTATION.astype(np.float32)
HEAD_TOP_OFFSET = np.array([0.0, 0.15, 0.01], np.float32)  # from the head joint, T-pose, metres


@dataclass(frozen=True)
class Figures:
    """A batch of figures before they are drawn.

    Attributes:
        rotations: [N, 24, 3, 3] bone rotations in view space.
        joints: [N, 25, 3] keypoints of the true body, view space, pelvis at 0.
        drawn: [N, 25, 3] the same with the artist's proportions.
        points: [N, 25, 2] projection of ``drawn``, arbitrary unit.
        directions: [N, 26, 3] unit labels (see ``layout``).
        scales: [N, 25] length factor of the bone that ends in each keypoint.
        distance: [N] camera distance, metres (large = orthographic).
        contacts: [N, 9] booleans (see ``layout.CONTACTS``).
    """

    rotations: np.ndarray
    joints: np.ndarray
    drawn: np.ndarray
    points: np.ndarray
    directions: np.ndarray
    scales: np.ndarray
    distance: np.ndarray
    contacts: np.ndarray


@lru_cache(maxsize=1)
def rest_joints() -> np.ndarray:
    """T-pose joints [24, 3] of the default body."""
    return load_default_body().joints_template.astype(np.float32)


def make_figures(
    local: np.ndarray,
    scales: np.ndarray,
    rng: np.random.Generator,
    view: np.ndarray | None = None,
) -> Figures:
    """Poses the default body, distorts it, looks at it.

    Args:
        local: [N, 24, 3, 3] local rotations.
        scales: [N, 25] bone length factors.
        rng: decides the cameras' distances.
        view: [N, 3, 3] camera rotations (view from world); of `sample_views` when None.
    """
    view = sample_views(rng, len(local)) if view is None else view
    world, joints = pose_keypoints(local, np.ones_like(scales))
    contacts = find_contacts(joints)
    rotations = view[:, None] @ world
    drawn = _to_view(view, pose_keypoints(local, scales)[1])
    joints = _to_view(view, joints)
    distance = np.where(rng.random(len(local)) < 0.65, rng.uniform(2.6, 8, len(local)), 60.0)
    depth = drawn[..., 2] + distance[:, None]
    points = drawn[..., :2] / depth[..., None] * distance[:, None, None]
    directions = _as_seen(_directions(rotations, joints), drawn, distance)
    return Figures(rotations, joints, drawn, points, directions, scales, distance, contacts)


def sample_views(
    rng: np.random.Generator, count: int, frontal: np.ndarray | float = 0.6
) -> np.ndarray:
    """Camera rotations [count, 3, 3] (view from world): mostly level, sometimes steep.

    Args:
        rng: random source.
        count: cameras.
        frontal: share of figures that face the viewer's half, [count] or one number.
    """
    yaw = np.where(
        rng.random(count) < frontal, rng.normal(0, 0.75, count), rng.uniform(-np.pi, np.pi, count)
    )
    steep = rng.random(count) < 0.16
    pitch = np.where(steep, rng.uniform(-1.1, 1.1, count), rng.normal(0, 0.18, count))
    roll = rng.normal(0, 0.1, count)
    zero = np.zeros(count)
    turn = rotmat_from_rotvec(np.stack([zero, yaw, zero], 1))
    tilt = rotmat_from_rotvec(np.stack([pitch, zero, zero], 1))
    lean = rotmat_from_rotvec(np.stack([zero, zero, roll], 1))
    return (VIEW_FROM_WORLD @ (lean @ tilt @ turn)).astype(np.float32)


def pose_keypoints(local: np.ndarray, scales: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """World rotations [N, 24, 3, 3] and keypoints [N, 25, 3] with scaled bones, pelvis at 0."""
    rest = rest_joints()
    offsets = np.zeros((JOINTS, 3), np.float32)
    offsets[1:] = rest[1:] - rest[PARENTS[1:]]
    world = np.empty_like(local)
    points = np.zeros((len(local), KEYPOINTS, 3), np.float32)
    world[:, 0] = local[:, 0]
    for joint in range(1, JOINTS):
        parent = PARENTS[joint]
        world[:, joint] = world[:, parent] @ local[:, joint]
        step = (world[:, parent] @ offsets[joint]) * scales[:, joint, None]
        points[:, joint] = points[:, parent] + step
    points[:, HEAD_TOP] = (
        points[:, 15] + (world[:, 15] @ HEAD_TOP_OFFSET) * scales[:, HEAD_TOP, None]
    )
    return world, points


def _to_view(view: np.ndarray, points: np.ndarray) -> np.ndarray:
    return points @ view.transpose(0, 2, 1)


def _directions(rotations: np.ndarray, joints: np.ndarray) -> np.ndarray:
    directions = np.zeros((len(joints), DIRECTIONS, 3), np.float32)
    directions[:, 1:JOINTS] = joints[:, 1:JOINTS] - joints[:, PARENTS[1:]]
    directions[:, HEAD_UP] = rotations[:, 15, :, 1]
    directions[:, HEAD_FORWARD] = rotations[:, 15, :, 2]
    directions[:, PELVIS_FORWARD] = rotations[:, 0, :, 2]
    return directions / np.maximum(np.linalg.norm(directions, axis=-1, keepdims=True), 1e-9)


def _as_seen(directions: np.ndarray, drawn: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """Turns directions [N, 26, 3] from camera axes to the rays through the drawn ends."""
    ends = np.concatenate([drawn[:, :JOINTS], drawn[:, [HEAD_TOP]], drawn[:, [15]]], 1)
    rays = ends + np.stack([0 * distance, 0 * distance, distance], 1)[:, None]
    rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
    turned = np.einsum("nkji,nkj->nki", camera_from_ray(rays), directions)
    return turned.astype(np.float32)


def find_contacts(joints: np.ndarray) -> np.ndarray:
    """Which hands and feet touch what, [N, 9] bool, from world keypoints (y up)."""

    def near(a: int, b: int, limit: float) -> np.ndarray:
        return np.linalg.norm(joints[:, a] - joints[:, b], axis=1) < limit

    floor = joints[:, :JOINTS, 1].min(1)
    skull = 0.5 * (joints[:, 15] + joints[:, HEAD_TOP])
    hand_head = [np.linalg.norm(joints[:, hand] - skull, axis=1) < 0.20 for hand in (22, 23)]
    columns = [
        near(22, 1, 0.17),
        near(23, 2, 0.17),
        *hand_head,
        near(22, 23, 0.16),
        joints[:, 10, 1] - floor < 0.06,
        joints[:, 11, 1] - floor < 0.06,
        joints[:, 4, 1] - floor < 0.12,
        joints[:, 5, 1] - floor < 0.12,
    ]
    return np.stack(columns, 1)


def sample_scales(rng: np.random.Generator, count: int, strength: float) -> np.ndarray:
    """Length factors [count, 25] as artists draw: big heads, short legs, merged shoulders.

    Args:
        rng: random source.
        count: how many figures.
        strength: 1 for stick figures, less for careful drawings.
    """
    scales = np.exp(rng.normal(0, 0.10 * strength, (count, KEYPOINTS))).astype(np.float32)
    for limb in (LEFT_ARM + RIGHT_ARM, LEFT_LEG + RIGHT_LEG, [3, 6, 9]):
        scales[:, limb] *= np.exp(rng.normal(0, 0.22 * strength, (count, 1)))
    for left, right in ((LEFT_ARM, RIGHT_ARM), (LEFT_LEG, RIGHT_LEG)):
        both = np.exp(rng.normal(0, 0.12 * strength, (count, len(left))))
        scales[:, left] *= both
        scales[:, right] *= both
    scales[:, HEAD_TOP] *= np.exp(rng.normal(0.25, 0.35, count) * strength)
    scales[:, [12, 15]] *= np.exp(rng.normal(0.1, 0.35, (count, 1)) * strength)
    exact = rng.random(count) < 0.2
    scales[exact] = 1
    return scales
