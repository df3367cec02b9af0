"""Pieces of panels: the sidebar's tab, sentences over several lines."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bpy.types import Context, UILayout

_CHARACTER_WIDTH = 7.2  # px of an average letter at interface scale 1


class SidebarPanel:
    """Mix-in: a panel of our tab in the sidebar of the 3D viewport."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Sketch2Pose"


def draw_wrapped(layout: UILayout, context: Context, text: str, icon: str) -> None:
    """A sentence in as many lines as the sidebar needs."""
    scale = context.preferences.system.ui_scale or 1.0  # 0 before the first window
    width = context.region.width if context.region else 280
    letters = max(int((width / scale - 60) / _CHARACTER_WIDTH), 16)
    column = layout.column(align=True)
    column.scale_y = 0.8
    for index, line in enumerate(textwrap.wrap(text, letters)):
        column.label(text=line, icon=icon if index == 0 else "BLANK1")
