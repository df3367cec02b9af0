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
from ..results.stored_still import KeptResult, kept_at
from .solved_body import ghost_lines, placed_joints
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


def bone_lines(kept: KeptResult) -> list[BoneLines]:
    """The observed skeleton of a drawing, grouped by confidence; empty for pictures."""
    if len(kept.drawn) != len(SMPL_PARENTS):
        return []
    children = np.arange(1, len(SMPL_PARENTS))
    parents = np.array(SMPL_PARENTS[1:])
    sure = np.minimum(kept.confidence[children], kept.confidence[parents])
    lines, upper = [], np.inf
    for lower, color, width in _LEVELS:
        chosen = (sure >= lower) & (sure < upper)
        ends = np.stack([kept.drawn[parents[chosen]], kept.drawn[children[chosen]]], axis=1)
        if chosen.any():
            lines.append(BoneLines(ends.reshape(-1, 3), color, width))
        upper = lower
    return lines


def contact_lines(kept: KeptResult) -> list[BoneLines]:
    """A diamond on the sheet about each joint that touches the ground; empty for pictures."""
    touching = kept.contacts >= _CONTACT_FROM
    if len(kept.drawn) != len(kept.contacts) or not touching.any():
        return []
    across, upright = _sheet_axes(kept.drawn)
    size = _CONTACT_SIZE * float(np.ptp(kept.drawn @ upright) + np.ptp(kept.drawn @ across))
    corners = size * np.array([across, upright, -across, -upright])
    edges = np.stack([corners, np.roll(corners, -1, axis=0)], axis=1).reshape(-1, 3)
    points = kept.drawn[touching][:, None] + edges
    color, width = _CONTACT
    return [BoneLines(points.reshape(-1, 3), color, width)]


def on_picture(kept: KeptResult, target: Object) -> KeptResult:
    """The figure of a picture with its observed joints where the picture is looked at from."""
    seen, joints = kept.seen, kept.motion().joints3d
    if len(kept.drawn) or seen is None or not len(seen.observed) or joints is None:
        return kept
    try:
        view = view_in_world(seen, joints[0], target)
        hips = placed_joints(kept, target)[:1]
    except Sketch2PoseError:
        return kept
    return replace(kept, drawn=view.unproject(seen.observed, float(view.depth(hips)[0])))


def _sheet_axes(drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two directions [3] that span the sheet of the drawn joints."""
    _, _, directions = np.linalg.svd(drawn - drawn.mean(0), full_matrices=False)
    return directions[0], directions[1]


def shown_lines(context: Context) -> list[BoneLines]:
    """What the overlay of this context shows now."""
    shown, target = settings(context), target_rig(context)
    kept = kept_at(target, context.scene.frame_current)
    if kept is None or target is None:
        return []
    lines = []
    if shown.show_overlay:
        seen = on_picture(kept, target) if our_camera(context.scene) is not None else kept
        lines = bone_lines(seen) + contact_lines(seen)
    if shown.show_ghost:
        lines.append(BoneLines(ghost_lines(kept, target), *_GHOST))
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
