"""The pie menu with its shortcut, and the entries in the context menus of rigs.

The shortcut lies in the add-on's own key configuration: it can be changed or switched off in the
preferences, and goes with the add-on. Shift Alt D is free in Blender's default key map (tested).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy

from .drawing import live_session
from .host.shortcut import KEY, KEYMAP, PIE

if TYPE_CHECKING:
    from bpy.types import Context, UILayout

_CONTEXT_MENUS = ("VIEW3D_MT_object_context_menu", "VIEW3D_MT_pose_context_menu")

_shortcuts: list[tuple[Any, Any]] = []


class SKETCH2POSE_MT_pie(bpy.types.Menu):
    bl_label = "Sketch2Pose"

    def draw(self, _context: Context) -> None:
        # The order is the pie's own: west, east, south, north, then the corners.
        pie = self.layout.menu_pie()
        pie.operator("sketch2pose.draw", icon="GREASEPENCIL")
        pie.operator("sketch2pose.pose_from_sketch", icon="ARMATURE_DATA")
        pie.operator("sketch2pose.browse_readings", icon="VIEW3D")
        pie.operator("sketch2pose.browse_library", text="Browse Key Poses", icon="POSE_HLT")
        if live_session.session() is None:
            pie.operator("sketch2pose.live", icon="PLAY")
        else:
            pie.operator("sketch2pose.live_accept", icon="CHECKMARK")
        pie.operator("sketch2pose.pose_from_image", icon="IMAGE_DATA")
        pie.menu("SKETCH2POSE_MT_change_alternative", icon="MOD_MIRROR")
        pie.operator("sketch2pose.save_pose_asset", icon="ASSET_MANAGER")


class SKETCH2POSE_MT_change_alternative(bpy.types.Menu):
    bl_label = "Change Alternative"

    def draw(self, _context: Context) -> None:
        from .alternatives.op_alternatives import CHANGES, LIMBS

        layout = self.layout
        for limb, label, _description in LIMBS:
            layout.operator("sketch2pose.flip_limb", text=label).limb = limb
        layout.separator()
        for change, label, _description in CHANGES:
            layout.operator("sketch2pose.change_reading", text=label).change = change


class SKETCH2POSE_MT_rig(bpy.types.Menu):
    bl_label = "Sketch2Pose"

    def draw(self, context: Context) -> None:
        draw_rig_menu(self.layout, context)


def draw_rig_menu(layout: UILayout, _context: Context) -> None:
    """What can be done with a rig."""
    layout.operator_context = "INVOKE_DEFAULT"
    layout.operator("sketch2pose.pose_from_sketch", icon="ARMATURE_DATA")
    layout.operator("sketch2pose.pose_from_image", icon="IMAGE_DATA")
    layout.operator("sketch2pose.motion_from_video", icon="FILE_MOVIE")
    layout.operator("sketch2pose.compare_with_clip", icon="RENDER_ANIMATION")
    layout.operator("sketch2pose.import_motion", icon="IMPORT")
    layout.separator()
    layout.operator("sketch2pose.browse_library", text="Browse Key Poses", icon="POSE_HLT")
    layout.operator("sketch2pose.browse_readings", icon="VIEW3D")
    layout.menu("SKETCH2POSE_MT_change_alternative", icon="MOD_MIRROR")
    layout.separator()
    layout.operator("sketch2pose.describe_pose", icon="OUTLINER_DATA_FONT")
    layout.operator("sketch2pose.save_pose_asset", icon="ASSET_MANAGER")


def _append(self: bpy.types.Menu, context: Context) -> None:
    """In context menus: one entry, for armatures only."""
    if context.object is not None and context.object.type == "ARMATURE":
        self.layout.separator()
        self.layout.menu(SKETCH2POSE_MT_rig.__name__, icon="ARMATURE_DATA")


def register() -> None:
    for name in _CONTEXT_MENUS:
        getattr(bpy.types, name).append(_append)
    configuration = bpy.context.window_manager.keyconfigs.addon
    if configuration is not None:  # there is none in background mode before 4.4
        keymap = configuration.keymaps.new(**KEYMAP)
        item = keymap.keymap_items.new("wm.call_menu_pie", **KEY)
        item.properties.name = PIE
        _shortcuts.append((keymap, item))


def unregister() -> None:
    while _shortcuts:
        keymap, item = _shortcuts.pop()
        keymap.keymap_items.remove(item)
    for name in _CONTEXT_MENUS:
        getattr(bpy.types, name).remove(_append)


classes = (SKETCH2POSE_MT_pie, SKETCH2POSE_MT_change_alternative, SKETCH2POSE_MT_rig)
