"""Who this add-on is, and its preferences: a leaf, so that everything may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bpy.types import Context

    from .preferences import Sketch2PosePreferences

ADDON_ID = (__package__ or "").rsplit(".", 2)[0]  # the extension, wherever it is installed


def preferences(context: Context) -> Sketch2PosePreferences:
    """The preferences of this add-on."""
    return context.preferences.addons[ADDON_ID].preferences
