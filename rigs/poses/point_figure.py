"""The default body as a cloud of surface points that follows a pose.

Conventions: SMPL joint order, meters, y up, facing +z, left at +x; a pose is [72] axis-angle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...core.arrays import FloatArray, IndexArray, einsum
from ...core.kinematics import forward_kinematics, rest_offsets_from_joints
from ...core.rotations import normalized, rotmat_from_rotvec
from ...core.smpl import SMPL_PARENTS

LEFT_JOINTS = (1, 4, 7, 10, 13, 16, 18, 20, 22)
RIGHT_JOINTS = (2, 5, 8, 11, 14, 17, 19, 21, 23)


@dataclass(frozen=True)
class PointFigure:
    """Points on the skin of a resting body.

    Attributes:
        points: [P, 3] at rest, meters.
        normals: [P, 3] unit, outwards.
        joints: [P, K] indices of the joints that carry a point.
        weights: [P, K] shares of those joints; rows sum to 1.
        rest: [24, 3] joint positions at rest, meters.
        sides: [P] 0 middle, 1 left limbs, 2 right limbs.
    """

    points: FloatArray
    normals: FloatArray
    joints: IndexArray
    weights: FloatArray
    rest: FloatArray
    sides: IndexArray

    def posed(self, pose: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Points and normals [P, 3] of a pose, the hips' joint at the origin.

        Linear blend skinning; normals are carried along without being re-computed.
        """
        turned = rotmat_from_rotvec(np.asarray(pose, dtype=np.float64).reshape(24, 3))
        steps = rest_offsets_from_joints(self.rest, SMPL_PARENTS)
        world, places = forward_kinematics(turned, steps, SMPL_PARENTS, -steps[0])
        shifts = places - einsum("jab,jb->ja", world, self.rest)
        turns = einsum("pk,pkab->pab", self.weights, world[self.joints])
        moved = einsum("pk,pka->pa", self.weights, shifts[self.joints])
        points = einsum("pab,pb->pa", turns, self.points) + moved
        return points, normalized(einsum("pab,pb->pa", turns, self.normals))


def figure_from_body(
    vertices: ArrayLike, quads: ArrayLike, joints: ArrayLike, weights: ArrayLike, rest: ArrayLike
) -> PointFigure:
    """Return the points of a body model: its vertices and the middles of its faces.

    Args:
        vertices: [V, 3] at rest, meters.
        quads: [F, 4] vertex indices, counter-clockwise from outside.
        joints: [V, K] indices of the joints that carry a vertex.
        weights: [V, K] shares of those joints.
        rest: [24, 3] joint positions at rest, meters.
    """
    v = np.asarray(vertices, dtype=np.float64)
    q = np.asarray(quads, dtype=np.intp)
    across, along = v[q[:, 2]] - v[q[:, 0]], v[q[:, 3]] - v[q[:, 1]]
    face_normals = np.cross(across, along)
    normals = np.zeros_like(v)
    for corner in range(4):
        np.add.at(normals, q[:, corner], face_normals)
    carriers = np.asarray(joints, dtype=np.intp)
    shares = np.asarray(weights, dtype=np.float64)
    # A face's middle is carried as its first corner: at this scale nobody sees the difference.
    carried = np.concatenate([carriers, carriers[q[:, 0]]])
    shared = np.concatenate([shares, shares[q[:, 0]]])
    strongest = carried[np.arange(len(carried)), shared.argmax(axis=1)]
    sides = np.isin(strongest, LEFT_JOINTS) + 2 * np.isin(strongest, RIGHT_JOINTS)
    return PointFigure(
        points=np.concatenate([v, v[q].mean(axis=1)]),
        normals=normalized(np.concatenate([normals, face_normals])),
        joints=carried,
        weights=shared / shared.sum(axis=1, keepdims=True),
        rest=np.asarray(rest, dtype=np.float64),
        sides=sides.astype(np.intp),
    )
