"""A posable body: shape by linear directions, pose by linear blend skinning (Loper et al. 2015).

Conventions (SMPL's): meters, radians; y up, facing +z, left side at +x; rest pose is the
T-pose with all joint frames parallel to the world; `trans` is added to the rest position of
the pelvis and the world rotation turns about the pelvis joint.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...core.arrays import Array
from ...core.kinematics import forward_kinematics, rest_offsets_from_joints
from ...core.rotations import rotmat_from_rotvec
from .body_file import read_body_file
from .skinning import skin_vertices

DEFAULT_BODY_PATH = Path(__file__).with_name("default_body.npz")


@dataclass(frozen=True)
class BodyModel:
    """A body model with J joints, V vertices and K shape parameters.

    Attributes:
        name: shown to the user.
        licence: SPDX identifier or a short name.
        v_template: [V, 3] meters.
        faces: [F, 3] triangles.
        weight_joints: [V, W] joint indices.
        weight_values: [V, W], rows sum to 1.
        joints_template: [J, 3] meters.
        shapedirs: [V, 3, K] meters per unit of shape.
        joint_shapedirs: [J, 3, K].
        parents: J indices, -1 for the root.
        joint_names: J names.
        landmarks: name → vertex index (nose, heels, fingertips, …).
        posedirs: [V, 3, 9 (J - 1)] pose correctives, or None.
        quads: [Q, 4] the same surface in quads, or None.
        beta_traits: K short descriptions of what each shape parameter does.
    """

    name: str
    licence: str
    v_template: Array
    faces: NDArray[np.integer]
    weight_joints: NDArray[np.integer]
    weight_values: Array
    joints_template: Array
    shapedirs: Array
    joint_shapedirs: Array
    parents: tuple[int, ...]
    joint_names: tuple[str, ...]
    landmarks: Mapping[str, int]
    posedirs: Array | None = None
    quads: NDArray[np.integer] | None = None
    beta_traits: tuple[str, ...] = ()

    @cached_property
    def weights(self) -> Array:
        """[V, J] dense skin weights."""
        dense = np.zeros((len(self.v_template), len(self.parents)), self.v_template.dtype)
        rows = np.arange(len(dense))[:, None]
        np.add.at(dense, (rows, self.weight_joints), self.weight_values)
        return dense

    def joints(self, betas: ArrayLike | None = None) -> Array:
        """[J, 3] rest joints (meters) of a shape; fewer betas than K count as zeros."""
        return shaped(self.joints_template, self.joint_shapedirs, betas)

    def rest_offsets(self, betas: ArrayLike | None = None) -> Array:
        """[J, 3] joint minus parent at rest, meters; the root's row is its own position."""
        return rest_offsets_from_joints(self.joints(betas), self.parents)

    def vertices(self, betas: ArrayLike | None = None) -> Array:
        """[V, 3] rest surface of a shape, meters."""
        return shaped(self.v_template, self.shapedirs, betas)

    def forward(self, poses: ArrayLike, trans: ArrayLike, betas: ArrayLike | None = None) -> Array:
        """World positions of the joints.

        Args:
            poses: [..., 3 J] axis-angle (radians) or [..., J, 3, 3] local rotation matrices.
            trans: [..., 3] meters.
            betas: [≤ K] shape of all frames.

        Returns:
            [..., J, 3] meters.
        """
        return self.frames(poses, trans, betas)[1]

    def frames(
        self, poses: ArrayLike, trans: ArrayLike, betas: ArrayLike | None = None
    ) -> tuple[Array, Array]:
        """World rotations [..., J, 3, 3] and positions [..., J, 3]; arguments of `forward`."""
        local = self.local_rotations(poses)
        return forward_kinematics(local, self.rest_offsets(betas), self.parents, trans)

    def forward_vertices(
        self,
        poses: ArrayLike,
        trans: ArrayLike,
        betas: ArrayLike | None = None,
        vertex_ids: ArrayLike | None = None,
    ) -> tuple[Array, Array]:
        """World positions of joints and skin.

        Args:
            poses: [T, 3 J], as for `forward`.
            trans: [T, 3], as for `forward`.
            betas: [≤ K], as for `forward`.
            vertex_ids: [S] the vertices wanted; all of them when None.

        Returns:
            joints [T, J, 3] and vertices [T, S, 3], meters.
        """
        local = self.local_rotations(poses)
        rotations, positions = self.frames(local, trans, betas)
        ids = slice(None) if vertex_ids is None else np.asarray(vertex_ids)
        rest = shaped(self.v_template[ids], self.shapedirs[ids], betas)
        if self.posedirs is not None:
            rest = rest + pose_correctives(local, self.posedirs[ids])
        skin = skin_vertices(rest, self.weights[ids], rotations, positions, self.joints(betas))
        return positions, skin

    def local_rotations(self, poses: ArrayLike) -> Array:
        """[..., J, 3, 3] from axis-angle [..., 3 J]; matrices pass as they are."""
        given = np.asarray(poses)
        joints = len(self.parents)
        if given.shape[-3:] == (joints, 3, 3):
            return given
        return rotmat_from_rotvec(given.reshape(*given.shape[:-1], joints, 3))


