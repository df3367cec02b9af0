"""Finding key poses by words: "sitting, left hand on head", "ballet, leg up", "not standing".

Phrases of posecodes are asked of the poses themselves, all other words of their names and tags.
Every wish gets a degree for every pose; poses are ranked by their worst and their mean degree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

import numpy as np

from ...core.arrays import FloatArray
from .lexicon import NEGATIONS, Match, Word, longest_match, plain_words, vocabulary, words_of
from .library import PoseLibrary
from .posecodes import Degrees, degrees_of, posecode_by_key
from .posture import posture_of

GOOD = 0.45  # least score of a result
PARTIAL = 12  # how many poses are offered when none fits everything
SOME = 0.3  # least mean degree of those
_CLAUSES = re.compile(r"[,;.]|\band\b|\bwith\b|&|\+")


@dataclass(frozen=True)
class Wish:
    """One thing that was asked for.

    Attributes:
        text: in the words of the search.
        keys: posecodes, any of which will do; empty: a word of names and tags.
        side: ``left``, ``right``, ``both`` or empty for any.
        negated: it must not be so.
    """

    text: str
    keys: tuple[str, ...]
    side: str = ""
    negated: bool = False


@dataclass(frozen=True)
class Found:
    """Result of a search.

    Attributes:
        rows: poses of the library, best first.
        scores: of each, in [0, 1].
        wishes: how the search was understood.
        unknown: words that were not, with the nearest known word or an empty text.
        partial: no pose fits everything; these fit some of it.
    """

    rows: tuple[int, ...]
    scores: tuple[float, ...]
    wishes: tuple[Wish, ...]
    unknown: tuple[tuple[str, str], ...]
    partial: bool = False


class PoseIndex:
    """A library made ready for searches."""

    def __init__(self, library: PoseLibrary) -> None:
        self.library = library
        self._words = [
            frozenset(plain_words(" ".join((pose.name, pose.category, *pose.tags))))
            for pose in library.poses
        ]

    @cached_property
    def degrees(self) -> Degrees:
        """How true every posecode is of every pose."""
        return degrees_of(posture_of(np.array([pose.joints for pose in self.library.poses])))

    @cached_property
    def known_words(self) -> set[str]:
        """Words that a search may use."""
        texts = (" ".join((pose.name, *pose.tags)) for pose in self.library.poses)
        return vocabulary(texts)

    def search(self, text: str) -> Found:
        """Find poses.

        Args:
            text: words, phrases and names; clauses may be parted by commas, "and" or "with".

        Returns:
            All poses in the library's order for an empty search.
        """
        wishes, unknown = self.wishes_of(text)
        count = len(self.library.poses)
        if not wishes:
            rows = () if unknown else tuple(range(count))
            return Found(rows, (1.0,) * len(rows), (), unknown)
        degrees = np.array([self._degree(wish) for wish in wishes])
        mean = degrees.mean(axis=0)
        scores = 0.5 * mean + 0.5 * degrees.min(axis=0)
        order = np.argsort(-scores.round(4), kind="stable")
        rows = [int(row) for row in order if scores[row] >= GOOD]
        partial = not rows
        if partial:
            order = np.argsort(-mean.round(4), kind="stable")[:PARTIAL]
            rows = [int(row) for row in order if mean[row] >= SOME]
        told = tuple(float(scores[row]) for row in rows)
        return Found(tuple(rows), told, tuple(wishes), unknown, partial and bool(rows))

    def wishes_of(self, text: str) -> tuple[list[Wish], tuple[tuple[str, str], ...]]:
        """How a search is understood, and the words that are not."""
        wishes: list[Wish] = []
        unknown: list[tuple[str, str]] = []
        for clause in _CLAUSES.split(text.lower()):
            for wish in clause_wishes(words_of(clause)):
                if wish.keys or self._is_known(wish.text):
                    wishes.append(wish)
                else:
                    near = get_close_matches(wish.text, sorted(self.known_words), 1, 0.7)
                    unknown.append((wish.text, near[0] if near else ""))
        return wishes, tuple(unknown)

    def _is_known(self, word: str) -> bool:
        return any(self._names_word(words, word) for words in self._words)

    @staticmethod
    def _names_word(words: frozenset[str], typed: str) -> bool:
        """Whether a typed word is one of the words, or begins one."""
        plain = plain_words(typed)
        if not plain:
            return False
        return plain[0] in words or (
            len(typed) >= 3 and any(word.startswith(typed) for word in words)
        )

    def _degree(self, wish: Wish) -> FloatArray:
        named = np.array([self._names_word(words, wish.text) for words in self._words], float)
        if wish.keys:
            degree = np.max([self._degree_of_code(key, wish.side) for key in wish.keys], axis=0)
            if " " not in wish.text:  # a plain word such as "sitting" is a tag as well
                degree = np.maximum(degree, named)
        else:
            degree = named
        return 1.0 - degree if wish.negated else degree

    def _degree_of_code(self, key: str, side: str) -> FloatArray:
        sides = posecode_by_key()[key].sides
        degrees = np.array([self.degrees[key, each] for each in sides])
        if side in sides:
            return degrees[sides.index(side)]
        return degrees.min(axis=0) if side == "both" else degrees.max(axis=0)


def clause_wishes(words: list[Word]) -> Iterator[Wish]:
    """The wishes of one clause, left to right, the longest phrases first."""
    side, negated, place = "", False, 0
    while place < len(words):
        word = words[place]
        if word.text in NEGATIONS:
            negated, place = True, place + 1
            continue
        if word.side:
            side, place = word.side, place + 1
            continue
        match = longest_match(words[place:])
        if match is None:
            if word.plain:
                yield Wish(word.text, (), "", negated)
                side, negated = "", False
            place += 1
            continue
        place += len(match.words)
        after = words[place].side if place < len(words) else ""
        yield _wish(match, side, after, negated)
        place += bool(after)
        side, negated = "", False


def _wish(match: Match, before: str, after: str, negated: bool) -> Wish:
    """A found phrase with the side said before, within or after it."""
    within = next((word.side for word in match.words if word.side), "")
    sided = any(len(posecode_by_key()[key].sides) > 1 for key in match.keys)
    plural = next((word.plural for word in match.words if word.plain), False)
    side = (before or within or after or ("both" if plural else "")) if sided else ""
    return Wish(" ".join(word.text for word in match.words), match.keys, side, negated)
