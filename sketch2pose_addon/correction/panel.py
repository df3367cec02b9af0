"""Sub-panels of corrections: the tool and its list, and what the drawing leaves open.

They draw state only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ...core.hypotheses.depth_ambiguities import Ambiguity, depth_ambiguities
from ..host.layout import SidebarPanel, draw_wrapped
from ..host.targets import target_rig
from ..results.stored_still import stored_still_at
from . import edit_session
from .correction_layer import layer_over

if TYPE_CHECKING:
    from bpy.types import Context, UILayout

    from .correction_layer import CorrectionLayer


class SKETCH2POSE_PT_ambiguities(SidebarPanel, bpy.types.Panel):
    bl_label = "Ambiguities"
    bl_parent_id = "SKETCH2POSE_PT_main"

    @classmethod
    def poll(cls, context: Context) -> bool:
        return bool(_questions(context))

    def draw(self, context: Context) -> None:
        for question in _questions(context):
            row = self.layout.row(align=True)
            draw_wrapped(row, context, question.text, "QUESTION")
            if question.limb:
                flip = row.operator("sketch2pose.flip_limb", text="", icon="MOD_MIRROR")
                flip.limb = question.limb
            elif question.change:
                turn = row.operator("sketch2pose.change_reading", text="", icon="MOD_MIRROR")
                turn.change = question.change


class SKETCH2POSE_PT_corrections(SidebarPanel, bpy.types.Panel):
    bl_label = "Corrections"
    bl_parent_id = "SKETCH2POSE_PT_main"

    @classmethod
    def poll(cls, context: Context) -> bool:
        return target_rig(context) is not None

    def draw(self, context: Context) -> None:
        layout, target = self.layout, target_rig(context)
        is_on = edit_session.session() is not None
        layout.operator("sketch2pose.correct", icon="GREASEPENCIL", depress=is_on)
        stored = stored_still_at(target, context.scene.frame_current)
        if stored is not None and target is not None:
            _draw_list(layout, layer_over(target, stored))


def _questions(context: Context) -> list[Ambiguity]:
    stored = stored_still_at(target_rig(context), context.scene.frame_current)
    if stored is None:
        return []
    return depth_ambiguities(stored.pose, stored.poses, stored.scores, stored.offsets, stored.view)


def _draw_list(layout: UILayout, layer: CorrectionLayer) -> None:
    """One row a correction: switch, name, remove."""
    if not layer.edits:
        return
    column = layout.box().column(align=True)
    for index, edit in enumerate(layer.edits):
        row = column.row(align=True)
        icon = "CHECKBOX_HLT" if edit.enabled else "CHECKBOX_DEHLT"
        switch = row.operator("sketch2pose.toggle_correction", text="", icon=icon, emboss=False)
        switch.index = index
        label = row.row()
        label.active = edit.enabled
        label.label(text=edit.label)
        remove = row.operator("sketch2pose.remove_correction", text="", icon="X", emboss=False)
        remove.index = index
    back = layout.operator("sketch2pose.remove_correction", text="Back to Original")
    back.all = True


classes = (SKETCH2POSE_PT_ambiguities, SKETCH2POSE_PT_corrections)
