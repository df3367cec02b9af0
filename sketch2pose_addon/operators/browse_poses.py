"""Browsing readings of a drawing, and poses of the library, on the rig itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ...inference.protocol.errors import Sketch2PoseError
from ...rigs.poses.library import KeyPose
from .. import results
from ..browse_operator import BrowseOperator, viewport_is_missing
from ..job_operator import show_result
from ..kept_result import KeptResult, keep, kept_at
from ..key_pose import PoseChoice, apply_key_pose
from ..library_settings import library_settings, shown_poses
from ..pose_strip import Tile
from ..reading_pictures import reading_pictures, share_text
from ..targets import target_is_refused, target_rig
from ..thumbnails import picture

if TYPE_CHECKING:
    from bpy.types import Context, Object


class SKETCH2POSE_OT_browse_readings(BrowseOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.browse_readings"
    bl_label = "Browse Readings"
    bl_description = (
        "Show the readings of the drawing in the viewport: hover to see one on the rig, click to "
        "take it"
    )

    _kept: KeptResult

    @classmethod
    def poll(cls, context: Context) -> bool:
        if viewport_is_missing(cls, context):
            return False
        if kept_at(target_rig(context), context.scene.frame_current) is None:
            cls.poll_message_set("The rig has no pose from a drawing at this frame")
            return False
        return True

    def offered(self, context: Context, target: Object) -> int:
        kept = kept_at(target, context.scene.frame_current)
        if kept is None:
            raise Sketch2PoseError(
                "There are no readings to browse",
                f'"{target.name}" has no pose from a drawing at or before this frame',
                "Use Pose from Drawing or Pose from Image first",
                "reading.none",
            )
        self._kept = kept
        return len(kept.poses)

    def tile(self, index: int) -> Tile:
        label = f"{index + 1}  {share_text(self._kept, index)}"
        return Tile(label, reading_pictures(self._kept, index))

    def put(self, context: Context, target: Object, index: int, *, final: bool) -> None:
        kept = self._kept.posed(self._kept.poses[index])
        key = None if final else False
        applied = results.apply_motion(
            context, kept.motion(), target, kept.place, kept.frame, key=key
        )
        if final:
            keep(target, kept)
            show_result(context, results.result_line(applied, 1), "INFO")


class SKETCH2POSE_OT_browse_library(BrowseOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.browse_library"
    bl_label = "Browse in the Viewport"
    bl_description = (
        "Show the poses found in the viewport: hover to see one on the rig, click to take it"
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
                "the search finds none",
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
        key = final and results.keys_wanted(context)
        applied = apply_key_pose(context, target, choice, key=key)
        if final:
            show_result(context, results.result_line(applied, 1), "INFO")


classes = (SKETCH2POSE_OT_browse_readings, SKETCH2POSE_OT_browse_library)
