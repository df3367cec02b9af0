"""What the benchmark measures, all from the channels that would be keyed.

Angles are degrees, distances millimetres. Poses are recomputed from the channels by forward
kinematics, so nothing the retargeter claims about itself is believed.
"""

from __future__ import annotations

import numpy as np

from sketch2pose.core.rotations import normalized, quat_inverse, quat_multiply, rotmat_from_quat
from sketch2pose.rigs import BoneMap, HumanMotion, PoseTracks, RetargetOptions, Skeleton, retarget
from sketch2pose.rigs.feet.contacts import foot_contacts
from sketch2pose.rigs.feet.soles import sole_points
from sketch2pose.rigs.human_motion import human_motion_from_rig
from sketch2pose.rigs.kinematics import PosedBones, pose_from_channels
from sketch2pose.rigs.landmarks import body_frame, soles
from sketch2pose.rigs.placement import rest_ground
from sketch2pose.rigs.pose_error import pose_error
from sketch2pose.rigs.reduction import evaluate, point_distance, quat_distance, reduce_curve
from tests.pure.rigs.rig_fixtures import slide_per_frame

SIDES = ("left", "right")
SEGMENTS = (("upper_arm", "forearm"), ("forearm", "hand"), ("thigh", "shin"), ("shin", "foot"))


def posed(rig: Skeleton, bone_map: BoneMap, tracks: PoseTracks) -> PosedBones:
    linked = rig.with_parents(bone_map.parents)
    return pose_from_channels(linked, tracks.rotations, tracks.locations, tracks.frame_count)


def direction_errors(motion: HumanMotion, heads: dict[str, np.ndarray]) -> np.ndarray:
    """Angles between the source's and the target's 8 limb segments [8, T].

    ``heads`` are the target's joints by role, in the motion's own world axes.
    """
    rows = []
    for side in SIDES:
        for start, end in SEGMENTS:
            a, b = f"{side}_{start}", f"{side}_{end}"
            if a in heads and b in heads:
                have = normalized(heads[b] - heads[a])
                wanted = normalized(motion.positions[b] - motion.positions[a])
                rows.append(np.degrees(np.arccos(np.clip(np.sum(have * wanted, 1), -1, 1))))
    return np.array(rows)


def heads_by_role(rig: Skeleton, bone_map: BoneMap, tracks: PoseTracks) -> dict[str, np.ndarray]:
    heads = posed(rig, bone_map, tracks).heads
    return {role: heads[bone] for role, bone in bone_map.bones.items() if bone in heads}


def roll_errors(
    motion: HumanMotion, rig: Skeleton, bone_map: BoneMap, tracks: PoseTracks, straight: Skeleton
) -> np.ndarray:
    """Roll of each limb segment against the source's [8, T].

    The truth is known by construction: ``straight`` is the same rig before its rest was posed by
    swings, with the same axes on every bone.
    """
    poses = posed(rig, bone_map, tracks).poses
    rows = []
    for side in SIDES:
        for start, end in SEGMENTS:
            bone = bone_map.bones[f"{side}_{start}"]
            rest = straight.rest_quats[straight.index[bone]]
            wanted = quat_multiply(motion.turns[f"{side}_{start}"], rest)
            difference = quat_multiply(poses[bone], quat_inverse(wanted))
            along = motion.positions[f"{side}_{end}"] - motion.positions[f"{side}_{start}"]
            rows.append(_angle_about(difference, normalized(along)))
    return np.array(rows)


def _angle_about(turns: np.ndarray, axis: np.ndarray) -> np.ndarray:
    along = np.sum(turns[:, 1:] * axis, axis=1)
    return np.degrees(np.abs(2.0 * np.arctan2(along, np.abs(turns[:, 0]))))


def hinge_errors(
    motion: HumanMotion, rest: dict[str, np.ndarray], turns: dict[str, np.ndarray]
) -> np.ndarray:
    """Roll of upper arms judged by the elbow's own hinge [sides, T].

    Where a rig's elbow is bent at rest its hinge is visible; it has to lie where the source's
    hinge (square to arm and front, T-pose) has been turned to.
    """
    rows = []
    for side in SIDES:
        upper, fore, hand = (rest[f"{side}_{p}"] for p in ("upper_arm", "forearm", "hand"))
        own = normalized(np.cross(fore - upper, hand - fore))
        source_arm = motion.rest[f"{side}_forearm"] - motion.rest[f"{side}_upper_arm"]
        source = normalized(np.cross(source_arm, [0.0, -1.0, 0.0]))
        from sketch2pose.core.rotations import quat_rotate

        have = quat_rotate(turns[f"{side}_upper_arm"], own)
        wanted = quat_rotate(motion.turns[f"{side}_upper_arm"], source)
        rows.append(np.degrees(np.arccos(np.clip(np.sum(have * wanted, axis=1), -1, 1))))
    return np.array(rows)


