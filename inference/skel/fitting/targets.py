"""What a SKEL fit aims at: points that hang on SKEL's bones, and where each should be.

Conventions: meters, world y up. A point's rest place lies on the resting body of the shape.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ....core.arrays import Array
from ....core.rotations import rotmat_angle, rotmat_from_rotvec
from ...body import BodyModel
from ..model.correspondence import PLACE_OF_BONE, SMPL_OF_BONE
from ..model.kinematics import SkelRest
from ..model.layout import BONE_COUNT, BONE_NAMES
from ..model.skel_model import SkelModel, shaped

Places = tuple[Array, NDArray[np.integer[Any]], Array, Array]
"""N rest places [N, 3], their bones [N], the places [T, N, 3] to reach, weights [N]; meters."""

LEVER = 0.1  # m, arm of the points that stand for a bone's orientation
ORIENTED = tuple(
    BONE_NAMES.index(name)
    for name in (
        "pelvis", "lumbar_body", "thorax", "head", "femur_r", "tibia_r", "calcn_r", "toes_r",
        "femur_l", "tibia_l", "calcn_l", "toes_l", "humerus_r", "radius_r", "hand_r",
        "humerus_l", "radius_l", "hand_l",
    )
)  # fmt: skip
JOINT_WEIGHT, ORIENTATION_WEIGHT, SURFACE_WEIGHT = 1.0, 0.3, 0.6
SURE_WEIGHT = 0.85  # markers that nearly follow one bone are preferred
LEAST_WEIGHT = 0.4  # where a bone has none (pelvis, lumbar), its surest skin down to this will do
MARKERS_PER_BONE = 8


@dataclass(frozen=True)
class FitTargets:
    """N points on the skeleton and their places in T frames.

    Attributes:
        rest: [N, 3] places on the resting body.
        bones: [N] which bone carries a point.
        places: [T, N, 3] where the points should be, meters.
        weights: [N] or [T, N]; a point counts with the square of its weight.
        skin: [N] True for the markers on the skin.
        blend: [N, 24] skin weights of the points; rows of one bone's 1 are rigid.
        oriented: rotations [T, 24, 3, 3] of the bones as a start, or None.
        pace: [T-1] fastest turn of any joint of the source between frames, radians, or None.
    """

    rest: Array
    bones: NDArray[np.integer]
    places: Array
    weights: Array
    skin: NDArray[np.bool_]
    blend: Array
    oriented: Array | None = None
    pace: Array | None = None

    def part(self, frames: slice) -> "FitTargets":
        """The same targets in some of the frames only."""
        oriented = None if self.oriented is None else self.oriented[frames]
        pace = None if self.pace is None else self.pace[frames][: len(self.places[frames]) - 1]
        weights = self.weights[frames] if np.ndim(self.weights) > 1 else self.weights
        return replace(
            self, places=self.places[frames], weights=weights, oriented=oriented, pace=pace
        )


def targets_from_smpl(
    skel: SkelModel,
    body: BodyModel,
    poses: ArrayLike,
    trans: ArrayLike,
    betas: ArrayLike | None,
    surface: bool,
    skel_betas: ArrayLike | None = None,
) -> FitTargets:
    """Joints and orientations of an SMPL motion, and its skin when the two share it.

    Args:
        skel: the skeleton.
        body: the SMPL-format body in the same rest pose and shape space.
        poses: [T, 72] radians.
        trans: [T, 3] meters.
        betas: [≤ K].
        surface: use skin markers.
        skel_betas: [≤ K] of the skeleton, when they are not the body's.

    Returns:
        the targets of T frames.
    """
    rotations, positions = body.frames(np.asarray(poses, float), np.asarray(trans, float), betas)
    own = betas if skel_betas is None else skel_betas
    rest, body_joints = skel.rest(own), np.asarray(body.joints(betas), float)
    bone_rotations = rotations[:, list(SMPL_OF_BONE)]
    parts = [
        _joint_targets(rest, body_joints, rotations, positions),
        _orientation_targets(rest, body_joints, rotations, positions),
    ]
    if surface and len(skel.v_template) == len(body.v_template):
        parts.append(_surface_targets(skel, own, body.forward_vertices, (poses, trans, betas)))
    points = np.concatenate([part[0] for part in parts])
    bones = np.concatenate([part[1] for part in parts])
    places = np.concatenate([part[2] for part in parts], axis=1)
    weights = np.concatenate([part[3] for part in parts])
    blend = np.eye(BONE_COUNT)[bones]
    skin = np.arange(len(points)) >= BONE_COUNT + 3 * len(ORIENTED)
    blend[skin] = skel.weights[marker_vertices(skel)] if skin.any() else 0.0
    pace = source_pace(poses)
    return FitTargets(points, bones, places, weights, skin, blend, bone_rotations, pace)


def source_pace(poses: ArrayLike) -> Array:
    """[T-1] fastest turn of any joint between neighboring frames of poses [T, 72], radians."""
    turns = rotmat_from_rotvec(np.asarray(poses, float).reshape(len(np.asarray(poses)), -1, 3))
    return rotmat_angle(turns[1:], turns[:-1]).max(1)


def _joint_targets(
    rest: SkelRest, body_joints: Array, rotations: Array, positions: Array
) -> Places:
    places = _carried(rest.joints, PLACE_OF_BONE, body_joints, rotations, positions)
    return rest.joints, np.arange(BONE_COUNT), places, np.full(BONE_COUNT, JOINT_WEIGHT)


def _orientation_targets(
    rest: SkelRest, body_joints: Array, rotations: Array, positions: Array
) -> Places:
    """Points off each joint along the three axes; the joint's own offset cancels in the pair."""
    bones = np.repeat(ORIENTED, 3)
    levers = np.tile(LEVER * np.eye(3), (len(ORIENTED), 1))
    joints = _carried(rest.joints, PLACE_OF_BONE, body_joints, rotations, positions)
    turned = rotations[:, np.asarray(SMPL_OF_BONE)[bones]] @ levers[..., None]
    places = joints[:, bones] + turned[..., 0]
    weights = np.full(len(bones), ORIENTATION_WEIGHT)
    return rest.joints[bones] + levers, bones, places, weights


