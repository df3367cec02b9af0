"""Other readings of the same drawing: what a single view cannot tell apart.

A drawing fixes where limbs point on paper, not whether they come towards the viewer or lead away,
nor which hand is the left one. Each function turns one pose into the other reading, by reflecting
world orientations: `R' = S R L`, where S reflects the world and L reflects the bone's own frame, so
that R' is a rotation again and hinges (elbows, knees) still bend the way they can.

Conventions: SMPL joint order; a pose is [72] axis-angle, radians; world and bone frames are SMPL's
(y up, left at +x, T-pose), so arm bones lie along x with elbows hinged on y, leg bones along -y
with knees hinged on x.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..rotations import quat_from_rotmat, quat_from_rotvec, rotmat_from_quat, rotvec_from_quat
from ..smpl import SMPL_PARENTS

LIMBS: dict[str, tuple[int, ...]] = {
    "LEFT_ARM": (16, 18, 20, 22),
    "RIGHT_ARM": (17, 19, 21, 23),
    "LEFT_LEG": (1, 4, 7, 10),
    "RIGHT_LEG": (2, 5, 8, 11),
    "LEFT_FOREARM": (18, 20, 22),
    "RIGHT_FOREARM": (19, 21, 23),
    "LEFT_SHIN": (4, 7, 10),
    "RIGHT_SHIN": (5, 8, 11),
}
_SAGITTAL = np.diag([-1.0, 1.0, 1.0])
_ARM_HINGE = np.diag([1.0, -1.0, 1.0])
_LEG_HINGE = _SAGITTAL
_ARM_TO_OTHER_SIDE = np.diag([-1.0, -1.0, 1.0])
_OTHER_SIDE = (
    0, 2, 1, 3, 5, 4, 6, 8, 7, 9, 11, 10, 12, 14, 13, 15, 17, 16, 19, 18, 21, 20, 23, 22,
)  # fmt: skip


def flip_limb(pose: ArrayLike, limb: str, view: ArrayLike) -> FloatArray:
    """Turns a limb from towards the viewer to away, or back; its picture stays the same.

    Args:
        pose: [72].
        limb: a key of `LIMBS`.
        view: [3] viewing direction in the world, any length.

    Returns:
        [72]; flipping twice gives the pose again.
    """
    world = world_from_pose(pose)
    hinge = _LEG_HINGE if limb.endswith(("LEG", "SHIN")) else _ARM_HINGE
    chain = list(LIMBS[limb])
    world[chain] = _reflection(view) @ world[chain] @ hinge
    return _pose_from_world(world)


def front_back(pose: ArrayLike, view: ArrayLike) -> FloatArray:
    """Reads the figure from the other side: seen from behind instead of in front, or back.

    The picture stays the same; left and right change places. Args and result as in `flip_limb`.
    """
    world = world_from_pose(pose)
    return _pose_from_world(_reflection(view) @ world[list(_OTHER_SIDE)] @ _SAGITTAL)


def swap_sides(pose: ArrayLike, parts: tuple[str, ...] = ("ARM", "LEG")) -> FloatArray:
    """Gives the left limbs the directions of the right ones, and the other way round.

    The trunk stays as it is. Args and result as in `flip_limb`; `parts` says which limbs.
    """
    world = world_from_pose(pose)
    swapped = world.copy()
    for part in parts:
        left, right = list(LIMBS[f"LEFT_{part}"]), list(LIMBS[f"RIGHT_{part}"])
        turn = _ARM_TO_OTHER_SIDE if part == "ARM" else np.eye(3)
        swapped[left] = world[right] @ turn
        swapped[right] = world[left] @ turn
    return _pose_from_world(swapped)


def mirror(pose: ArrayLike) -> FloatArray:
    """The mirror image of the pose at the body's upright plane. Result as in `flip_limb`."""
    world = world_from_pose(pose)
    return _pose_from_world(_SAGITTAL @ world[list(_OTHER_SIDE)] @ _SAGITTAL)


def rest_offsets(pose: ArrayLike, joints: ArrayLike) -> FloatArray:
    """The bones' offsets [24, 3] from their parents at rest, of a body posed like this.

    Args:
        pose: [72].
        joints: [24, 3] positions of the posed joints.
    """
    world, places = world_from_pose(pose), np.asarray(joints, dtype=np.float64)
    offsets = np.zeros((24, 3))
    for joint, parent in enumerate(SMPL_PARENTS[1:], start=1):
        offsets[joint] = world[parent].T @ (places[joint] - places[parent])
    return offsets


def posed_joints(pose: ArrayLike, offsets: ArrayLike, pelvis: ArrayLike) -> FloatArray:
    """Joint positions [24, 3] of a pose; inverse of `rest_offsets`.

    Args:
        pose: [72].
        offsets: [24, 3] from the parents at rest.
        pelvis: [3] position of the first joint.
    """
    world, lengths = world_from_pose(pose), np.asarray(offsets, dtype=np.float64)
    places = np.tile(np.asarray(pelvis, dtype=np.float64), (24, 1))
    for joint, parent in enumerate(SMPL_PARENTS[1:], start=1):
        places[joint] = places[parent] + world[parent] @ lengths[joint]
    return places


def _reflection(view: ArrayLike) -> FloatArray:
    direction = np.asarray(view, dtype=np.float64)
    direction = direction / np.linalg.norm(direction)
    return np.eye(3) - 2.0 * np.outer(direction, direction)


def world_from_pose(pose: ArrayLike) -> FloatArray:
    """World orientations [24, 3, 3] of a pose [72]; identity at rest."""
    rotvecs = np.asarray(pose, dtype=np.float64).reshape(24, 3)
    world = rotmat_from_quat(quat_from_rotvec(rotvecs))
    for joint, parent in enumerate(SMPL_PARENTS[1:], start=1):
        world[joint] = world[parent] @ world[joint]
    return world


def _pose_from_world(world: FloatArray) -> FloatArray:
    local = world.copy()
    for joint, parent in enumerate(SMPL_PARENTS[1:], start=1):
        local[joint] = world[parent].T @ world[joint]
    return rotvec_from_quat(quat_from_rotmat(local)).ravel()