def slides(
    motion: HumanMotion, rig: Skeleton, bone_map: BoneMap, lock: bool
) -> tuple[np.ndarray, float]:
    """Slide of the planted balls of the feet, mm a frame at the rig's own size, and how deep any
    sole point ever sinks into the ground, mm.
    """
    tracks = retarget(motion, rig, bone_map, RetargetOptions(lock_contacts=lock))
    bones = posed(rig, bone_map, tracks)
    rest = {role: rig.head(bone) for role, bone in bone_map.bones.items()}
    frame = body_frame(rest)
    contacts = foot_contacts(motion)
    moves, lowest = [], []
    ground = rest_ground(rest, frame)
    for side, sole in soles(rest, frame, ground).items():
        foot = bone_map.bones[f"{side}_foot"]
        rest_quat = rig.rest_quats[rig.index[foot]]
        points = sole_points(rest_quat, bones.poses[foot], bones.heads[foot], sole)
        moves.append(slide_per_frame(points[:, 1], contacts[f"{side}_toes"]))
        lowest.append(float(points[..., 2].min()))
    return 1e3 * np.concatenate(moves), 1e3 * max(ground - min(lowest), 0.0)


def round_trip(motion: HumanMotion, rig: Skeleton, bone_map: BoneMap, back: Skeleton) -> np.ndarray:
    """Angles [bones, T] on the rig ``back`` between the direct way and the way through ``rig``."""
    from sketch2pose.rigs import detect_bone_map

    there = posed(rig, bone_map, retarget(motion, rig, bone_map))
    bones = {r: b for r, b in bone_map.bones.items() if b in there.poses and "_with_" not in r}
    bones = {r: b for r, b in bones.items() if "_twist_" not in r and r not in ("root", "location")}
    matrices = {}
    for bone in bones.values():
        matrices[bone] = np.tile(np.eye(4), (motion.frame_count, 1, 1))
        matrices[bone][:, :3, :3] = rotmat_from_quat(there.poses[bone])
        matrices[bone][:, :3, 3] = there.heads[bone]
    rest = {bone: rig.rest[rig.index[bone]] for bone in bones.values()}
    read = human_motion_from_rig(bones, rest, matrices, motion.framerate, (0, 0, 1))
    back_map = detect_bone_map(back)
    direct = posed(back, back_map, retarget(motion, back, back_map)).poses
    again = posed(back, back_map, retarget(read, back, back_map)).poses
    limbs = [b for r, b in back_map.bones.items() if r.partition("_")[2] in _LIMB_PARTS]
    return np.array([np.degrees(quat_distance(direct[b], again[b])) for b in limbs])


_LIMB_PARTS = ("upper_arm", "forearm", "thigh", "shin")


def reduced_key_count(
    rig: Skeleton, bone_map: BoneMap, tracks: PoseTracks, degrees: float
) -> tuple[int, float]:
    """Keys (one a curve and kept frame) within ``degrees``, and the error measured."""
    tolerance = np.radians(degrees)
    for _ in range(8):
        curves = {
            bone: reduce_curve(values, quat_distance, tolerance)
            for bone, values in tracks.rotations.items()
        }
        moves = {
            bone: reduce_curve(values, point_distance, 0.5 * tolerance)
            for bone, values in tracks.locations.items()
        }
        length = tracks.frame_count
        drawn = (
            {bone: normalized(evaluate(curve, length)) for bone, curve in curves.items()},
            {bone: evaluate(curve, length) for bone, curve in moves.items()},
        )
        exact = tracks.rotations, tracks.locations
        error = pose_error(rig, bone_map, exact, drawn, length)
        if error.rotation <= np.radians(degrees):
            break
        tolerance *= float(np.clip(0.9 * np.radians(degrees) / error.rotation, 0.3, 0.8))
    count = sum(c.values.size for c in curves.values()) + sum(c.values.size for c in moves.values())
    return count, float(np.degrees(error.rotation))
