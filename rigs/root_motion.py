"""Bones above and beside the hips: a root bone that travels, parts that hang from nothing.

Conventions: rig space, quaternions wxyz.
"""

from __future__ import annotations

import numpy as np

from ..core.arrays import FloatArray
from ..core.rotations import quat_multiply, quat_rotate, quat_twist
from .human import parent_role
from .landmarks import middle
from .posed_target import PosedTarget


def travel_by_root(figure: PosedTarget) -> None:
    """Let the root bone carry the figure over the floor: its level path and its heading.

    The posed body stays where it is; hips and controls keep what is left of their motion.
    """
    root = figure.bone_map.bones.get("root")
    if root is None or figure.carrier == root:
        figure.notes.append("This rig has no root bone: the hips carry the motion.")
        return
    path = middle({r: figure.head(r) for r in ("left_thigh", "right_thigh")}, "thigh")
    body = figure.posed.heads[figure.carrier]
    heading = quat_twist(figure.placed.turns["hips"], figure.stage.up)
    rest_quat = figure.rig.rest_quats[figure.rig.index[root]]
    figure.goals[root] = quat_multiply(heading, rest_quat)
    figure.invalidate()
    level = path - np.outer(path @ figure.stage.up, figure.stage.up)
    start = middle(figure.rest, "thigh")
    start = start - (start @ figure.stage.up) * figure.stage.up
    pivot = figure.rig.head(root) - start
    figure.shift(root, level - start - pivot + quat_rotate(heading, pivot))
    figure.shift(figure.carrier, body - figure.posed.heads[figure.carrier])


def hold_loose_parts(figure: PosedTarget) -> None:
    """Carry driven bones that hang from no driven bone (rigs with several roots)."""
    for role, bone in figure.bone_map.bones.items():
        above = parent_role(role, figure.bone_map.bones)
        leader = role.partition("_with_")[0] if "_with_" in role else above
        if bone not in figure.goals or leader is None or leader not in figure.bone_map.bones:
            continue
        if any(other in figure.goals for other in figure.rig.ancestors(bone)):
            continue
        if bone != figure.carrier and figure.carrier not in figure.rig.ancestors(bone):
            figure.shift(bone, _where_held(figure, leader, bone) - figure.posed.heads[bone])


def _where_held(figure: PosedTarget, leader: str, bone: str) -> FloatArray:
    leading = figure.bone_map.bones[leader]
    offset = figure.rig.head(bone) - figure.rig.head(leading)
    return figure.posed.heads[leading] + quat_rotate(figure.turn_of(leader), offset)
