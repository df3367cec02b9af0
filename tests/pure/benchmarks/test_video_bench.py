"""Joint angles of the video benchmark: bends of chains, and what a definition adds to them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.video.joint_angles import CHAINS, bend, definition_offset
from tests.benchmarks.video.measures import JOINTS


def chains(angles):
    """[T, 3, 3] limbs of two parts of different length, bent by angles in degrees."""
    turn = np.deg2rad(np.asarray(angles, float))
    lower = np.stack([np.sin(turn), np.cos(turn), 0 * turn], axis=-1)
    middle = np.tile([0.1, 0.4, 0.0], (len(turn), 1))
    return np.stack([0 * middle + [0.1, 0.0, 0.0], middle, middle + 0.3 * lower], axis=1)


@given(st.lists(st.floats(0.5, 179.5), min_size=1, max_size=5))
def test_a_chain_bends_by_its_angle(angles):
    np.testing.assert_allclose(bend(chains(angles)), angles, atol=1e-4)


@given(st.floats(-40, 40))
def test_a_definition_that_counts_from_elsewhere_is_found(offset):
    angles = np.linspace(10, 120, 7)
    truth = np.zeros((7, len(JOINTS), 3))
    rows = [JOINTS.index(f"left_{part}") for part in CHAINS["elbow"]]
    truth[:, rows] = chains(angles)
    found = definition_offset(truth, angles - offset, "elbow", "left")
    np.testing.assert_allclose(found, offset, atol=1e-4)
    assert definition_offset(truth, angles, "hip flexion", "left") == 0
