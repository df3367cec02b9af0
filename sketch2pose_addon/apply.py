"""A BodyMotion becomes keys on the animator's rig.

Everything that can fail (reading, mapping, retargeting) happens before the first change, so the
scene stays as it was when it fails. A still is keyed at one frame of the present action; a clip
gets an action of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..inference.protocol.body_motion import SMPL_JOINT_NAMES, BodyMotion, read_body_motion
from ..inference.protocol.errors import Sketch2PoseError
from ..rigs import HumanMotion, PoseTracks, RetargetOptions, RigError, retarget
from ..rigs.human_motion import human_motion_from_smpl
from ..rigs.resample import resampled
from . import axes, keyframes
from .armature_io import bone_map_of, explained, read_skeleton, refusal

if TYPE_CHECKING:
    from bpy.types import Context, Object


@dataclass(frozen=True)
class ApplyOptions:
    """How a motion is put on a rig.

    Attributes:
        retarget: placement, ground contact, mirror (see :class:`rigs.RetargetOptions`).
        key: insert keys; False only sets the pose (stills) and is refused for clips.
        interpolation: ``BEZIER``, ``LINEAR`` or ``CONSTANT``.
        match_framerate: resample a clip to the scene's frame rate.
    """

    retarget: RetargetOptions = field(default_factory=RetargetOptions)
    key: bool = True
    interpolation: str = "BEZIER"
    match_framerate: bool = True


@dataclass(frozen=True)
class AppliedMotion:
    """What was written.

    Attributes:
        target: name of the rig.
        action: name of the action that holds the keys, empty when none were asked for.
        frame_start: first keyed frame.
        frame_end: last keyed frame.
        key_count: number of keys.
        bone_count: number of bones driven.
        preset: rig family that was recognised.
        notes: sentences for the user.
    """

    target: str
    action: str
    frame_start: int
    frame_end: int
    key_count: int
    bone_count: int
    preset: str
    notes: tuple[str, ...] = ()


def apply_body_motion(
    context: Context,
    motion: BodyMotion | Path | str,
    target: Object,
    *,
    frame_start: int | None = None,
    options: ApplyOptions | None = None,
) -> AppliedMotion:
    """Put a motion on ``target``.

    Args:
        context: Blender's context; its scene gives frame and frame rate.
        motion: the motion or the path of its file.
        target: the armature object.
        frame_start: frame of the first key; None = the current frame.
        options: placement and keying.

    Raises:
        Sketch2PoseError: the file or the rig cannot be used; nothing was changed.
    """
    options = options or ApplyOptions()
    if (problem := refusal(target)) is not None:
        raise problem
    value = motion if isinstance(motion, BodyMotion) else read_body_motion(Path(motion))
    human = human_motion(value)
    if options.match_framerate and human.frame_count > 1:
        human = resampled(human, scene_framerate(context), value.source_frames / human.framerate)
    tracks, preset = retarget_onto(target, human, options.retarget)
    start = context.scene.frame_current if frame_start is None else frame_start
    return write_tracks(context, target, tracks, start, options, Path(value.source.name), preset)


def human_motion(motion: BodyMotion) -> HumanMotion:
    """Return a BodyMotion as the input of retargeting, in Blender's axes.

    Raises:
        Sketch2PoseError: it has no joint positions, so its proportions are unknown.
    """
    if motion.joints3d is None:
        raise Sketch2PoseError(
            "The motion cannot be retargeted",
            "it has no joint positions (joints3d)",
            "Import it through Sketch2Pose, which computes them",
            "motion.joints3d",
        )
    human = human_motion_from_smpl(
        motion.poses,
        motion.joints3d,
        motion.mocap_framerate,
        hands=motion.hands,
        contacts=motion.contacts,
        contact_names=motion.contact_names or (),
        joint_names=SMPL_JOINT_NAMES,
    )
    return human.turned(axes.BLENDER_FROM_BODY_QUAT)


def retarget_onto(
    target: Object, human: HumanMotion, options: RetargetOptions
) -> tuple[PoseTracks, str]:
    """Return the channels for ``target`` and the name of its rig family.

    Raises:
        Sketch2PoseError: the rig is not recognised or its map has holes.
    """
    skeleton = read_skeleton(target)
    bone_map = bone_map_of(target, skeleton)
    try:
        return retarget(human, skeleton, bone_map, options), bone_map.preset
    except RigError as error:
        raise explained(error) from error


def scene_framerate(context: Context) -> float:
    """Return the scene's frames a second."""
    render = context.scene.render
    return render.fps / render.fps_base


def write_tracks(
    context: Context,
    target: Object,
    tracks: PoseTracks,
    start: int,
    options: ApplyOptions,
    source: Path,
    preset: str,
) -> AppliedMotion:
    """Write the channels as pose or keys, starting at frame ``start``."""
    channels = keyframes.channels_of(target, tracks)
    still = tracks.frame_count == 1
    action, count = "", 0
    if options.key or not still:
        action, count = _key(context, target, tracks, channels, start, options, source.stem)
    if still:
        keyframes.pose_now(target, channels)
    else:
        context.scene.frame_set(context.scene.frame_current)
    context.view_layer.update()
    return AppliedMotion(
        target=target.name,
        action=action,
        frame_start=start,
        frame_end=start + tracks.frame_count - 1,
        key_count=count,
        bone_count=len(tracks.rotations),
        preset=preset,
        notes=tracks.notes,
    )


def _key(
    context: Context,
    target: Object,
    tracks: PoseTracks,
    channels: list[keyframes.Channel],
    start: int,
    options: ApplyOptions,
    stem: str,
) -> tuple[str, int]:
    name = f"{target.name} {stem}".strip()
    make = keyframes.present_action if tracks.frame_count == 1 else keyframes.new_action
    action = make(target, name)
    frames: NDArray[np.float64] = start + np.arange(tracks.frame_count, dtype=np.float64)
    count = keyframes.write_keys(target, action, channels, frames, options.interpolation)
    return action.name, count
