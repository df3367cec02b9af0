"""All posecodes, and how true each of them is of poses."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from ...core.arrays import FloatArray
from .codes_body import BEARINGS, TRUNK
from .codes_limbs import ARMS, HEAD, LEGS
from .posecode import Posecode, Rule
from .posture import Posture

WORDS_FILE = Path(__file__).resolve().parent / "posecodes.json"
RULES: tuple[Rule, ...] = (*BEARINGS, *TRUNK, *HEAD, *ARMS, *LEGS)
POSTURE = "posture"  # the group of the bearings; their order is their rank
Degrees = dict[tuple[str, str], FloatArray]


@lru_cache(maxsize=1)
def posecodes() -> tuple[Posecode, ...]:
    """All posecodes with their words, bearings first."""
    words = json.loads(WORDS_FILE.read_text("utf-8"))
    return tuple(_posecode(rule, words[rule.key]) for rule in RULES)


def _posecode(rule: Rule, said: dict[str, Any]) -> Posecode:
    arguments: dict[str, Any] = said | {"words": tuple(said["words"])}
    return Posecode(rule, **arguments)


@lru_cache(maxsize=1)
def posecode_by_key() -> dict[str, Posecode]:
    """The same by their keys."""
    return {code.key: code for code in posecodes()}


def degrees_of(posture: Posture) -> Degrees:
    """How true every code is: (key, side) → [N] in [0, 1]; the side of an unsided code is ""."""
    return {(rule.key, side): rule.degree(posture, side) for rule in RULES for side in rule.sides}
