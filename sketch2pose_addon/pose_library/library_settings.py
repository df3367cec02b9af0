"""What the pose library's panel keeps: the search, the page, how poses are taken.

It lives in the window manager: a search is no change to the scene and no undo step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import bpy
from bpy.props import (
    BoolProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from ...core.errors import Sketch2PoseError
from ...rigs.poses.library import KeyPose
from ...rigs.poses.search import Found
from .key_pose import index

if TYPE_CHECKING:
    from bpy.types import Context

COLUMNS, ROWS = 3, 3
PAGE = COLUMNS * ROWS
ALL = "ALL"
_items: list[tuple[str, str, str]] = []  # Blender does not keep the strings of dynamic enums


def _first_page(self: Sketch2PoseLibrarySettings, _context: Context) -> None:
    self.page = 0


def _catalogs(_self: object, _context: Context | None) -> list[tuple[str, str, str]]:
    if not _items:
        _items.append((ALL, "All", "Poses of all catalogs"))
        try:
            names = index().library.categories
        except Sketch2PoseError:
            names = ()
        _items.extend((name, name, f"Poses of the catalog {name}") for name in names)
    return _items


class Sketch2PoseLibrarySettings(bpy.types.PropertyGroup):
    """State of the pose library's panel, at `window_manager.sketch2pose_library`."""

    search: StringProperty(
        name="Search",
        description=(
            "Words that describe the pose, such as 'sitting, left hand on head'. If empty, all "
            "poses are shown"
        ),
        update=_first_page,
        options={"TEXTEDIT_UPDATE", "SKIP_SAVE"},
    )
    catalog: EnumProperty(
        name="Catalog",
        description="Only show poses of one catalog",
        items=_catalogs,
        update=_first_page,
        options={"SKIP_SAVE"},
    )
    page: IntProperty(name="Page", min=0, options={"HIDDEN", "SKIP_SAVE"})
    blend: FloatProperty(
        name="Blend",
        description=(
            "Amount of blending from the current pose of the rig to the pose of the library"
        ),
        default=1.0,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
        options={"SKIP_SAVE"},
    )
    mirrored: BoolProperty(
        name="Mirror",
        description="Swap left and right",
        options={"SKIP_SAVE"},
    )
    description: StringProperty(options={"HIDDEN", "SKIP_SAVE"})


@dataclass(frozen=True)
class Shown:
    """What the panel lists.

    Attributes:
        poses: results of the search in the chosen catalog, best first.
        found: how the search was understood.
    """

    poses: tuple[KeyPose, ...]
    found: Found


_last: dict[tuple[str, str], Shown] = {}


def library_settings(context: Context) -> Sketch2PoseLibrarySettings:
    """The state of the panel."""
    return context.window_manager.sketch2pose_library


def shown_poses(context: Context) -> Shown:
    """The results of the present search; worked out once, not with every redraw.

    Raises:
        Sketch2PoseError: the library cannot be read.
    """
    state = library_settings(context)
    asked = (state.search, state.catalog)
    if asked not in _last:
        found = index().search(state.search)
        poses = (index().library.poses[row] for row in found.rows)
        stored = tuple(pose for pose in poses if state.catalog in (ALL, pose.category))
        _last.clear()
        _last[asked] = Shown(stored, found)
    return _last[asked]


def page_of(shown: Shown, page: int) -> tuple[tuple[KeyPose, ...], int, int]:
    """Poses of a page, the page's number within bounds, and the number of pages."""
    count = max(-(-len(shown.poses) // PAGE), 1)
    page = min(page, count - 1)
    return shown.poses[page * PAGE : (page + 1) * PAGE], page, count


def understood(found: Found) -> str:
    """What a search did not find, in a sentence; empty when all went well."""
    parts = []
    for word, near in found.unknown:
        hint = f', did you mean "{near}"?' if near else ""
        parts.append(f'"{word}" is not known{hint}')
    if found.partial:
        parts.append("No pose matches all words; these match some")
    elif not found.rows and not parts:
        parts.append("No pose matches")
    return ". ".join(parts)


classes = (Sketch2PoseLibrarySettings,)


def register() -> None:
    bpy.types.WindowManager.sketch2pose_library = PointerProperty(type=Sketch2PoseLibrarySettings)


def unregister() -> None:
    del bpy.types.WindowManager.sketch2pose_library
    _last.clear()
    _items.clear()
