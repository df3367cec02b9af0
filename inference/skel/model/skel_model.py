"""A SKEL body: skin, bones and the 46 degrees of freedom that move both.

Conventions: meters, radians; world y up, rest pose = T-pose facing +z, left at +x. `trans` is added
to the rest position of the pelvis joint.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ....core.arrays import Array
from ...body.model import pose_correctives, shaped
from ...body.skinning import skin_vertices
from .alignment import rest_from_osim
from .correspondence import CORRECTIVE_JOINTS
from .kinematics import SkelPose, SkelRest, pose_skeleton, rest_skeleton
from .layout import PARENTS


def corrective_rotations(pose: SkelPose) -> Array:
    """[T, 24, 3, 3] turns of SMPL's joints that drive SKEL's pose correctives.

    Each is that of a SKEL bone in its parent; joints that SKEL does not have stay at rest.
    """
    turns = np.broadcast_to(np.eye(3), pose.rotations.shape).copy()
    for bone, joint in enumerate(CORRECTIVE_JOINTS):
        if bone and joint is not None:
            parent = pose.rotations[:, PARENTS[bone]]
            turns[:, joint] = parent.swapaxes(1, 2) @ pose.rotations[:, bone]
    return turns


@dataclass(frozen=True)
class SkelModel:
    """A SKEL model with V skin vertices, S bone vertices and K shape parameters.

    Attributes:
        name: shown to the user.
        licence: shown to the user.
        v_template: [V, 3].
        faces: [F, 3].
        weights: [V, 24].
        shapedirs: [V, 3, K].
        joints_template: [24, 3].
        joint_shapedirs: [24, 3, K].
        bone_vertices: [S, 3] bones at rest.
        bone_faces: [G, 3].
        bone_weights: [S, 24] rigid: which bone carries a vertex.
        bone_stretch: [S, 24] how a vertex follows the joints when the shape changes.
        apose_rel_transfo: [24, 4, 4].
        per_joint_rot: [24, 3, 3]: the file's bone frames.
        posedirs: [V, 3, 207] pose correctives, or None.
        body_name: the SMPL-format body with the same skin vertices, if there is one.
    """

    name: str
    licence: str
    v_template: Array
    faces: NDArray[np.integer]
    weights: Array
    shapedirs: Array
    joints_template: Array
    joint_shapedirs: Array
    bone_vertices: Array
    bone_faces: NDArray[np.integer]
    bone_weights: Array
    bone_stretch: Array
    apose_rel_transfo: Array
    per_joint_rot: Array
    posedirs: Array | None = None
    body_name: str = ""

    def rest(self, betas: ArrayLike | None = None) -> SkelRest:
        """The resting skeleton of a shape [≤ K]."""
        joints = np.asarray(shaped(self.joints_template, self.joint_shapedirs, betas), float)
        frames = rest_from_osim(joints, self.apose_rel_transfo, self.per_joint_rot)
        return rest_skeleton(joints, frames)

    def forward(self, q: ArrayLike, trans: ArrayLike, betas: ArrayLike | None = None) -> SkelPose:
        """All bones of T frames.

        Args:
            q: [T, 46] radians.
            trans: [T, 3] meters.
            betas: [≤ K].

        Returns:
            rotations [T, 24, 3, 3], positions [T, 24, 3] and axes.
        """
        return pose_skeleton(self.rest(betas), np.asarray(q, float), np.asarray(trans, float))

    def skin(
        self, pose: SkelPose, betas: ArrayLike | None = None, vertex_ids: ArrayLike | None = None
    ) -> Array:
        """[T, V, 3] posed skin in meters, or the vertices wanted; with the file's correctives."""
        ids = slice(None) if vertex_ids is None else np.asarray(vertex_ids)
        rest = shaped(self.v_template[ids], self.shapedirs[ids], betas)
        if self.posedirs is not None:
            turns = corrective_rotations(pose).astype(self.posedirs.dtype)
            rest = rest + pose_correctives(turns, self.posedirs[ids])
        joints = shaped(self.joints_template, self.joint_shapedirs, betas)
        return skin_vertices(rest, self.weights[ids], pose.rotations, pose.positions, joints)

    def bones(self, pose: SkelPose, betas: ArrayLike | None = None) -> Array:
        """[T, S, 3] posed bone meshes in meters; shape stretches bones between their joints."""
        joints = shaped(self.joints_template, self.joint_shapedirs, betas)
        moved = self.bone_vertices + self.bone_stretch @ (joints - self.joints_template)
        return skin_vertices(moved, self.bone_weights, pose.rotations, pose.positions, joints)

    @cached_property
    def main_bone(self) -> NDArray[np.integer]:
        """[V] the bone with the largest weight in each skin vertex."""
        return self.weights.argmax(1)
