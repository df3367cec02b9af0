"""A first guess of SKEL's angles, in closed form from the bones' world rotations.

Conventions: radians; rotations [T, 24, 3, 3] turn bones from rest into the world. Three angles have
two solutions and any number of full turns; the one nearest to the frame before is taken, so a
sequence starts without jumps.
"""

import numpy as np

from ....core.arrays import Array
from ....core.rotations import quat_from_rotmat
from ..model.kinematics import SkelRest
from ..model.layout import (
    BONE_COUNT,
    DOF_COUNT,
    HIGHEST,
    LOWEST,
    PARENTS,
    SCAPULAE,
    SHOULDERS,
    SPINE_BONES,
    dofs_of,
)
from .angle_unwrapping import unwound, wound


def starting_angles(rest: SkelRest, rotations: Array, before: Array | None = None) -> Array:
    """[T, 46] angles within the limits whose bones turn nearly as `rotations` [T, 24, 3, 3].

    Args:
        rest: the resting skeleton.
        rotations: world rotations of the bones.
        before: [46] angles that the first frame should be near to, where there is a choice.
    """
    q = np.zeros((len(rotations), DOF_COUNT))
    world = rotations.copy()
    for bone in SCAPULAE:  # the collar's turn is left to the fit; the arm starts from the thorax
        world[:, bone] = world[:, PARENTS[bone]]
    for bone in range(BONE_COUNT):
        parent = PARENTS[bone]
        local = world[:, bone] if parent < 0 else world[:, parent].swapaxes(1, 2) @ world[:, bone]
        dofs = list(dofs_of(bone))
        axes = rest.axes[dofs]
        if len(dofs) == 3:
            near = None if before is None else before[dofs]
            found = three_angles(local, axes)
            q[:, dofs] = found if bone in SPINE_BONES else continuous_angles(found, near)
            if bone in SHOULDERS and wound(q[:, dofs]):
                q[:, dofs] = unwound(local, axes, near)
        elif len(dofs) == 2:
            third = np.cross(axes[0], axes[1])
            q[:, dofs] = three_angles(local, np.vstack([axes, third]))[:, :2]
        else:
            q[:, dofs[0]] = twist_angle(local, axes[0])
    return np.clip(q, LOWEST, HIGHEST)


def three_angles(rotations: Array, axes: Array) -> Array:
    """Angles [T, 3] with R(a3) R(a2) R(a1) = rotations, for orthonormal rows a1…a3 [3, 3]."""
    basis = axes.T
    hand = np.sign(np.linalg.det(basis))  # a left-handed triple turns the other way round
    m = basis.T @ rotations @ basis
    second = -np.arcsin(np.clip(m[:, 2, 0], -1, 1))
    first = np.arctan2(m[:, 2, 1], m[:, 2, 2])
    third = np.arctan2(m[:, 1, 0], m[:, 0, 0])
    return hand * np.stack([first, second, third], -1)


def continuous_angles(angles: Array, before: Array | None = None) -> Array:
    """The same rotations by angles that follow each other without jumps.

    Args:
        angles: [T, 3] of `three_angles`.
        before: [3] what the first ones should be near to.
    """
    result = angles.copy()
    for frame in range(len(angles)):
        last = result[frame - 1] if frame else before
        if last is not None:
            result[frame] = nearest_angles(angles[frame], last)
    return result


def nearest_angles(angles: Array, before: Array) -> Array:
    """Of all triples [3] that mean the same rotation, the one nearest to another triple."""
    other = np.array([angles[0] + np.pi, np.pi - angles[1], angles[2] + np.pi])
    choices = [a + 2 * np.pi * np.round((before - a) / (2 * np.pi)) for a in (angles, other)]
    return min(choices, key=lambda choice: float(((choice - before) ** 2).sum()))


def twist_angle(rotations: Array, axis: Array) -> Array:
    """[T] the angle about a unit axis [3] that comes nearest to rotations [T, 3, 3]."""
    quat = quat_from_rotmat(rotations)
    angle = 2 * np.arctan2(quat[:, 1:] @ axis, quat[:, 0])
    return (angle + np.pi) % (2 * np.pi) - np.pi
