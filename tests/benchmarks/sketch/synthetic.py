"""The synthetic test: poses of held-out subjects in the styles withheld from training.

Conventions: truth is in camera space (x right, y down, z forward), metres.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.sketch.page import Page

Array = NDArray[np.floating]

SIZE = 320  # px


@dataclass(frozen=True)
class SyntheticDrawing:
    """A page with its truth: limbs [12, 3] metres, pixels [12, 2]."""

    name: str
    page: Page
    limbs: Array
    pixels: Array


def make_synthetic(count: int, seed: int) -> list[SyntheticDrawing]:
    """Drawings in withheld styles; needs the training code and the motion pack.

    Args:
        count: how many.
        seed: of poses, proportions, cameras and pens.
    """
    from inference.training.synthesis.poses import load_pose_bank
    from inference.training.synthesis.sample import make_batch

    from .metrics import LIMB_JOINTS

    bank = load_pose_bank("val")
    batch = make_batch(bank, np.random.default_rng(seed), count, SIZE, withheld=True)
    limbs = list(LIMB_JOINTS)
    return [
        SyntheticDrawing(
            name=f"synthetic_{i:03d}",
            page=Page(255 - batch.ink[i], None, (SIZE, SIZE), 1.0, name=f"synthetic_{i:03d}"),
            limbs=batch.joints[i, limbs].astype(float),
            pixels=batch.points[i, limbs].astype(float),
        )
        for i in range(count)
    ]
