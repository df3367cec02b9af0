"""A clip and the rigs that perform it: who, at which frames, and where the camera stands.

Frames: Blender's world (z up); a motion's world is turned into it by `axes`, and carried to where
the rig performs it by a similarity (`placement`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...core import axes
from ...core.arrays import FloatArray
from ...core.body_motion import BodyMotion
from ...core.errors import Sketch2PoseError
from ...core.rotations import quat_rotate
from ...rigs.landmarks import body_frame
from ...rigs.placement import rest_ground
from ...rigs.retarget import rest_joints
from ..host.armatures import bone_map_of, read_skeleton
from ..host.pose_snapshot import take_snapshot
from ..results.motion_camera import camera_matrices, scene_frames
from ..results.stored_clip import stored_clip_of
from .clip_scene import placement_of

if TYPE_CHECKING:
    from bpy.types import Context, Object


@dataclass(frozen=True)
class Performance:
    """What is filmed.

    Attributes:
        rigs: the rig looked at first, then others that perform people of the same clip.
        motions: of each rig.
        frames: [T] scene frame, possibly between two, of each row of the first motion.
        placement: [4, 4] the first rig's world from its motion's world, in Blender's axes.
        cameras: [1 or T, 4, 4] world matrices of the camera that filmed the clip.
        floor: height of the ground that the first rig performs on.
    """

    rigs: tuple[Object, ...]
    motions: tuple[BodyMotion, ...]
    frames: FloatArray
    placement: FloatArray
    cameras: FloatArray
    floor: float

    @property
    def joints(self) -> FloatArray:
        """[T, 24, 3] the first motion's joints where the rig performs them."""
        motion = self.motions[0]
        assert motion.joints3d is not None
        points = axes.blender_from_body(motion.joints3d)
        return points @ self.placement[:3, :3].T + self.placement[:3, 3]

    def rows_between(self, first: float, last: float) -> NDArray[np.int64]:
        """Rows of the first motion that are shown from one scene frame to another."""
        inside = (self.frames > first - 0.5) & (self.frames < last + 0.5)
        return np.flatnonzero(inside)


def performance_of(context: Context, target: Object) -> Performance:
    """What a rig performs, as it is keyed now.

    Raises:
        Sketch2PoseError: the rig keeps no clip, or the clip knows no camera; nothing was changed.
    """
    stored = stored_clip_of(target)
    if stored is None:
        raise Sketch2PoseError(
            "The rig cannot be compared with its clip",
            f'"{target.name}" has no stored motion of a clip',
            "Use Motion from Video, or retarget a motion that was estimated from a clip",
            "beside.none",
        )
    motion, start = stored
    camera_matrices(motion)
    pose = take_snapshot(target)  # looking at other frames drops what is not keyed
    placement = placement_of(context, motion, target, start)
    pose.restore()
    others = _others(context, target, motion)
    return Performance(
        rigs=(target, *(rig for rig, _ in others)),
        motions=(motion, *(other for _, other in others)),
        frames=np.asarray(scene_frames(context, motion, start), float),
        placement=placement,
        cameras=camera_matrices(motion, placement),
        floor=_floor(target, placement),
    )


def _others(
    context: Context, target: Object, motion: BodyMotion
) -> list[tuple[Object, BodyMotion]]:
    """Other rigs of the scene that perform people of the same clip."""
    rigs = [o for o in context.scene.objects if o.type == "ARMATURE" and o != target]
    stored = [(rig, stored_clip_of(rig)) for rig in rigs]
    return [(rig, found[0]) for rig, found in stored if found and _same_clip(found[0], motion)]


def _same_clip(one: BodyMotion, other: BodyMotion) -> bool:
    return one.source == other.source and np.array_equal(
        np.asarray(one.image_size), np.asarray(other.image_size)
    )


def _floor(target: Object, placement: FloatArray) -> float:
    """Height of the ground: the rig's own or the world's, whichever the motion stands on."""
    skeleton = read_skeleton(target)
    rest = rest_joints(skeleton, bone_map_of(target, skeleton))
    frame = body_frame(rest)
    level = rest_ground(rest, frame) * quat_rotate(frame, [0.0, 1.0, 0.0])
    own = float((skeleton.world_from_rig @ np.append(level, 1.0))[2])
    return min((own, 0.0), key=lambda height: abs(height - placement[2, 3]))
