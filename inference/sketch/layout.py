"""Names and indices of what the network sees: keypoints, directions, limbs.

Keypoints are SMPL's 24 joints and the top of the head. Directions are unit vectors in view
space: row 0 is where the pelvis faces, rows 1 to 23 point from a joint's parent to the joint,
row 24 from the head joint to the top of the head, row 25 is where the face looks.
"""

from __future__ import annotations

import numpy as np

from ...core.smpl import SMPL_MIRROR, SMPL_PARENTS

PARENTS = np.array(SMPL_PARENTS)
JOINTS = 24
HEAD_TOP = 24
KEYPOINTS = 25
PELVIS_FORWARD, HEAD_UP, HEAD_FORWARD = 0, 24, 25
DIRECTIONS = 26

LEFT_ARM, RIGHT_ARM = [13, 16, 18, 20, 22], [14, 17, 19, 21, 23]
LEFT_LEG, RIGHT_LEG = [1, 4, 7, 10], [2, 5, 8, 11]
SPINE = [3, 6, 9, 12, 15]

MIRROR = SMPL_MIRROR
MIRROR_KEYPOINTS = np.append(MIRROR, HEAD_TOP)
MIRROR_DIRECTIONS = np.concatenate([MIRROR, [HEAD_UP, HEAD_FORWARD]])

CONTACTS: tuple[str, ...] = (
    "left_hand-left_hip",
    "right_hand-right_hip",
    "left_hand-head",
    "right_hand-head",
    "left_hand-right_hand",
    "left_foot-ground",
    "right_foot-ground",
    "left_knee-ground",
    "right_knee-ground",
)
MIRROR_CONTACTS = np.array([1, 0, 3, 2, 4, 6, 5, 8, 7])
