"""Forward kinematics of SKEL with its analytic Jacobian, batched over frames.

Conventions: meters, radians; world y up, the rest body (q = 0) is the T-pose facing +z with its
left side at +x; rotation matrices act on columns. A bone's frame is parallel to the world at rest.
`rot_world_from_bone` [T, 24, 3, 3] turns a bone from rest into the world.

A bone turns by S (R3 R2 R1) Sᵀ, where S takes the bone's OpenSim frame to the rest body: all
rotations are then about fixed axes S a, and each is a twist of all that hangs on the bone.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array
from ....core.rotations import rotmat_from_rotvec
from .layout import BONE_COUNT, DOF_AXES, DOF_BONES, DOF_COUNT, PARENTS, SCAPULAE, dofs_of
from .sliding import Slides, slide_dofs, slide_offsets


@dataclass(frozen=True)
class SkelRest:
    """The resting skeleton of one shape.

    Attributes:
        joints: [24, 3] rest positions, meters.
        axes: [46, 3] rotation axes in the rest body (world-parallel frames).
        slides: sizes of the arcs and ellipsoids on which spine and scapulae slide.
    """

    joints: Array
    axes: Array
    slides: Slides

    @property
    def offsets(self) -> Array:
        """[24, 3] joint minus parent; the pelvis keeps its own position."""
        offsets = self.joints.copy()
        offsets[1:] -= self.joints[list(PARENTS[1:])]
        return offsets


@dataclass(frozen=True)
class SkelPose:
    """A posed skeleton, T frames.

    Attributes:
        rotations: [T, 24, 3, 3] world from bone.
        positions: [T, 24, 3] joints, meters.
        axes: [T, 46, 3] world axes of the degrees of freedom.
        slide_steps: [T, 10, 3] world displacement per radian of the sliding ones
            (in the order of `sliding.slide_dofs`).
    """

    rotations: Array
    positions: Array
    axes: Array
    slide_steps: Array


def rest_skeleton(joints: Array, rest_from_osim: Array) -> SkelRest:
    """The resting skeleton of a shape.

    Args:
        joints: [24, 3] meters.
        rest_from_osim: [24, 3, 3] OpenSim bone frame → rest body.
    """
    axes = np.einsum("dij,dj->di", rest_from_osim[DOF_BONES], DOF_AXES)
    width = float(np.linalg.norm(joints[SCAPULAE[1]] - joints[SCAPULAE[0]]))
    height = float(np.linalg.norm(joints[12] - joints[11]))
    rises = np.abs(joints[[11, 12, 13], 1] - joints[[0, 11, 12], 1])
    return SkelRest(joints, axes, Slides(width, height, rises))


def pose_skeleton(rest: SkelRest, q: Array, trans: Array) -> SkelPose:
    """Places all bones.

    Args:
        rest: the resting skeleton.
        q: [T, 46] radians.
        trans: [T, 3] meters, added to the
            rest position of the pelvis.

    Returns:
        world rotations, positions, axes and slides.
    """
    frames = len(q)
    turns = rotmat_from_rotvec(q[..., None] * rest.axes)
    offsets, steps = slide_offsets(rest.slides, q)
    offsets += rest.offsets
    rotations = np.empty((frames, BONE_COUNT, 3, 3))
    positions = np.empty((frames, BONE_COUNT, 3))
    axes = np.empty((frames, DOF_COUNT, 3))
    for bone, parent in enumerate(PARENTS):
        frame = np.broadcast_to(np.eye(3), (frames, 3, 3)) if parent < 0 else rotations[:, parent]
        origin = trans if parent < 0 else positions[:, parent]
        positions[:, bone] = origin + (frame @ offsets[:, bone, :, None])[..., 0]
        for dof in reversed(dofs_of(bone)):  # the first one turns last in this order
            axes[:, dof] = frame @ rest.axes[dof]
            frame = frame @ turns[:, dof]
        rotations[:, bone] = frame
    bones = DOF_BONES[list(slide_dofs())]
    parents = np.asarray(PARENTS)[bones]
    world_steps = (rotations[:, parents] @ steps[..., None])[..., 0]
    return SkelPose(rotations, positions, axes, world_steps)


def dof_twists(pose: SkelPose) -> Array:
    """How each degree of freedom moves what hangs on it, as a velocity field of the whole space.

    Args:
        pose: from `pose_skeleton`.

    Returns:
        [T, 46, 6] angular velocity w and velocity v of the world's origin per radian: a point x of
        the branch moves by w × x + v.
    """
    origins = pose.positions[:, DOF_BONES]
    linear = np.cross(origins, pose.axes)
    linear[:, list(slide_dofs())] += pose.slide_steps
    return np.concatenate([pose.axes, linear], -1)


def branch_sums(values: Array) -> Array:
    """[T, 24, ...] values of bones → for each bone the sum over itself and all below it."""
    sums = values.copy()
    for bone in range(BONE_COUNT - 1, 0, -1):
        sums[:, PARENTS[bone]] += sums[:, bone]
    return sums


def moves_together() -> NDArray[np.bool_]:
    """[46, 46] whether the second angle's bone is the first's or hangs on it."""
    return carries()[:, DOF_BONES]


def carries() -> NDArray[np.bool_]:
    """[46, 24] whether a bone is an angle's own or hangs on it."""
    above = np.eye(BONE_COUNT, dtype=bool)
    for bone in range(1, BONE_COUNT):
        above[bone] |= above[PARENTS[bone]]
    return above[:, DOF_BONES].T
