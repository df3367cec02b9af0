"""OpenSim's ground: x forward, y up, z to the right of a body that stands at rest."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

GROUND_FROM_BODY = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])


def ground_from_body(points: ArrayLike) -> NDArray[np.float64]:
    """Points or directions [..., 3] of the body's world (y up, facing +z) in OpenSim's ground."""
    return np.matmul(np.asarray(points, np.float64), GROUND_FROM_BODY.T)
