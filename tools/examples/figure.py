"""A posed default body on the sheet: joints, triangles and depth in pixels."""

# pyright: reportMissingImports=false
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sketch2pose.inference.body.model import load_default_body

from .poses import Pose, axis_turn, local_rotations

DISTANCE = 4.5  # metres from the drawer's eye to the figure


@dataclass(frozen=True)
class Figure:
    """What the drawer sees.

    Attributes:
        joints: joint name → [2] px.
        landmarks: landmark name → [2] px.
        vertices: [V, 2] px. depths: [V] metres from the eye.
        faces: [F, 3] triangles. owners: [F] index of the joint that moves the triangle most.
        joint_names: names behind ``owners``.
    """

    joints: dict[str, NDArray[np.float64]]
    landmarks: dict[str, NDArray[np.float64]]
    vertices: NDArray[np.float64]
    depths: NDArray[np.float64]
    faces: NDArray[np.integer]
    owners: NDArray[np.integer]
    joint_names: tuple[str, ...]


def posed(pose: Pose, size: int, margin: float = 0.1) -> Figure:
    """The default body in a pose, fitted to a square sheet.

    Args:
        pose: joint angles and the side from which it is drawn.
        size: side of the sheet, px.
        margin: share of the sheet that stays empty on each side.
    """
    body = load_default_body()
    rotations = local_rotations(pose, body.joint_names)[None]
    joints, skin = body.forward_vertices(rotations, np.zeros((1, 3)))
    view = axis_turn("x", pose.elevation)
    pixels, depths = _projected(skin[0] @ view.T)
    low, high = pixels.min(0), pixels.max(0)
    scale = size * (1 - 2 * margin) / (high - low).max()
    offset = size / 2 - scale * (low + high) / 2
    joint_pixels = _projected(joints[0] @ view.T)[0] * scale + offset
    pixels = pixels * scale + offset
    owners = body.weights[body.faces].sum(1).argmax(1)
    return Figure(
        joints=dict(zip(body.joint_names, joint_pixels, strict=True)),
        landmarks={name: pixels[index] for name, index in body.landmarks.items()},
        vertices=pixels,
        depths=depths,
        faces=body.faces,
        owners=owners,
        joint_names=body.joint_names,
    )


def _projected(points: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """[N, 2] in perspective, y down, and [N] depth in metres; the eye looks along −z."""
    depth = DISTANCE - points[:, 2].astype(np.float64)
    return np.stack([points[:, 0], -points[:, 1]], 1) * (DISTANCE / depth)[:, None], depth
