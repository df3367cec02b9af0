"""Shoulder bones at rest: a collar bone may be posed, where a shoulder blade points is anatomy."""

from __future__ import annotations

import numpy as np
import pytest

from sketch2pose.core.rotations import (
    quat_angle,
    quat_from_rotvec,
    quat_inverse,
    quat_multiply,
    quat_rotate,
)
from sketch2pose.inference.body import load_default_body
from sketch2pose.inference.skel.model.default import load_default_skel
from sketch2pose.inference.skel.model.layout import BONE_NAMES
from sketch2pose.rigs.alignment import align_rests
from sketch2pose.rigs.human_motion import SMPL_ROLES

SKEL_OF_ROLE = {"shoulder": "scapula", "upper_arm": "humerus", "forearm": "ulna", "hand": "hand",
                "thigh": "femur", "shin": "tibia", "foot": "talus", "toes": "toes"}  # fmt: skip


def body_rest() -> dict[str, np.ndarray]:
    return dict(zip(SMPL_ROLES, np.asarray(load_default_body().joints(), float), strict=True))


def skel_rest() -> dict[str, np.ndarray]:
    joints, body = load_default_skel().rest().joints, body_rest()
    rest = {role: place for role, place in body.items() if "_" not in role}
    for role in body:
        side, _, part = role.partition("_")
        if part in SKEL_OF_ROLE:
            bone = f"{SKEL_OF_ROLE[part]}_{side[0]}"
            rest[role] = joints[BONE_NAMES.index(bone)]
    return rest


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_shoulder_blade_keeps_its_rest(side: str) -> None:
    body, skel = body_rest(), skel_rest()
    for source, target in ((body, skel), (skel, body)):
        align = align_rests(source, target)
        turned = quat_multiply(quat_inverse(align["hips"]), align[f"{side}_shoulder"])
        assert np.degrees(quat_angle(turned)) < 0.01


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_collar_bone_that_was_posed_is_put_straight(side: str) -> None:
    body = body_rest()
    posed = dict(body)
    root = body[f"{side}_shoulder"]
    lift = quat_from_rotvec([0.0, 0.0, 0.7 if side == "left" else -0.7])
    for part in ("upper_arm", "forearm", "hand"):
        role = f"{side}_{part}"
        posed[role] = root + quat_rotate(lift, body[role] - root)
    align = align_rests(body, posed)
    turned = quat_multiply(quat_inverse(align["hips"]), align[f"{side}_shoulder"])
    assert np.degrees(quat_angle(turned)) > 25
