"""Browsing the alternatives of a drawing on the rig itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ...core.errors import Sketch2PoseError
from ..backend.job_operator import show_result
from ..host.targets import target_rig
from ..pose_library.browse_operator import BrowseOperator, viewport_is_missing
from ..pose_library.pose_strip import Tile
from ..results import apply_still
from ..results.stored_still import StoredStill, store_still, stored_still_at
from .alternative_pictures import pictures_of_alternative, share_text

if TYPE_CHECKING:
    from bpy.types import Context, Object


class SKETCH2POSE_OT_browse_readings(BrowseOperator, bpy.types.Operator):
    bl_idname = "sketch2pose.browse_readings"
    bl_label = "Browse Alternatives"
    bl_description = (
        "Show the alternative poses of the drawing in the viewport. Hover over one to "
        "preview it on the rig, click to apply it"
    )

    _stored: StoredStill

    @classmethod
    def poll(cls, context: Context) -> bool:
        if viewport_is_missing(cls, context):
            return False
        if stored_still_at(target_rig(context), context.scene.frame_current) is None:
            cls.poll_message_set("The rig has no pose from a drawing at this frame")
            return False
        return True

    def offered(self, context: Context, target: Object) -> int:
        stored = stored_still_at(target, context.scene.frame_current)
        if stored is None:
            raise Sketch2PoseError(
                "There are no alternatives to browse",
                f'"{target.name}" has no pose from a drawing at or before this frame',
                "Use Pose from Drawing or Pose from Image first",
                "reading.none",
            )
        self._stored = stored
        return len(stored.poses)

    def tile(self, index: int) -> Tile:
        label = f"{index + 1}  {share_text(self._stored, index)}"
        return Tile(label, pictures_of_alternative(self._stored, index))

    def put(self, context: Context, target: Object, index: int, *, final: bool) -> None:
        stored = self._stored.posed(self._stored.poses[index])
        key = None if final else False
        applied = apply_still.apply_motion(
            context, stored.motion(), target, stored.place, stored.frame, key=key
        )
        if final:
            store_still(target, stored)
            show_result(context, apply_still.result_line(applied, 1), "INFO")


classes = (SKETCH2POSE_OT_browse_readings,)
