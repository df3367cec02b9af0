"""Pose vectors of SMPL (72), SMPL-H (156) and SMPL-X (165 numbers a frame) into each other.

Conventions: axis-angle, radians, three numbers a joint in the model's own joint order. The 22 body
joints are the same in all three. SMPL's two hand joints have no counterpart: they are zero when
they are not known and dropped when they do not fit; jaw and eyes likewise.
"""

import numpy as np
from numpy.typing import ArrayLike

from ...core.arrays import Array

BODY = slice(0, 66)
SIZES = {"smpl": 72, "smplh": 156, "smplx": 165}
_HANDS = {"smplh": slice(66, 156), "smplx": slice(75, 165)}


def convert_poses(poses: ArrayLike, source: str, target: str) -> Array:
    """Poses of one model as poses of another.

    Args:
        poses: [..., 72 | 156 | 165] radians.
        source: "smpl", "smplh" or "smplx".
        target: "smpl", "smplh" or "smplx".

    Returns:
        [..., n] in the target's layout; what the source does not know is zero.

    Raises:
        ValueError: when the size is not the source's, or a name is unknown.
    """
    given = np.asarray(poses)
    if given.shape[-1] != SIZES[source]:
        raise ValueError(f"{given.shape[-1]} numbers a frame, but {source} has {SIZES[source]}")
    if source == target:
        return given.copy()
    result = np.zeros((*given.shape[:-1], SIZES[target]), given.dtype)
    result[..., BODY] = given[..., BODY]
    if source in _HANDS and target in _HANDS:
        result[..., _HANDS[target]] = given[..., _HANDS[source]]
    return result
