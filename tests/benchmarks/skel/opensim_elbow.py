"""What an elbow angle of Pose2Sim's OpenSim model says of the points that the model carries.

Its marker for the elbow lies 12 mm in front of the joint and that for the shoulder outside of its
joint, on the trunk; and a straight arm is not at zero. So the model's `elbow_flex` is not the angle
between shoulder, elbow and wrist, even where it lies on all three points exactly.

Places are facts of Model_Pose2Sim_Body25b.osim (BSD-3-Clause): the right arm, hanging, at
`elbow_flex` = 0 with the forearm half turned in as the model locks it; metres in the humerus'
frame (x forward, y up, z right), from the shoulder's centre. OpenSim 4.6 gives the same angles.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sketch2pose.core.rotations import rotmat_from_rotvec
from tests.benchmarks.skel.opensim_angles import ELBOW_AXIS, ELBOW_CENTRE

SHOULDER = np.array([-0.0096, -0.0052, 0.0316])
ELBOW = np.array([0.025, -0.297955, -0.008738])
WRIST = np.array([0.003368, -0.534168, 0.002945])


def points_angle(elbow_flex: ArrayLike) -> NDArray[np.floating]:
    """Angle between shoulder-elbow and elbow-wrist of the model's points, degrees.

    Args:
        elbow_flex: [T] degrees.
    """
    turns = rotmat_from_rotvec(np.radians(np.asarray(elbow_flex, float))[..., None] * ELBOW_AXIS)
    wrist = ELBOW_CENTRE + turns @ (WRIST - ELBOW_CENTRE)
    upper, lower = ELBOW - SHOULDER, wrist - ELBOW
    cosine = lower @ upper / np.linalg.norm(upper) / np.linalg.norm(lower, axis=-1)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))
