"""Which bone plays which role, and how a control rig wants to be driven.

Pure data: detection lives in ``mapping``, use in ``retarget``. A map can be edited role by role,
mirrored, and saved as JSON beside a rig or in the user's library.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import RigError
from ..human import BODY_ROLES, REQUIRED_ROLES, chain_roles, mirrored
from ..skeleton import Skeleton

_DAMAGED = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)
FORMAT = "sketch2pose-bone-map"
VERSION = 1

Switches = tuple[tuple[str, str, float], ...]
"""(bone, property, value) to set and key."""


@dataclass(frozen=True)
class LimbControls:
    """IK controls of one limb of a control rig.

    Attributes:
        end: control that carries the hand or foot.
        pole: control that the elbow or knee points to.
        toes: control of the toes while the leg is in IK, or None.
        switches: (bone, property, value) to key when the limb is driven by IK.
    """

    end: str
    pole: str
    toes: str | None = None
    switches: Switches = ()


@dataclass(frozen=True)
class BoneMap:
    """Bones by role.

    Attributes:
        bones: bone name of each mapped role.
        preset: name of the preset that fitted, or how the map was found.
        confidence: 0 to 1 a role.
        parents: bones that follow another bone than their parent (control rigs).
        switches: (bone, property, value) to key when the rig is driven by FK; a property is a
            custom one, or one of the pose bone itself when it starts with a dot.
        limbs: IK controls by limb role (``left_arm``, ``left_leg``, ...).
        warnings: sentences about what is doubtful.
    """

    bones: Mapping[str, str]
    preset: str = "custom"
    confidence: Mapping[str, float] = field(default_factory=dict[str, float])
    parents: Mapping[str, str] = field(default_factory=dict[str, str])
    switches: Switches = ()
    limbs: Mapping[str, LimbControls] = field(default_factory=dict[str, LimbControls])
    warnings: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Body roles without a bone, required ones first."""
        absent = [role for role in BODY_ROLES if role not in self.bones]
        return tuple(sorted(absent, key=lambda role: role not in REQUIRED_ROLES))

    def chain(self, name: str) -> list[str]:
        """Return the bones of the chain ``spine`` or ``neck``, lowest first."""
        return [self.bones[role] for role in chain_roles(self.bones, name)]

    def with_bone(self, role: str, bone: str | None) -> BoneMap:
        """Return a copy in which ``role`` is played by ``bone``, or by none."""
        bones = {r: b for r, b in self.bones.items() if r != role}
        confidence = {r: c for r, c in self.confidence.items() if r != role}
        if bone:
            bones[role], confidence[role] = bone, 1.0
        return replace(self, bones=bones, confidence=confidence)

    def swapped(self) -> BoneMap:
        """Return a copy with left and right exchanged: a motion through it comes out mirrored."""
        return replace(
            self,
            bones={mirrored(role): bone for role, bone in self.bones.items()},
            confidence={mirrored(role): value for role, value in self.confidence.items()},
        )

    def checked(self, skeleton: Skeleton) -> BoneMap:
        """Return the map when it can drive ``skeleton``.

        Raises:
            RigError: a required role has no bone, or a named bone is not there.
        """
        unknown = sorted({b for b in self.bones.values() if b not in skeleton.index})
        if unknown:
            raise RigError(
                "The bone map does not fit this rig",
                f"it has no bone named {', '.join(unknown[:3])}",
                "Detect the map again or choose other bones",
            )
        absent = [role for role in REQUIRED_ROLES if role not in self.bones]
        if absent:
            words = ", ".join(role.replace("_", " ") for role in absent[:4])
            raise RigError(
                "This rig cannot be driven yet",
                f"no bone is assigned to {words}",
                "Set these bones in the Retarget panel",
            )
        return self


def bone_map_to_json(bone_map: BoneMap) -> str:
    """Return the map as readable JSON text."""
    data = {
        "format": FORMAT,
        "version": VERSION,
        "preset": bone_map.preset,
        "bones": dict(bone_map.bones),
        "confidence": {r: round(float(c), 3) for r, c in bone_map.confidence.items()},
        "parents": dict(bone_map.parents),
        "switches": [list(s) for s in bone_map.switches],
        "limbs": {
            name: {
                "end": limb.end,
                "pole": limb.pole,
                "toes": limb.toes,
                "switches": [list(s) for s in limb.switches],
            }
            for name, limb in bone_map.limbs.items()
        },
    }
    return json.dumps(data, indent=1, ensure_ascii=False)


def bone_map_from_json(text: str) -> BoneMap:
    """Read a map written by :func:`bone_map_to_json`.

    Raises:
        RigError: the text is not such a map.
    """
    try:
        data = json.loads(text, parse_constant=_refuse_constant)
        if data["format"] != FORMAT or data["version"] > VERSION:
            raise ValueError(f"{data['format']!r} version {data['version']}")
        return BoneMap(
            bones={str(r): str(b) for r, b in data["bones"].items()},
            preset=str(data["preset"]),
            confidence={str(r): float(c) for r, c in data["confidence"].items()},
            parents={str(c): str(p) for c, p in data["parents"].items()},
            switches=_switches(data["switches"]),
            limbs={
                name: LimbControls(
                    limb["end"], limb["pole"], limb["toes"], _switches(limb["switches"])
                )
                for name, limb in data["limbs"].items()
            },
        )
    except _DAMAGED as error:
        raise RigError(
            "This is not a bone map",
            f"it could not be read ({repr(error)[:160]})",
            "Save one from the panel first",
        ) from error


def _refuse_constant(word: str) -> float:
    """NaN and the infinities are no JSON, and no value of a property."""
    raise ValueError(f"{word} is no number")


def _switches(rows: list[list[Any]]) -> Switches:
    return tuple((str(bone), str(prop), float(value)) for bone, prop, value in rows)
