"""Forward kinematics of joint trees, batched in NumPy.

Conventions: metres; rotation matrices act on column vectors; a local rotation turns a
joint's frame in its parent's frame, and all frames are parallel to the world at rest
(SMPL). Joints are ordered so that a parent comes before its children; the root's
parent is -1.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Array
from .rotations import as_floating, rotmat_from_rotvec


def forward_kinematics(
    local_rotmats: ArrayLike,
    rest_offsets: ArrayLike,
    parents: Sequence[int],
    root_translation: ArrayLike,
) -> tuple[Array, Array]:
    """World rotation and position of every joint.

    Args:
        local_rotmats: [..., J, 3, 3] rotation of each joint in its parent's frame.
        rest_offsets: [J, 3] or [..., J, 3], metres: joint minus parent at rest; the root's
            row is its own rest position.
        parents: J indices, parents before children, -1 for a root.
        root_translation: [..., 3], metres, added to the root's rest position (SMPL's
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
        rest_joints: [..., J, 3] metres.
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


def smpl_joints(
    poses: ArrayLike, trans: ArrayLike, rest_joints: ArrayLike, parents: Sequence[int]
) -> Array:
    """Joint positions of an SMPL pose.

    Args:
        poses: [T, 3 J] axis-angle, radians.
        trans: [T, 3] metres; the root lies at `rest_joints[0] + trans`.
        rest_joints: [J, 3] metres.
        parents: J indices.

    Returns:
        [T, J, 3] metres, world space (y up).
    """
    rotvecs = as_floating(poses).reshape(-1, len(parents), 3)
    offsets = rest_offsets_from_joints(rest_joints, parents)
    _, positions = forward_kinematics(rotmat_from_rotvec(rotvecs), offsets, parents, trans)
    return positions
