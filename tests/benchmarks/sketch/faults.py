"""What is wrong with the reading of a real drawing, in words made from its scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .drawings import RealDrawing
from .metrics import MIRRORED, limb_points
from .observed import observe
from .run import Outcome
from .score import RealScore, drawn_errors

Array = NDArray[np.floating]

ASTRAY = 0.10  # of the drawing's size, as in PCK@0.1
_JOINTS = {"arm": ("shoulder", "elbow", "wrist"), "leg": ("hip", "knee", "ankle")}


def faults(drawing: RealDrawing, outcome: Outcome, score: RealScore) -> str:
    """One line about a drawing, empty when nothing is wrong with it.

    Args:
        drawing: with its marked joints.
        outcome: what was found.
        score: of the found person.
    """
    if not outcome.motions:
        return f"nobody found ({outcome.refusal})"
    if not score.found:
        return "somebody found where the figure is not"
    found = _astray("read", score.errors, drawing)
    found += _astray("posed", np.where(score.errors > ASTRAY, 0.0, score.posed_errors), drawing)
    if len(outcome.motions) > 1:
        found.append(f"{len(outcome.motions)} people found")
    if _sides_exchanged(drawing, outcome):
        found.append("left and right exchanged")
    return "; ".join(found)


def _astray(what: str, errors: Array, drawing: RealDrawing) -> list[str]:
    """Joints that lie too far off, and how far in hundredths of the drawing's size."""
    off = [
        f"{name} {100 * error:.0f} %"
        for name, error in zip(_names(drawing), errors, strict=True)
        if error > ASTRAY
    ]
    return [f"{what} astray: {', '.join(off)}"] if off else []


def _names(drawing: RealDrawing) -> list[str]:
    """Joint names in the order of `RealScore.errors`; sides where the marks have them."""
    names = []
    for limb, marked in (("arm", drawing.arms), ("leg", drawing.legs)):
        for row in range(len(marked)):
            side = ("left ", "right ")[row] if drawing.sided else ""
            names += [side + joint for joint in _JOINTS[limb]]
    return names


def _sides_exchanged(drawing: RealDrawing, outcome: Outcome) -> bool:
    """Whether the joints fit better with left and right exchanged; only marks with sides tell."""
    if not drawing.sided:
        return False
    seen = limb_points(observe(outcome.motions[0]).joints2d)
    exchanged = drawn_errors(seen[list(MIRRORED)], drawing)
    return float(exchanged.mean()) < float(drawn_errors(seen, drawing).mean())
