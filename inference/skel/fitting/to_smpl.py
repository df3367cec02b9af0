"""SKEL motion → SMPL motion: the bones' world rotations, shared out over SMPL's joints.

Conventions: meters, radians, world y up; both rest in the same T-pose with world-parallel frames.
"""

import numpy as np

from ....core.arrays import Array
from ....core.body_motion import BodyModelNote, BodyMotion
from ....core.kinematics import local_from_world
from ....core.rotations import rotmat_from_rotvec, rotvec_from_rotmat
from ....core.smpl import SMPL_JOINT_NAMES
from ...body import BodyModel
from ..model.alignment import shortest_turns
from ..model.correspondence import SMPL_OF_BONE
from ..model.layout import BONE_NAMES
from ..model.skel_model import SkelModel
from ..motion import SkelMotion

# joints between two bones: (bone below, bone above, share of the turn between them)
BETWEEN = {"spine2": ("lumbar_body", "thorax", 0.5), "neck": ("thorax", "head", 0.4)}
HANDS = {"left_hand": "hand_l", "right_hand": "hand_r"}


def smpl_from_skel(motion: SkelMotion, skel: SkelModel, body: BodyModel) -> BodyMotion:
    """The SMPL motion whose bones lie on those of a SKEL motion.

    Args:
        motion: the SKEL motion.
        skel: its model.
        body: the body in the same shape space.

    Returns:
        poses, trans, betas and joints of an SMPL motion.
    """
    pose = skel.forward(motion.q, motion.trans, motion.betas)
    world = _world_rotations(pose.rotations)
    joints = np.asarray(body.joints(motion.betas), float)
    offset = joints[0] - skel.rest(motion.betas).joints[0]
    pelvis = pose.positions[:, 0] + pose.rotations[:, 0] @ offset
    _aim_collars(world, body, joints, pose.positions, pelvis)
    local = local_from_world(world, body.parents)
    poses = rotvec_from_rotmat(local).reshape(len(local), -1)
    trans = pelvis - joints[0]
    placed = body.forward(poses, trans, motion.betas)
    return BodyMotion(
        poses=poses.astype(np.float32),
        trans=trans.astype(np.float32),
        betas=np.resize(np.append(motion.betas, np.zeros(10)), 10).astype(np.float32),
        mocap_framerate=motion.framerate,
        joints3d=placed.astype(np.float32),
        body_model=BodyModelNote(body.name, body.licence),
    )


def _world_rotations(bones: Array) -> Array:
    """[T, 24, 3, 3] of SMPL's joints from SKEL's bones; several bones of one joint: the last."""
    world = np.empty_like(bones)
    for bone, joint in enumerate(SMPL_OF_BONE):
        world[:, joint] = bones[:, bone]
    for joint, (below, above, share) in BETWEEN.items():
        lower, upper = bones[:, BONE_NAMES.index(below)], bones[:, BONE_NAMES.index(above)]
        turn = rotvec_from_rotmat(lower.swapaxes(-1, -2) @ upper)
        world[:, SMPL_JOINT_NAMES.index(joint)] = lower @ rotmat_from_rotvec(share * turn)
    for joint, bone in HANDS.items():
        world[:, SMPL_JOINT_NAMES.index(joint)] = bones[:, BONE_NAMES.index(bone)]
    return world


def _aim_collars(
    world: Array, body: BodyModel, joints: Array, targets: Array, pelvis: Array
) -> None:
    """Swings each collar from the thorax so that its shoulder comes to SKEL's humerus."""
    thorax = world[:, SMPL_JOINT_NAMES.index("spine3")]
    place = pelvis
    for joint in ("spine1", "spine2", "spine3"):
        index = SMPL_JOINT_NAMES.index(joint)
        parent = body.parents[index]
        place = place + (world[:, parent] @ (joints[index] - joints[parent])[:, None])[..., 0]
    for side, letter in (("left", "l"), ("right", "r")):
        collar = SMPL_JOINT_NAMES.index(f"{side}_collar")
        shoulder = SMPL_JOINT_NAMES.index(f"{side}_shoulder")
        spine = SMPL_JOINT_NAMES.index("spine3")
        root = place + (thorax @ (joints[collar] - joints[spine])[:, None])[..., 0]
        rest = (thorax @ (joints[shoulder] - joints[collar])[:, None])[..., 0]
        aim = targets[:, BONE_NAMES.index(f"humerus_{letter}")] - root
        world[:, collar] = shortest_turns(rest, aim) @ thorax
