"""Words of a search, and the posecodes they stand for.

A word is brought to a plain form first ("hands" → hand, "sits" → sitting), in searches and in the
posecodes' own phrases alike; sides are taken out and kept apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from .posecodes import posecodes

SIDE_WORDS = {"left": "left", "l": "left", "right": "right", "r": "right", "both": "both"}
NEGATIONS = frozenset({"not", "no", "without"})
_PAIRED = frozenset({"hands", "arms", "feet", "legs", "knees", "elbows", "shoulders", "ankles"})
_EMPTY = frozenset(
    {"a", "an", "the", "his", "her", "hers", "their", "its", "my", "is", "are", "of", "to", "in",
     "person", "figure", "body", "character", "someone", "pose", "posed", "he", "she", "they",
     "one", "while", "very", "top", "that", "who"}
)  # fmt: skip
_PLAIN = {
    "sit": "sitting", "sits": "sitting", "seated": "sitting", "sat": "sitting",
    "stand": "standing", "stands": "standing", "stood": "standing",
    "kneel": "kneeling", "kneels": "kneeling", "lie": "lying", "lies": "lying", "lay": "lying",
    "laying": "lying", "lean": "leaning", "leans": "leaning", "squats": "squat",
    "squatting": "squat", "crouch": "squat", "crouching": "squat", "crouched": "squat",
    "lunges": "lunge", "lunging": "lunge", "crawl": "crawling", "crawls": "crawling",
    "turn": "turned", "turns": "turned", "turning": "turned", "twisted": "turned",
    "floor": "ground", "over": "above", "onto": "on", "at": "on", "touching": "on",
    "touches": "on", "upon": "on", "against": "on", "feet": "foot", "forwards": "forward",
    "backward": "back", "backwards": "back", "sideward": "sideways", "sidewards": "sideways",
    "bend": "bent", "bends": "bent", "bending": "bent", "folded": "crossed", "fold": "crossed",
    "stretched": "straight", "extended": "straight", "outstretched": "straight",
    "raise": "raised", "raising": "raised", "raises": "raised", "lifted": "raised",
    "lifting": "raised", "lifts": "raised", "joined": "together", "clasped": "together",
    "tummy": "belly", "stomach": "belly", "waist": "hip", "toe": "foot", "toes": "foot",
    "thigh": "knee", "thighs": "knee", "chin": "face", "mouth": "face", "cheek": "face",
    "overhead": "overhead", "hips": "hip",
}  # fmt: skip
_LONGEST = 5


@dataclass(frozen=True)
class Word:
    """One word of a search.

    Attributes:
        text: as it was typed.
        plain: its plain form, empty for words without weight.
        side: ``left``, ``right``, ``both`` or empty.
        plural: it names both of a pair.
    """

    text: str
    plain: str
    side: str = ""
    plural: bool = False


@dataclass(frozen=True)
class Match:
    """A phrase of a posecode found in a search.

    Attributes:
        keys: codes that the phrase stands for.
        words: the words it was found in.
    """

    keys: tuple[str, ...]
    words: tuple[Word, ...]


def words_of(text: str) -> list[Word]:
    """The words of a search in order."""
    return [_word(found) for found in re.findall(r"[^\W_]+", text.lower())]


def _word(text: str) -> Word:
    if text in SIDE_WORDS:
        return Word(text, "", side=SIDE_WORDS[text])
    plural = text in _PAIRED
    return Word(text, plain_form(text), plural=plural)


def plain_form(text: str) -> str:
    """The form in which words are compared; empty for words without weight."""
    if text in _EMPTY:
        return ""
    if text in _PLAIN:
        return _PLAIN[text]
    return text[:-1] if len(text) > 3 and text.endswith("s") and not text.endswith("ss") else text


def plain_words(text: str) -> tuple[str, ...]:
    """Plain forms of a text's words; sides and words without weight are left out."""
    return tuple(word.plain for word in words_of(text) if word.plain)


@lru_cache(maxsize=1)
def phrase_table() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Plain words of each phrase → keys of the codes it stands for."""
    table: dict[tuple[str, ...], tuple[str, ...]] = {}
    for code in posecodes():
        for phrase in code.words:
            plain = plain_words(phrase)
            if code.key not in table.get(plain, ()):
                table[plain] = (*table.get(plain, ()), code.key)
    return table


def longest_match(words: list[Word]) -> Match | None:
    """The longest phrase that the words begin with, sides and empty words passed over."""
    best: Match | None = None
    plain: list[str] = []
    for count, word in enumerate(words, start=1):
        if word.plain:
            plain.append(word.plain)
        if len(plain) > _LONGEST:
            break
        keys = phrase_table().get(tuple(plain))
        if keys and word.plain:
            best = Match(keys, tuple(words[:count]))
    return best


def vocabulary(texts: Iterable[str]) -> set[str]:
    """All words that mean something: those of the phrases and of the texts given."""
    known = {word for phrase in phrase_table() for word in phrase}
    return known | {word for text in texts for word in plain_words(text)}