@lru_cache(maxsize=1)
def load_default_body() -> BodyModel:
    """The license-clean body that ships with Sketch2Pose (24 joints, 10 shape parameters)."""
    return body_from_arrays(read_body_file(DEFAULT_BODY_PATH))


def body_from_arrays(stored: Mapping[str, NDArray]) -> BodyModel:
    """A `BodyModel` from the keys of `body_file`, shapes [...] as of its fields."""
    quads = stored["quads"].astype(np.int64)
    values = stored["weight_values"].astype(np.float32)
    return BodyModel(
        name=str(stored["name"]),
        licence=str(stored["licence"]),
        v_template=stored["v_template"],
        faces=triangles_from_quads(quads),
        weight_joints=stored["weight_joints"].astype(np.int64),
        weight_values=values / values.sum(1, keepdims=True),
        joints_template=stored["joints_template"],
        shapedirs=stored["shapedirs"].astype(np.float32),
        joint_shapedirs=stored["joint_shapedirs"],
        parents=tuple(int(p) for p in stored["parents"]),
        joint_names=tuple(str(n) for n in stored["joint_names"]),
        landmarks={
            str(n): int(v)
            for n, v in zip(stored["landmark_names"], stored["landmark_vertices"], strict=True)
        },
        quads=quads,
        beta_traits=tuple(str(t) for t in stored["beta_traits"]),
    )


def shaped(template: Array, directions: Array, betas: ArrayLike | None) -> Array:
    """The template moved by a shape: `template + directions @ betas`.

    Args:
        template: [..., 3] metres.
        directions: [..., 3, K] metres per unit of shape.
        betas: [≤ K]; missing ones are zero.

    Returns:
        [..., 3] metres.

    Raises:
        ValueError: there are more betas than K.
    """
    if betas is None:
        return template
    values = np.asarray(betas, directions.dtype).reshape(-1)
    if len(values) > directions.shape[-1]:
        raise ValueError(f"{len(values)} betas for a body with {directions.shape[-1]}")
    return template + directions[..., : len(values)] @ values


def pose_correctives(local_rotmats: Array, posedirs: Array) -> Array:
    """[T, S, 3] displacements of SMPL's pose blend shapes: linear in R - I of all but the root."""
    feature = (local_rotmats[..., 1:, :, :] - np.eye(3, dtype=local_rotmats.dtype)).reshape(
        *local_rotmats.shape[:-3], -1
    )
    moved = feature @ posedirs.reshape(-1, posedirs.shape[-1]).T
    return moved.reshape(*moved.shape[:-1], *posedirs.shape[:2])


def triangles_from_quads(quads: NDArray[np.integer]) -> NDArray[np.integer]:
    """[2 Q, 3] triangles of [Q, 4] quads, split along the first diagonal."""
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
