"""Foreign BVH motions on the default body.

Conventions: world is turned to y up, meters. Joint directions are carried over, not joint
angles: each SMPL joint turns as its foreign one does in the world, starting from the pose
in which both rest skeletons point the same way, so any rest pose will do. Root motion is
scaled by the length of the legs.
"""

from dataclasses import replace

import numpy as np

from ...core.arrays import FloatArray
from ...core.body_motion import BodyMotion
from ...core.kinematics import forward_kinematics, local_from_world
from ...core.rotations import (
    rotmat_between,
    rotmat_from_axes,
    rotmat_from_rotvec,
    rotvec_from_rotmat,
)
from ...core.smpl import SMPL_JOINT_NAMES, SMPL_PARENTS
from ..body import load_default_body
from .bvh_names import map_joints
from .bvh_smpl import finished_motion
from .bvh_text import Bvh, BvhJoint

_STANDS = 0.9  # cosine to an axis above which a rest skeleton stands along it
_NUMBER = {name: number for number, name in enumerate(SMPL_JOINT_NAMES)}
# the joint a limb bone points to; torso joints turn with the pelvis' frame instead
_POINTS_TO = {
    f"{side}_{part}": f"{side}_{child}"
    for side in ("left", "right")
    for part, child in (("hip", "knee"), ("knee", "ankle"), ("ankle", "foot"),
                        ("shoulder", "elbow"), ("elbow", "wrist"))
}  # fmt: skip


def motion_from_foreign_bvh(document: Bvh) -> tuple[BodyMotion, list[str]] | None:
    """Motion of a foreign skeleton on the default body.

    Args:
        document: any BVH of a person.

    Returns:
        The motion and warnings; None when its joints are not recognized.
    """
    document = with_tips(document)
    joints = map_joints([joint.name for joint in document.joints], document.parents)
    if joints is None:
        return None
    body = load_default_body()
    rest = _rest_positions(document)
    y_up = _y_up_from_file(document, joints, rest)
    rest = rest @ y_up.T
    ours = np.asarray(body.joints_template, np.float64)
    aligned = _rest_alignment(joints, rest, ours)
    world = _world_rotations(document, joints, y_up, aligned, ours)
    poses = rotvec_from_rotmat(local_from_world(world, SMPL_PARENTS)).reshape(-1, 72)
    scale = _leg_length(ours, _NUMBER) / _leg_length(rest, joints)
    pelvis = _joint_positions(document)[:, joints["pelvis"]] @ y_up.T
    trans = pelvis * scale - ours[0]
    motion = finished_motion(poses, trans, np.zeros(10), document.framerate, body)
    missing = [name for name in ("neck", "spine1", "left_collar") if name not in joints]
    warnings = [f"It has no {name}; that joint stays at rest." for name in missing]
    return motion, [f"The skeleton was scaled by {scale:.4g} to the default body.", *warnings]


def with_tips(document: Bvh) -> Bvh:
    """The document with its end sites as joints that never turn: a forearm ends in a wrist."""
    tips = tuple(
        BvhJoint(f"{joint.name} tip", number, np.asarray(joint.end, np.float64), ())
        for number, joint in enumerate(document.joints)
        if joint.end is not None
    )
    return replace(document, joints=(*document.joints, *tips))


def _rest_positions(document: Bvh) -> FloatArray:
    identity = np.tile(np.eye(3), (len(document.joints), 1, 1))
    return forward_kinematics(identity, document.offsets, document.parents, np.zeros(3))[1]


def _joint_positions(document: Bvh) -> FloatArray:
    offsets = document.offsets
    moved = document.root_positions() - offsets[0]
    return forward_kinematics(document.local_rotations(), offsets, document.parents, moved)[1]


def _y_up_from_file(document: Bvh, joints: dict[str, int], rest: FloatArray) -> FloatArray:
    """Turns a z-up file: up is where the rest skeleton stands, or else the posed one, mostly."""
    upright = _feet_to_shoulders(rest, joints)
    upright = upright / np.linalg.norm(upright)
    if np.abs(upright[1:]).max() < _STANDS:
        upright = np.median(_feet_to_shoulders(_joint_positions(document), joints), axis=0)
    if abs(upright[2]) <= abs(upright[1]):
        return np.eye(3)
    return rotmat_from_rotvec([-np.copysign(np.pi / 2, upright[2]), 0.0, 0.0])


def _feet_to_shoulders(positions: FloatArray, joints: dict[str, int]) -> FloatArray:
    shoulders = positions[..., [joints["left_shoulder"], joints["right_shoulder"]], :]
    feet = positions[..., [joints["left_ankle"], joints["right_ankle"]], :]
    return shoulders.mean(axis=-2) - feet.mean(axis=-2)


def _leg_length(positions: FloatArray, joints: dict[str, int]) -> float:
    chain = positions[[joints[f"left_{part}"] for part in ("hip", "knee", "ankle")]]
    return float(np.linalg.norm(np.diff(chain, axis=0), axis=1).sum())


def _torso_frame(positions: FloatArray, joints: dict[str, int]) -> FloatArray:
    """[3, 3] columns left, up, forward of a rest skeleton."""
    left = positions[joints["left_hip"]] - positions[joints["right_hip"]]
    shoulders = positions[joints["left_shoulder"]] + positions[joints["right_shoulder"]]
    up = shoulders / 2 - (positions[joints["left_hip"]] + positions[joints["right_hip"]]) / 2
    return rotmat_from_axes(left, up)


def _rest_alignment(
    joints: dict[str, int], theirs: FloatArray, ours: FloatArray
) -> dict[str, FloatArray]:
    """SMPL joint → rotation of our rest bone onto theirs, in the y-up world."""
    torso = _torso_frame(theirs, joints) @ _torso_frame(ours, _NUMBER).T
    aligned: dict[str, FloatArray] = {}
    for name, parent in zip(SMPL_JOINT_NAMES, SMPL_PARENTS, strict=True):
        above = SMPL_JOINT_NAMES[parent] if parent >= 0 else ""
        aligned[name] = aligned[above] if above in _POINTS_TO else torso
        child = _POINTS_TO.get(name)
        if child in joints and name in joints:
            bone = ours[_NUMBER[child]] - ours[_NUMBER[name]]
            wanted = theirs[joints[child]] - theirs[joints[name]]
            aligned[name] = rotmat_between(aligned[name] @ bone, wanted) @ aligned[name]
    return aligned


def _world_rotations(
    document: Bvh,
    joints: dict[str, int],
    y_up: FloatArray,
    aligned: dict[str, FloatArray],
    ours: FloatArray,
) -> FloatArray:
    """[T, 24, 3, 3]; SMPL joints without a counterpart follow their parent."""
    offsets, still = document.offsets, np.zeros(3)
    turned, positions = forward_kinematics(
        document.local_rotations(), offsets, document.parents, still
    )
    positions = positions @ y_up.T
    world = np.empty((len(document.values), len(SMPL_JOINT_NAMES), 3, 3))
    for number, name in enumerate(SMPL_JOINT_NAMES):
        if name not in joints:
            world[:, number] = world[:, SMPL_PARENTS[number]]
            continue
        world[:, number] = y_up @ turned[:, joints[name]] @ y_up.T @ aligned[name]
        child = _POINTS_TO.get(name)
        if child in joints:  # joints between the two (twist bones) may bend as well
            bone = world[:, number] @ (ours[_NUMBER[child]] - ours[number])
            wanted = positions[:, joints[child]] - positions[:, joints[name]]
            world[:, number] = rotmat_between(bone, wanted) @ world[:, number]
    return world