def _surface_targets(
    skel: SkelModel,
    skel_betas: ArrayLike | None,
    skin_of: Callable[..., tuple[Array, Array]],
    posed: tuple[Any, ...],
) -> Places:
    ids = marker_vertices(skel)
    _joints, places = skin_of(*posed, ids)
    rest = shaped(skel.v_template[ids], skel.shapedirs[ids], skel_betas)
    return rest, skel.main_bone[ids], places, np.full(len(ids), SURFACE_WEIGHT)


def _carried(
    points: Array, joints: ArrayLike, body_joints: Array, rotations: Array, positions: Array
) -> Array:
    index = np.asarray(joints)
    arms = points - body_joints[index]
    return positions[:, index] + (rotations[:, index] @ arms[..., None])[..., 0]


def marker_vertices(skel: SkelModel) -> NDArray[np.integer]:
    """Vertices [N] spread over the skin of every bone by farthest-point choice, always the same."""
    chosen = []
    for bone in range(BONE_COUNT):
        own = np.where(skel.main_bone == bone, skel.weights[:, bone], 0.0)
        floor = min(SURE_WEIGHT, 0.85 * own.max())
        sure = np.flatnonzero(own > floor) if own.max() > LEAST_WEIGHT else np.zeros(0, int)
        if len(sure) >= MARKERS_PER_BONE:
            chosen.append(sure[_spread(skel.v_template[sure], MARKERS_PER_BONE)])
    return np.concatenate(chosen)


def _spread(points: Array, count: int) -> list[int]:
    picked = [int(np.linalg.norm(points - points.mean(0), axis=1).argmax())]
    distance = np.linalg.norm(points - points[picked[0]], axis=1)
    while len(picked) < count:
        picked.append(int(distance.argmax()))
        distance = np.minimum(distance, np.linalg.norm(points - points[picked[-1]], axis=1))
    return picked
