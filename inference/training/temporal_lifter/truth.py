"""What is true of filmed people: parts, joints and landmarks as the camera sees them.

Conventions: camera axes (x right, y down, z forward), metres, radians; 30 frames a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ....core.kinematics import forward_kinematics, rest_offsets_from_joints
from ....core.rotations import rotmat_from_quat
from ...body.model import load_default_body
from ...solver.tree import SOLVED
from ...video.solving.body_points import body_points
from ...video.solving.scale_from_floor import foot_rows
from .cameras import Cameras, to_camera
from .motions import FRAMERATE

SOLE_HEIGHT = 0.02  # metres of the lowest joint, the ball of the foot, above the ground
STANDING_HEIGHT = 0.07  # metres above the lowest place of the clip
STANDING_SPEED = 0.3  # m/s


@dataclass(frozen=True)
class Truth:
    """N clips of T frames.

    Attributes:
        orientations: [N, T, 24, 3, 3] camera from part. joints: [N, T, 24, 3] metres.
        marks: [N, T, M, 3] landmarks that have a place on the body.
        up: [N, 3] the world's up. contact: [N, T, 4] heel and toe of both feet stand.
        betas: [N, 10]. rest: [N, 24, 3] joints at rest.
    """

    orientations: np.ndarray
    joints: np.ndarray
    marks: np.ndarray
    up: np.ndarray
    contact: np.ndarray
    betas: np.ndarray
    rest: np.ndarray


@dataclass(frozen=True)
class Places:
    """Landmarks on bodies of any shape: `used` [M] of the 33; `carried` [11, M, P, 3]: of the mean
    body, then what one unit of each shape adds."""

    used: np.ndarray
    carried: np.ndarray

    def of_shapes(self, betas: np.ndarray) -> np.ndarray:
        """[N, M, P, 3] of shapes [N, 10]."""
        return self.carried[0] + np.einsum("nb,bmpc->nmpc", betas, self.carried[1:])


@lru_cache(maxsize=1)
def places() -> Places:
    """Where the landmarks lie on the default body."""
    body = load_default_body()
    mean = body_points(body, np.zeros(10), as_seen=False)
    ones = [body_points(body, row, as_seen=False).carried - mean.carried for row in np.eye(10)]
    return Places(mean.used, np.stack([mean.carried, *ones]))


@lru_cache(maxsize=1)
def _joint_slopes() -> tuple[np.ndarray, np.ndarray]:
    body = load_default_body()
    slopes = np.moveaxis(np.asarray(body.joint_shapedirs, np.float64), -1, 0)
    return np.asarray(body.joints_template, np.float64), slopes


def posed(
    quats: np.ndarray, roots: np.ndarray, betas: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Bodies of shapes [N, 10] in motions [N, T, 24, 4], usually touching the ground.

    Returns:
        Orientations [N, T, 24, 3, 3], joints [N, T, 24, 3], rest joints [N, 24, 3]; world, metres.
    """
    template, slopes = _joint_slopes()
    rest = template + np.einsum("nb,bjc->njc", betas, slopes)
    parents = load_default_body().parents
    offsets = rest_offsets_from_joints(rest, parents)
    offsets[:, 0] = 0
    local = rotmat_from_quat(quats.astype(np.float64))
    rotations, joints = forward_kinematics(local, offsets[:, None], parents, roots)
    height = np.median(joints[..., 1].min(-1), axis=1) - SOLE_HEIGHT
    joints[..., 1] -= height[:, None, None]
    return rotations, joints, rest


def truth_of(
    rotations: np.ndarray, joints: np.ndarray, rest: np.ndarray, betas: np.ndarray, cameras: Cameras
) -> Truth:
    """The truth of posed bodies (see `posed`) before cameras."""
    turn = cameras.rotation[:, None, None]
    carried = places().of_shapes(betas)
    marks = joints[:, :, :1] + carried_places(rotations[:, :, SOLVED], carried)
    return Truth(
        turn @ rotations,
        to_camera(cameras, joints),
        to_camera(cameras, marks),
        cameras.rotation[:, :, 1],
        _standing(marks),
        betas,
        rest,
    )


def carried_places(rotations: np.ndarray, carried: np.ndarray) -> np.ndarray:
    """[N, T, M, 3] sums over parts of rotations [N, T, P, 3, 3] of vectors [N, M, P, 3], as one
    product of matrices for each clip."""
    count, frames = rotations.shape[:2]
    rows = rotations.transpose(0, 1, 3, 2, 4).reshape(count, 3 * frames, -1)
    columns = carried.reshape(count, carried.shape[1], -1).transpose(0, 2, 1)
    return (rows @ columns).reshape(count, frames, 3, -1).transpose(0, 1, 3, 2)


def _standing(marks: np.ndarray) -> np.ndarray:
    """[N, T, 4] feet that are low and slow, in the world."""
    feet = marks[:, :, foot_rows(places().used)]
    low = feet[..., 1] < np.quantile(feet[..., 1], 0.05, axis=1, keepdims=True) + STANDING_HEIGHT
    speed = np.linalg.norm(np.diff(feet, axis=1), axis=-1) * FRAMERATE
    slow = np.zeros(low.shape, bool)
    slow[:, 1:] = speed < STANDING_SPEED
    slow[:, 0] = slow[:, 1]
    return (low & slow).astype(np.float32)
