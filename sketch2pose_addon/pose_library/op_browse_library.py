"""Browsing poses of the library on the rig itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ...core.errors import Sketch2PoseError
from ...rigs.poses.library import KeyPose
from ..backend.job_operator import show_result
from ..host.targets import target_is_refused
from ..results import apply_still
from .browse_operator import BrowseOperator, viewport_is_missing
from .key_pose import PoseChoice, apply_key_pose
from .library_settings import library_settings, shown_poses
from .pose_strip import Tile
from .thumbnails import picture

if TYPE_CHECKING:
    from bpy.types import Context, Object


class SKETCH2POSE_OT_browse_library(BrowseOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.browse_library"
    bl_label = "Browse in Viewport"
    bl_description = (
        "Show the poses found in the viewport. Hover over one to preview it on the rig, "
        "click to apply it"
    )

    _poses: tuple[KeyPose, ...]

    @classmethod
    def poll(cls, context: Context) -> bool:
        return not (viewport_is_missing(cls, context) or target_is_refused(cls, context))

    def offered(self, context: Context, target: Object) -> int:
        self._poses = shown_poses(context).poses
        if not self._poses:
            raise Sketch2PoseError(
                "There are no poses to browse",
                "the search finds no poses",
                "Search for something else",
                "library.empty",
            )
        return len(self._poses)

    def tile(self, index: int) -> Tile:
        pose = self._poses[index]
        return Tile(pose.title, (picture(pose.name, pose.pose),))

    def put(self, context: Context, target: Object, index: int, *, final: bool) -> None:
        state = library_settings(context)
        choice = PoseChoice(self._poses[index].name, state.blend, state.mirrored)
        key = final and apply_still.keys_wanted(context)
        applied = apply_key_pose(context, target, choice, key=key)
        if final:
            show_result(context, apply_still.result_line(applied, 1), "INFO")


classes = (SKETCH2POSE_OT_browse_library,)
