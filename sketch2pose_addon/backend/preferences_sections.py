"""Sections of the preferences that draw themselves: shortcut, cache, licenses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..host.shortcut import draw_shortcut
from .cache_folder import cache_folder, cache_size

if TYPE_CHECKING:
    from bpy.types import Context, UILayout


def draw_sections(layout: UILayout, context: Context) -> None:
    """All of them, below the settings."""
    layout.separator()
    layout.label(text="Pie Menu")
    draw_shortcut(layout.column(), context)
    layout.separator()
    _draw_cache(layout)
    layout.operator("sketch2pose.show_licences", icon="TEXT")


def _draw_cache(layout: UILayout) -> None:
    size = cache_size(cache_folder())
    row = layout.row()
    row.label(text="Cache")
    row.label(text=size.text, translate=False)
    part = row.row()
    part.enabled = size.files > 0
    part.operator("sketch2pose.clear_cache", icon="TRASH")
