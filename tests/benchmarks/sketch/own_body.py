"""The pose that was read, taken by the very character that was drawn.

An animator's rig is the character itself. On the default body a mascot is far from its drawing
though every limb points where it should: proportions cost more than the reading does.

Conventions: as in `metrics`; both bodies are brought to the limb lengths of an adult.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sketch2pose.core.body_motion import BodyMotion
from sketch2pose.inference.body.model import load_default_body

from . import metrics
from .character import Character, pose
from .external import ExternalDrawing
from .figures import median, rows_by
from .observed import observe
from .run import Outcome
from .score import MILLIMETRES, adult, nearest
from .table import Row

Array = NDArray[np.floating]

OWN_BODY = "PA-MPJPE median, the drawn character in the pose read"


def own_body_rows(
    cast: Mapping[str, Character],
    drawings: Sequence[ExternalDrawing],
    outcomes: Sequence[Outcome],
) -> list[Row]:
    """PA-MPJPE of the drawn characters in the poses read, all of them and by character.

    Args:
        cast: characters by name.
        drawings: with the truth. outcomes: what was read of each.
    """
    cases = zip(drawings, outcomes, strict=True)
    errors = [_error(drawing, cast[drawing.character], outcome) for drawing, outcome in cases]
    found = [mm for mm in errors if not np.isnan(mm)]
    rows = [Row(f"external line art: {OWN_BODY}", median(found), "mm", cases=len(found))]
    return rows + rows_by("external", [d.character for d in drawings], errors, OWN_BODY)


def _error(drawing: ExternalDrawing, character: Character, outcome: Outcome) -> float:
    """PA-MPJPE of one drawing, mm; NaN when nobody was found."""
    if not outcome.motions:
        return np.nan
    limbs = posed_limbs(character, nearest(outcome.motions, drawing.pixels))
    return MILLIMETRES * metrics.pa_mpjpe(adult(limbs), adult(drawing.limbs))


def posed_limbs(character: Character, motion: BodyMotion) -> Array:
    """[12, 3] limb joints of a character in the first frame of a motion, camera space."""
    body = load_default_body()
    turns, _ = body.frames(motion.poses[0], np.zeros(3))
    _, limbs = pose(character, turns, body.joints_template)
    return limbs @ observe(motion).rotation.T
