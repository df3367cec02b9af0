"""The synthetic test: poses of held-out subjects in the styles withheld from training.

Beside the poses as they were recorded there are two other kinds: with some limbs taken from
other poses or from inside the joint limits, and with every bone as long as it is, which tells what
the artists' disproportion costs.

Conventions: truth is in camera space (x right, y down, z forward), metres.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sketch2pose.inference.pictures.page import Page

Array = NDArray[np.floating]

SIZE = 320  # px


@dataclass(frozen=True)
class SyntheticDrawing:
    """A page with its truth.

    Attributes:
        name: shown in reports.
        page: the drawing.
        limbs: [12, 3] metres. pixels: [12, 2].
        keypoints: [25, 2] px. directions: [26, 3] unit, view space (see `inference.sketch.layout`).
        up: [3] unit, the world's vertical.
    """

    name: str
    page: Page
    limbs: Array
    pixels: Array
    keypoints: Array
    directions: Array
    up: Array


def make_synthetic(
    count: int, seed: int, as_recorded: bool = True, true_proportions: bool = False
) -> list[SyntheticDrawing]:
    """Drawings in withheld styles; needs the training code and the motion pack.

    Args:
        count: how many.
        seed: of poses, proportions, cameras and pens.
        as_recorded: whole poses of the subjects; else limbs are exchanged and bent at random.
        true_proportions: no bone drawn longer or shorter than it is.
    """
    from sketch2pose.inference.training.synthesis.poses import load_pose_bank
    from sketch2pose.inference.training.synthesis.sample import make_batch

    from .metrics import LIMB_JOINTS

    bank = load_pose_bank("val")
    rng = np.random.default_rng(seed)
    kind = {"true_proportions": true_proportions, "as_recorded": as_recorded}
    batch = make_batch(bank, rng, count, SIZE, withheld=True, **kind)
    limbs = list(LIMB_JOINTS)
    return [
        SyntheticDrawing(
            name=f"synthetic_{i:03d}",
            page=Page(255 - batch.ink[i], None, (SIZE, SIZE), 1.0, name=f"synthetic_{i:03d}"),
            limbs=batch.joints[i, limbs].astype(float),
            pixels=batch.points[i, limbs].astype(float),
            keypoints=batch.points[i].astype(float),
            directions=batch.directions[i].astype(float),
            up=batch.up[i].astype(float),
        )
        for i in range(count)
    ]
