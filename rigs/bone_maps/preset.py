"""Reading the preset files: names of one rig family's bones, by role.

A preset is data. ``{s}`` in a name stands for the family's word for the side and ``{n}`` for a
finger's joint, 1 to 3; fingers counted otherwise list their ``joints``. A list of names gives
alternatives, except for the chains ``spine`` and ``neck``, where it is the chain itself (and a list
in that list gives alternatives).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ..human import ARM, CHAINS, FINGERS, LEG, SIDES
from .bone_map import LimbControls, Switches

Names = str | list[str]
"""One name of a bone, or several that are tried in turn."""

FOLDER = Path(__file__).resolve().parents[1] / "presets"


@dataclass(frozen=True)
class Preset:
    """One rig family.

    Attributes:
        name: file stem, stable.
        title: words for the panel.
        bones: possible names of each role, best first.
        requires: names that only this family has; without them the preset does not apply.
        parents: see :class:`rigs.bone_maps.bone_map.BoneMap`.
        switches: see :class:`rigs.bone_maps.bone_map.BoneMap`.
        limbs: see :class:`rigs.bone_maps.bone_map.BoneMap`.
        read_only: the bones follow other bones: they can be read as a source, not driven.
    """

    name: str
    title: str
    bones: dict[str, tuple[str, ...]]
    requires: tuple[str, ...] = ()
    parents: dict[str, str] = field(default_factory=dict[str, str])
    switches: Switches = ()
    limbs: dict[str, LimbControls] = field(default_factory=dict[str, LimbControls])
    read_only: bool = False


@cache
def load_presets() -> tuple[Preset, ...]:
    """Read every shipped preset, in order of name."""
    return tuple(read_preset(path) for path in sorted(FOLDER.glob("*.json")))


def read_preset(path: Path) -> Preset:
    """Read one preset file.

    Raises:
        ValueError: the file is not a preset; the message names the file and the fault.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        words: dict[str, str] = dict(zip(SIDES, data["sides"], strict=True))
        return Preset(
            name=str(data["name"]),
            title=str(data["title"]),
            bones=dict(_roles(data["bones"], words)),
            requires=tuple(data.get("requires", ())),
            parents=_sided_pairs(data.get("parents", {}), words),
            switches=_sided_switches(data.get("switches", []), words.values()),
            limbs=_limbs(data.get("limbs", {}), words),
            read_only=bool(data.get("read_only", False)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path.name} is not a preset: {error!r}") from error


def _roles(bones: dict[str, Any], words: dict[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key, value in bones.items():
        if key in CHAINS:
            for n, names in enumerate(value, start=1):
                yield f"{key}_{n}", _alternatives(names)
        elif key in FINGERS:
            for side, word in words.items():
                for n in (1, 2, 3):
                    yield f"{side}_{key}_{n}", _alternatives(_joint_names(value, n), word, n)
        elif re.split("_twist_|_with_", key)[0] in ARM + LEG:
            for side, word in words.items():
                yield f"{side}_{key}", _alternatives(value, word)
        else:
            yield key, _alternatives(value)


def _joint_names(finger: Names | Mapping[str, list[Names]], n: int) -> Names:
    return finger if isinstance(finger, str | list) else finger["joints"][n - 1]


def _alternatives(value: Names, word: str = "", n: int = 0) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    return tuple(str(name).replace("{s}", word).replace("{n}", str(n)) for name in names)


def _sided_pairs(pairs: dict[str, str], words: dict[str, str]) -> dict[str, str]:
    return {
        child.replace("{s}", word): parent.replace("{s}", word)
        for child, parent in pairs.items()
        for word in words.values()
    }


def _sided_switches(rows: list[list[Any]], words: Iterable[str]) -> Switches:
    found = [
        (str(bone).replace("{s}", word), str(prop), float(value))
        for bone, prop, value in rows
        for word in words
    ]
    return tuple(dict.fromkeys(found))


def _limbs(limbs: dict[str, Any], words: dict[str, str]) -> dict[str, LimbControls]:
    return {
        f"{side}_{limb}": LimbControls(
            end=data["end"].replace("{s}", word),
            pole=data["pole"].replace("{s}", word),
            toes=data["toes"].replace("{s}", word) if data.get("toes") else None,
            switches=_sided_switches(data.get("switches", []), [word]),
        )
        for limb, data in limbs.items()
        for side, word in words.items()
    }
