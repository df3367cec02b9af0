"""Anatomical joint angles to SMPL rotations.

Conventions: degrees in, rotation matrices out (local, parent from joint, relative to the T-pose);
body space is y up, facing +z, left at +x. Zero is standing straight with hanging arms, palms to the
thighs. Both sides use the same signs:

| part | values |
|---|---|
| `root` | pitch (forwards +), roll (to the left side +), yaw (to the left +); yaw · pitch · roll |
| `spine`, `neck` | bend forwards, bend to the left, turn to the left; shared out along the spine,
neck and head | | `arm` | plane (0 sideways, 90 forwards, negative backwards), elevation (0
hanging, 180 overhead), outward twist | | `collar` | shrug up, forwards |
| `elbow` | bend |
| `forearm` | pronation (palm from the thigh to the back +) |
| `wrist` | bend to the palm, bend to the thumb |
| `leg` | flexion (thigh forwards +), abduction (outwards +), outward turn |
| `knee` | bend |
| `ankle` | toes up +, toes outwards + |
| `toes` | toes up + |

Plane and elevation of the arm are those of the ISB recommendation (Wu et al. 2005).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ....core.arrays import Array
from ....core.rotations import rotmat_from_rotvec
from ....core.smpl import SMPL_MIRROR

Angles = Mapping[str, Sequence[float]]

SIZES = {
    "root": 3,
    "spine": 3,
    "neck": 3,
    "arm": 3,
    "collar": 2,
    "elbow": 1,
    "forearm": 1,
    "wrist": 2,
    "leg": 3,
    "knee": 1,
    "ankle": 2,
    "toes": 1,
}
"""Number of values of each part."""
CENTRAL = ("root", "spine", "neck")
SPINE_SHARES = {3: 0.4, 6: 0.35, 9: 0.25}
NECK_SHARES = {12: 0.5, 15: 0.5}
LEFT_JOINTS = {
    "leg": 1,
    "knee": 4,
    "ankle": 7,
    "toes": 10,
    "collar": 13,
    "arm": 16,
    "elbow": 18,
    "hand": 20,
}
X, Y, Z = np.eye(3)


def pose_from_angles(angles: Angles) -> Array:
    """Local rotations [24, 3, 3] of a pose.

    Args:
        angles: degrees by part; paired parts carry the prefix `left_` or `right_`. Parts left out
            are 0.
    """
    pose = np.tile(np.eye(3), (24, 1, 1))
    pitch, roll, yaw = angles.get("root", (0, 0, 0))
    pose[0] = _turn(Y, yaw) @ _turn(X, pitch) @ _turn(Z, -roll)
    for part, shares in (("spine", SPINE_SHARES), ("neck", NECK_SHARES)):
        forwards, left, turn = angles.get(part, (0, 0, 0))
        for joint, share in shares.items():
            pose[joint] = rotmat_from_rotvec(np.deg2rad([forwards, turn, -left]) * share)
    for joint, rotation in _left_limbs(_side(angles, "left_")).items():
        pose[joint] = rotation
    for joint, rotation in _left_limbs(_side(angles, "right_")).items():
        pose[SMPL_MIRROR[joint]] = rotation * np.outer([-1, 1, 1], [-1, 1, 1])
    return pose


def _side(angles: Angles, prefix: str) -> dict[str, Sequence[float]]:
    zeros = {part: (0.0,) * size for part, size in SIZES.items() if part not in CENTRAL}
    return zeros | {
        name.removeprefix(prefix): values
        for name, values in angles.items()
        if name.startswith(prefix)
    }


def _left_limbs(side: Mapping[str, Sequence[float]]) -> dict[int, Array]:
    """Local rotations of the left limbs by joint."""
    flexion, abduction, outwards = side["leg"]
    plane, elevation, twist = side["arm"]
    up, outside = side["ankle"]
    shrug, forwards = side["collar"]
    to_palm, to_thumb = side["wrist"]
    swing = _turn(Y, -plane) @ _turn(Z, elevation) @ _turn(Y, plane)
    collar = _turn(Y, -forwards) @ _turn(Z, shrug)
    joints = LEFT_JOINTS
    return {
        joints["leg"]: _turn(X, -flexion) @ _turn(Z, abduction) @ _turn(Y, outwards),
        joints["knee"]: _turn(X, side["knee"][0]),
        joints["ankle"]: _turn(X, -up) @ _turn(Y, outside),
        joints["toes"]: _turn(X, -side["toes"][0]),
        joints["collar"]: collar,
        # the T-pose arm hangs after a quarter turn; the collar carries it along
        joints["arm"]: collar.T @ swing @ _turn(Y, twist) @ _turn(Z, -90),
        joints["elbow"]: _turn(Y, -side["elbow"][0]),
        joints["hand"]: _turn(X, side["forearm"][0]) @ _turn(Z, -to_palm) @ _turn(Y, -to_thumb),
    }


def _turn(axis: Array, degrees: float) -> Array:
    return rotmat_from_rotvec(axis * np.deg2rad(degrees))
