"""A rig's pose as plain values, to be put back later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import bpy

if TYPE_CHECKING:
    from bpy.types import Object

_CHANNELS = ("location", "rotation_quaternion", "rotation_euler", "rotation_axis_angle", "scale")


@dataclass(frozen=True)
class PoseSnapshot:
    """The pose of one rig, by names: the rig may vanish, bones may be renamed meanwhile.

    Attributes:
        rig: name of the armature object.
        channels: values of each bone's channels.
        switches: numbers in each bone's custom properties.
    """

    rig: str
    channels: dict[str, dict[str, tuple[float, ...]]]
    switches: dict[str, dict[str, float]]

    def restore(self) -> bool:
        """Puts the pose back; False when the rig is gone. Bones that are gone are left out."""
        rig = bpy.data.objects.get(self.rig)
        if rig is None or rig.pose is None:
            return False
        for name, values in self.channels.items():
            bone = rig.pose.bones.get(name)
            if bone is not None:
                _restore_bone(bone, values, self.switches[name])
        rig.update_tag()
        return True


def take_snapshot(rig: Object) -> PoseSnapshot:
    """The present pose of an armature object."""
    bones = rig.pose.bones
    return PoseSnapshot(
        rig.name,
        {bone.name: {name: tuple(getattr(bone, name)) for name in _CHANNELS} for bone in bones},
        {bone.name: _numbers(bone) for bone in bones},
    )


def _numbers(bone: Any) -> dict[str, float]:
    return {key: value for key, value in bone.items() if isinstance(value, (int, float))}


def _restore_bone(bone: Any, channels: dict[str, tuple[float, ...]], numbers: dict) -> None:
    for name, value in channels.items():
        if tuple(getattr(bone, name)) != value:
            setattr(bone, name, value)
    for key, value in numbers.items():
        if bone.get(key) != value:
            bone[key] = value
