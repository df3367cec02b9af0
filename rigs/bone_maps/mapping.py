"""Finding out which bone is which: every preset is tried and scored.

Conventions: names are compared after :func:`plain_name`; a preset fits as well as the roles it
names are found *and* hang from each other as a body does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

import numpy as np

from ...core.arrays import FloatArray
from ..errors import RigError
from ..human import BODY_ROLES, CHAINS, REQUIRED_ROLES, chain_roles, parent_role
from ..skeleton import Skeleton
from .bone_map import BoneMap
from .preset import Preset, load_presets
from .topology import is_four_legged, map_by_shape

_SEPARATORS = re.compile(r"[\s.\-_]+")


def plain_name(name: str) -> str:
    """Return ``name`` without namespace, case, width and style of separators.

    ``mixamorig:LeftArm`` gives ``leftarm``; ``thigh.L`` and ``thigh_L`` are the same.
    """
    text = unicodedata.normalize("NFKC", name).lower()
    text = re.split(r"[:|]", text)[-1]
    return _SEPARATORS.sub("_", text).strip("_")


def detect_bone_map(skeleton: Skeleton) -> BoneMap:
    """Return the best bone map for ``skeleton``: by name where a family fits, else by shape.

    Raises:
        RigError: it is no humanoid that could be driven.
    """
    maps = _preset_maps(skeleton, [p for p in load_presets() if not p.read_only])
    if not maps:
        return map_by_shape(skeleton)
    best = max(maps, key=lambda m: map_score(m, skeleton))
    _refuse_four_legs(best, skeleton)
    return best


def detect_source_map(skeleton: Skeleton) -> BoneMap:
    """Return the best bone map for reading a motion off ``skeleton``.

    A control rig is read off the bones that its controls end up moving.

    Raises:
        RigError: it is no humanoid.
    """
    readable = _preset_maps(skeleton, [p for p in load_presets() if p.read_only])
    return max(readable, key=lambda m: map_score(m, skeleton), default=None) or detect_bone_map(
        skeleton
    )


def _preset_maps(skeleton: Skeleton, presets: list[Preset]) -> list[BoneMap]:
    names = {plain_name(name): name for name in reversed(skeleton.names)}
    return [m for p in presets if (m := match_preset(p, skeleton, names)) is not None]


def _refuse_four_legs(bone_map: BoneMap, skeleton: Skeleton) -> None:
    """Refuse animals that are rigged with human names."""
    ends = {"leg": ("thigh", "foot", "shin"), "arm": ("upper_arm", "hand", "forearm")}
    limbs: dict[str, FloatArray] = {}
    for limb, (start, end, fallback) in ends.items():
        tip = bone_map.bones.get(f"left_{end}", bone_map.bones[f"left_{fallback}"])
        limbs[limb] = skeleton.head(tip) - skeleton.head(bone_map.bones[f"left_{start}"])
    hip, shoulder = (skeleton.head(bone_map.bones[f"left_{p}"]) for p in ("thigh", "upper_arm"))
    other = skeleton.head(bone_map.bones["right_thigh"])
    lateral = int(np.argmax(np.abs(hip - other)))
    if is_four_legged(shoulder - hip, limbs["leg"], limbs["arm"], lateral):
        raise RigError(
            "This rig does not look like a human body",
            "it stands on four legs",
            "Choose a two-legged rig",
        )


def map_score(bone_map: BoneMap, skeleton: Skeleton) -> float:
    """Return how much of a body the map covers: required roles count three times."""
    score = sum(bone_map.confidence.get(role, 0.0) for role in BODY_ROLES)
    score += 2.0 * sum(bone_map.confidence.get(role, 0.0) for role in REQUIRED_ROLES)
    return score + 0.01 * len(bone_map.bones) + (10.0 if bone_map.limbs else 0.0)


def match_preset(preset: Preset, skeleton: Skeleton, names: Mapping[str, str]) -> BoneMap | None:
    """Return the map that ``preset`` gives, or None when a required role stays empty."""
    if not all(plain_name(marker) in names for marker in preset.requires):
        return None
    prefix = _family_prefix(preset, names)
    bones: dict[str, str] = {}
    for role in sorted(preset.bones, key=lambda role: role in ("root", "location")):
        options = preset.bones[role]
        found = next((names[k] for o in options if (k := prefix + plain_name(o)) in names), None)
        if found is not None and found not in bones.values():
            bones[role] = found
    bones = _renumbered(bones)
    if any(role not in bones for role in REQUIRED_ROLES):
        return None
    linked = skeleton.with_parents(preset.parents)
    confidence = {role: _confidence(role, bones, linked) for role in bones}
    return BoneMap(
        bones=bones,
        preset=preset.name,
        confidence=confidence,
        parents={c: p for c, p in preset.parents.items() if c in skeleton.index},
        switches=tuple(s for s in preset.switches if s[0] in skeleton.index),
        limbs={k: v for k, v in preset.limbs.items() if v.end in skeleton.index},
    )


def _renumbered(bones: dict[str, str]) -> dict[str, str]:
    """Close the gaps in chains: a rig may have fewer spine bones than its family's longest."""
    chained = {role for chain in CHAINS for role in chain_roles(bones, chain)}
    result = {role: bone for role, bone in bones.items() if role not in chained}
    for chain in CHAINS:
        present = [bones[role] for role in chain_roles(bones, chain)]
        result.update({f"{chain}_{n}": bone for n, bone in enumerate(present, start=1)})
    return result


def _family_prefix(preset: Preset, names: Mapping[str, str]) -> str:
    """Return what stands before this family's names in this file, e.g. ``character1_``."""
    hips = [plain_name(option) for option in preset.bones["hips"]]
    ends = [name[: -len(h)] for name in names for h in hips if name.endswith(h)]
    knee = [plain_name(option) for option in preset.bones["left_shin"]]
    fitting = [p for p in sorted(set(ends), key=len) if any(p + k in names for k in knee)]
    return fitting[0] if fitting else ""


def _confidence(role: str, bones: Mapping[str, str], skeleton: Skeleton) -> float:
    above = parent_role(role, bones)
    if above is None:
        return 1.0
    lineage = skeleton.ancestors(bones[role])
    if bones[above] in lineage:
        return 1.0
    # Some rigs fork below the hips (MMD, Rigify): hips and spine then share an ancestor.
    shared = set(lineage) & set(skeleton.ancestors(bones[above]))
    return 0.9 if shared and role in ("spine_1", "spine_2") else 0.3
