"""Joint angles in degrees as curves of their own: custom properties of the SKEL armature.

The bones' rotation channels carry the motion, in radians inside and with a bone's own signs. These
properties say the same by the anatomical names and signs, to be read in the graph editor, used in
drivers, or compared with a gait laboratory's; nothing depends on them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
import numpy as np

from ..host.keyframes import Channel

if TYPE_CHECKING:
    from bpy.types import Object

    from .skel_rig import SkelFile

GROUP = "Joint Angles (degrees)"


def add_angle_properties(rig: Object, file: SkelFile) -> None:
    """Adds one property a degree of freedom, with its limits."""
    for name, (low, high) in zip(_names(file), np.degrees(file["limits"]), strict=True):
        rig[name] = 0.0
        ui = rig.id_properties_ui(name)
        ui.update(description="Degrees; follows the fitted motion", precision=1)
        if np.isfinite([low, high]).all():
            ui.update(soft_min=float(low), soft_max=float(high))


def angle_channels(file: SkelFile) -> list[Channel]:
    """The angles of every frame in degrees, one channel a property."""
    degrees = np.degrees(file["poses"].astype(float))
    return [
        Channel(GROUP, f'["{bpy.utils.escape_identifier(name)}"]', column[:, None], is_array=False)
        for name, column in zip(_names(file), degrees.T, strict=True)
    ]


def _names(file: SkelFile) -> list[str]:
    return [str(name) for name in file["dof_names"]]
