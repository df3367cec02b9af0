"""Driving a control rig's limbs through its IK controls.

The limbs are solved as FK first; hand and foot controls then go where hands and feet are, and each
pole goes where its elbow or knee points, so that the rig's own solver finds the same pose. All
switches that this needs are keyed with it.

Conventions: rig space, quaternions wxyz.
"""

from __future__ import annotations

import numpy as np

from ..core.arrays import FloatArray
from ..core.rotations import normalized, quat_inverse, quat_multiply, quat_rotate
from .bone_maps.bone_map import LimbControls, Switches
from .feet.grounding import hinge_axis
from .human import SIDES
from .kinematics import PosedBones
from .posed_target import LIMBS, PosedTarget

# The pole stands off by this share of the limb's length: far enough to be calm, near enough to see.
_POLE_DISTANCE = 0.8
_STRAIGHT = np.radians(12.0)


def limbs_to_ik(figure: PosedTarget) -> Switches:
    """Replace the limbs' FK goals by goals of their IK controls and return the switches to key."""
    switches = list(figure.bone_map.switches)
    posed = figure.posed
    places: dict[str, FloatArray] = {}
    for side in SIDES:
        for kind in LIMBS:
            controls = figure.bone_map.limbs.get(f"{side}_{kind}")
            roles = figure.limb(side, kind)
            if controls is not None and roles is not None:
                places.update(_drive(figure, posed, controls, roles, side))
                switches = _overridden(switches, controls.switches)
    figure.invalidate()
    now = figure.posed.heads
    for control, place in places.items():
        figure.shift(control, place - now[control])
    return tuple(switches)


def _overridden(
    switches: list[tuple[str, str, float]], changes: Switches
) -> list[tuple[str, str, float]]:
    taken = {(bone, prop) for bone, prop, _ in changes}
    return [s for s in switches if (s[0], s[1]) not in taken] + list(changes)


def _drive(
    figure: PosedTarget,
    posed: PosedBones,
    controls: LimbControls,
    roles: tuple[str, str, str],
    side: str,
) -> dict[str, FloatArray]:
    """Give one limb's goals to its controls and return where these have to be [T, 3]."""
    end = figure.bone_map.bones[roles[2]]
    turn = _turn(figure, posed, end)
    figure.goals[controls.end] = quat_multiply(turn, _rest_quat(figure, controls.end))
    # The pole keeps its rest orientation: only its place means something.
    still = _rest_quat(figure, controls.pole)
    figure.goals[controls.pole] = np.tile(still, (figure.frame_count, 1))
    places = {
        controls.end: _held_by(figure, posed, end, controls.end, turn),
        controls.pole: _pole_position(figure, posed, roles),
    }
    toes = figure.bone_map.bones.get(f"{side}_toes")
    if controls.toes is not None and toes is not None and toes in figure.goals:
        toes_turn = _turn(figure, posed, toes)
        figure.goals[controls.toes] = quat_multiply(toes_turn, _rest_quat(figure, controls.toes))
        del figure.goals[toes]
    for role in roles:
        del figure.goals[figure.bone_map.bones[role]]
    return places


def _rest_quat(figure: PosedTarget, bone: str) -> FloatArray:
    return figure.rig.rest_quats[figure.rig.index[bone]]


def _turn(figure: PosedTarget, posed: PosedBones, bone: str) -> FloatArray:
    return quat_multiply(posed.poses[bone], quat_inverse(_rest_quat(figure, bone)))


def _held_by(
    figure: PosedTarget, posed: PosedBones, leader: str, control: str, turn: FloatArray
) -> FloatArray:
    """Return where ``control`` is when it goes along with ``leader`` as if they were one piece."""
    offset = figure.rig.head(control) - figure.rig.head(leader)
    return posed.heads[leader] + quat_rotate(turn, offset)


def _pole_position(
    figure: PosedTarget, posed: PosedBones, roles: tuple[str, str, str]
) -> FloatArray:
    """Return where the pole stands [T, 3]: out from the joint, in the limb's plane.

    A bent limb shows its plane; as it straightens, the plane of its hinge takes over smoothly, so
    that the pole does not flip.
    """
    start, middle, end = (posed.heads[figure.bone_map.bones[role]] for role in roles)
    line = normalized(end - start)
    out = middle - start
    out = out - np.sum(out * line, axis=1, keepdims=True) * line
    length = np.linalg.norm(middle - start, axis=1) + np.linalg.norm(end - middle, axis=1)
    # The hinge closes the limb, so the joint stands out toward axis x line.
    hinge_out = normalized(np.cross(line, hinge_axis(figure, roles[0])))
    straight = np.sin(_STRAIGHT) * 0.25 * length
    bend = np.linalg.norm(out, axis=1) / straight
    weight = np.clip(1.0 - bend, 0.0, 1.0)[:, None]
    direction = normalized(normalized(out) * (1.0 - weight) + hinge_out * weight)
    return middle + (_POLE_DISTANCE * length)[:, None] * direction
