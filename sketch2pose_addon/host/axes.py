"""The one conversion between the body's world and Blender's.

Conventions: the *body* world is right-handed, y up, a figure at rest faces +z with its left at +x
(SMPL); *Blender's* is z up, such a figure faces -y with its left at +x. Both are in metres. So
Blender's (x, y, z) is the body's (x, -z, y), a quarter turn about x. Quaternions are wxyz.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

BLENDER_FROM_BODY = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
BLENDER_FROM_BODY_QUAT = np.array([np.sqrt(0.5), np.sqrt(0.5), 0.0, 0.0])
CV_FROM_BLENDER = np.diag([1.0, -1.0, -1.0])  # of a camera's own axes, OpenCV's: y down, z forward


def blender_from_body(points: ArrayLike) -> NDArray[np.float64]:
    """Return points or directions [..., 3] of the body's world in Blender's world."""
    return np.asarray(points, dtype=np.float64) @ BLENDER_FROM_BODY.T


def body_from_blender(points: ArrayLike) -> NDArray[np.float64]:
    """Return points or directions [..., 3] of Blender's world in the body's world."""
    return np.asarray(points, dtype=np.float64) @ BLENDER_FROM_BODY
