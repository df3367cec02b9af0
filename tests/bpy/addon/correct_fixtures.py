"""A rig with a kept result that can be corrected, and what the tests ask about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import bpy
import numpy as np

VIEW_DISTANCE = 5.0
FOCAL, SIDE = 1000.0, 800.0
ARM = ("left_collar", "left_shoulder", "left_elbow", "left_wrist", "left_hand")


def put_result(addon: Callable[[str], ModuleType], rig: bpy.types.Object, motion: Any) -> Any:
    """Keys the motion as if it had been drawn on a sheet that faces -y, and keeps it."""
    view_module, results = (
        addon("sketch2pose_addon.host.viewport_camera"),
        addon("sketch2pose_addon.results.apply_still"),
    )
    seen_through = addon("sketch2pose_addon.results.source_view")
    stored_still, axes = (
        addon("sketch2pose_addon.results.stored_still"),
        addon("core.axes"),
    )
    joints = axes.blender_from_body(motion.joints3d[0])
    rotation = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
    eye = joints[0] + [0, -VIEW_DISTANCE, 0]
    view = view_module.Camera(rotation, -rotation @ eye, FOCAL, np.full(2, SIDE / 2), (SIDE, SIDE))
    observed = view.project(joints)
    drawn = view.unproject(observed, VIEW_DISTANCE)
    place = results.Place(joints[[1, 2]].mean(0), on_ground=False)
    seen = seen_through.SourceView(view, True, "", observed)
    motion = replace(motion, joints2d=observed[None].astype(np.float32))
    frame = bpy.context.scene.frame_current
    results.apply_motion(bpy.context, motion, rig, place, frame)
    stored_still.store_still(rig, stored_still.result_of(motion, place, frame, drawn, seen))
    bpy.context.view_layer.update()
    return stored_still.stored_still_at(rig, frame)


def directions(rig: bpy.types.Object) -> dict[str, np.ndarray]:
    """Where each bone of the default body points, in the world."""
    bpy.context.view_layer.update()
    turn = np.array(rig.matrix_world.to_3x3().normalized())
    return {bone.name: turn @ np.array(bone.vector.normalized()) for bone in rig.pose.bones}


def turned(before: dict[str, np.ndarray], after: dict[str, np.ndarray]) -> dict[str, float]:
    """Degrees by which each bone has turned."""
    return {
        name: float(np.degrees(np.arccos(np.clip(before[name] @ after[name], -1, 1))))
        for name in before
    }


def stroke(*corners: np.ndarray) -> list[dict[str, Any]]:
    """A polyline as the operator takes it."""
    pairs = zip(corners, corners[1:], strict=False)
    line = [a + (b - a) * share for a, b in pairs for share in np.linspace(0, 1, 10)]
    return [{"name": "", "co": tuple(map(float, point))} for point in line]
