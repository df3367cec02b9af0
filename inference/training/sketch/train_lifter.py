"""Pretrains the drawing network's lifter on keypoints alone: thousands of figures a second.

python -m sketch2pose.inference.training.sketch.train_lifter --minutes 10 --out build/lifter.pt
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import torch

from ..synthesis.figure import Figures, make_figures, sample_scales
from ..synthesis.layout import DIRECTIONS, KEYPOINTS
from ..synthesis.poses import PoseBank, load_pose_bank
from .losses import LIMB_DIRECTIONS, lifting_losses, total
from .net import KeypointLifter, split

BATCH = 512


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--out", default="build/lifter.pt")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    lifter = train(args.minutes, args.seed)
    torch.save(lifter.state_dict(), args.out)


def train(minutes: float, seed: int) -> KeypointLifter:
    """Trains for ``minutes``; prints the validation error on unseen subjects as it goes."""
    bank, val = load_pose_bank("train"), load_pose_bank("val")
    rng = np.random.default_rng(seed)
    lifter = KeypointLifter()
    optimiser = torch.optim.AdamW(lifter.parameters(), 2e-3, weight_decay=0.02)
    start, step = time.time(), 0
    held_out = draw(val, np.random.default_rng(1), 4000)
    while (spent := (time.time() - start) / (60 * minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = (
                2e-3 * min(1, (step + 1) / 100) * (0.5 + 0.5 * np.cos(np.pi * spent)) + 1e-5
            )
        optimiser.zero_grad()
        loss(lifter, *draw(bank, rng, BATCH)).backward()
        torch.nn.utils.clip_grad_norm_(lifter.parameters(), 5.0)
        optimiser.step()
        step += 1
        if step % 500 == 0:
            report(lifter, held_out, step * BATCH, time.time() - start)
    return lifter


def loss(
    lifter: KeypointLifter,
    points: torch.Tensor,
    spread: torch.Tensor,
    directions: torch.Tensor,
    contacts: torch.Tensor,
) -> torch.Tensor:
    """Of one batch as ``draw`` makes it: every bone is seen, every limb on its own side."""
    ones, sides = torch.ones(len(points), DIRECTIONS), torch.zeros(len(points), 2)
    out = split(lifter(points, spread))
    return total(lifting_losses(out, directions, ones, contacts, sides, ones[:, 0]))


def draw(bank: PoseBank, rng: np.random.Generator, count: int) -> tuple[torch.Tensor, ...]:
    """Keypoints as a drawing would show them, and their labels."""
    strength = rng.choice([0.3, 0.9])
    figures = make_figures(bank.sample(rng, count), sample_scales(rng, count, float(strength)), rng)
    points, spread = _noisy(figures, rng)
    tensors = (points, spread, figures.directions, figures.contacts)
    return tuple(torch.from_numpy(np.ascontiguousarray(t, np.float32)) for t in tensors)


def _noisy(figures: Figures, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Adds what heatmaps get wrong; the spread says how much."""
    low, high = figures.points.min(1), figures.points.max(1)
    side = (high - low).max(1)[:, None, None]
    sigma = np.exp(rng.normal(-4.2, 0.6, (len(low), KEYPOINTS, 1)))
    points = figures.points / side + rng.normal(0, 1, figures.points.shape) * sigma
    return points, np.repeat(sigma + 0.035, 2, 2)


@torch.no_grad()
def report(
    lifter: KeypointLifter, held_out: tuple[torch.Tensor, ...], seen: int, seconds: float
) -> None:
    """Prints limb direction errors and how often the depth sign is right."""
    points, spread, directions, _ = held_out
    out = split(lifter(points, spread))
    folded, truth = out["folded"][:, LIMB_DIRECTIONS], directions[:, LIMB_DIRECTIONS]
    away = (out["away"] > 0) ^ (out["reflected"] > 0)[:, None]
    sign = torch.where(away[:, LIMB_DIRECTIONS], 1.0, -1.0)
    guess = torch.cat([folded[..., :2], folded[..., 2:] * sign[..., None]], -1)
    angle = torch.rad2deg(torch.acos((guess * truth).sum(-1).clamp(-1, 1)))
    right = ((sign > 0) == (truth[..., 2] > 0))[truth[..., 2].abs() > 0.3].float().mean()
    print(
        f"{seen} figures {seconds:.0f} s: limbs {angle.mean():.1f} deg, "
        f"depth sign right {right:.3f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
