"""Where a figure stands and which way it faces.

It stands under the drawn hips, on what lies below, at the 3D cursor or at the rig.

Frames: Blender's world. A heading is the angle about z by which the figure's world is turned, in
radians, seen from above: 0 leaves a figure that faces -y (Blender's front) facing there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
import numpy as np
from mathutils import Vector

from ...core import axes
from ...core.body_motion import BodyMotion
from ...core.rotations import quat_multiply, quat_rotate
from ...rigs.landmarks import body_frame
from ...rigs.retarget import rest_joints
from ..host.armatures import bone_map_of, read_skeleton
from ..host.drawing_capture import viewport_area
from ..host.properties import settings
from .apply_still import Place, present_hips

if TYPE_CHECKING:
    from bpy.types import Context, Object

    from ..host.drawing_capture import CapturedDrawing

_HIPS = (1, 2)  # SMPL's hip joints: the figure is held by the point between them
_GROUNDED = {"GROUND", "SURFACE", "CURSOR"}
_BELOW = 1e-3  # m, to go on under a surface that does not count
_MOST_LAYERS = 64
_DOWN = Vector((0.0, 0.0, -1.0))


def place_of_drawing(
    context: Context, captured: CapturedDrawing, target: Object, motion: BodyMotion
) -> Place:
    """Where a drawn figure stands: at the depth of its sheet under the drawn hips, by default.

    Raises:
        Sketch2PoseError: the rig is to keep its place and is not recognized.
    """
    placement = settings(context).placement
    if placement == "KEEP":
        return Place(present_hips(target), on_ground=False)
    if motion.joints2d is None:
        return place_of_image(context, target, motion)
    drawn = np.asarray(motion.joints2d[0, list(_HIPS)], float).mean(0)
    return _standing(context, captured.world_from_page(drawn[None])[0], 0.0)


def place_of_image(context: Context, target: Object, motion: BodyMotion) -> Place:
    """Where the figure of a picture stands: at the rig, facing as the settings say.

    Raises:
        Sketch2PoseError: the rig has to be measured and is not recognized.
    """
    chosen = settings(context)
    if chosen.facing == "RIG" and chosen.placement in {"GROUND", "DRAWN", "KEEP"}:
        return Place(None, chosen.placement != "DRAWN")
    heading = _heading(context, target, motion)
    if chosen.placement == "KEEP":
        return Place(present_hips(target), False, heading)
    return _standing(context, present_hips(target), heading)


def surface_below(context: Context, point: np.ndarray) -> float | None:
    """Height of the first surface under a point; None when there is none.

    Meshes that an armature deforms are figures, not floors, and are looked through.
    """
    graph, origin = context.evaluated_depsgraph_get(), Vector(point)
    for _ in range(_MOST_LAYERS):
        hit, place, _normal, _face, found, _matrix = context.scene.ray_cast(graph, origin, _DOWN)
        if not hit:
            return None
        if not is_figure(found):
            return float(place.z)
        origin = place + _BELOW * _DOWN
    return None


def is_figure(candidate: Object) -> bool:
    """Whether a mesh moves with an armature."""
    if candidate.parent is not None and candidate.parent.type == "ARMATURE":
        return True
    return any(modifier.type == "ARMATURE" for modifier in candidate.modifiers)


def rig_heading(target: Object) -> float:
    """The way a rig faces at rest.

    Raises:
        Sketch2PoseError: the rig is not recognized.
    """
    skeleton = read_skeleton(target)
    rest = rest_joints(skeleton, bone_map_of(target, skeleton))
    facing = quat_multiply(skeleton.world_quat, body_frame(rest))
    return _heading_of(
        quat_rotate(facing, [0.0, 0.0, 1.0]), axes.blender_from_body([0.0, 0.0, 1.0])
    )


def _standing(context: Context, hips: np.ndarray, heading: float) -> Place:
    """The figure with its hips here, or wherever the settings put them."""
    placement = settings(context).placement
    if placement == "CURSOR":
        cursor = np.array(context.scene.cursor.location)
        return Place(np.array([*cursor[:2], hips[2]]), True, heading, float(cursor[2]))
    ground = surface_below(context, hips) if placement == "SURFACE" else None
    return Place(hips, placement in _GROUNDED, heading, ground or 0.0)


def _heading(context: Context, target: Object, motion: BodyMotion) -> float:
    """How far the world of a picture's figure is turned."""
    facing = settings(context).facing
    if facing == "RIG":
        return rig_heading(target)
    seen = axes.blender_from_body(_looking(motion))
    return _heading_of(_viewer(context) if facing == "CAMERA" else np.array([0.0, 1.0, 0.0]), seen)


def _looking(motion: BodyMotion) -> np.ndarray:
    """Direction [3] in which the picture's camera looks, in the figure's world."""
    if motion.camera_rotation is None:
        return np.array([0.0, 0.0, -1.0])
    return np.asarray(motion.camera_rotation, float).reshape(-1, 3, 3)[0][2]


def _viewer(context: Context) -> np.ndarray:
    """Direction [3] in which the viewport looks; without a window, the scene's camera."""
    area = None if bpy.app.background else viewport_area(context)
    if area is not None:
        turn = area.spaces.active.region_3d.view_rotation
        return np.array(turn @ Vector((0.0, 0.0, -1.0)))
    camera = context.scene.camera
    if camera is None:
        return np.array([0.0, 1.0, 0.0])
    return np.array(camera.matrix_world.to_3x3() @ Vector((0.0, 0.0, -1.0)))


def _heading_of(wanted: np.ndarray, present: np.ndarray) -> float:
    """Angle about z from one direction to another; 0 where either is upright."""
    if min(np.linalg.norm(wanted[:2]), np.linalg.norm(present[:2])) < 1e-6:
        return 0.0
    angle = np.arctan2(wanted[1], wanted[0]) - np.arctan2(present[1], present[0])
    return float((angle + np.pi) % (2.0 * np.pi) - np.pi)
