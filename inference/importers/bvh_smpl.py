"""BodyMotion ⇄ BVH with SMPL's own joints.

Conventions: meters, y up; joints and rest pose are SMPL's, so that the rotations in the
file are the pose itself. The shape is found again from the bone lengths.
"""

import numpy as np
from numpy.typing import NDArray

from ...core.body_motion import BodyModelNote, BodyMotion
from ...core.rotations import rotmat_from_rotvec, rotvec_from_rotmat
from ...core.smpl import SMPL_JOINT_NAMES, SMPL_PARENTS
from ..body import BodyModel, load_default_body
from .bvh_text import Bvh, BvhJoint, zxy_degrees_from_rotmat

SAME_SHAPE = 2e-4  # m; larger differences mean another body than ours
END_SHARE = 0.3  # length of an end site as a share of the bone before it
_ROTATION = ("Zrotation", "Xrotation", "Yrotation")
_POSITION = ("Xposition", "Yposition", "Zposition")


def bvh_from_motion(motion: BodyMotion) -> Bvh:
    """BVH document of a motion, on the default body with the motion's shape.

    Args:
        motion: the motion.

    Returns:
        24 joints with SMPL's names, meters.
    """
    body = load_default_body()
    offsets = np.asarray(body.rest_offsets(motion.betas.astype(np.float64)), np.float64)
    frames = motion.frame_count
    rotmats = rotmat_from_rotvec(motion.poses.reshape(frames, 24, 3).astype(np.float64))
    angles = zxy_degrees_from_rotmat(rotmats).reshape(frames, 72)
    positions = offsets[0] + motion.trans
    joints = tuple(
        BvhJoint(
            name,
            parent,
            offsets[number],
            _ROTATION if parent >= 0 else _POSITION + _ROTATION,
            None if number in SMPL_PARENTS else END_SHARE * offsets[number],
        )
        for number, (name, parent) in enumerate(zip(SMPL_JOINT_NAMES, SMPL_PARENTS, strict=True))
    )
    return _depth_first(Bvh(joints, 1.0 / motion.mocap_framerate, np.hstack([positions, angles])))


def _depth_first(document: Bvh) -> Bvh:
    """Columns of a BVH follow its text, in which children come right after their parent."""
    children: dict[int, list[int]] = {}
    for number, joint in enumerate(document.joints):
        children.setdefault(joint.parent, []).append(number)

    def walk(number: int) -> list[int]:
        return [number, *(below for child in children.get(number, []) for below in walk(child))]

    order = walk(0)
    place = {number: index for index, number in enumerate(order)}
    joints = tuple(
        BvhJoint(j.name, place.get(j.parent, -1), j.offset, j.channels, j.end)
        for j in (document.joints[number] for number in order)
    )
    first = [0, 1, 2, *(3 + 3 * number + axis for number in order for axis in range(3))]
    return Bvh(joints, document.frame_time, document.values[:, first])


def has_smpl_joints(document: Bvh) -> bool:
    """Whether a document has exactly SMPL's joints with SMPL's parents and rest pose."""
    names = [joint.name.lower() for joint in document.joints]
    if sorted(names) != sorted(SMPL_JOINT_NAMES):
        return False
    for joint in document.joints:
        expected = SMPL_PARENTS[SMPL_JOINT_NAMES.index(joint.name.lower())]
        parent = -1 if joint.parent < 0 else SMPL_JOINT_NAMES.index(names[joint.parent])
        if parent != expected:
            return False
    return _rest_is_smpl(document)


def _rest_is_smpl(document: Bvh) -> bool:
    ours = load_default_body().rest_offsets()
    theirs = _smpl_ordered(document, document.offsets)
    cosine = np.sum(ours * theirs, axis=1) / np.maximum(
        np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1), 1e-12
    )
    return bool(np.all(cosine[1:] > 0.8))  # bones within 37 degrees: still SMPL's T-pose


def _smpl_ordered(document: Bvh, values: NDArray) -> NDArray:
    names = [joint.name.lower() for joint in document.joints]
    return values[[names.index(name) for name in SMPL_JOINT_NAMES]]


def motion_from_smpl_bvh(document: Bvh) -> tuple[BodyMotion, list[str]]:
    """Motion of a document with SMPL's joints.

    Args:
        document: one for which `has_smpl_joints` is true.

    Returns:
        The motion, and warnings.
    """
    body = load_default_body()
    betas, error = _betas_from_offsets(body, _smpl_ordered(document, document.offsets))
    local = np.moveaxis(document.local_rotations(), 1, 0)
    poses = rotvec_from_rotmat(np.moveaxis(_smpl_ordered(document, local), 0, 1)).reshape(-1, 72)
    trans = document.root_positions() - body.joints(betas)[0]
    warnings = []
    if error > SAME_SHAPE:
        betas = np.zeros_like(betas)
        warnings.append(
            "The bone lengths differ from those of the default body, which are used instead."
        )
    return finished_motion(poses, trans, betas, document.framerate, body), warnings


def _betas_from_offsets(body: BodyModel, offsets: NDArray) -> tuple[NDArray, float]:
    """Shape whose bone offsets are nearest, and the largest difference, meters."""
    rest = body.rest_offsets()
    count = body.joint_shapedirs.shape[-1]
    columns = [(body.rest_offsets(unit) - rest)[1:].ravel() for unit in np.eye(count)]
    system = np.stack(columns, axis=1).astype(np.float64)
    target = (offsets - rest)[1:].ravel()
    betas, *_ = np.linalg.lstsq(system, target, rcond=None)
    return betas, float(np.abs(system @ betas - target).max())


def finished_motion(
    poses: NDArray, trans: NDArray, betas: NDArray, framerate: float, body: BodyModel
) -> BodyMotion:
    """A motion with the joint positions that belong to it.

    Args:
        poses: [T, 72] radians.
        trans: [T, 3] meters.
        betas: [10].
        framerate: frames a second.
        body: whose joints are used.

    Returns:
        The motion, float32.
    """
    poses, trans = poses.astype(np.float32), trans.astype(np.float32)
    betas = betas.astype(np.float32)
    joints = body.forward(poses, trans, betas).astype(np.float32)
    note = BodyModelNote(body.name, body.licence)
    return BodyMotion(
        poses, trans, betas, mocap_framerate=framerate, joints3d=joints, body_model=note
    )
