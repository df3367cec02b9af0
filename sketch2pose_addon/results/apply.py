"""A BodyMotion becomes keys on the animator's rig.

Everything that can fail (reading, mapping, retargeting) happens before the first change, so the
scene stays as it was when it fails. A still is keyed at one frame of the present action; a clip
gets an action of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...core import axes
from ...core.body_motion import BodyMotion, read_body_motion
from ...core.errors import Sketch2PoseError
from ...core.smpl import SMPL_JOINT_NAMES
from ...rigs import BoneMap, HumanMotion, PoseTracks, RetargetOptions, Skeleton, retarget
from ...rigs.human_motion import human_motion_from_smpl
from ...rigs.resample import resampled
from ..host import keyframes
from ..host.armatures import bone_map_of, read_skeleton, refusal
from .key_choice import EVERY, ChosenKeys, KeyOptions, choose_keys

if TYPE_CHECKING:
    from bpy.types import Context, Object

LAST_FRAME = 1_048_574  # of Blender's timeline (MAXFRAME)


@dataclass(frozen=True)
class ApplyOptions:
    """How a motion is put on a rig.

    Attributes:
        retarget: placement, ground contact, mirror (see :class:`rigs.RetargetOptions`).
        key: insert keys; False only sets the pose (stills; clips are always keyed).
        keys: how many keys.
        as_strip: put a clip's action on a new NLA track and leave the active action alone.
        match_framerate: resample a clip to the scene's frame rate.
        only: roles whose bones are written (see :mod:`rigs.human`); None for all.
        adjust: changes the channels of the target before they are written; None leaves them.
    """

    retarget: RetargetOptions = field(default_factory=RetargetOptions)
    key: bool = True
    keys: KeyOptions = field(default_factory=KeyOptions)
    as_strip: bool = False
    match_framerate: bool = True
    only: frozenset[str] | None = None
    adjust: Callable[[Object, list[keyframes.Channel]], list[keyframes.Channel]] | None = None


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
        preset: rig family that was recognized.
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
        human = resampled(human, scene_framerate(context), value.times)
    start = context.scene.frame_current if frame_start is None else frame_start
    return apply_human_motion(context, human, target, start, options, Path(value.source.name).stem)


def apply_human_motion(
    context: Context,
    human: HumanMotion,
    target: Object,
    start: int,
    options: ApplyOptions,
    name: str,
) -> AppliedMotion:
    """Retarget ``human`` (Blender's axes, the scene's frame rate) and write it from ``start`` on.

    Args:
        context: Blender's context.
        human: the motion.
        target: the armature object.
        start: frame of the first key.
        options: placement and keying.
        name: what the motion is called; part of a new action's name.

    Raises:
        Sketch2PoseError: the rig is not recognized or its map has holes; nothing was changed.
    """
    if (problem := refusal(target)) is not None:
        raise problem
    check_fits_timeline(start, human.frame_count)
    skeleton = read_skeleton(target)
    bone_map = bone_map_of(target, skeleton)
    tracks = retarget(human, skeleton, bone_map, options.retarget)
    if options.only is not None:
        tracks = only_roles(tracks, skeleton, bone_map, options.only)
    channels = keyframes.channels_of(target, tracks)
    if options.adjust is not None:
        channels = options.adjust(target, channels)
    chosen = choose_keys(target, skeleton, bone_map, tracks, channels, options.keys)
    return _write(context, target, tracks, chosen, start, options, name, bone_map.preset)


def only_roles(
    tracks: PoseTracks, skeleton: Skeleton, bone_map: BoneMap, roles: frozenset[str]
) -> PoseTracks:
    """The channels of some roles, their twist bones and switches; the rest is left alone."""
    bones = {bone for role, bone in bone_map.bones.items() if role.partition("_twist")[0] in roles}
    above = {ancestor for bone in bones for ancestor in skeleton.ancestors(bone)} | bones
    return replace(
        tracks,
        rotations={bone: turns for bone, turns in tracks.rotations.items() if bone in bones},
        locations={bone: path for bone, path in tracks.locations.items() if bone in bones},
        switches=tuple(switch for switch in tracks.switches if switch[0] in above),
    )


def human_motion(motion: BodyMotion) -> HumanMotion:
    """Return a BodyMotion as the input of retargeting, in Blender's axes.

    Raises:
        Sketch2PoseError: it has no joint positions, so its proportions are unknown.
    """
    if motion.joints3d is None:
        raise Sketch2PoseError(
            "The motion cannot be retargeted",
            "it has no joint positions (joints3d)",
            "Import the motion with Import Motion, which computes them",
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


def check_fits_timeline(start: int, frame_count: int) -> None:
    """Refuse keys beyond the frames that Blender can show.

    Raises:
        Sketch2PoseError: they begin or end there.
    """
    if start >= -LAST_FRAME and start + frame_count <= LAST_FRAME:
        return
    raise Sketch2PoseError(
        "The motion cannot be keyed there",
        f"it would run from frame {start:,} to {start + frame_count:,}, "
        f"and Blender's timeline ends at {LAST_FRAME:,}",
        "Go to an earlier frame, or cut the motion into parts",
        "motion.timeline",
    )


def scene_framerate(context: Context) -> float:
    """Return the scene's frames a second."""
    render = context.scene.render
    return render.fps / render.fps_base


def _write(
    context: Context,
    target: Object,
    tracks: PoseTracks,
    chosen: ChosenKeys,
    start: int,
    options: ApplyOptions,
    name: str,
    preset: str,
) -> AppliedMotion:
    still = tracks.frame_count == 1
    action, count = "", 0
    if options.key or not still:
        action, count = _key(target, chosen, start, tracks.frame_count, options, name)
    if still:
        keyframes.pose_now(target, chosen.channels)
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
        notes=(*tracks.notes, *_error_note(chosen, count), *_hidden_note(target)),
    )


def _key(
    target: Object,
    chosen: ChosenKeys,
    start: int,
    frame_count: int,
    options: ApplyOptions,
    name: str,
) -> tuple[str, int]:
    title = f"{target.name} {name}".strip()
    frames: NDArray[np.float64] = start + np.arange(frame_count, dtype=np.float64)
    before = keyframes.active_action(target)
    make = keyframes.present_action if frame_count == 1 else keyframes.new_action
    action = make(target, title)
    kind = options.keys.interpolation if options.keys.kind == EVERY else "BEZIER"
    count = keyframes.write_keys(target, action, chosen.channels, frames, kind)
    if options.as_strip and frame_count > 1:
        keyframes.to_strip(target, action, start, before)
    return action.name, count


def _error_note(chosen: ChosenKeys, count: int) -> tuple[str, ...]:
    if chosen.error is None:
        return ()
    degrees, millimetres = np.degrees(chosen.error.rotation), 1e3 * chosen.error.position
    return (f"{count} keyframes keep it within {degrees:.2f} degrees and {millimetres:.0f} mm.",)


def _hidden_note(target: Object) -> tuple[str, ...]:
    if target.data.pose_position == "POSE":
        return ()
    return (f'"{target.data.name}" shows its rest position: switch it to Pose Position to see it.',)
