"""Write docs/posecodes.md, the tables of posecodes: ``python -m tools.pose_words``.

The second table counts how the bearings agree with the tags that people gave to the key poses.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sketch2pose.rigs.poses.library import PoseLibrary, load_library
from sketch2pose.rigs.poses.posecode import Posecode
from sketch2pose.rigs.poses.posecodes import degrees_of, posecodes
from sketch2pose.rigs.poses.posture import posture_of

from .places import ROOT, say, show

PAGE = ROOT / "docs" / "posecodes.md"
# Tags that mean a posecode; tags are given sparingly, so finds without a tag are not all wrong.
TAGS = {
    "upside_down": "inverted", "lying": "lying", "all_fours": "hands and knees",
    "sitting": "sitting", "sitting_on_seat": "chair", "squatting": "squat", "lunging": "lunge",
    "on_one_leg": "balance", "standing": "standing", "bent_over": "bending",
    "arched": "backbend", "turned": "twist",
}  # fmt: skip
HEAD = """# Posecodes

Written by `python -m tools.pose_words`; how they are used: [pose_library.md](pose_library.md).

A measure is true to no degree at *no*, fully at *yes*, half in between, which is where descriptions
and counts draw the line. Metres are those of a body with a leg of 0.835 m. `of` without a unit is a
degree of truth: the least of several conditions (`rigs/poses/codes_body.py`, `codes_limbs.py`).

| code | a description says | a search may say | no | yes | of |
|---|---|---|---|---|---|
"""
AGREEMENT = """
## Agreement with the authors' tags

Tags were given by hand, before and without the posecodes, and not to every pose that deserves them:
a find without the tag may be right.

| code | tag | tagged poses found | found without the tag |
|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    rows = [_row(code) for code in posecodes()]
    return HEAD + "\n".join(rows) + "\n" + AGREEMENT + "\n".join(_agreement(load_library())) + "\n"


def _row(code: Posecode) -> str:
    rule = code.rule
    says = code.says.format(side="left") + (f"; {code.both}" if code.both else "")
    told = says if code.weight else "–"
    words = ", ".join(code.words)
    return f"| `{code.key}` | {told} | {words} | {rule.no:g} | {rule.yes:g} | {rule.unit} |"


def _agreement(library: PoseLibrary) -> Iterator[str]:
    degrees = degrees_of(posture_of(np.array([pose.joints for pose in library.poses])))
    for code in posecodes():
        if code.key in TAGS:
            tag = TAGS[code.key]
            tagged = np.array([tag in pose.tags for pose in library.poses])
            true = np.max([degrees[code.key, side] for side in code.sides], axis=0) >= 0.5
            hits, extra = int((true & tagged).sum()), int((true & ~tagged).sum())
            yield f"| `{code.key}` | {tag} | {hits} of {int(tagged.sum())} | {extra} |"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    say(show(PAGE))


if __name__ == "__main__":
    main()
