"""The solved body as wire capsules, in its own proportions: what the drawing said, beside the rig.

Frames: Blender's world. Plain arithmetic; `overlay` draws it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...core import axes
from ...core.errors import Sketch2PoseError
from ...core.smpl import SMPL_PARENTS
from ..results.apply_still import placed_motion
from ..results.motion_camera import fitted_placement
from ..results.source_view import performed_joints
from ..results.stored_still import StoredStill

if TYPE_CHECKING:
    from bpy.types import Object

_SIDES = 8  # of a ring
_HIPS = (1, 2)
_HEAD, _NECK = 15, 12
_RADII = {
    0: 0.13, 3: 0.13, 6: 0.13, 9: 0.14, 12: 0.06, 15: 0.06, 13: 0.07, 14: 0.07, 16: 0.06, 17: 0.06,
    18: 0.05, 19: 0.05, 20: 0.04, 21: 0.04, 22: 0.04, 23: 0.04, 1: 0.1, 2: 0.1, 4: 0.08, 5: 0.08,
    7: 0.055, 8: 0.055, 10: 0.045, 11: 0.045,
}  # fmt: skip
"""Thickness of the part that ends at a joint, m: of the default body, about."""
_SKULL = 0.18  # m, from the head's joint to the crown


def solved_body_lines(stored: StoredStill, target: Object) -> np.ndarray:
    """Line ends [2 N, 3] of the solved body where it was placed; [0, 3] when the rig is unknown."""
    try:
        joints = placed_joints(stored, target)
    except Sketch2PoseError:
        return np.zeros((0, 3))
    neck = float(np.linalg.norm(joints[_HEAD] - joints[_NECK]))
    size = neck / max(float(np.linalg.norm(stored.offsets[_HEAD])), 1e-9)
    bones = [
        capsule(joints[parent], joints[child], size * _RADII[child])
        for child, parent in enumerate(SMPL_PARENTS)
        if child not in (0, *_HIPS)
    ]
    crown = joints[_HEAD] + _SKULL * size * _unit(joints[_HEAD] - joints[_NECK])
    return np.concatenate([*bones, capsule(joints[_HEAD], crown, 0.5 * _SKULL * size)])


def placed_joints(stored: StoredStill, target: Object) -> np.ndarray:
    """The solved joints [24, 3] in Blender's world: at their place, or where the rig stands.

    Raises:
        Sketch2PoseError: the figure stands at the rig, and that is not recognized.
    """
    motion = placed_motion(stored.motion(), stored.place)
    assert motion.joints3d is not None
    joints = axes.blender_from_body(motion.joints3d[0])
    which, performed = performed_joints(target)
    if stored.place.hips is None:
        placement = fitted_placement(joints[which], performed)
        return joints @ placement[:3, :3].T + placement[:3, 3]
    if stored.place.on_ground and set(_HIPS) <= set(which):
        height = np.mean([performed[which.index(joint)][2] for joint in _HIPS])
        joints[:, 2] += height - joints[list(_HIPS), 2].mean()
    return joints


def capsule(start: np.ndarray, end: np.ndarray, radius: float) -> np.ndarray:
    """Two rings and the lines between them, [2 N, 3]."""
    along = _unit(end - start)
    side = _unit(np.cross(along, np.eye(3)[np.abs(along).argmin()]))
    turns = np.linspace(0.0, 2.0 * np.pi, _SIDES, endpoint=False)
    ring = radius * (np.outer(np.cos(turns), side) + np.outer(np.sin(turns), np.cross(along, side)))
    lower, upper = start + ring, end + ring
    pairs = [(lower, np.roll(lower, -1, axis=0)), (upper, np.roll(upper, -1, axis=0))]
    pairs.append((lower[::2], upper[::2]))
    return np.concatenate([np.stack(pair, axis=1).reshape(-1, 3) for pair in pairs])


def _unit(vector: np.ndarray) -> np.ndarray:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 1e-9 else np.array([0.0, 0.0, 1.0])
