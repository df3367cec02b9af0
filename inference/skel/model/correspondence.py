"""Which joint of SMPL moves with which bone of SKEL.

Both rest in the same T-pose with world-parallel frames, so world rotations can be compared as
they are.
"""

from ....core.smpl import SMPL_JOINT_NAMES
from .layout import BONE_NAMES

_MIDDLE = {"pelvis": "pelvis", "lumbar_body": "spine1", "thorax": "spine3", "head": "head"}
_SIDES = {
    "femur": "hip", "tibia": "knee", "talus": "ankle", "calcn": "ankle", "toes": "foot",
    "scapula": "collar", "humerus": "shoulder", "ulna": "elbow", "radius": "elbow",
    "hand": "wrist",
}  # fmt: skip


def _smpl_joint(bone: str) -> int:
    if bone in _MIDDLE:
        return SMPL_JOINT_NAMES.index(_MIDDLE[bone])
    stem, letter = bone.rsplit("_", 1)
    return SMPL_JOINT_NAMES.index(f"{'left' if letter == 'l' else 'right'}_{_SIDES[stem]}")


# the SMPL joint whose rotation a SKEL bone shares
SMPL_OF_BONE = tuple(_smpl_joint(bone) for bone in BONE_NAMES)

# the SMPL joint that carries a SKEL joint's place: the head's lies at the root of the neck
PLACE_OF_BONE = tuple(
    SMPL_JOINT_NAMES.index({"head": "spine3", "thorax": "spine2"}[name])
    if name in ("head", "thorax")
    else joint
    for name, joint in zip(BONE_NAMES, SMPL_OF_BONE, strict=True)
)

# the SMPL joint whose pose corrective a SKEL bone drives in SKEL's files (of talus and calcn, the
# second); radii drive none, their turn is about the forearm's own axis
CORRECTIVE_JOINTS: tuple[int | None, ...] = tuple(
    None
    if name.startswith(("radius", "pelvis"))
    else SMPL_JOINT_NAMES.index("spine2")
    if name == "thorax"
    else joint
    for name, joint in zip(BONE_NAMES, SMPL_OF_BONE, strict=True)
)
