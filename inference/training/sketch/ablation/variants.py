"""The runs of the ablation: each differs from the first in one thing."""

from __future__ import annotations

from dataclasses import dataclass

from ...synthesis.sample import BODY, SHAPE, STICK


@dataclass(frozen=True)
class Arm:
    """One run.

    Attributes:
        name: shown in the table.
        size: image side, px.
        styles: drawing styles it is taught with.
        true_proportions: taught with figures whose bones are all as long as they are.
        target: "directions", or "positions": the joints in 3D, directions taken from them.
        keypoints: "heatmap" (integral of a plane) or "simcc" (a distribution for each axis).
        two_figures: depth signs are learned for one of the two figures that make the drawing.
        known: the lifter is also taught with nearly true keypoints.
        muon: Muon moves the convolutions, as in the shipped network's training.
    """

    name: str
    size: int = 96
    styles: tuple[int, ...] = (STICK, SHAPE, BODY)
    true_proportions: bool = False
    target: str = "directions"
    keypoints: str = "heatmap"
    two_figures: bool = True
    known: bool = True
    muon: bool = False


ARMS: tuple[Arm, ...] = (
    Arm("all as it is: 96 px, every style, disproportion, directions, heatmap"),
    Arm("positions instead of directions", target="positions"),
    Arm("SimCC instead of a heatmap", keypoints="simcc"),
    Arm("one figure: each depth sign by itself", two_figures=False),
    Arm("lifting only the keypoints that were read", known=False),
    Arm("without disproportion", true_proportions=True),
    Arm("without stick figures", styles=(SHAPE, BODY)),
    Arm("without shapes", styles=(STICK, BODY)),
    Arm("without body contours", styles=(STICK, SHAPE)),
    Arm("64 px", size=64),
    Arm("128 px", size=128),
    Arm("Muon for the convolutions instead of AdamW", muon=True),
)
