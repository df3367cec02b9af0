"""Forward kinematics of SKEL with its analytic Jacobian, batched over frames.

Conventions: metres, radians; world y up, the rest body (q = 0) is the T-pose facing +z with its
left side at +x; rotation matrices act on columns. A bone's frame is parallel to the world at rest.
`rot_world_from_bone` [T, 24, 3, 3] turns a bone from rest into the world.

A bone turns by S (R3 R2 R1) Sᵀ, where S takes the bone's OpenSim frame to the rest body: all
rotations are then about fixed axes S a, and the Jacobian of any point is a cross product.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.rotations import rotmat_from_rotvec

from .layout import BONE_COUNT, DOF_AXES, DOF_BONES, DOF_COUNT, PARENTS, SCAPULAE, dofs_of
from .sliding import Slides, slide_dofs, slide_offsets

Array = NDArray[np.floating]


@dataclass(frozen=True)
class SkelRest:
    """The resting skeleton of one shape.

    Attributes:
        joints: [24, 3] rest positions, metres.
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
        rotations: [T, 24, 3, 3] world from bone. positions: [T, 24, 3] joints, metres.
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
        joints: [24, 3] metres. rest_from_osim: [24, 3, 3] OpenSim bone frame → rest body.
    """
    axes = np.einsum("dij,dj->di", rest_from_osim[DOF_BONES], DOF_AXES)
    width = float(np.linalg.norm(joints[SCAPULAE[1]] - joints[SCAPULAE[0]]))
    height = float(np.linalg.norm(joints[12] - joints[11]))
    rises = np.abs(joints[[11, 12, 13], 1] - joints[[0, 11, 12], 1])
    return SkelRest(joints, axes, Slides(width, height, rises))


def pose_skeleton(rest: SkelRest, q: Array, trans: Array) -> SkelPose:
    """Places all bones.

    Args:
        rest: the resting skeleton. q: [T, 46] radians. trans: [T, 3] metres, added to the
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


def point_jacobian(pose: SkelPose, points: Array, shares: Array) -> Array:
    """Derivatives of skinned points by all degrees of freedom.

    A point moved by several bones is a weighted sum; below, `shares` already contains for every
    bone the weight of its whole branch, so each degree of freedom moves the part that hangs on it.

    Args:
        pose: from `pose_skeleton`.
        points: [T, N, 24, 3], or [T, N, 3] when each point hangs on one bone: the places that the
            branches of the bones carry: for bone b the weighted mean of what b's branch carries.
        shares: [N, 24] weight of each bone's branch in the point (see `branch_shares`).

    Returns:
        [T, N, 3, 46] metres per radian.
    """
    if points.ndim == 3:
        points = np.broadcast_to(points[:, :, None], (*points.shape[:2], BONE_COUNT, 3))
    share = shares[:, DOF_BONES]
    arms = points[:, :, DOF_BONES] - pose.positions[:, None, DOF_BONES]
    jacobian = np.cross(pose.axes[:, None], arms) * share[None, :, :, None]
    sliding = list(slide_dofs())
    jacobian[:, :, sliding] += pose.slide_steps[:, None] * share[None][:, :, sliding, None]
    return jacobian.swapaxes(-1, -2)


def branch_shares(weights: Array) -> Array:
    """[N, 24] summed weight of each bone and all below it, from weights [N, 24]."""
    shares = np.array(weights, float)
    for bone in range(BONE_COUNT - 1, 0, -1):
        shares[:, PARENTS[bone]] += shares[:, bone]
    return shares
