"""The extension's cache and its licenses, from the preferences."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy

from .cache_folder import cache_folder, clear_cache

if TYPE_CHECKING:
    from bpy.types import Context, Event

_ROOT = Path(__file__).resolve().parents[2]
# In the zip the page lies at the root, in a checkout among the documents.
_LICENSES = (_ROOT / "LICENSES.md", _ROOT / "docs" / "licenses.md")


class SKETCH2POSE_OT_clear_cache(bpy.types.Operator):
    bl_idname = "sketch2pose.clear_cache"
    bl_label = "Clear Cache"
    bl_description = (
        "Delete the stored detections of clips. Processing these clips again takes longer"
    )
    bl_options = {"INTERNAL"}

    def invoke(self, context: Context, event: Event) -> set[str]:
        return context.window_manager.invoke_confirm(self, event)

    def execute(self, _context: Context) -> set[str]:
        removed = clear_cache(cache_folder())
        self.report({"INFO"}, f"Removed from the cache: {removed.text}")
        return {"FINISHED"}


class SKETCH2POSE_OT_show_licences(bpy.types.Operator):
    bl_idname = "sketch2pose.show_licences"
    bl_label = "Licenses"
    bl_description = (
        "Open the page with the licenses of the extension and of everything it includes"
    )
    bl_options = {"INTERNAL"}

    def execute(self, _context: Context) -> set[str]:
        page = next((path for path in _LICENSES if path.exists()), None)
        if page is None:
            self.report(
                {"ERROR"},
                "The page is missing because the extension is incomplete. Install it again",
            )
            return {"CANCELLED"}
        bpy.ops.wm.path_open(filepath=str(page))
        return {"FINISHED"}


classes = (SKETCH2POSE_OT_clear_cache, SKETCH2POSE_OT_show_licences)
