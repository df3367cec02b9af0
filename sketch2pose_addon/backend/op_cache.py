"""The extension's cache and its licences, from the preferences."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy

from .cache_folder import cache_folder, clear_cache

if TYPE_CHECKING:
    from bpy.types import Context, Event

_ROOT = Path(__file__).resolve().parents[2]
# In the zip the page lies at the root, in a checkout among the documents.
_LICENCES = (_ROOT / "LICENCES.md", _ROOT / "docs" / "licences.md")


class SKETCH2POSE_OT_clear_cache(bpy.types.Operator):
    bl_idname = "sketch2pose.clear_cache"
    bl_label = "Clear Cache"
    bl_description = (
        "Delete what was kept of clips that were read before; reading them again takes longer"
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
    bl_label = "Licences"
    bl_description = "Open the page with the licences of the extension and of all it carries"
    bl_options = {"INTERNAL"}

    def execute(self, _context: Context) -> set[str]:
        page = next((path for path in _LICENCES if path.exists()), None)
        if page is None:
            self.report(
                {"ERROR"}, "The page is missing: the extension is not complete. Reinstall it"
            )
            return {"CANCELLED"}
        bpy.ops.wm.path_open(filepath=str(page))
        return {"FINISHED"}


classes = (SKETCH2POSE_OT_clear_cache, SKETCH2POSE_OT_show_licences)
