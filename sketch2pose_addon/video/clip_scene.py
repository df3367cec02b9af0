"""Sets the scene up for a clip: frame rate, range, the camera that filmed it, the clip behind it.

Frames: Blender's world (z up); the motion's world is turned into it by `axes`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...core import axes
from ...core.body_motion import BodyMotion
from ...rigs.human_motion import SMPL_ROLES
from ..host.armatures import bone_map_of
from ..results.apply import scene_framerate
from ..results.motion_camera import camera_from_motion, fitted_placement, scene_frames, show_footage

if TYPE_CHECKING:
    from bpy.types import Context, Object
    from numpy.typing import NDArray

    from ..results.apply import AppliedMotion
    from .footage import Footage

_SAMPLES = 7  # frames at which rig and motion are compared


def set_framerate(context: Context, framerate: float) -> None:
    """Give the scene a clip's frame rate: 29.97 becomes 30 over 1.001, as Blender writes it."""
    render = context.scene.render
    render.fps = max(round(framerate), 1)
    render.fps_base = render.fps / framerate


def file_framerate(motion: BodyMotion) -> float:
    """Frames a second of the file that a motion was read from."""
    return motion.mocap_framerate * motion.source_step


def in_step(motion: BodyMotion, context: Context) -> BodyMotion:
    """The motion played so that each frame of the file lasts one frame of the scene."""
    return replace(motion, mocap_framerate=scene_framerate(context) / motion.source_step)


def start_beside(context: Context, first: BodyMotion, other: BodyMotion, frame_start: int) -> int:
    """Scene frame of another person's first row: they may have come later or earlier.

    Args:
        context: its scene plays both.
        first: begins at `frame_start`.
        other: the other person.
        frame_start: scene frame.
    """
    late = int(other.source_frames[0]) - int(first.source_frames[0])
    return frame_start + round(late * scene_framerate(context) / file_framerate(first))


def set_range(context: Context, applied: AppliedMotion) -> None:
    """Let the scene play the keyed frames and no others."""
    context.scene.frame_start = applied.frame_start
    context.scene.frame_end = max(applied.frame_end, applied.frame_start)


def add_camera(
    context: Context,
    motion: BodyMotion,
    target: Object,
    footage: Footage,
    picture: Any,
) -> Object:
    """Add the camera that filmed a clip, with the clip behind the rig.

    Args:
        context: its scene receives the camera.
        motion: what was applied.
        target: the rig that performs it.
        footage: where the clip came from.
        picture: the clip, see `camera_view.load_footage`.

    Returns:
        The camera.

    Raises:
        Sketch2PoseError: the motion knows no camera; nothing was changed.
    """
    placement = placement_of(context, motion, target, footage.frame_start)
    camera = camera_from_motion(
        context, motion, frame_start=footage.frame_start, placement=placement
    )
    show_footage(camera, picture, footage.frame_start, int(motion.source_frames[0]))
    return camera


def placement_of(
    context: Context, motion: BodyMotion, target: Object, frame_start: int
) -> NDArray[np.float64]:
    """[4, 4] similarity from the motion's world, in Blender's axes, to the rig's performance."""
    rows = np.unique(np.linspace(0, motion.frame_count - 1, _SAMPLES).round().astype(int))
    frames = scene_frames(context, motion, frame_start)[rows]
    bones = bone_map_of(target).bones
    joints = [(n, bones[role]) for n, role in enumerate(SMPL_ROLES) if _is_compared(role, bones)]
    assert motion.joints3d is not None
    seen = axes.blender_from_body(motion.joints3d[rows][:, [n for n, _ in joints]])
    performed = _performed(context, target, [bone for _, bone in joints], frames)
    return fitted_placement(seen.reshape(-1, 3), performed.reshape(-1, 3))


def _is_compared(role: str, bones: Any) -> bool:
    """Limbs only: spines and shoulders of rigs begin elsewhere than SMPL's."""
    parts = ("thigh", "shin", "foot", "upper_arm", "forearm", "hand")
    return role in bones and role.partition("_")[2] in parts


def _performed(
    context: Context, target: Object, bones: list[str], frames: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Where bones begin in the world [T, B, 3]; the scene's frame is restored."""
    scene, present = context.scene, context.scene.frame_current
    rows = []
    try:
        for frame in frames:
            whole = int(np.floor(frame))
            scene.frame_set(whole, subframe=float(frame - whole))
            posed = target.evaluated_get(context.evaluated_depsgraph_get())
            rows.append([posed.matrix_world @ posed.pose.bones[bone].head for bone in bones])
    finally:
        scene.frame_set(present)
    return np.array(rows, float)
