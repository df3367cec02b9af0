"""The SMPL tree as the solver sees it: body parts with free orientations.

Conventions: a part's orientation G_j (camera from part) is turned by its own increment w_j in
camera space, G_j <- exp(w_j) G_j, independent of its parent. Bone j (from the parent p of j to j)
belongs to part p: its direction is G_p b_j. So directions depend on one part, local rotations on
two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...core.arrays import Array
from ...core.smpl import SMPL_OWNER

ENDS = (10, 11, 22, 23)
"""Parts without a bone of their own: they follow their parents at the prior's rotation."""
SOLVED = np.array([joint for joint in range(24) if joint not in ENDS])

_OWNS = np.zeros((24, 24))
_OWNS[SMPL_OWNER[1:], np.arange(1, 24)] = 1
_LEVELS = tuple(
    np.array(level)
    for level in (
        (1, 2, 3),
        (4, 5, 6),
        (7, 8, 9),
        (10, 11, 12, 13, 14),
        (15, 16, 17),
        (18, 19),
        (20, 21),
        (22, 23),
    )
)


@dataclass(frozen=True)
class RestBody:
    """Rest pose of the body to be posed.

    Attributes:
        offsets: [24, 3] meters, joint minus parent; row 0 is the pelvis itself.
        lengths: [24] meters; row 0 is 0.
        directions: [24, 3] unit; row 0 is zero.
    """

    offsets: Array
    lengths: Array
    directions: Array


def rest_body(joints: Array) -> RestBody:
    """Rest body of rest joint positions [24, 3] in meters (T-pose, y up, facing +z)."""
    offsets = joints - joints[SMPL_OWNER]
    lengths = np.linalg.norm(offsets, axis=-1)
    directions = offsets / np.where(lengths > 0, lengths, 1)[:, None]
    offsets[0] = joints[0]
    return RestBody(offsets, lengths, directions)


def world_from_local(local: Array) -> Array:
    """Chains local rotations [N, 24, 3, 3] down the tree."""
    world = np.empty_like(local)
    world[:, 0] = local[:, 0]
    for level in _LEVELS:
        world[:, level] = world[:, SMPL_OWNER[level]] @ local[:, level]
    return world


def local_from_world(world: Array) -> Array:
    """Inverse of `world_from_local`, [N, 24, 3, 3]."""
    local = np.swapaxes(world[:, SMPL_OWNER], -1, -2) @ world
    local[:, 0] = world[:, 0]
    return local


def bone_vectors(world: Array, at_rest: Array) -> Array:
    """Rest vectors of bones [24, 3], turned by their parts [N, 24, 3, 3]: [N, 24, 3]."""
    return (world[:, SMPL_OWNER] @ at_rest[:, :, None])[..., 0]


def positions(world: Array, rest: RestBody) -> Array:
    """Joint positions [N, 24, 3] relative to the pelvis, meters."""
    points = bone_vectors(world, rest.offsets)
    points[:, 0] = 0
    for level in _LEVELS:
        points[:, level] += points[:, SMPL_OWNER[level]]
    return points


def sum_over_owned(per_bone: Array) -> Array:
    """Adds what the bones [N, 24, ...] say to the parts that carry them: [N, 24, ...]."""
    flat = per_bone.reshape(len(per_bone), 24, -1)
    return (_OWNS @ flat).reshape(per_bone.shape)
