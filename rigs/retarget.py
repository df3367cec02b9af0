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

from ..core.arrays import FloatArray
from ..core.rotations import continuous_quats, quat_multiply, quat_rotate
from .alignment import align_rests
from .bone_maps.bone_map import BoneMap, Switches
from .chain_resampling import spread_torso
from .control_rig import limbs_to_ik
from .feet.flat_feet import flatten_feet, keep_toes_out
from .feet.grounding import follow_ground, lock_feet, lock_hands, put_on_ground
from .human import SIDES
from .human_motion import HumanMotion
from .landmarks import add_knuckles, middle
from .placement import hips_path, place
from .pose_tracks import PoseTracks
from .posed_target import PosedTarget
from .root_motion import hold_loose_parts, travel_by_root
from .skeleton import Skeleton
from .twist import add_twists


@dataclass(frozen=True)
class RetargetOptions:
    """How a motion is put on a rig.

    Attributes:
        in_world: the figure stands where the motion stands in the scene, not where the rig does.
        feet_on_ground: lift or lower the whole clip so that its lowest sole touches the ground;
            without it a motion placed in the world starts with its hips exactly where they are.
        ground: height of the ground where the figure stands, world units; with ``in_world`` only.
        lock_contacts: hold planted feet (and hands that rest on something) still, by limb IK.
        in_place: keep the hips over their starting place.
        use_root_bone: let the root bone carry the level path and the heading.
        use_ik: drive a control rig's limbs by its IK controls instead of its FK ones.
        mirror: exchange left and right.
        over: [3] rig space; stand over (or under) this point instead of the rig's own place, on
            the rig's own ground. Only without ``in_world``.
    """

    in_world: bool = False
    feet_on_ground: bool = True
    ground: float = 0.0
    lock_contacts: bool = False
    in_place: bool = False
    use_root_bone: bool = False
    use_ik: bool = False
    mirror: bool = False
    over: tuple[float, float, float] | None = None


def retarget(
    motion: HumanMotion,
    target: Skeleton,
    bone_map: BoneMap,
    options: RetargetOptions | None = None,
) -> PoseTracks:
    """Put ``motion`` on the rig ``target``.

    Args:
        motion: T frames in the scene's world axes (meters).
        target: the rig.
        bone_map: which of its bones plays which role.
        options: placement and contacts.

    Returns:
        Channels of the mapped bones only.

    Raises:
        RigError: the map does not fit the rig or leaves a required bone open.
    """
    options = options or RetargetOptions()
    figure = new_figure(motion, target, bone_map, options)
    carry_hips(figure, options)
    hold_loose_parts(figure)
    locking = options.lock_contacts and figure.frame_count > 2
    if locking:
        flatten_feet(figure)
    if options.feet_on_ground:
        put_on_ground(figure, by_contacts=locking)
    if locking:
        if options.feet_on_ground:
            follow_ground(figure)
        if not options.in_place:
            keep_toes_out(figure, lock_feet(figure))
        lock_hands(figure)
    if options.use_root_bone:
        travel_by_root(figure)
    switches = limbs_to_ik(figure) if options.use_ik else bone_map.switches
    return tracks_of(figure, switches)


def new_figure(
    motion: HumanMotion, target: Skeleton, bone_map: BoneMap, options: RetargetOptions
) -> PosedTarget:
    """Square source and target and set the orientation goals."""
    bone_map.checked(target)
    rig = target.with_parents(bone_map.parents)
    rest = rest_joints(rig, bone_map)
    source = motion.mirrored() if options.mirror else motion
    placed, stage = place(source, rest, rig, options.in_world, options.ground)
    if options.over is not None and not options.in_world:
        stage = replace(stage, start=np.asarray(options.over, dtype=np.float64))
    return PosedTarget(rig, bone_map, rest, placed, stage, pose_goals(placed, rest, rig, bone_map))


def rest_joints(rig: Skeleton, bone_map: BoneMap) -> dict[str, FloatArray]:
    """Return the rest position [3] of every mapped joint, rig space.

    Where a rig stops at the forearm or shin, that bone's tail stands for the wrist or ankle.
    """
    rest = {role: rig.head(bone) for role, bone in bone_map.bones.items()}
    for side in SIDES:
        for part, end in (("forearm", "hand"), ("shin", "foot")):
            bone = bone_map.bones.get(f"{side}_{part}")
            if bone is not None and f"{side}_{end}" not in rest:
                rest[f"{side}_{end}"] = rig.tails[rig.index[bone]]
    add_knuckles(rest)
    return rest


def pose_goals(
    placed: HumanMotion, rest: Mapping[str, FloatArray], rig: Skeleton, bone_map: BoneMap
) -> dict[str, FloatArray]:
    """Return the orientation [T, 4] in rig space that every driven bone has to take."""
    align = align_rests(placed.rest, rest)
    turns = add_twists(target_turns(placed, rest), placed.rest, bone_map.bones, rig)
    goals: dict[str, FloatArray] = {}
    for role, turn in turns.items():
        if role not in bone_map.bones:
            continue  # a landmark only
        bone = bone_map.bones[role]
        rest_quat = rig.rest_quats[rig.index[bone]]
        goals[bone] = quat_multiply(turn, quat_multiply(align[role], rest_quat))
    return goals


def target_turns(placed: HumanMotion, rest: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """Return the turn [T, 4] away from rest of each role of the target that is to be driven."""
    turns = {role: placed.turns[role] for role in rest if role in placed.turns}
    turns.update(spread_torso(placed.turns, rest))
    if "location" in rest:
        turns["location"] = placed.turns["hips"]
    turns.pop("root", None)
    return turns


def carry_hips(figure: PosedTarget, options: RetargetOptions) -> None:
    """Bring the point between the hip joints onto its path."""
    exact = options.in_world and not options.feet_on_ground
    path = hips_path(figure.placed, figure.stage, options.in_place, exact)
    thighs = {f"{side}_thigh": figure.head(f"{side}_thigh") for side in SIDES}
    if figure.carrier in figure.rig.ancestors(figure.bone_map.bones["left_thigh"]):
        figure.shift(figure.carrier, path - middle(thighs, "thigh"))
    else:  # legs with roots of their own: the hips bone itself is carried, they follow later
        rest_hips = figure.rig.head(figure.carrier) - middle(figure.rest, "thigh")
        goal = path + _turned(figure, rest_hips)
        figure.shift(figure.carrier, goal - figure.posed.heads[figure.carrier])


def _turned(figure: PosedTarget, offset: FloatArray) -> FloatArray:
    return quat_rotate(figure.turn_of("hips"), offset)


def tracks_of(figure: PosedTarget, switches: Switches) -> PoseTracks:
    """Read the channels off the posed figure."""
    posed = figure.posed
    return PoseTracks(
        rotations={bone: continuous_quats(posed.basis(bone)) for bone in figure.goals},
        locations={bone: posed.location(bone, s) for bone, s in figure.shifts.items()},
        switches=switches,
        framerate=figure.placed.framerate,
        frame_count=figure.frame_count,
        heads=posed.heads,
        poses=posed.poses,
        notes=tuple(figure.notes),
    )
