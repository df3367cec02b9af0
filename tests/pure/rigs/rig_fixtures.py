"""Skeletons and motions for the tests of ``rigs``: made here, random where that is the point."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from sketch2pose.core.arrays import FloatArray
from sketch2pose.core.rotations import (
    normalized,
    quat_from_rotvec,
    quat_multiply,
    quat_rotate,
    rotmat_from_quat,
    rotvec_from_quat,
)
from sketch2pose.core.smpl import SMPL_PARENTS
from sketch2pose.rigs import HumanMotion, Skeleton, human_motion_from_smpl, make_skeleton

NAMES = (
    "pelvis", "left_hip", "right_hip", "spine1", "left_knee", "right_knee", "spine2",
    "left_ankle", "right_ankle", "spine3", "left_foot", "right_foot", "neck", "left_collar",
    "right_collar", "head", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow",
    "left_wrist", "right_wrist", "left_hand", "right_hand",
)  # fmt: skip
# Offsets of an adult in T-pose, y up, left at +x: round figures of our own.
OFFSETS = np.array([
    (0, 0, 0), (.09, -.08, 0), (-.09, -.08, 0), (0, .11, -.02), (.01, -.40, 0), (-.01, -.40, 0),
    (0, .13, 0), (0, -.41, -.02), (0, -.41, -.02), (0, .06, .01), (.02, -.06, .12),
    (-.02, -.06, .12), (0, .21, -.02), (.07, .11, -.01), (-.07, .11, -.01), (0, .09, .03),
    (.11, .04, 0), (-.11, .04, 0), (.26, 0, 0), (-.26, 0, 0), (.25, 0, 0), (-.25, 0, 0),
    (.08, 0, 0), (-.08, 0, 0),
])  # fmt: skip
GROUND = 0.97  # pelvis height that puts the soles near y = 0
LIMB_JOINTS = {"left": (16, 18, 20, 1, 4, 7), "right": (17, 19, 21, 2, 5, 8)}
SEGMENTS = (("upper_arm", "forearm"), ("forearm", "hand"), ("thigh", "shin"), ("shin", "foot"))


def random_motion(rng: np.random.Generator, frames: int = 5, size: float = 0.7) -> HumanMotion:
    """A motion of random smooth joint rotations, at most ``size`` radians each."""
    start, end = (rng.uniform(-size, size, (24, 3)) for _ in range(2))
    share = np.linspace(0.0, 1.0, frames)[:, None, None]
    poses = (1 - share) * start + share * end
    return motion_of(poses, np.stack([0.1 * share[:, 0, 0], 0 * share[:, 0, 0]], 1))


def motion_of(
    poses: FloatArray,
    path: FloatArray,
    framerate: float = 24.0,
    heights: FloatArray | float = GROUND,
) -> HumanMotion:
    """The motion of axis-angle ``poses`` [T, 24, 3] with the pelvis over ``path`` [T, 2] (x, z)."""
    local = quat_from_rotvec(poses)
    world, joints = local.copy(), np.zeros_like(poses)
    heights = np.broadcast_to(heights, len(path))
    joints[:, 0] = np.stack([path[:, 0], heights, path[:, 1]], axis=1)
    for joint, parent in enumerate(SMPL_PARENTS[1:], start=1):
        world[:, joint] = quat_multiply(world[:, parent], local[:, joint])
        joints[:, joint] = joints[:, parent] + quat_rotate(world[:, parent], OFFSETS[joint])
    motion = human_motion_from_smpl(poses.reshape(len(poses), 72), joints, framerate)
    return motion.turned(quat_from_rotvec([np.pi / 2, 0, 0]))  # z up, as in Blender


def smpl_rig(
    rng: np.random.Generator | None = None,
    pose: FloatArray | None = None,
    scale: float = 1.0,
    rolls: bool = False,
    turn: FloatArray | None = None,
) -> Skeleton:
    """A rig with SMPL's joints whose rest pose, scale, rolls and axes are free.

    Args:
        rng: needed with ``rolls``.
        pose: [24, 3] axis-angle of the rest pose; None is the T-pose.
        scale: size.
        rolls: give every bone random axes.
        turn: [4] how the whole skeleton lies in rig space (default: z up, facing -y).
    """
    local = quat_from_rotvec(np.zeros((24, 3)) if pose is None else pose)
    upright = quat_from_rotvec([np.pi / 2, 0, 0]) if turn is None else turn
    world, heads = local.copy(), np.zeros((24, 3))
    world[0] = quat_multiply(upright, local[0])
    heads[0] = quat_rotate(upright, [0.0, scale * GROUND, 0.0])
    for joint, parent in enumerate(SMPL_PARENTS[1:], start=1):
        world[joint] = quat_multiply(world[parent], local[joint])
        heads[joint] = heads[parent] + quat_rotate(world[parent], scale * OFFSETS[joint])
    axes = normalized(rng.normal(size=(24, 4))) if rolls and rng is not None else world
    rest = np.tile(np.eye(4), (24, 1, 1))
    rest[:, :3, :3], rest[:, :3, 3] = rotmat_from_quat(axes), heads
    return make_skeleton(NAMES, SMPL_PARENTS, rest)


def stored_rig(path: Path) -> Skeleton:
    """The largest armature of a bone dump (shared/data/rigs), in its own rig space."""
    armatures = json.loads(path.read_text(encoding="utf-8"))["armatures"]
    bones = max((a["bones"] for a in armatures), key=len)
    index = {bone["name"]: i for i, bone in enumerate(bones)}
    rest = np.array([bone["rest_matrix"] for bone in bones])
    rest[:, :3, :3] /= np.linalg.norm(rest[:, :3, :3], axis=1, keepdims=True)
    parents = [index[b["parent"]] if b["parent"] else -1 for b in bones]
    return make_skeleton(index, parents, rest, np.array([bone["tail"] for bone in bones]))


def slide_per_frame(points: FloatArray, resting: np.ndarray) -> FloatArray:
    """The distances [n] that a point [T, 3] moves between neighbouring frames that both rest."""
    both = resting[1:] & resting[:-1]
    return np.linalg.norm(np.diff(points, axis=0), axis=1)[both]


def poses_of(motion: HumanMotion) -> FloatArray:
    """The axis-angle poses [T, 24, 3] that a motion's turns come from (its own world axes)."""
    from sketch2pose.rigs.human_motion import SMPL_ROLES

    world = np.stack([motion.turns[role] for role in SMPL_ROLES], axis=1)
    local = world.copy()
    for joint, parent in enumerate(SMPL_PARENTS[1:], start=1):
        local[:, joint] = quat_multiply(world[:, parent] * [1, -1, -1, -1], world[:, joint])
    return rotvec_from_quat(local)
