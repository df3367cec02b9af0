"""Forward kinematics of joint trees, batched in NumPy.

Conventions: meters; rotation matrices act on column vectors; a local rotation turns a
joint's frame in its parent's frame, and all frames are parallel to the world at rest
(SMPL). Joints are ordered so that a parent comes before its children; the root's
parent is -1.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Array, FloatArray
from .rotations import as_floating, rotmat_from_rotvec, rotvec_from_rotmat
from .smpl import SMPL_PARENTS


def forward_kinematics(
    local_rotmats: ArrayLike,
    rest_offsets: ArrayLike,
    parents: Sequence[int],
    root_translation: ArrayLike,
) -> tuple[Array, Array]:
    """World rotation and position of every joint.

    Args:
        local_rotmats: [..., J, 3, 3] rotation of each joint in its parent's frame.
        rest_offsets: [J, 3] or [..., J, 3], meters: joint minus parent at rest; the root's
            row is its own rest position.
        parents: J indices, parents before children, -1 for a root.
        root_translation: [..., 3], meters, added to the root's rest position (SMPL's
            `trans`: the world rotation turns about the root joint).

    Returns:
        `world_rot` [..., J, 3, 3] and `positions` [..., J, 3].
    """
    local = as_floating(local_rotmats)
    offsets = as_floating(rest_offsets)
    translation = as_floating(root_translation)
    world_rot = np.empty_like(local)
    positions = np.empty(local.shape[:-1], dtype=np.result_type(local, offsets, translation))
    for joint, parent in enumerate(parents):
        if parent < 0:
            world_rot[..., joint, :, :] = local[..., joint, :, :]
            positions[..., joint, :] = offsets[..., joint, :] + translation
            continue
        turn = world_rot[..., parent, :, :]
        world_rot[..., joint, :, :] = turn @ local[..., joint, :, :]
        step = (turn @ offsets[..., joint, :, None])[..., 0]
        positions[..., joint, :] = positions[..., parent, :] + step
    return world_rot, positions


def rest_offsets_from_joints(rest_joints: ArrayLike, parents: Sequence[int]) -> Array:
    """Offsets for `forward_kinematics` from rest positions.

    Args:
        rest_joints: [..., J, 3] meters.
        parents: J indices, -1 for a root.

    Returns:
        [..., J, 3] joint minus parent; a root keeps its own position.
    """
    joints = as_floating(rest_joints)
    index = np.asarray(parents)
    offsets = joints - joints[..., index, :]
    offsets[..., index < 0, :] = joints[..., index < 0, :]
    return offsets


def local_from_world(world_rot: ArrayLike, parents: Sequence[int]) -> Array:
    """Inverse of the rotation part of `forward_kinematics`.

    Args:
        world_rot: [..., J, 3, 3].
        parents: J indices, -1 for a root.

    Returns:
        [..., J, 3, 3] rotation of each joint in its parent's frame.
    """
    world = as_floating(world_rot)
    index = np.asarray(parents)
    local = np.swapaxes(world[..., index, :, :], -1, -2) @ world
    local[..., index < 0, :, :] = world[..., index < 0, :, :]
    return local


def world_from_pose(pose: ArrayLike) -> FloatArray:
    """World orientations of SMPL's parts.

    Args:
        pose: [72] axis-angle, radians.

    Returns:
        [24, 3, 3], identity at rest.
    """
    world = rotmat_from_rotvec(np.asarray(pose, dtype=np.float64).reshape(24, 3))
    for joint, parent in enumerate(SMPL_PARENTS[1:], start=1):
        world[joint] = world[parent] @ world[joint]
    return world


def pose_from_world(world: ArrayLike) -> FloatArray:
    """Inverse of `world_from_pose`.

    Args:
        world: [24, 3, 3] orientations.

    Returns:
        [72] axis-angle, radians.
    """
    return rotvec_from_rotmat(local_from_world(world, SMPL_PARENTS)).ravel()


def rest_offsets(pose: ArrayLike, joints: ArrayLike) -> FloatArray:
    """The bones' offsets from their parents at rest, of a body posed like this.

    Args:
        pose: [72] axis-angle, radians.
        joints: [24, 3] positions of the posed joints, meters, world.

    Returns:
        [24, 3] meters; the pelvis has none.
    """
    world, places = world_from_pose(pose), np.asarray(joints, dtype=np.float64)
    offsets = np.zeros((24, 3))
    for joint, parent in enumerate(SMPL_PARENTS[1:], start=1):
        offsets[joint] = world[parent].T @ (places[joint] - places[parent])
    return offsets


def posed_joints(pose: ArrayLike, offsets: ArrayLike, pelvis: ArrayLike) -> FloatArray:
    """Joint positions of a pose; inverse of `rest_offsets`.

    Args:
        pose: [72] axis-angle, radians.
        offsets: [24, 3] from the parents at rest, meters.
        pelvis: [3] position of the first joint, meters, world.

    Returns:
        [24, 3] meters, world.
    """
    rotmats = rotmat_from_rotvec(np.asarray(pose, dtype=np.float64).reshape(24, 3))
    steps = np.array(offsets, dtype=np.float64)
    steps[0] = 0.0  # the pelvis is placed, whatever its rest position was
    return forward_kinematics(rotmats, steps, SMPL_PARENTS, pelvis)[1]
