"""A still goes onto the rig: where it stands, with or without keys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ...core import axes
from ...core.body_motion import BodyMotion
from ...core.rotations import quat_from_rotvec, quat_multiply, quat_rotate, rotvec_from_quat
from ...rigs import RetargetOptions
from ..host.armatures import bone_map_of
from ..host.properties import settings
from .apply import AppliedMotion, ApplyOptions, apply_body_motion
from .key_choice import KeyOptions

if TYPE_CHECKING:
    from bpy.types import Context, Object

    from ..host.drawing_capture import CapturedDrawing

_HIPS = (1, 2)  # SMPL's hip joints: the figure is held by the point between them
_UP = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True)
class Place:
    """Where a figure stands.

    Attributes:
        hips: [3] point between the hip joints in Blender's world; None leaves the figure where
            the rig stands, facing as the rig does.
        on_ground: put the lowest sole on the ground.
        heading: angle about z by which the figure's world is turned, radians; with `hips` only.
        ground: height of the ground there.
    """

    hips: np.ndarray | None
    on_ground: bool
    heading: float = 0.0
    ground: float = 0.0


def drawn_joints(captured: CapturedDrawing, motion: BodyMotion) -> np.ndarray:
    """The observed joints on the sheet, [24, 3] in Blender's world; [0, 3] when not observed."""
    if motion.joints2d is None:
        return np.zeros((0, 3))
    return captured.world_from_page(np.asarray(motion.joints2d[0], float))


def present_hips(target: Object) -> np.ndarray:
    """Where the rig's hips are now, in Blender's world [3]."""
    bone_map = bone_map_of(target)
    thighs = [target.pose.bones[bone_map.bones[f"{side}_thigh"]] for side in ("left", "right")]
    return np.mean([np.array(target.matrix_world @ bone.head) for bone in thighs], axis=0)


def apply_motion(
    context: Context,
    motion: BodyMotion,
    target: Object,
    place: Place,
    frame: int,
    *,
    key: bool | None = None,
    interpolation: str = "BEZIER",
    only: frozenset[str] | None = None,
) -> AppliedMotion:
    """Puts a still onto the rig at a frame.

    Args:
        context: any context.
        motion: one frame.
        target: the rig.
        place: where the figure stands.
        frame: frame of the keys.
        key: insert keys; None asks the panel's setting and Auto Keying.
        interpolation: of the keys, ``BEZIER`` or ``CONSTANT``.
        only: roles whose bones are written; None for all.

    Raises:
        Sketch2PoseError: the rig cannot take it; nothing was changed.
    """
    options = RetargetOptions(
        in_world=place.hips is not None, feet_on_ground=place.on_ground, ground=place.ground
    )
    motion = placed_motion(motion, place)
    keyed = keys_wanted(context) if key is None else key
    apply_options = ApplyOptions(
        retarget=options, key=keyed, keys=KeyOptions(interpolation=interpolation), only=only
    )
    applied = apply_body_motion(context, motion, target, frame_start=frame, options=apply_options)
    if applied.action and frame != context.scene.frame_current:
        context.scene.frame_set(context.scene.frame_current)  # keys elsewhere do not pose here
    return applied


def keys_wanted(context: Context) -> bool:
    """Whether the pose is keyed, by the panel's setting and Auto Keying."""
    if settings(context).keying == "ALWAYS":
        return True
    return bool(context.scene.tool_settings.use_keyframe_insert_auto)


def result_line(applied: AppliedMotion, people: int) -> str:
    """What happened, for the panel."""
    done = f"Keyed {applied.target} at frame {applied.frame_start}"
    if not applied.action:
        done = f"Posed {applied.target} without keyframes (Auto Keying is disabled)"
    others = f"; the first of {people} people: choose rigs under People" if people > 1 else ""
    return ". ".join([done + others, *applied.notes])


def placed_motion(motion: BodyMotion, place: Place) -> BodyMotion:
    """A still turned and carried to its place; as it is when it stands at the rig."""
    if motion.joints3d is None or place.hips is None:
        return motion
    turn = quat_from_rotvec(place.heading * _UP)
    joints = quat_rotate(turn, motion.joints3d.astype(float))
    offset = axes.body_from_blender(place.hips) - joints[0, list(_HIPS)].mean(0)
    poses = motion.poses.astype(float)
    root = quat_multiply(turn, quat_from_rotvec(poses[:, :3]))
    poses[:, :3] = rotvec_from_quat(root)
    moved = joints + offset
    rest = motion.joints3d[:, 0] - motion.trans  # the pelvis turns about itself
    return replace(
        motion,
        poses=poses.astype(np.float32),
        joints3d=moved.astype(np.float32),
        trans=(moved[:, 0] - rest).astype(np.float32),
    )
