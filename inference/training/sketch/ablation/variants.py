"""The runs of the ablation: each differs from the first in one thing."""

from __future__ import annotations

from dataclasses import dataclass

from ...synthesis.sample import BODY, SHAPE, STICK


@dataclass(frozen=True)
class SketchVariant:
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


ARMS: tuple[SketchVariant, ...] = (
    SketchVariant("all as it is: 96 px, every style, disproportion, directions, heatmap"),
    SketchVariant("positions instead of directions", target="positions"),
    SketchVariant("SimCC instead of a heatmap", keypoints="simcc"),
    SketchVariant("one figure: each depth sign by itself", two_figures=False),
    SketchVariant("lifting only the keypoints that were read", known=False),
    SketchVariant("without disproportion", true_proportions=True),
    SketchVariant("without stick figures", styles=(SHAPE, BODY)),
    SketchVariant("without shapes", styles=(STICK, BODY)),
    SketchVariant("without body contours", styles=(STICK, SHAPE)),
    SketchVariant("64 px", size=64),
    SketchVariant("128 px", size=128),
    SketchVariant("Muon for the convolutions instead of AdamW", muon=True),
)
