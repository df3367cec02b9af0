"""A motion of the canonical human, whatever it was made from: the input of retargeting.

Conventions: any right-handed world, meters; ``up`` says which way is up and the ground is the plane
through the origin square to it. ``turns`` are *world* rotations away from the rest pose (identity
everywhere at rest), quaternions wxyz, so that no bone axes or rolls of the source survive in here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from ..core.arrays import FloatArray
from ..core.rotations import (
    quat_angle,
    quat_from_rotmat,
    quat_from_rotvec,
    quat_inverse,
    quat_multiply,
    quat_rotate,
)
from ..core.smpl import SMPL_PARENTS
from .errors import RigError
from .human import FINGER_ROLES, SIDES, mirrored, part_of, side_of
from .landmarks import add_knuckles

SMPL_ROLES: tuple[str, ...] = (
    "hips", "left_thigh", "right_thigh", "spine_1", "left_shin", "right_shin", "spine_2",
    "left_foot", "right_foot", "spine_3", "left_toes", "right_toes", "neck_1",
    "left_shoulder", "right_shoulder", "head", "left_upper_arm", "right_upper_arm",
    "left_forearm", "right_forearm", "left_hand", "right_hand", "left_knuckles", "right_knuckles",
)  # fmt: skip
_STILL_FINGER = np.radians(2.0)
# SMPL-H (MANO) numbers the fingers index, middle, little, ring, thumb.
_MANO_FINGERS = ("index", "middle", "little", "ring", "thumb")


@dataclass(frozen=True)
class HumanMotion:
    """T frames of one person.

    Attributes:
        turns: [T, 4] world rotation away from rest, by role.
        rest: [3] rest position of each role's joint.
        positions: [T, 3] joint positions, by role (those of ``rest`` that move are enough).
        framerate: frames a second.
        up: [3] unit vector.
        contacts: [T] in [0, 1], by role: how surely the joint rests on the ground.
    """

    turns: Mapping[str, FloatArray]
    rest: Mapping[str, FloatArray]
    positions: Mapping[str, FloatArray]
    framerate: float
    up: FloatArray
    contacts: Mapping[str, FloatArray]

    @property
    def frame_count(self) -> int:
        """T, the number of frames."""
        return len(self.turns["hips"])

    def turned(self, quaternion: ArrayLike) -> HumanMotion:
        """Return the same motion with the whole world turned by ``quaternion`` [4]."""
        q = np.asarray(quaternion, dtype=np.float64)
        turns = quat_multiply(quat_multiply(q, np.stack([*self.turns.values()])), quat_inverse(q))
        return replace(
            self,
            turns=dict(zip(self.turns, turns, strict=True)),
            rest=_rotated(q, self.rest),
            positions=_rotated(q, self.positions),
            up=quat_rotate(q, self.up),
        )

    def mirrored(self) -> HumanMotion:
        """Return the motion reflected at the body's own plane of symmetry."""
        across = self.rest["left_thigh"] - self.rest["right_thigh"]
        normal = across / np.linalg.norm(across)
        origin = 0.5 * (self.rest["left_thigh"] + self.rest["right_thigh"])

        def reflect(points: FloatArray) -> FloatArray:
            return points - 2.0 * ((points - origin) @ normal)[..., None] * normal

        def reflect_turn(turn: FloatArray) -> FloatArray:
            axis = turn[:, 1:]
            flipped = 2.0 * (axis @ normal)[:, None] * normal - axis
            return np.concatenate((turn[:, :1], flipped), axis=1)

        return replace(
            self,
            turns={mirrored(r): reflect_turn(t) for r, t in self.turns.items()},
            rest={mirrored(r): reflect(p) for r, p in self.rest.items()},
            positions={mirrored(r): reflect(p) for r, p in self.positions.items()},
            contacts={mirrored(r): c for r, c in self.contacts.items()},
        )

    def frames(self, rows: ArrayLike) -> HumanMotion:
        """Return the chosen frames, indices or flags [N], as a motion of its own."""
        keep = np.asarray(rows)
        return replace(
            self,
            turns={r: t[keep] for r, t in self.turns.items()},
            positions={r: p[keep] for r, p in self.positions.items()},
            contacts={r: c[keep] for r, c in self.contacts.items()},
        )


