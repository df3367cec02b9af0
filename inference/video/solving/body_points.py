"""Where the landmarks lie on the body: each is the pelvis plus vectors carried by body parts.

Conventions: meters, y up at rest (SMPL). With G_p the orientation of part p, landmark m lies at
`pelvis + sum over p of G_p carried[m, p]`, which is linear in the orientations; lengths depend
linearly on the shape.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Array
from ....core.smpl import SMPL_JOINT_NAMES, SMPL_OWNER, SMPL_PARENTS
from ...body.model import BodyModel
from ...solver.tree import SOLVED
from ..observing.landmarks import LANDMARKS

# Where the landmark network sees a point, beside the joint or the skin's landmark on our body:
# meters at rest, left side; measured by `inference.training.temporal_lifter.places` on painted
# people
SEEN_BESIDE = {
    "nose": (0.0, 0.001, -0.023), "eye": (-0.004, 0.0, -0.021), "ear": (-0.019, 0.003, 0.017),
    "shoulder": (-0.009, 0.009, -0.005), "elbow": (-0.007, -0.006, 0.017),
    "wrist": (0.018, -0.010, -0.002), "pinky": (0.017, 0.008, 0.013),
    "index": (0.002, 0.009, -0.008), "thumb": (0.016, 0.011, -0.022),
    "hip": (0.003, -0.003, 0.023), "knee": (-0.006, 0.002, -0.013),
    "ankle": (0.002, 0.032, 0.015), "heel": (-0.020, 0.011, 0.027),
    "foot_index": (0.020, -0.006, -0.049),
}  # fmt: skip
KNUCKLE = 0.5  # knuckles lie about half way from wrist to finger tip
_SURFACE = {"nose": "nose", "left_eye": "left_eye", "right_eye": "right_eye",
            "left_ear": "left_ear", "right_ear": "right_ear"}  # fmt: skip
_HEAD = SMPL_JOINT_NAMES.index("head")


@dataclass(frozen=True)
class BodyPoints:
    """Landmarks on a body.

    Attributes:
        used: [M] which of the 33 landmarks have a place on the body.
        carried: [M, P, 3] vector that each solved part carries toward each landmark.
    """

    used: NDArray[np.integer]
    carried: Array

    def positions(self, world: Array, pelvis: Array) -> Array:
        """Landmarks [T, M, 3] of solved parts' orientations [T, P, 3, 3] and pelvis [T, 3]."""
        return pelvis[:, None] + np.einsum("tpij,mpj->tmi", world, self.carried)


def body_points(body: BodyModel, betas: Array, as_seen: bool = True) -> BodyPoints:
    """Places of the landmarks on a body of a shape [≤ 10].

    Args:
        body: the body.
        betas: its shape.
        as_seen: where the network sees them, instead of the joints and skin they are named for.
    """
    joints = np.asarray(body.joints(betas), np.float64)
    surface = np.asarray(body.vertices(betas), np.float64)
    used, rows = [], []
    for number, name in enumerate(LANDMARKS):
        place = _place(name, body, joints, surface)
        if place is not None:
            used.append(number)
            part, at_rest = place
            rows.append(_carried(part, at_rest + as_seen * seen_beside(name), joints))
    return BodyPoints(np.array(used), np.stack(rows)[:, SOLVED])


def joint_points(joints: Array) -> Array:
    """[24, P, 3] what the solved parts carry toward the joints themselves."""
    return np.stack([_carried(number, joint, joints) for number, joint in enumerate(joints)])[
        :, SOLVED
    ]


def seen_beside(name: str) -> Array:
    """[3] meters at rest from a landmark's joint or skin to where the network sees it."""
    side, _, part = name.partition("_")
    beside = np.array(SEEN_BESIDE[part or side])
    return beside * [-1.0, 1.0, 1.0] if side == "right" else beside


def _place(name: str, body: BodyModel, joints: Array, surface: Array) -> tuple[int, Array] | None:
    """Part that carries a landmark and where it is at rest; None when it has no place."""
    if name in _SURFACE:
        return _HEAD, surface[body.landmarks[_SURFACE[name]]]
    side, _, part = name.partition("_")
    if f"{side}_{part}" in SMPL_JOINT_NAMES:
        number = SMPL_JOINT_NAMES.index(name)
        return SMPL_PARENTS[number], joints[number]
    if part in ("heel", "foot_index"):
        landmark = f"{side}_heel" if part == "heel" else f"{side}_big_toe"
        return SMPL_JOINT_NAMES.index(f"{side}_ankle"), surface[body.landmarks[landmark]]
    if part in ("pinky", "index", "thumb"):
        wrist = SMPL_JOINT_NAMES.index(f"{side}_wrist")
        tip = surface[body.landmarks[f"{side}_{part}_tip"]]
        return wrist, joints[wrist] + KNUCKLE * (tip - joints[wrist])
    return None


def _carried(part: int, place: Array, joints: Array) -> Array:
    """[24, 3] vectors along the chain from the pelvis to a place fixed to a part.

    Toes and hands are not solved: they are rigid continuations of feet and forearms' ends.
    """
    carried = np.zeros((len(SMPL_PARENTS), 3))
    joint = part
    while joint > 0:
        owner = SMPL_OWNER[joint]
        carried[owner] += joints[joint] - joints[owner]
        joint = owner
    if part in SOLVED:
        carried[part] += place - joints[part]
    else:  # an end joint itself
        assert np.allclose(place, joints[part])
    return carried
