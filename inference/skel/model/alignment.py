"""From OpenSim's bone frames to the resting body of one shape.

Conventions: meters; rest body y up, facing +z, left at +x. A SKEL file gives for every bone a
learned rotation `per_joint_rot` (OpenSim bone frame → rest body, roughly) and the A-pose of the
OpenSim skeleton; the rotation is then swung so that the bone points at its
child as the shape has it.
"""

import numpy as np

from ....core.arrays import Array
from ....core.rotations import rotmat_from_rotvec
from .layout import BONE_COUNT, PARENTS

UNALIGNED = (0, 5, 10, 13, 18, 23)  # pelvis and the ends keep the learned rotation
TWO_CHILDREN = {16: (17, 18), 21: (22, 23)}  # ulnae aim at the wrist, over the radius
THORAX = 12
FIRST_CHILD = tuple(
    next((bone for bone, parent in enumerate(PARENTS) if parent == joint), 0)
    for joint in range(BONE_COUNT)
)


def rest_from_osim(joints: Array, apose_rel_transfo: Array, per_joint_rot: Array) -> Array:
    """Rotations of the bones' OpenSim frames in the rest body.

    Args:
        joints: [24, 3] rest joints, meters.
        apose_rel_transfo: [24, 4, 4] of the file.
        per_joint_rot: [24, 3, 3] of the file.

    Returns:
        [24, 3, 3]: S such that a joint turns by S R Sᵀ for the OpenSim rotation R.
    """
    offsets = joints.copy()
    offsets[1:] -= joints[list(PARENTS[1:])]
    actual = _toward_children(offsets)
    actual[THORAX] = offsets[FIRST_CHILD[11]]  # the thorax follows the lumbar spine's direction
    modelled = np.einsum("bij,bj->bi", per_joint_rot, _toward_children(apose_rel_transfo[:, :3, 3]))
    swing = shortest_turns(modelled, actual)
    swing[list(UNALIGNED)] = np.eye(3)
    return swing @ per_joint_rot @ apose_rel_transfo[:, :3, :3].swapaxes(1, 2)


def _toward_children(offsets: Array) -> Array:
    aims = np.asarray(offsets, float)[list(FIRST_CHILD)]
    for bone, children in TWO_CHILDREN.items():
        aims[bone] = offsets[children[0]] + offsets[children[1]]
    return aims


def shortest_turns(start: Array, end: Array) -> Array:
    """[N, 3, 3] smallest rotations between directions [N, 3]; the identity for zeros."""
    axis = np.cross(start, end)
    sine = np.linalg.norm(axis, axis=-1, keepdims=True)
    angle = np.arctan2(sine, (start * end).sum(-1, keepdims=True))
    return rotmat_from_rotvec(axis / np.maximum(sine, 1e-12) * angle)
