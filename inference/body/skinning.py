"""Linear blend skinning in NumPy.

Conventions: meters, y up; `rotations` turn a joint's frame from rest (parallel to the world)
into the world; positions are world positions of the joints.
"""

import numpy as np

from ...core.arrays import Array

FRAMES_AT_ONCE = 16  # keeps the blended matrices of a 14k-vertex body within about 20 MB


def skin_vertices(
    rest: Array, weights: Array, rotations: Array, positions: Array, rest_joints: Array
) -> Array:
    """Vertices moved by their joints.

    Args:
        rest: [S, 3], or [T, S, 3] when it changes with the pose; meters.
        weights: [S, J] how much each joint carries a vertex; rows sum to 1.
        rotations: [T, J, 3, 3] world from joint.
        positions: [T, J, 3] posed joints, meters.
        rest_joints: [J, 3] meters.

    Returns:
        [T, S, 3] meters.
    """
    offsets = positions - np.einsum("tjab,jb->tja", rotations, rest_joints)
    transforms = np.concatenate([rotations, offsets[..., None]], -1).astype(weights.dtype)
    skin = np.empty((len(rotations), *rest.shape[-2:]), np.result_type(rest, weights))
    for start in range(0, len(skin), FRAMES_AT_ONCE):
        part = slice(start, start + FRAMES_AT_ONCE)
        skin[part] = _skin(rest if rest.ndim == 2 else rest[part], weights, transforms[part])
    return skin


def _skin(rest: Array, weights: Array, transforms: Array) -> Array:
    frames, joints = transforms.shape[:2]
    blend = weights @ transforms.reshape(frames, joints, 12)  # one matrix product per frame
    blend = blend.reshape(frames, len(weights), 3, 4)
    rule = "tvab,vb->tva" if rest.ndim == 2 else "tvab,tvb->tva"
    return np.einsum(rule, blend[..., :3], rest) + blend[..., 3]
