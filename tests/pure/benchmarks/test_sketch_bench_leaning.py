"""The benchmark's measure of leaning."""

import numpy as np
import pytest

from sketch2pose.core.rotations import rotmat_from_rotvec
from tests.benchmarks.sketch.leaning import LEVEL_UP, lean


def standing() -> np.ndarray:
    """Limb joints [12, 3] of a body with its shoulders 1.4 m above its ankles, camera space."""
    limbs = np.zeros((12, 3))
    limbs[:2, 1] = -1.4
    return limbs


@pytest.mark.parametrize("degrees", [-40.0, 0.0, 25.0])
def test_a_lean_away_from_the_viewer_is_positive(degrees: float) -> None:
    turn = rotmat_from_rotvec(np.radians([degrees, 0.0, 0.0]))
    assert lean(standing() @ turn.T, LEVEL_UP) == pytest.approx(-degrees)


@pytest.mark.parametrize("degrees", [-40.0, 25.0])
def test_who_stands_upright_before_a_tilted_camera_does_not_lean(degrees: float) -> None:
    turn = rotmat_from_rotvec(np.radians([degrees, 0.0, 0.0]))
    assert lean(standing() @ turn.T, turn @ LEVEL_UP) == pytest.approx(0.0, abs=1e-9)
