"""Starting poses and the learned prior: bone directions to local rotations by neural IK.

Conventions: view space is x right, y down, z away from the viewer; local rotations parent from
joint, the root's is camera from pelvis. The net knows twists from context: which way elbows and
knees bend, how forearms and heads turn with the rest (learned on motion capture).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...core import smpl
from ...core.arrays import Array
from ...core.rotations import nearest_rotmat, rotmat_from_6d
from . import features, tree
from .limits import shortest_turn
from .weights import Dense

IDENTITY_6D = np.array([1.0, 0.0, 0.0, 0.0, 1.0, 0.0])
LOG_DEVIATION_RANGE = (-4.0, 1.5)


def neural_ik(net: Dense, seen: Array, quality: Array) -> tuple[Array, Array]:
    """Expected local rotations of figures and how sure the net is of them.

    Args:
        net: the neural IK of the weights file.
        seen: [N, 24, 3] unit view-space directions, zero where missing.
        quality: [N, 24] in 0..1.

    Returns:
        Local rotations [N, 24, 3, 3] and standard deviations [N, 24, 3] about the joints' axes,
        radians.
    """
    inputs, frame = features.net_input(seen, quality)
    out = net(inputs).astype(np.float64).reshape(-1, 24, 9)
    local = rotmat_from_6d(out[..., :6] + IDENTITY_6D)
    local[:, 0] = frame @ local[:, 0]
    return local, np.exp(np.clip(out[..., 6:], *LOG_DEVIATION_RANGE))


def aligned(local: Array, seen: Array, weight: Array, rest: tree.RestBody) -> Array:
    """Turns each part by the least swing that brings its bones where they were seen.

    Args:
        local: [N, 24, 3, 3] starting rotations, whose twists are kept.
        seen: [N, 24, 3] unit directions in the root's space, zero where missing.
        weight: [N, 24] >= 0.
        rest: the body.

    Returns:
        Local rotations [N, 24, 3, 3].
    """
    aligned_world = np.empty_like(local)
    for joint in range(24):
        parent = smpl.SMPL_PARENTS[joint]
        turn = local[:, 0] if joint == 0 else aligned_world[:, parent] @ local[:, joint]
        bones = np.flatnonzero(smpl.SMPL_OWNER[1:] == joint) + 1
        aligned_world[:, joint] = _onto(turn, bones, seen, weight, rest) if len(bones) else turn
    return tree.local_from_world(aligned_world)


def _onto(
    turn: Array, bones: NDArray[np.integer], seen: Array, weight: Array, rest: tree.RestBody
) -> Array:
    now = (turn[:, None] @ rest.directions[bones][:, :, None])[..., 0]
    share = weight[:, bones] / (weight[:, bones] + 1.0)
    goal = now + share[..., None] * (seen[:, bones] - now)
    goal /= np.maximum(np.linalg.norm(goal, axis=-1, keepdims=True), 1e-9)
    if len(bones) == 1:
        return shortest_turn(now[:, 0], goal[:, 0]) @ turn
    # Wahba's problem, with the present orientation as a weak witness for what the bones leave open
    matrix = np.swapaxes(goal * share[..., None], -1, -2) @ now + 0.05 * np.eye(3)
    return nearest_rotmat(matrix) @ turn
