"""Motions to retarget: a BodyMotion file, or what another armature does.

Frames: Blender's world (z up, meters); the motion of an armature is sampled frame by frame from the
evaluated rig, so constraints, drivers, IK and NLA count.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import bpy
import numpy as np

from ...core.body_motion import BodyMotion
from ...core.errors import Sketch2PoseError
from ...rigs import HumanMotion
from ...rigs.bone_maps.mapping import detect_source_map
from ...rigs.human_motion import human_motion_from_rig, without_still_fingers
from ...rigs.resample import resampled
from ..host.armatures import read_skeleton, saved_bone_map
from ..results.apply import human_motion, scene_framerate

if TYPE_CHECKING:
    from bpy.types import Context, Object


def motion_of_body(context: Context, motion: BodyMotion) -> HumanMotion:
    """A BodyMotion at the scene's frame rate."""
    return resampled(human_motion(motion), scene_framerate(context), motion.times)


def motion_of_armature(context: Context, source: Object, first: int, last: int) -> HumanMotion:
    """Sample what ``source`` does from frame ``first`` to ``last``; the scene's frame is restored.

    Raises:
        Sketch2PoseError: the source's bones are not recognized.
    """
    return _read(context, source, lambda bones: _sampled(context, source, bones, first, last))


def pose_of_armature(context: Context, source: Object) -> HumanMotion:
    """What ``source`` shows now, as one frame; poses without keys count, as no frame is set.

    Raises:
        Sketch2PoseError: the source's bones are not recognized.
    """

    def posed(bones: list[str]) -> dict[str, np.ndarray]:
        context.view_layer.update()
        table = _without_scale(_matrices(context, source, bones)[None])
        return {bone: table[:, i] for i, bone in enumerate(bones)}

    return _read(context, source, posed)


def _read(
    context: Context, source: Object, sampled: Callable[[list[str]], dict[str, np.ndarray]]
) -> HumanMotion:
    skeleton = read_skeleton(source)
    bone_map = saved_bone_map(source) or detect_source_map(skeleton)
    bones = {role: bone for role, bone in bone_map.bones.items() if _is_read(role)}
    rest_world = _without_scale(skeleton.world_from_rig @ skeleton.rest)
    rest = {bone: rest_world[skeleton.index[bone]] for bone in bones.values()}
    posed = sampled(list(bones.values()))
    human = human_motion_from_rig(bones, rest, posed, scene_framerate(context), (0.0, 0.0, 1.0))
    return without_still_fingers(human)


def _is_read(role: str) -> bool:
    return not ("_twist_" in role or "_with_" in role or role in ("root", "location"))


def _sampled(
    context: Context, source: Object, bones: list[str], first: int, last: int
) -> dict[str, np.ndarray]:
    """Return each bone's world matrix [T, 4, 4]."""
    scene = context.scene
    present = scene.frame_current
    rows: list[np.ndarray] = []
    try:
        for frame in range(first, last + 1):
            scene.frame_set(frame)
            rows.append(_matrices(context, source, bones))
    finally:
        scene.frame_set(present)
    table = _without_scale(np.array(rows, dtype=np.float64))
    return {bone: table[:, i] for i, bone in enumerate(bones)}


def _matrices(context: Context, source: Object, bones: list[str]) -> np.ndarray:
    """World matrices [N, 4, 4] of bones of the evaluated rig."""
    evaluated = source.evaluated_get(context.evaluated_depsgraph_get())
    matrices = [evaluated.pose.bones[bone].matrix for bone in bones]
    return np.array(evaluated.matrix_world) @ np.array(matrices)


def _without_scale(matrices: np.ndarray) -> np.ndarray:
    result = matrices.copy()
    result[..., :3, :3] /= np.linalg.norm(result[..., :3, :3], axis=-2, keepdims=True)
    return result


def action_range(source: Object) -> tuple[int, int]:
    """Return the first and last frame of what animates ``source``.

    Raises:
        Sketch2PoseError: nothing does.
    """
    data = source.animation_data
    if data is not None and data.action is not None:
        first, last = data.action.frame_range
        return int(np.floor(first)), int(np.ceil(last))
    if data is not None and any(track.strips for track in data.nla_tracks):
        strips = [strip for track in data.nla_tracks for strip in track.strips]
        first = min(s.frame_start for s in strips)
        return int(first), int(max(s.frame_end for s in strips))
    raise Sketch2PoseError(
        "There is no motion to retarget",
        f'"{source.name}" has no action',
        "Choose an animated armature, or a motion file",
        "source.still",
    )


def find_source(name: str) -> Object | Path:
    """Return the armature of that name, or the motion file at that path.

    Raises:
        Sketch2PoseError: it is neither.
    """
    found = bpy.data.objects.get(name)
    if found is not None and found.type == "ARMATURE":
        return found
    path = Path(bpy.path.abspath(name)) if name else None
    if path is not None and path.is_file():
        return path
    raise Sketch2PoseError(
        "There is no motion to retarget",
        f'"{name}" is neither an armature of this file nor a motion file'
        if name
        else "no source is chosen",
        "Choose an animated armature, or an .npz file",
        "source.none",
    )
