"""The pose that was read, taken by the very character that was drawn.

An animator's rig is the character itself. On the default body a mascot is far from its drawing
though every limb points where it should: proportions cost more than the reading does.

Conventions: as in `metrics`; both bodies are brought to the limb lengths of an adult.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from inference.body.model import load_default_body
from inference.protocol.body_motion import BodyMotion
from inference.rotations import rotmat_from_rotvec

from . import metrics
from .character import Character, pose
from .external import ExternalDrawing, world_rotations
from .figures import median
from .observed import observe
from .run import Outcome
from .score import MILLIMETRES, adult, nearest
from .table import Row

Array = NDArray[np.floating]


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
    costs: dict[str, list[float]] = {name: [] for name in cast}
    for drawing, outcome in zip(drawings, outcomes, strict=True):
        if outcome.motions:
            motion = nearest(outcome.motions, drawing.pixels)
            limbs = adult(posed_limbs(cast[drawing.character], motion))
            error = metrics.pa_mpjpe(limbs, adult(drawing.limbs))
            costs[drawing.character].append(error * MILLIMETRES)
    every = [cost for own in costs.values() for cost in own]
    groups = {"external line art": every, **{f"external, {n}": own for n, own in costs.items()}}
    what = "PA-MPJPE median, the drawn character in the pose read"
    return [Row(f"{who}: {what}", median(mm), "mm", cases=len(mm)) for who, mm in groups.items()]


def posed_limbs(character: Character, motion: BodyMotion) -> Array:
    """[12, 3] limb joints of a character in the first frame of a motion, camera space."""
    local = rotmat_from_rotvec(np.asarray(motion.poses, float)[0].reshape(-1, 3))
    _, limbs = pose(character, world_rotations(local), load_default_body().joints_template)
    return limbs @ observe(motion).rotation.T
