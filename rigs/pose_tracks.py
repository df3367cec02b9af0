"""What retargeting hands to the add-on: channels of bones, ready to be keyed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..core.arrays import FloatArray
from .bone_maps.bone_map import Switches


@dataclass(frozen=True)
class PoseTracks:
    """Bone channels of T frames.

    Attributes:
        rotations: [T, 4] quaternions wxyz in each bone's own rest frame (Blender's basis).
        locations: [T, 3] in each bone's own rest frame, rig units.
        switches: (bone, property, value) to set and key at the first frame.
        framerate: frames a second.
        frame_count: T.
        heads: [T, 3] posed heads in rig space of every bone that was computed (for checking).
        poses: [T, 4] posed orientations in rig space of those bones.
        notes: sentences for the user about what was left out or guessed.
    """

    rotations: Mapping[str, FloatArray]
    locations: Mapping[str, FloatArray]
    switches: Switches
    framerate: float
    frame_count: int
    heads: Mapping[str, FloatArray] = field(default_factory=dict[str, FloatArray])
    poses: Mapping[str, FloatArray] = field(default_factory=dict[str, FloatArray])
    notes: tuple[str, ...] = ()
