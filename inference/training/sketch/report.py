"""What a sketch network reaches on drawings of people and poses it has never seen."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch

from ...sketch.network_output import OUTPUTS, NetworkOutput, anatomical, decode, signed
from ..synthesis.layout import MIRROR_KEYPOINTS
from ..synthesis.poses import load_pose_bank
from ..synthesis.sample import Batch, make_batch
from .data import to_tensors
from .losses import LIMB_DIRECTIONS
from .net import SketchNet

NAMES = {-1: "none", 0: "stick", 1: "shape", 2: "body"}


@lru_cache(maxsize=4)
def held_out(count: int, size: int, withheld: bool) -> Batch:
    """Drawings of the validation subjects' poses, the same in every run."""
    return make_batch(load_pose_bank("val"), np.random.default_rng(12345), count, size, withheld)


@torch.no_grad()
def evaluate(net: SketchNet, count: int, size: int) -> dict[str, float]:
    """Errors by style: limb direction (degrees), keypoints (% of the image side), presence."""
    net.eval()
    batch = held_out(count, size, False)
    seen = anatomical(predict(net, batch))
    error = np.linalg.norm(seen.points - batch.points / size, axis=-1) * 100
    swapped = np.linalg.norm(seen.points[:, MIRROR_KEYPOINTS] - batch.points / size, axis=-1) * 100
    angle = limb_angles(seen, batch.directions)
    figures = {"person": float(((seen.person > 0.5) == batch.person).mean())}
    sides = swapped[batch.person].mean(1) < error[batch.person].mean(1)
    figures["sides_exchanged"] = float(sides.mean())
    for style in (0, 1, 2):
        rows = batch.style == style
        figures[f"{NAMES[style]}_points"] = float(error[rows][batch.visible[rows]].mean())
        figures[f"{NAMES[style]}_limbs"] = float(angle[rows].mean())
    figures["limbs"] = float(angle[batch.person].mean())
    figures["limbs_median"] = float(np.median(angle[batch.person]))
    withheld = held_out(count // 2, size, True)
    figures["withheld_limbs"] = float(
        limb_angles(predict(net, withheld), withheld.directions).mean()
    )
    return {name: round(value, 3) for name, value in figures.items()}


def predict(net: SketchNet, batch: Batch) -> NetworkOutput:
    """Runs the network over a batch in pieces."""
    device = str(next(net.parameters()).device)
    pieces = []
    for rows in np.array_split(np.arange(len(batch.ink)), max(1, len(batch.ink) // 64)):
        part = Batch(**{name: value[rows] for name, value in vars(batch).items()})
        out = net(to_tensors(part, device).ink)
        pieces.append([out[name].cpu().numpy() for name in OUTPUTS])
    return decode([np.concatenate(parts) for parts in zip(*pieces, strict=True)])


def limb_angles(seen: NetworkOutput, directions: np.ndarray) -> np.ndarray:
    """Angle [N, 8] in degrees between the likelier reading of each limb bone and the truth."""
    guess = signed(seen)[:, LIMB_DIRECTIONS]
    cosine = (guess * directions[:, LIMB_DIRECTIONS]).sum(-1)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))
