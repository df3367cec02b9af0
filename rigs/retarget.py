"""Retargeting: a human motion becomes channels of any mapped rig.

Every bone of the target gets the source's *world turn* on top of its own aligned rest
(``turn * align * rest``), so neither rest poses nor rolls nor hierarchies need to agree; channels
are then read off along the target's real parents. The hips travel in proportion to leg length.

Conventions: rig space, quaternions wxyz, see ``human_motion``, ``alignment`` and ``kinematics``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from .alignment import align_rests
from .bone_map import BoneMap
from .human import FINGERS, part_of
from .human_motion import HumanMotion
from .kinematics import PosedBones, descendants, pose_bones
from .landmarks import middle
from .placement import Stage, hips_path, place
from .pose_tracks import PoseTracks
from .rotations import FloatArray, continuous_quats, multiply
from .skeleton import Skeleton
from .soles import lowest_sole
from .spread import spread_torso


@dataclass(frozen=True)
class RetargetOptions:
    """How a motion is put on a rig.

    Attributes:
        in_world: the figure stands where the motion stands in the scene, not where the rig does.
        feet_on_ground: lift or lower the whole clip so that its lowest sole touches the ground.
        in_place: keep the hips over their starting place.
        mirror: exchange left and right.
    """

    in_world: bool = False
    feet_on_ground: bool = True
    in_place: bool = False
    mirror: bool = False


def retarget(
    motion: HumanMotion,
    target: Skeleton,
    bone_map: BoneMap,
    options: RetargetOptions | None = None,
) -> PoseTracks:
    """Put ``motion`` on the rig ``target``.

    Args:
        motion: T frames in the scene's world axes (metres).
        target: the rig.
        bone_map: which of its bones plays which role.
        options: placement and contacts.

    Returns:
        Channels of the mapped bones only.

    Raises:
        RigError: the map does not fit the rig or leaves a required bone open.
    """
    options = options or RetargetOptions()
    bone_map.checked(target)
    rig = target.with_parents(bone_map.parents)
    rest = {role: rig.head(bone) for role, bone in bone_map.bones.items()}
    placed, stage = place(
        motion.mirrored() if options.mirror else motion, rest, rig, options.in_world
    )
    goals = pose_goals(placed, rest, rig, bone_map)
    posed = pose_bones(rig, goals, motion.frame_count)
    carrier = bone_map.bones.get("location", bone_map.bones["hips"])
    offset = _hips_offset(posed, placed, stage, bone_map, options, rest, rig)
    posed = posed.moved(descendants(rig, carrier, posed.heads), offset)
    return _tracks(posed, goals, carrier, offset, bone_map, motion)


def pose_goals(
    placed: HumanMotion, rest: Mapping[str, FloatArray], rig: Skeleton, bone_map: BoneMap
) -> dict[str, FloatArray]:
    """Return the orientation [T, 4] in rig space that every driven bone has to take."""
    align = align_rests(placed.rest, rest)
    turns = target_turns(placed, rest)
    goals = {}
    for role, turn in turns.items():
        bone = bone_map.bones[role]
        rest_quat = rig.rest_quats[rig.index[bone]]
        goals[bone] = multiply(turn, multiply(align[role], rest_quat))
    return goals


def target_turns(placed: HumanMotion, rest: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """Return the turn [T, 4] away from rest of each role of the target that is to be driven."""
    turns = {role: placed.turns[role] for role in rest if role in placed.turns}
    turns.update(spread_torso(placed.turns, rest))
    if "location" in rest:
        turns["location"] = placed.turns["hips"]
    turns.pop("root", None)
    return turns


def _hips_offset(
    posed: PosedBones,
    placed: HumanMotion,
    stage: Stage,
    bone_map: BoneMap,
    options: RetargetOptions,
    rest: Mapping[str, FloatArray],
    rig: Skeleton,
) -> FloatArray:
    """Return how far [T, 3] the rotated but unmoved rig has to be carried."""
    thighs = {f"{s}_thigh": posed.heads[bone_map.bones[f"{s}_thigh"]] for s in ("left", "right")}
    offset = hips_path(placed, stage, options.in_place) - middle(thighs, "thigh")
    if options.feet_on_ground:
        lowest = lowest_sole(posed, bone_map, rest, stage, rig)
        if lowest is not None:
            height = lowest + offset @ stage.up
            offset = offset - (np.min(height) - stage.ground) * stage.up
    return offset


def _tracks(
    posed: PosedBones,
    goals: Mapping[str, FloatArray],
    carrier: str,
    offset: FloatArray,
    bone_map: BoneMap,
    motion: HumanMotion,
) -> PoseTracks:
    return PoseTracks(
        rotations={bone: continuous_quats(posed.basis(bone)) for bone in goals},
        locations={carrier: posed.location(carrier, offset)},
        switches=bone_map.switches,
        framerate=motion.framerate,
        frame_count=motion.frame_count,
        heads=posed.heads,
        poses=posed.poses,
    )


def without_fingers(tracks: PoseTracks, bone_map: BoneMap) -> PoseTracks:
    """Return the tracks less all finger bones."""
    fingers = {b for r, b in bone_map.bones.items() if part_of(r).partition("_")[0] in FINGERS}
    kept = {bone: track for bone, track in tracks.rotations.items() if bone not in fingers}
    return replace(tracks, rotations=kept)
