"""What the animator's mark over a figure means: a stroke redraws a limb, a dot moves a joint."""

from __future__ import annotations

import numpy as np

from ...core.corrections import edits
from ...core.corrections.edits import Edit
from ...core.corrections.limb_strokes import (
    Figure2d,
    figure_in_picture,
    limb_of_stroke,
    resampled,
)
from ...core.errors import Sketch2PoseError
from ...core.smpl import SMPL_PARENTS
from ..results.stored_still import StoredStill
from .edit_plane import EditPlane

_DOT = 0.04  # a mark smaller than this share of the figure's height is a dot
_NEAR = 0.45  # a mark farther than this share of the height from the figure means nothing
_MOST_POINTS = 256


def edit_of_stroke(
    points: np.ndarray, plane: EditPlane, stored: StoredStill, limb: str = "AUTO"
) -> Edit:
    """The correction that a mark stands for.

    Args:
        points: [N, 3] in Blender's world.
        plane: where the figure is corrected.
        stored: the figure.
        limb: a name of `LIMBS`; ``AUTO`` takes the one that the stroke fits best.

    Raises:
        Sketch2PoseError: the mark is empty, lies behind the view, or far from the figure.
    """
    pixels = plane.pixels(points)
    if not len(pixels) or not np.isfinite(pixels).all():
        raise refused("it is empty or behind the camera from which the figure was seen")
    figure = figure_of(plane, stored)
    height = float(np.ptp(figure.seen, axis=0).max())
    nearest = np.linalg.norm(pixels[:, None] - figure.seen[None], axis=-1)
    if nearest.min() > _NEAR * height:
        raise refused("it is far from the figure")
    view = plane.edit_view()
    if len(pixels) < 2 or np.ptp(pixels, axis=0).max() < _DOT * height:
        middle = pixels.mean(0)
        joint = nearest_joint(middle, figure.seen)
        return Edit(edits.JOINT, joint=joint, points=(_pair(middle),), view=view)
    chosen = limb_of_stroke(pixels, figure) if limb == "AUTO" else limb
    count = min(len(pixels), _MOST_POINTS)
    line = pixels if len(pixels) <= count else resampled(pixels, count)
    return Edit(edits.LIMB, limb=chosen, points=tuple(map(_pair, line)), view=view)


def figure_of(plane: EditPlane, stored: StoredStill) -> Figure2d:
    """The figure on its paper."""
    joints = stored.motion().joints3d
    assert joints is not None
    steps = np.asarray(joints[0] - joints[0][[max(parent, 0) for parent in SMPL_PARENTS]], float)
    lengths = np.linalg.norm(steps, axis=1)
    directions = steps / np.where(lengths > 0, lengths, 1)[:, None]
    rotation = plane.view.rotation @ plane.world_from_body
    return figure_in_picture(plane.pixels(plane.handles), rotation, directions, lengths)


def nearest_joint(pixel: np.ndarray, seen: np.ndarray) -> int:
    """The joint among those with handles that is nearest to a place on paper."""
    handles = list(edits.HANDLES)
    return handles[int(np.linalg.norm(seen[handles] - pixel, axis=1).argmin())]


def refused(why: str) -> Sketch2PoseError:
    """What is said of a mark that means nothing."""
    return Sketch2PoseError(
        "The stroke could not be interpreted",
        why,
        "Draw along a limb of the figure, or draw a dot on a joint",
        "mark.unread",
    )


def _pair(point: np.ndarray) -> tuple[float, float]:
    return float(point[0]), float(point[1])
