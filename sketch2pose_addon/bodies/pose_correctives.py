"""SMPL's pose correctives as shape keys that the armature drives.

A corrective is linear in the nine numbers R - 1 of a joint's rotation matrix (Loper et al. 2015),
so each number is one shape key. Its driver computes it from the bone's quaternion by plain
arithmetic, which Blender evaluates without permission to run scripts, whatever the bone's rotation
mode, constraints included.

Conventions: R is in the body's axes (y up, facing +z) as SMPL has it; a bone's own axes are those
of its rest matrix, so their directions are constants of the expression. They change with the
body's shape, and the expressions with them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...core.axes import BLENDER_FROM_BODY, blender_from_body

if TYPE_CHECKING:
    from bpy.types import Bone, FCurve, Object

    from .body import BodyData

PREFIX = "Pose"
QUATERNION = "wxyz"
LARGEST = 2.0  # of an element of R - 1


def add_correctives(skin: Object, rig: Object, data: BodyData) -> int:
    """Adds and drives one shape key for each element that moves any vertex; returns how many.

    Args:
        skin: mesh of the body, with its basis key.
        rig: its armature.
        data: with `posedirs`.
    """
    if data.posedirs is None:
        return 0
    basis = np.empty(3 * len(data.v_template), np.float32)
    skin.data.shape_keys.key_blocks[0].data.foreach_get("co", basis)
    added = 0
    for joint, name in enumerate(data.names[1:]):
        for element in range(9):
            moved = blender_from_body(data.posedirs[..., 9 * joint + element])
            if np.abs(moved).max() == 0:
                continue
            key = skin.shape_key_add(name=key_name(name, element), from_mix=False)
            key.data.foreach_set("co", basis + np.ravel(moved).astype(np.float32))
            key.slider_min, key.slider_max = -LARGEST, LARGEST
            _add_driver(key.driver_add("value"), rig, name, element)
            added += 1
    return added


def key_name(bone: str, element: int) -> str:
    """Name of the shape key of an element 0-8 (row by row) of R - 1."""
    return f"{PREFIX} {bone} {element // 3 + 1}{element % 3 + 1}"


def corrective_keys(skin: Object) -> list[tuple[str, str, int]]:
    """Shape key, bone and element of every corrective of a mesh."""
    found = []
    for key in skin.data.shape_keys.key_blocks if skin.data.shape_keys else ():
        parts = key.name.split(" ")
        if len(parts) == 3 and parts[0] == PREFIX and parts[2].isdigit():
            row, column = divmod(int(parts[2]), 10)
            found.append((key.name, parts[1], 3 * (row - 1) + column - 1))
    return found


def renew_correctives(skin: Object, rig: Object) -> None:
    """Writes the expressions anew for the bones as they rest now."""
    data = skin.data.shape_keys.animation_data if skin.data.shape_keys else None
    curves = {curve.data_path: curve for curve in data.drivers} if data else {}
    for key, bone, element in corrective_keys(skin):
        curve = curves.get(f'key_blocks["{key}"].value')
        if curve is not None and bone in rig.data.bones:
            curve.driver.expression = expression(rig.data.bones[bone], element)


def _add_driver(curve: FCurve, rig: Object, bone: str, element: int) -> None:
    driver = curve.driver
    driver.type = "SCRIPTED"
    for letter in QUATERNION:
        variable = driver.variables.new()
        variable.name, variable.type = letter, "TRANSFORMS"
        target = variable.targets[0]
        target.id, target.bone_target = rig, bone
        target.transform_space, target.rotation_mode = "LOCAL_SPACE", "QUATERNION"
        target.transform_type = f"ROT_{letter.upper()}"
    driver.expression = expression(rig.data.bones[bone], element)


def expression(bone: Bone, element: int) -> str:
    """The element of R - 1 from the bone's quaternion w, x, y, z.

    With the vector part (a, b, c) in the body's axes: diagonal elements are -2 times the sum of the
    other two squares, the others 2 (product of their two ± w times the third).
    """
    axes = BLENDER_FROM_BODY.T @ np.array(bone.matrix_local.to_3x3())
    vector = [_sum(row) for row in axes]
    row, column = divmod(element, 3)
    if row == column:
        first, second = (vector[i] for i in range(3) if i != row)
        return f"-2*({first}*{first}+{second}*{second})"
    sign = "-" if (column - row) % 3 == 1 else "+"
    third = vector[3 - row - column]
    return f"2*({vector[row]}*{vector[column]}{sign}w*{third})"


def _sum(row: np.ndarray) -> str:
    terms = [f"{value:+.4f}*{letter}" for value, letter in zip(row, "xyz", strict=True)]
    return f"({''.join(terms)})"
