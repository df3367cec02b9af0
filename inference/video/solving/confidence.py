"""How sure the solve is of each joint in each frame.

Visibility of the landmarks about a joint times how well the solved body meets them in the picture
(after POCO, Dwivedi et al. 2024): a joint that was not seen, or that the body could not follow,
counts little; frames that were filled in count least.
"""

import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array
from ....core.smpl import SMPL_JOINT_NAMES
from ..observing.landmarks import NUMBER

FILLED = 0.05  # of joints in frames without an observation
WEAK = 0.3  # mean confidence below which a frame is called weak
MISSED = 0.06  # distance in shares of the person's size at which confidence has fallen to 0.37

# joints without a landmark of their own trust these
_WITNESSES = {
    "pelvis": ("left_hip", "right_hip"),
    "spine1": ("left_hip", "right_hip"),
    "spine2": ("left_hip", "right_hip", "left_shoulder", "right_shoulder"),
    "spine3": ("left_shoulder", "right_shoulder"),
    "neck": ("left_shoulder", "right_shoulder"),
    "head": ("nose", "left_ear", "right_ear"),
    "left_collar": ("left_shoulder",), "right_collar": ("right_shoulder",),
    "left_foot": ("left_foot_index",), "right_foot": ("right_foot_index",),
    "left_hand": ("left_index", "left_pinky"), "right_hand": ("right_index", "right_pinky"),
}  # fmt: skip


def joint_confidence(visibility: Array, away: Array, filled: NDArray[np.bool_]) -> Array:
    """Confidence of the 24 joints.

    Args:
        visibility: [T, 33] in 0..1.
        away: [T, 33] distance of the projected landmarks from the seen ones, in shares of the
            person's size; 0 for landmarks that have no place on the body.
        filled: [T] frames without an observation.

    Returns:
        [T, 24] in [0, 1].
    """
    trust = visibility * np.exp(-((away / MISSED) ** 2))
    columns = [
        trust[:, [NUMBER[mark] for mark in _WITNESSES.get(name, (name,))]].mean(1)
        for name in SMPL_JOINT_NAMES
    ]
    confidence = np.stack(columns, axis=1)
    confidence[filled] = FILLED
    return np.clip(confidence, 0.0, 1.0)
