"""A pose in one line: how the body is carried, then what is worth saying of trunk and limbs.

The phrases are those of the posecodes that are true, the more telling ones first chosen, at most
one for each group of codes and side; what the bearing already says is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from numpy.typing import ArrayLike

from .posecode import Posecode
from .posecodes import POSTURE, Degrees, degrees_of, posecodes
from .posture import posture_of

MOST_PHRASES = 4
TRUE = 0.5
_ORDER = ("trunk", "turn", "arch", "head", "hands", "hand", "reach", "elbow")
_LYING = ("lean_forward", "lean_back", "lean_sideways", "bent_over", "foot_raised", "feet_together")
# What goes without saying, by the bearing's key.
_IMPLIED = {
    "sitting_on_ground": ("knee_bent", "leg_out", "leg_forward", "foot_raised", "foot_in_front"),
    "sitting_on_seat": ("knee_bent", "leg_out", "leg_forward", "foot_raised", "foot_in_front"),
    "standing": ("knee_straight",),
    "on_one_leg": ("foot_raised", "foot_in_front", "feet_apart", "knees_apart", "knee_straight"),
    "kneeling": ("knee_bent", "leg_back", "foot_raised", "foot_in_front"),
    "kneeling_on_one": ("knee_bent", "leg_forward", "foot_in_front", "feet_apart", "foot_raised"),
    "squatting": ("knee_bent", "leg_forward", "leg_out"),
    "lunging": (
        "knee_bent", "foot_in_front", "feet_apart", "leg_forward", "leg_back", "knees_apart",
    ),
    "all_fours": ("hand_on_floor", "knee_bent", "lean_forward", "bent_over", "arm_hanging"),
    "upside_down": (*_LYING, "arm_raised", "hand_above_head"),
    "lying_on_back": _LYING, "lying_on_front": (*_LYING, "arm_hanging"), "lying_on_side": _LYING,
    "lying": _LYING,
}  # fmt: skip


@dataclass(frozen=True)
class Phrase:
    """Something said of a pose.

    Attributes:
        code: what was true.
        side: ``left``, ``right``, ``both`` or empty.
        degree: how true, in [0.5, 1].
    """

    code: Posecode
    side: str
    degree: float

    @property
    def text(self) -> str:
        """In words."""
        if self.side == "both":
            return self.code.both
        return self.code.says.format(side=self.side)

    @property
    def salience(self) -> float:
        """How much it wants to be said; rounded, so that left and right tie."""
        return round(self.code.weight * self.degree, 3)


def describe(joints: ArrayLike) -> str:
    """Describe a pose in one line, for example ``Sitting, left hand on the head``.

    Args:
        joints: [24, 3] of SMPL, y up, in any unit.

    Raises:
        RigError: the joints cannot be used.
    """
    text = ", ".join(phrase.text for phrase in phrases(joints))
    return text[:1].upper() + text[1:]


def phrases(joints: ArrayLike) -> list[Phrase]:
    """What `describe` says, phrase by phrase.

    Args:
        joints: [24, 3] of SMPL, y up, in any unit.

    Raises:
        RigError: the joints cannot be used.
    """
    degrees = degrees_of(posture_of(joints))
    bearing = _bearing(degrees)
    implied = _IMPLIED.get(bearing.code.key, ()) if bearing else ()
    best = _best_of_groups(degrees, implied)
    told = sorted(_merged(best), key=lambda phrase: -phrase.salience)[:MOST_PHRASES]
    told.sort(key=lambda phrase: (_rank(phrase.code), phrase.side == "right"))
    return ([bearing] if bearing else []) + told


def _bearing(degrees: Degrees) -> Phrase | None:
    """The first bearing that is true; of two sides the truer one."""
    for code in posecodes():
        if code.group != POSTURE:
            continue
        side = max(code.sides, key=lambda side, key=code.key: float(degrees[key, side][0]))
        degree = float(degrees[code.key, side][0])
        if degree >= TRUE:
            return Phrase(code, side, degree)
    return None


def _best_of_groups(degrees: Degrees, implied: tuple[str, ...]) -> dict[tuple[str, str], Phrase]:
    best: dict[tuple[str, str], Phrase] = {}
    for code in posecodes():
        if code.group == POSTURE or code.weight == 0.0 or code.key in implied:
            continue
        for side in code.sides:
            phrase = Phrase(code, side, float(degrees[code.key, side][0]))
            present = best.get((code.group, side))
            stronger = present is None or phrase.salience > present.salience
            if phrase.degree >= TRUE and stronger:
                best[code.group, side] = phrase
    return _without_repeats(best)


def _without_repeats(best: dict[tuple[str, str], Phrase]) -> dict[tuple[str, str], Phrase]:
    """Leaves out what a phrase about the same arm says better."""
    crossed = ("hands", "") in best

    def told_better(group: str, side: str) -> bool:
        if group == "elbow":
            return crossed or ("hand", side) in best or ("reach", side) in best
        if group == "reach":
            return crossed or ("hand", side) in best
        return group == "hand" and crossed

    return {place: phrase for place, phrase in best.items() if not told_better(*place)}


def _merged(best: dict[tuple[str, str], Phrase]) -> Iterator[Phrase]:
    """One phrase for both sides where both have the same."""
    for (group, side), phrase in best.items():
        twin = best.get((group, "right" if side == "left" else "left"))
        same = side and phrase.code.both and twin is not None and twin.code is phrase.code
        if not same:
            yield phrase
        elif twin is not None and side == "left":
            yield Phrase(phrase.code, "both", min(phrase.degree, twin.degree))


def _rank(code: Posecode) -> int:
    return _ORDER.index(code.group) if code.group in _ORDER else len(_ORDER)
