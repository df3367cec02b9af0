"""Poses that one view cannot tell apart, as reflections of body parts.

Each function takes the world orientations [24, 3, 3] of a figure's parts, or the directions
[24, 3] of its bones, and returns the other hypothesis: `R' = S R L`, where S reflects the world
and L the part's own frame, so that R' is a rotation again and hinges still bend as they can.

Conventions: SMPL parts (T-pose, y up, left at +x): arm bones lie along x with elbows hinged on y,
leg bones along -y with knees hinged on x. `view` is the viewing direction in the world, any length.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from ..corrections.limbs import HINGED, LIMBS, rows_after
from ..smpl import SMPL_MIRROR, SMPL_OWNER

SAGITTAL = np.diag([-1.0, 1.0, 1.0])
ARM_HINGE = np.diag([1.0, -1.0, 1.0])
ARM_TO_OTHER_SIDE = np.diag([-1.0, -1.0, 1.0])


def across(view: Array) -> Array:
    """[3, 3] reflection at the picture plane."""
    direction = view / np.linalg.norm(view)
    return np.eye(3) - 2.0 * np.outer(direction, direction)


def flip_parts(world: Array, limb: str, view: Array) -> Array:
    """Turns a limb from toward the viewer to away, or back.

    Args:
        world: [24, 3, 3] orientations of the parts, world.
        limb: a key of `LIMBS`.
        view: [3] viewing direction in the world, any length.

    Returns:
        [24, 3, 3].
    """
    hinge = SAGITTAL if limb.endswith(("LEG", "SHIN")) else ARM_HINGE
    parts = list(LIMBS[limb].parts)
    turned = world.copy()
    turned[parts] = across(view) @ world[parts] @ hinge
    return turned


def flip_bones(directions: Array, limb: str, view: Array) -> Array:
    """The same as `flip_parts` for directions of bones [24, 3], world; ``view`` is [3]."""
    bones = np.isin(SMPL_OWNER, LIMBS[limb].parts)
    bones[0] = False
    turned = directions.copy()
    turned[bones] = directions[bones] @ across(view)
    return turned


def swap_parts(world: Array, kinds: tuple[str, ...] = ("ARM", "LEG")) -> Array:
    """Left limbs get the orientations of right ones, and back.

    Args:
        world: [24, 3, 3] orientations of the parts, world.
        kinds: which limbs: ``ARM``, ``LEG``.

    Returns:
        [24, 3, 3].
    """
    swapped = world.copy()
    for name in HINGED:
        if name.endswith(kinds):
            parts = list(LIMBS[name].parts)
            turn = ARM_TO_OTHER_SIDE if name.endswith("ARM") else np.eye(3)
            swapped[parts] = world[SMPL_MIRROR[parts]] @ turn
    return swapped


def change_parts(world: Array, change: str, view: Array) -> Array:
    """Front for back, left for right, or the mirror image of the whole figure.

    Args:
        world: [24, 3, 3] orientations of the parts, world.
        change: ``FRONT_BACK``, ``SWAP_SIDES`` or ``MIRROR``.
        view: [3] viewing direction in the world, any length.

    Returns:
        [24, 3, 3].
    """
    if change == "SWAP_SIDES":
        return swap_parts(world)
    return _reflection(change, view) @ world[SMPL_MIRROR] @ SAGITTAL


def change_bones(directions: Array, change: str, view: Array) -> Array:
    """The same as `change_parts` for directions of bones [24, 3], world; ``view`` is [3]."""
    rows = directions[rows_after(change)]
    return rows if change == "SWAP_SIDES" else rows @ _reflection(change, view)


def _reflection(change: str, view: Array) -> Array:
    return across(view) if change == "FRONT_BACK" else SAGITTAL
