"""A key pose of the library goes onto a rig: where the rig stands, as far as is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ...core.body_motion import BodyMotion, SourceNote
from ...rigs import BoneMap, HumanMotion, RetargetOptions, Skeleton, retarget
from ...rigs.poses.library import KeyPose, PoseLibrary, load_library
from ...rigs.poses.search import PoseIndex
from ...rigs.poses.stance import Stance, placed_pose, stance_of
from ...rigs.retarget import rest_joints
from ..host import keyframes
from ..host.armatures import bone_map_of, read_skeleton, refusal
from ..results.apply import AppliedMotion, ApplyOptions, apply_human_motion, human_motion
from ..retargeting.source_motion import pose_of_armature
from .pose_blend import blended

if TYPE_CHECKING:
    from bpy.types import Context, Object


@dataclass(frozen=True)
class PoseChoice:
    """What is asked of a key pose.

    Attributes:
        name: of the pose. blend: share of the way from the present pose. mirrored: exchange sides.
    """

    name: str
    blend: float = 1.0
    mirrored: bool = False


@lru_cache(maxsize=1)
def index() -> PoseIndex:
    """The library, ready for searches.

    Raises:
        Sketch2PoseError: the library cannot be read.
    """
    return PoseIndex(load_library())


def key_pose(name: str) -> tuple[PoseLibrary, KeyPose]:
    """The library and its pose of that name.

    Raises:
        Sketch2PoseError: there is no such pose or no library.
    """
    library = index().library
    return library, library.named(name)


def apply_key_pose(
    context: Context, target: Object, choice: PoseChoice, *, key: bool
) -> AppliedMotion:
    """Puts a key pose onto the rig at the current frame.

    The figure keeps its place, its heading and its ground.

    Args:
        context: any context.
        target: the rig.
        choice: which pose, how much of it.
        key: insert keys.

    Raises:
        Sketch2PoseError: the rig cannot take it; nothing was changed.
    """
    if (problem := refusal(target)) is not None:
        raise problem
    library, pose = key_pose(choice.name)
    skeleton = read_skeleton(target)
    bone_map = bone_map_of(target, skeleton)
    stance = present_stance(target, skeleton, bone_map)
    human = human_of_key_pose(library, pose, stance.heading, choice.mirrored)

    def adjust(rig: Object, channels: list[keyframes.Channel]) -> list[keyframes.Channel]:
        return blended(rig, channels, choice.blend, lambda: own_channels(context, rig))

    options = ApplyOptions(retarget_options(pose, stance), key=key, adjust=adjust)
    frame = context.scene.frame_current
    return apply_human_motion(context, human, target, frame, options, pose.title)


def human_of_key_pose(
    library: PoseLibrary, pose: KeyPose, heading: float = 0.0, mirrored: bool = False
) -> HumanMotion:
    """The pose as a still in Blender's axes, standing on the ground."""
    rotvecs, joints = placed_pose(library, pose, heading, mirrored)
    motion = BodyMotion(
        poses=rotvecs[None].astype(np.float32),
        trans=joints[None, 0].astype(np.float32),
        betas=np.zeros(10, np.float32),
        joints3d=joints[None].astype(np.float32),
        source=SourceNote("pose library", pose.name),
    )
    return human_motion(motion)


def retarget_options(pose: KeyPose, stance: Stance | None = None) -> RetargetOptions:
    """On the rig's own ground: by its soles when the pose stands on its feet."""
    if stance is None:
        return RetargetOptions(feet_on_ground=pose.on_feet)
    x, y, z = (float(value) for value in stance.over)
    return RetargetOptions(feet_on_ground=pose.on_feet, over=(x, y, z))


def present_stance(target: Object, skeleton: Skeleton, bone_map: BoneMap) -> Stance:
    """Where the rig stands and faces now.

    Raises:
        Sketch2PoseError: the rig's joints make no body.
    """
    roles = ("left_thigh", "right_thigh")
    bones = target.pose.bones
    posed = {role: np.array(bones[bone_map.bones[role]].head, dtype=float) for role in roles}
    return stance_of(rest_joints(skeleton, bone_map), posed)


def own_channels(context: Context, target: Object) -> list[keyframes.Channel]:
    """The present pose as the bones would show it that we key: FK, whatever moves them now.

    Raises:
        Sketch2PoseError: the rig's bones are not recognized.
    """
    skeleton = read_skeleton(target)
    bone_map = bone_map_of(target, skeleton)
    options = RetargetOptions(in_world=True, feet_on_ground=False)
    tracks = retarget(pose_of_armature(context, target), skeleton, bone_map, options)
    return keyframes.channels_of(target, tracks)
