"""How upright a figure stands in the world beside how upright it was posed.

Conventions: camera space, x right, y down, z forward. Leaning is towards (negative) or away from
the viewer; a lean to the side lies in the picture plane, which the drawing itself shows.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .metrics import limb_points
from .observed import observe
from .run import Outcome
from .synthetic import SyntheticDrawing
from .table import Row

Array = NDArray[np.floating]

LEVEL_UP = np.array([0.0, -1.0, 0.0])
SHOULDERS, ANKLES = (0, 1), (10, 11)  # within `metrics.LIMB_JOINTS`
MUCH = 15.0  # degrees: from here on anybody sees that a figure leans


def lean(limbs: Array, up: Array) -> float:
    """Degrees by which a body [12, 3] leans away from the viewer of a world with this up [3]."""
    axis = limbs[list(SHOULDERS)].mean(0) - limbs[list(ANKLES)].mean(0)
    away = np.array([0.0, 0.0, 1.0]) - up[2] * up
    return float(np.degrees(np.arctan2(axis @ away / np.linalg.norm(away), axis @ up)))


def lean_rows(
    what: str, drawings: Sequence[SyntheticDrawing], outcomes: Sequence[Outcome]
) -> list[Row]:
    """Errors of the lean as estimated, and as they were if every camera were level."""
    errors, level = [], []
    for drawing, outcome in zip(drawings, outcomes, strict=True):
        if not outcome.motions:
            continue
        seen = observe(outcome.motions[0])
        limbs = limb_points(seen.in_camera(seen.joints3d))
        truth = lean(drawing.limbs, drawing.up)
        errors.append(_between(lean(limbs, seen.rotation[:, 1]), truth))
        level.append(_between(lean(limbs, LEVEL_UP), truth))
    return [
        row
        for name, values in (("lean", errors), ("lean before a level camera", level))
        for row in (
            Row(f"{what}: {name}, mean error", float(np.mean(values)), "°", cases=len(values)),
            Row(
                f"{what}: {name}, wrong by more than {MUCH:.0f}°",
                100.0 * float(np.mean(np.array(values) > MUCH)),
                "%",
                cases=len(values),
            ),
        )
    ]


def _between(a: float, b: float) -> float:
    """Angle between two directions given in degrees."""
    return abs((a - b + 180.0) % 360.0 - 180.0)
