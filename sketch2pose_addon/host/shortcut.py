"""The shortcut of the pie menu, and its row in the preferences.

It lies in the add-on's own key configuration: it can be changed or switched off in the preferences,
and goes with the add-on. Shift Alt D is free in Blender's default key map (tested).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bpy.types import Context, UILayout

KEY = {"type": "D", "value": "PRESS", "shift": True, "alt": True}
KEYMAP = {"name": "3D View", "space_type": "VIEW_3D", "region_type": "WINDOW"}
PIE = "SKETCH2POSE_MT_pie"


def draw_shortcut(layout: UILayout, context: Context) -> None:
    """The shortcut in the preferences, where it can be changed, switched off or removed."""
    import rna_keymap_ui  # pyright: ignore[reportMissingImports]

    configuration = context.window_manager.keyconfigs.user
    keymap = configuration.keymaps.get(KEYMAP["name"]) if configuration is not None else None
    items = [] if keymap is None else [i for i in keymap.keymap_items if _is_ours(i)]
    for item in items:
        layout.context_pointer_set("keymap", keymap)
        rna_keymap_ui.draw_kmi([], configuration, keymap, item, layout, 0)
    if not items:
        layout.label(text="The pie menu has no shortcut", icon="INFO")


def _is_ours(item: Any) -> bool:
    return item.idname == "wm.call_menu_pie" and item.properties.name == PIE
