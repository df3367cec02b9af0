"""What a posecode is: a measure of a posture, two thresholds between "no" and "yes", and words.

After the posecodes of PoseScript (Delmas et al. 2022), which cut measures into named classes; here
a measure between its thresholds is true to a degree, so that poses can be ranked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

import numpy as np

from ...core.arrays import FloatArray
from .posture import Posture

SIDES = ("left", "right")
Measure = Callable[[Posture, str], FloatArray]


@dataclass(frozen=True)
class Rule:
    """When something is true of a posture.

    Attributes:
        key: name of the code.
        measure: posture and side → [N] values.
        no: value at which it is not true at all.
        yes: value from which it is fully true.
        unit: of the measure: ``m``, ``deg``, or ``""`` for a degree of truth.
        sided: whether it is about one side of the body.
    """

    key: str
    measure: Measure
    no: float = 0.0
    yes: float = 1.0
    unit: str = ""
    sided: bool = True

    def degree(self, posture: Posture, side: str = "") -> FloatArray:
        """How true it is, [N] in [0, 1]; 0.5 and more counts as true."""
        return ramp(self.measure(posture, side), self.no, self.yes)

    @property
    def sides(self) -> tuple[str, ...]:
        """The sides it can be asked of: one empty one when it has none."""
        return SIDES if self.sided else ("",)


@dataclass(frozen=True)
class Posecode:
    """Something that can be said of a pose: a rule and its words (`posecodes.json`).

    Attributes:
        rule: when it is true.
        group: of the codes of one group (and side) a description takes the truest one.
        says: what a description says; ``{side}`` stands for ``left`` or ``right``.
        words: phrases of a search that ask for it, without their side.
        both: what a description says when it is true of both sides; empty: it names one.
        weight: how much a description wants to say it; 0 leaves it to searches.
    """

    rule: Rule
    group: str
    says: str
    words: tuple[str, ...]
    both: str = ""
    weight: float = 1.0

    @property
    def key(self) -> str:
        """Name of the code."""
        return self.rule.key

    @property
    def sides(self) -> tuple[str, ...]:
        """The sides it can be asked of: one empty one when it has none."""
        return self.rule.sides


def ramp(values: FloatArray, no: float, yes: float) -> FloatArray:
    """Degrees of truth [N] that rise (or fall) from 0 at values ``no`` to 1 at ``yes``."""
    return np.clip((values - no) / (yes - no), 0.0, 1.0)


def other(side: str) -> str:
    """The opposite side."""
    return SIDES[1] if side == SIDES[0] else SIDES[0]


def once(measure: Callable[..., FloatArray]) -> Callable[..., FloatArray]:
    """Work a measure [N] out once for a posture and side: bearings lean on each other."""

    @wraps(measure)
    def known(posture: Posture, side: str = "") -> FloatArray:
        place = (measure.__name__, side)
        if place not in posture.known:
            posture.known[place] = measure(posture, side)
        return posture.known[place]

    return known
