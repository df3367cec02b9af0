"""What was read, drawn over the scene: bones, sure ones firm and guesses faint, contacts, ghost.

`bone_lines()` and `contact_lines()` are plain arithmetic; only `draw()` needs a window.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import bpy
import numpy as np

from ...core.errors import Sketch2PoseError
from ...core.smpl import SMPL_PARENTS
from ..host.properties import settings
from ..host.targets import target_rig
from ..host.viewport_drawing import ViewportHandler, draw_lines, over_the_scene, overlays_shown
from ..results.source_view import view_in_world
from ..results.stored_still import StoredStill, stored_still_at
from .solved_body import placed_joints, solved_body_lines
from .source_camera import our_camera

if TYPE_CHECKING:
    from bpy.types import Context, Object

# Sure to unsure; told apart without red and green.
_LEVELS = (
    (0.7, (0.25, 0.65, 1.0, 0.95), 4.0),
    (0.4, (1.0, 0.8, 0.25, 0.9), 3.0),
    (0.0, (1.0, 0.45, 0.2, 0.75), 2.0),
)
_CONTACT = ((1.0, 1.0, 1.0, 0.9), 2.0)
_CONTACT_FROM = 0.5  # how sure a contact is when it is shown
_CONTACT_SIZE = 0.025  # of the height of the drawn figure
_GHOST = ((0.75, 0.65, 1.0, 0.45), 1.0)


@dataclass(frozen=True)
class BoneLines:
    """Lines of one level of confidence.

    Attributes:
        points: [2 N, 3] ends in Blender's world.
        color: RGBA.
        width: px at interface scale 1.
    """

    points: np.ndarray
    color: tuple[float, float, float, float]
    width: float


def bone_lines(stored: StoredStill) -> list[BoneLines]:
    """The observed skeleton of a drawing, grouped by confidence; empty for pictures."""
    if len(stored.drawn) != len(SMPL_PARENTS):
        return []
    children = np.arange(1, len(SMPL_PARENTS))
    parents = np.array(SMPL_PARENTS[1:])
    sure = np.minimum(stored.confidence[children], stored.confidence[parents])
    lines, upper = [], np.inf
    for lower, color, width in _LEVELS:
        chosen = (sure >= lower) & (sure < upper)
        ends = np.stack([stored.drawn[parents[chosen]], stored.drawn[children[chosen]]], axis=1)
        if chosen.any():
            lines.append(BoneLines(ends.reshape(-1, 3), color, width))
        upper = lower
    return lines


def contact_lines(stored: StoredStill) -> list[BoneLines]:
    """A diamond on the sheet about each joint that touches the ground; empty for pictures."""
    touching = stored.contacts >= _CONTACT_FROM
    if len(stored.drawn) != len(stored.contacts) or not touching.any():
        return []
    across, upright = _sheet_axes(stored.drawn)
    size = _CONTACT_SIZE * float(np.ptp(stored.drawn @ upright) + np.ptp(stored.drawn @ across))
    corners = size * np.array([across, upright, -across, -upright])
    edges = np.stack([corners, np.roll(corners, -1, axis=0)], axis=1).reshape(-1, 3)
    points = stored.drawn[touching][:, None] + edges
    color, width = _CONTACT
    return [BoneLines(points.reshape(-1, 3), color, width)]


def on_picture(stored: StoredStill, target: Object) -> StoredStill:
    """The figure of a picture with its observed joints where the picture is looked at from."""
    seen, joints = stored.seen, stored.motion().joints3d
    if len(stored.drawn) or seen is None or not len(seen.observed) or joints is None:
        return stored
    try:
        view = view_in_world(seen, joints[0], target)
        hips = placed_joints(stored, target)[:1]
    except Sketch2PoseError:
        return stored
    return replace(stored, drawn=view.unproject(seen.observed, float(view.depth(hips)[0])))


def _sheet_axes(drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two directions [3] that span the sheet of the drawn joints."""
    _, _, directions = np.linalg.svd(drawn - drawn.mean(0), full_matrices=False)
    return directions[0], directions[1]


def shown_lines(context: Context) -> list[BoneLines]:
    """What the overlay of this context shows now."""
    shown, target = settings(context), target_rig(context)
    stored = stored_still_at(target, context.scene.frame_current)
    if stored is None or target is None:
        return []
    lines = []
    if shown.show_overlay:
        seen = on_picture(stored, target) if our_camera(context.scene) is not None else stored
        lines = bone_lines(seen) + contact_lines(seen)
    if shown.show_solved_body:
        lines.append(BoneLines(solved_body_lines(stored, target), *_GHOST))
    return lines


def draw() -> None:
    """Draws into the present viewport."""
    context = bpy.context
    if not overlays_shown(context):
        return
    with over_the_scene():
        for lines in shown_lines(context):
            draw_lines(context, lines.points, lines.color, lines.width)


_handler = ViewportHandler(draw)


def register() -> None:
    _handler.add()


def unregister() -> None:
    _handler.remove()
