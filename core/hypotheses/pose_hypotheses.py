"""Other poses that the same drawing may show: what a single view cannot tell apart.

A drawing fixes where limbs point in the picture, not whether they come toward the viewer or lead
away (their depth sign), nor which hand is the left one. Each function turns one pose into the other
hypothesis; `reflections` does it on world orientations.

Conventions: SMPL joint order; a pose is [72] axis-angle, radians; the world is y up, left at +x.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..kinematics import pose_from_world, world_from_pose
from .reflections import change_parts, flip_parts, swap_parts

_ANY_VIEW = np.array([0.0, 0.0, 1.0])  # of changes that no view takes part in


def flip_limb(pose: ArrayLike, limb: str, view: ArrayLike) -> FloatArray:
    """Turns a limb from toward the viewer to away, or back; its picture stays the same.

    Args:
        pose: [72] axis-angle, radians.
        limb: a key of `core.corrections.limbs.LIMBS`.
        view: [3] viewing direction in the world, any length.

    Returns:
        [72]; flipping twice gives the pose again.
    """
    return pose_from_world(flip_parts(world_from_pose(pose), limb, np.asarray(view, float)))


def front_back(pose: ArrayLike, view: ArrayLike) -> FloatArray:
    """Sees the figure from the other side: from behind instead of in front, or back.

    The picture stays the same; left and right change places.

    Args:
        pose: [72] axis-angle, radians.
        view: [3] viewing direction in the world, any length.

    Returns:
        [72]; doing it twice gives the pose again.
    """
    world = world_from_pose(pose)
    return pose_from_world(change_parts(world, "FRONT_BACK", np.asarray(view, float)))


def swap_sides(pose: ArrayLike, parts: tuple[str, ...] = ("ARM", "LEG")) -> FloatArray:
    """Gives the left limbs the directions of the right ones, and the other way round.

    Args:
        pose: [72] axis-angle, radians.
        parts: which limbs: ``ARM``, ``LEG``.

    Returns:
        [72]; the trunk is as it was.
    """
    return pose_from_world(swap_parts(world_from_pose(pose), parts))


def mirror(pose: ArrayLike) -> FloatArray:
    """The mirror image of the pose at the body's upright plane.

    Args:
        pose: [72] axis-angle, radians.

    Returns:
        [72]; mirroring twice gives the pose again.
    """
    return pose_from_world(change_parts(world_from_pose(pose), "MIRROR", _ANY_VIEW))