def _rotated(quaternion: FloatArray, points: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """Points of all roles turned in one go: a still is many roles and one frame."""
    if not points:
        return {}
    turned = quat_rotate(quaternion, np.stack([*points.values()]))
    return dict(zip(points, turned, strict=True))


def human_motion_from_smpl(
    poses: ArrayLike,
    joints3d: ArrayLike,
    framerate: float,
    hands: ArrayLike | None = None,
    contacts: ArrayLike | None = None,
    contact_names: Sequence[str] = (),
    joint_names: Sequence[str] = (),
) -> HumanMotion:
    """Turn SMPL pose parameters into a :class:`HumanMotion` (y up, meters).

    The rest skeleton needs no body model: every bone's rest offset is its posed offset turned back
    by its parent's rotation, averaged over the frames.

    Args:
        poses: [T, 72] axis-angle of SMPL's 24 joints.
        joints3d: [T, 24, 3] world positions, the forward kinematics of ``poses``.
        framerate: frames a second.
        hands: [T, 30, 3] axis-angle of SMPL-H's 15 left, then 15 right finger joints.
        contacts: [T, K] probabilities.
        contact_names: SMPL joint names of the K contacts.
        joint_names: names of the 24 joints, needed with ``contacts``.

    Raises:
        RigError: shapes disagree.
    """
    poses = np.asarray(poses, dtype=np.float64)
    joints = np.asarray(joints3d, dtype=np.float64)
    if poses.shape[1:] != (72,) or joints.shape != (len(poses), 24, 3) or not len(poses):
        raise RigError(
            "The motion cannot be used",
            f"poses {poses.shape} and joints3d {joints.shape} are not [T, 72] and [T, 24, 3]",
            "Estimate the motion again",
        )
    world = _world_turns(quat_from_rotvec(poses.reshape(-1, 24, 3)))
    turns = {role: world[:, i] for i, role in enumerate(SMPL_ROLES)}
    if hands is not None:
        turns.update(_finger_turns(np.asarray(hands, dtype=np.float64), turns))
    rest = _rest_positions(world, joints)
    return HumanMotion(
        turns=turns,
        rest={role: rest[i] for i, role in enumerate(SMPL_ROLES)},
        positions={role: joints[:, i] for i, role in enumerate(SMPL_ROLES)},
        framerate=float(framerate),
        up=np.array([0.0, 1.0, 0.0]),
        contacts=_contacts(contacts, contact_names, joint_names),
    )


def _world_turns(local: FloatArray) -> FloatArray:
    world = local.copy()
    for joint, parent in enumerate(SMPL_PARENTS[1:], start=1):
        world[:, joint] = quat_multiply(world[:, parent], local[:, joint])
    return world


def _rest_positions(world: FloatArray, joints: FloatArray) -> FloatArray:
    rest = np.zeros((24, 3))
    for joint, parent in enumerate(SMPL_PARENTS[1:], start=1):
        posed = joints[:, joint] - joints[:, parent]
        offset = quat_rotate(quat_inverse(world[:, parent]), posed).mean(axis=0)
        rest[joint] = rest[parent] + offset
    return rest


def _finger_turns(hands: FloatArray, body: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    local = quat_from_rotvec(hands)
    turns: dict[str, FloatArray] = {}
    for s, side in enumerate(SIDES):
        for f, finger in enumerate(_MANO_FINGERS):
            turn = body[f"{side}_hand"]
            for n in range(3):
                turn = quat_multiply(turn, local[:, 15 * s + 3 * f + n])
                turns[f"{side}_{finger}_{n + 1}"] = turn
    return turns


def _contacts(
    contacts: ArrayLike | None, names: Sequence[str], joint_names: Sequence[str]
) -> dict[str, FloatArray]:
    if contacts is None or not len(names):
        return {}
    table = np.asarray(contacts, dtype=np.float64)
    role_of = dict(zip(joint_names, SMPL_ROLES, strict=True))
    return {role_of[n]: table[:, k] for k, n in enumerate(names) if n in role_of}


def human_motion_from_rig(
    bones: Mapping[str, str],
    rest: Mapping[str, FloatArray],
    posed: Mapping[str, FloatArray],
    framerate: float,
    up: ArrayLike,
    contacts: Mapping[str, FloatArray] | None = None,
) -> HumanMotion:
    """Read a motion off another rig's evaluated bones.

    Args:
        bones: bone name by role.
        rest: [4, 4] world rest matrix by bone name (no scale).
        posed: [T, 4, 4] world matrices by bone name.
        framerate: frames a second.
        up: [3] unit vector of the world.
        contacts: [T] by role, when known.
    """
    turns: dict[str, FloatArray] = {}
    places: dict[str, FloatArray] = {}
    joints = {role: np.asarray(rest[bone])[:3, 3] for role, bone in bones.items()}
    add_knuckles(joints)
    for role, bone in bones.items():
        rotation = quat_from_rotmat(posed[bone][:, :3, :3])
        turns[role] = quat_multiply(rotation, quat_inverse(quat_from_rotmat(rest[bone][:3, :3])))
        places[role] = posed[bone][:, :3, 3]
    return HumanMotion(
        turns=turns,
        rest=joints,
        positions=places,
        framerate=float(framerate),
        up=np.asarray(up, dtype=np.float64),
        contacts=dict(contacts or {}),
    )


def without_still_fingers(motion: HumanMotion) -> HumanMotion:
    """Return the motion less its fingers where they never leave their rest pose.

    A source without finger animation must not overwrite the fingers of the target.
    """
    fingers = [role for role in motion.turns if part_of(role) in FINGER_ROLES]
    if any(_bends(motion, role) for role in fingers):
        return motion
    kept = {role: turn for role, turn in motion.turns.items() if role not in fingers}
    return replace(motion, turns=kept)


def _bends(motion: HumanMotion, role: str) -> bool:
    hand = motion.turns.get(f"{side_of(role)}_hand")
    if hand is None:
        return False
    relative = quat_multiply(quat_inverse(hand), motion.turns[role])
    return bool(quat_angle(relative).max() > _STILL_FINGER)
