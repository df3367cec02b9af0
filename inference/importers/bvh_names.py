"""Which joint of a foreign BVH is which SMPL joint, by the names of the common families.

Keys are SMPL's names, values the family's names in lower case without prefixes such as
`mixamorig:` and without separators. Chains of the spine are found by topology, because
every program divides it differently.
"""

import re
from collections.abc import Sequence

_SIDES = (("left_", "l"), ("right_", "r"))
_PREFIX = re.compile(r"^(mixamorig\d*|character\d*|bip0*1|[^:]*)[:_ ](?=.)", re.I)
REQUIRED = tuple(
    f"{side}_{part}"
    for side in ("left", "right")
    for part in ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")
)


def _sided(left: str, right: str, parts: dict[str, str]) -> dict[str, str]:
    """Both sides of a family: `parts` maps SMPL's part to the name with {} for the side."""
    named = {}
    for side, word in (("left", left), ("right", right)):
        named.update({f"{side}_{part}": name.format(word) for part, name in parts.items()})
    return named


FAMILIES: dict[str, dict[str, str]] = {
    "MotionBuilder, Mixamo, CMU": _sided("left", "right", {
        "hip": "{}upleg", "knee": "{}leg", "ankle": "{}foot", "foot": "{}toebase",
        "collar": "{}shoulder", "shoulder": "{}arm", "elbow": "{}forearm", "wrist": "{}hand",
    }),
    "LAFAN, Xsens-like": _sided("left", "right", {
        "hip": "{}upleg", "knee": "{}leg", "ankle": "{}foot", "foot": "{}toe",
        "collar": "{}shoulder", "shoulder": "{}arm", "elbow": "{}forearm", "wrist": "{}hand",
    }),
    "classic BVH": _sided("left", "right", {
        "hip": "{}hip", "knee": "{}knee", "ankle": "{}ankle", "foot": "{}toe",
        "collar": "{}collar", "shoulder": "{}shoulder", "elbow": "{}elbow", "wrist": "{}wrist",
    }),
    "SMPL": _sided("left", "right", {
        "hip": "{}hip", "knee": "{}knee", "ankle": "{}ankle", "foot": "{}foot",
        "collar": "{}collar", "shoulder": "{}shoulder", "elbow": "{}elbow", "wrist": "{}wrist",
    }),
    "Daz, Poser": _sided("l", "r", {
        "hip": "{}thigh", "knee": "{}shin", "ankle": "{}foot", "foot": "{}toe",
        "collar": "{}collar", "shoulder": "{}shldr", "elbow": "{}forearm", "wrist": "{}hand",
    }),
    "3ds Max Biped": _sided("l", "r", {
        "hip": "{}thigh", "knee": "{}calf", "ankle": "{}foot", "foot": "{}toe0",
        "collar": "{}clavicle", "shoulder": "{}upperarm", "elbow": "{}forearm", "wrist": "{}hand",
    }),
    "Unreal": _sided("l", "r", {
        "hip": "thigh{}", "knee": "calf{}", "ankle": "foot{}", "foot": "ball{}",
        "collar": "clavicle{}", "shoulder": "upperarm{}", "elbow": "lowerarm{}", "wrist": "hand{}",
    }),
    "MakeHuman": _sided("l", "r", {
        "hip": "upperleg01{}", "knee": "lowerleg01{}", "ankle": "foot{}", "foot": "toe11{}",
        "collar": "clavicle{}", "shoulder": "upperarm01{}", "elbow": "lowerarm01{}",
        "wrist": "wrist{}",
    }),
    "Blender": _sided("l", "r", {
        "hip": "thigh{}", "knee": "shin{}", "ankle": "foot{}", "foot": "toe{}",
        "collar": "shoulder{}", "shoulder": "upperarm{}", "elbow": "forearm{}", "wrist": "hand{}",
    }),
}  # fmt: skip


def map_joints(names: Sequence[str], parents: Sequence[int]) -> dict[str, int] | None:
    """SMPL joint name → joint number of a foreign skeleton.

    Args:
        names: of the foreign joints.
        parents: of the foreign joints, -1 = root.

    Returns:
        At least `REQUIRED` and "pelvis"; None when no family fits.
    """
    plain = [_plain(name) for name in names]
    best: dict[str, int] = {}
    for family in FAMILIES.values():
        found = {joint: plain.index(name) for joint, name in family.items() if name in plain}
        found = _with_ends(found, parents)
        if all(joint in found for joint in REQUIRED) and len(found) > len(best):
            best = found
    if not best:
        return None
    return {**best, **_torso(best, parents)}


def _with_ends(found: dict[str, int], parents: Sequence[int]) -> dict[str, int]:
    """Where a skeleton names no wrist or ankle, what follows the forearm or shin is it."""
    whole = dict(found)
    for joint, end in (("elbow", "wrist"), ("knee", "ankle")):
        for side in ("left", "right"):
            above = found.get(f"{side}_{joint}")
            if f"{side}_{end}" not in found and above is not None and above in parents:
                whole[f"{side}_{end}"] = list(parents).index(above)
    return whole


def _plain(name: str) -> str:
    bare = _PREFIX.sub("", name.strip()) if ":" in name or name.lower().startswith("bip") else name
    return re.sub(r"[^a-z0-9]", "", bare.lower())


def _torso(limbs: dict[str, int], parents: Sequence[int]) -> dict[str, int]:
    """Pelvis, spine, neck and head by topology, between the hips and the arms."""
    pelvis = _common_ancestor(limbs["left_hip"], limbs["right_hip"], parents)
    arms = [limbs.get(f"{side}_collar", limbs[f"{side}_shoulder"]) for side in ("left", "right")]
    chest = _common_ancestor(arms[0], arms[1], parents)
    spine = [joint for joint in _ancestors(chest, parents) if joint != pelvis]
    if pelvis in _ancestors(chest, parents):
        spine = spine[: [*_ancestors(chest, parents)].index(pelvis)]
    spine = spine[::-1]
    torso = {"pelvis": pelvis}
    if spine:
        picks = {"spine1": 0, "spine2": len(spine) // 2, "spine3": len(spine) - 1}
        torso.update({name: spine[index] for name, index in picks.items()})
    return {**torso, **_neck(chest, arms, parents)}


def _neck(chest: int, arms: list[int], parents: Sequence[int]) -> dict[str, int]:
    """The remaining child of the chest is the neck, the joint after it the head."""
    children = [n for n, parent in enumerate(parents) if parent == chest and n not in arms]
    necks = [n for n in children if not any(n in _ancestors(arm, parents) for arm in arms)]
    if not necks:
        return {}
    neck = max(necks, key=lambda number: sum(number in _ancestors(n, parents)
                                             for n in range(len(parents))))  # fmt: skip
    after = [number for number, parent in enumerate(parents) if parent == neck]
    return {"neck": neck, "head": after[0]} if after else {"head": neck}


def _ancestors(joint: int, parents: Sequence[int]) -> list[int]:
    """The joint itself and everything above it."""
    chain = []
    while joint >= 0:
        chain.append(joint)
        joint = parents[joint]
    return chain


def _common_ancestor(a: int, b: int, parents: Sequence[int]) -> int:
    above = set(_ancestors(b, parents))
    return next(joint for joint in _ancestors(a, parents) if joint in above)
