"""The network's keypoints and directions, shared with the estimator that reads them."""

from ...sketch.layout import (
    CONTACTS,
    DIRECTIONS,
    HEAD_FORWARD,
    HEAD_TOP,
    HEAD_UP,
    JOINTS,
    KEYPOINTS,
    LEFT_ARM,
    LEFT_LEG,
    MIRROR,
    MIRROR_CONTACTS,
    MIRROR_DIRECTIONS,
    MIRROR_KEYPOINTS,
    PARENTS,
    PELVIS_FORWARD,
    RIGHT_ARM,
    RIGHT_LEG,
    SPINE,
)

__all__ = [
    "CONTACTS", "DIRECTIONS", "HEAD_FORWARD", "HEAD_TOP", "HEAD_UP", "JOINTS", "KEYPOINTS", "LEFT_ARM",
    "LEFT_LEG", "MIRROR", "MIRROR_CONTACTS", "MIRROR_DIRECTIONS", "MIRROR_KEYPOINTS", "PARENTS",
    "PELVIS_FORWARD", "RIGHT_ARM", "RIGHT_LEG", "SPINE",
]  # fmt: skip
