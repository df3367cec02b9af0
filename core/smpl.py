"""The tree of SMPL's 24 joints (Loper et al. 2015): names, parents, the other side.

Order and names are those of every pose, motion and network here. Joints are ordered so that a
parent comes before its children; the left side of the body is at +x when it rests facing +z, y up.
"""

import numpy as np

SMPL_JOINT_NAMES = (
    "pelvis", "left_hip", "right_hip", "spine1", "left_knee", "right_knee", "spine2",
    "left_ankle", "right_ankle", "spine3", "left_foot", "right_foot", "neck",
    "left_collar", "right_collar", "head", "left_shoulder", "right_shoulder",
    "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hand", "right_hand",
)  # fmt: skip
SMPL_PARENTS = (-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21)

SMPL_OWNER = np.array([0, *SMPL_PARENTS[1:]])
"""[24] Joint whose rotation carries the bone that ends in joint j; the pelvis carries itself."""

SMPL_MIRROR = np.array(
    [0, 2, 1, 3, 5, 4, 6, 8, 7, 9, 11, 10, 12, 14, 13, 15, 17, 16, 19, 18, 21, 20, 23, 22]
)
"""[24] The same joint of the other side."""
