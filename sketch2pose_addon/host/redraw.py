"""Asking Blender to draw again."""

from __future__ import annotations

import bpy


def redraw_panels() -> None:
    """Redraws every 3D viewport, so that panels and overlays show the present state."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                area.tag_redraw()
