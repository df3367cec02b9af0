"""A skinned character that can take an SMPL pose, whoever made it.

Conventions: metres, right-handed, y up, facing +z, left side at +x, as SMPL. All bones are
kept as rest heads in world space: a posed bone is the rotation of its rest frame, so bone
rolls and local axes of the file never matter.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sketch2pose.core.smpl import SMPL_JOINT_NAMES, SMPL_PARENTS

from .metrics import LIMB_BONES, LIMB_JOINTS

Array = NDArray[np.floating]
IntArray = NDArray[np.integer]

# sum of the 8 limb bones of an adult of 1.7 m (the motion pack's skeleton), metres: sizes
# every character alike, so that millimetres of a child and of a giant weigh the same
LIMB_LENGTH_SUM = 2.70

# the child whose direction tells how a limb bone rests
_LIMB_CHILD = {16: 18, 17: 19, 18: 20, 19: 21, 1: 4, 2: 5, 4: 7, 5: 8}
_FOLLOWS_LIMB = {20: 18, 21: 19, 22: 18, 23: 19}  # hands rest as their forearms do


@dataclass(frozen=True)
class Character:
    """Mesh, weights and rest skeleton.

    Attributes:
        name: as in cast.json.
        vertices: [V, 3] rest positions, metres.
        faces: [F, 3] vertex indices.
        groups: [F] material or part number; lines are drawn where it changes.
        joints: [V, 4] bone indices of the skin.
        weights: [V, 4], rows sum to 1.
        heads: [B, 3] rest positions of the bones, metres.
        parents: [B] parents before children, -1 for roots.
        smpl_of_bone: [B] SMPL joint that turns a bone, -1 where it follows its parent.
    """

    name: str
    vertices: Array
    faces: IntArray
    groups: IntArray
    joints: IntArray
    weights: Array
    heads: Array
    parents: IntArray
    smpl_of_bone: IntArray

    def bone_of(self, smpl_joint: int) -> int:
        """Bone turned by an SMPL joint, -1 when the character has none."""
        found = np.flatnonzero(self.smpl_of_bone == smpl_joint)
        return int(found[0]) if len(found) else -1

    def limb_rest(self) -> Array:
        """[12, 3] rest positions of the limb joints, in the order of `LIMB_JOINTS`."""
        return self.heads[[self.bone_of(joint) for joint in LIMB_JOINTS]]


def smpl_of_bones(names: list[str], bone_names: dict[str, str]) -> IntArray:
    """[B] SMPL joint of each bone from a table "SMPL joint name" → "bone name".

    Raises:
        ValueError: the table names a bone that is not there, or a limb joint is missing.
    """
    smpl = np.full(len(names), -1)
    for joint_name, bone_name in bone_names.items():
        if bone_name not in names:
            raise ValueError(f"no bone {bone_name!r} for {joint_name}: correct cast.json")
        smpl[names.index(bone_name)] = SMPL_JOINT_NAMES.index(joint_name)
    missing = [SMPL_JOINT_NAMES[joint] for joint in LIMB_JOINTS if joint not in smpl]
    if missing:
        raise ValueError(f"no bones for {', '.join(missing)}: complete cast.json")
    return smpl


def of_adult_size(character: Character) -> Character:
    """The character scaled so that its limbs have the lengths of an adult, in total."""
    start, end = np.array(LIMB_BONES).T
    limbs = character.limb_rest()
    scale = LIMB_LENGTH_SUM / np.linalg.norm(limbs[end] - limbs[start], axis=-1).sum()
    return replace(character, vertices=character.vertices * scale, heads=character.heads * scale)


def pose(character: Character, world_rot: Array, t_pose: Array) -> tuple[Array, Array]:
    """The character in an SMPL pose.

    Each limb bone is first turned from its own rest direction (A-pose, bent elbow) to that
    of the T-pose, then by the pose: the drawn limbs point where the pose says.

    Args:
        character: whom.
        world_rot: [24, 3, 3] world rotations of the SMPL joints, identity at the T-pose.
        t_pose: [24, 3] SMPL joints of the T-pose, metres (directions alone are used).

    Returns:
        vertices [V, 3] and the 12 limb joints [12, 3], metres; the root bone does not move.
    """
    turn, heads = _bone_transforms(character, world_rot, t_pose)
    vertices = np.zeros_like(character.vertices)
    for slot in range(character.joints.shape[1]):
        bone = character.joints[:, slot]
        local = character.vertices - character.heads[bone]
        moved = np.einsum("vij,vj->vi", turn[bone], local) + heads[bone]
        vertices += character.weights[:, slot, None] * moved
    return vertices, heads[[character.bone_of(joint) for joint in LIMB_JOINTS]]


def _bone_transforms(character: Character, world_rot: Array, t_pose: Array) -> tuple[Array, Array]:
    turn = np.empty((len(character.heads), 3, 3))
    heads = np.empty_like(character.heads)
    for bone, parent in enumerate(character.parents):
        joint = character.smpl_of_bone[bone]
        inherited = np.eye(3) if parent < 0 else turn[parent]
        turn[bone] = (
            inherited if joint < 0 else world_rot[joint] @ _t_pose_turn(character, joint, t_pose)
        )
        step = character.heads[bone] - (character.heads[parent] if parent >= 0 else 0.0)
        heads[bone] = step if parent < 0 else heads[parent] + inherited @ step
    return turn, heads


def _t_pose_turn(character: Character, joint: int, t_pose: Array) -> Array:
    joint = _FOLLOWS_LIMB.get(joint, joint)
    if joint not in _LIMB_CHILD:
        return np.eye(3)
    child = _LIMB_CHILD[joint]
    rest = character.heads[character.bone_of(child)] - character.heads[character.bone_of(joint)]
    return shortest_turn(rest, t_pose[child] - t_pose[joint])


def shortest_turn(source: Array, target: Array) -> Array:
    """[3, 3] rotation of least angle that turns direction `source` into `target`.

    For opposite directions, where every axis serves, any axis across them is taken.
    """
    a, b = source / np.linalg.norm(source), target / np.linalg.norm(target)
    axis, cosine = np.cross(a, b), float(a @ b)
    if cosine < -1.0 + 1e-9:
        across = np.cross(a, np.eye(3)[np.argmin(np.abs(a))])
        across /= np.linalg.norm(across)
        return 2.0 * np.outer(across, across) - np.eye(3)
    skew = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.eye(3) + skew + skew @ skew / (1.0 + cosine)


def t_pose_joints(rest_offsets: Array) -> Array:
    """[24, 3] joints of the T-pose from offsets to the parent [24, 3]."""
    joints = np.zeros((24, 3))
    for joint, parent in enumerate(SMPL_PARENTS):
        joints[joint] = rest_offsets[joint] + (joints[parent] if parent >= 0 else 0.0)
    return joints
