r"""Trains the temporal lifter.

    python -m sketch2pose.inference.training.temporal_lifter.train
        --minutes 30 --out build/lifter/lifter.pt

Writes the weights and, beside them, a json with the figures on subjects that were not trained on.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from ..optimizers import Optimisers, descend, optimisers_of
from .batches import Batch, Batches, Recipe, held_out, of_clips
from .losses import figures, losses, total
from .net import Design, TemporalLifterNet
from .noise import read_clips

FOLDER = Path("build/lifter")
WARM_UP = 100  # steps
HELD_OUT = 80  # clips


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--noise", type=Path, default=FOLDER / "noise.pt")
    parser.add_argument("--painted", type=Path, nargs="+", default=[FOLDER / "train.npz"])
    parser.add_argument("--painted-val", type=Path, default=FOLDER / "val.npz")
    parser.add_argument("--design", type=json.loads, default={}, help="json, see `Design`")
    parser.add_argument("--recipe", type=json.loads, default={}, help="json, see `Recipe`")
    parser.add_argument("--resume", type=Path, help="weights to go on from")
    parser.add_argument("--rate", type=float, default=1.2e-3)
    parser.add_argument("--steps", type=int, default=10**9, help="at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=FOLDER / "lifter.pt")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    recipe = Recipe(args.noise, tuple(args.painted), **args.recipe)
    tests = {"simulated": held_out(args.noise, HELD_OUT, recipe.frames)}
    painted = read_clips(args.painted_val)
    tests["painted"] = of_clips(painted)
    net = TemporalLifterNet(Design(**args.design))
    if args.resume:
        net.grow_from(torch.load(args.resume, weights_only=True))
    train(net, recipe, tests, Effort(args.minutes, args.steps, args.rate, args.seed), args.out)


@dataclass(frozen=True)
class Effort:
    """How long to train, in minutes or steps, at what rate at the start, the seed, and how often it
    is tested and saved."""

    minutes: float
    steps: int
    rate: float
    seed: int
    tests: int = 10

    def spent(self, seconds: float, steps: int) -> float:
        """Share of the effort."""
        return max(seconds / (60 * self.minutes), steps / self.steps)


def train(
    net: TemporalLifterNet, recipe: Recipe, tests: dict[str, Batch], effort: Effort, out: Path
) -> None:
    """Trains, tests now and then, and writes `out`."""
    stream = iter(torch.utils.data.DataLoader(Batches(recipe, effort.seed), None, num_workers=1))
    if not net.mean.any():
        normalise(net, next(stream)["features"])
    average = torch.optim.swa_utils.AveragedModel(
        net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.995), use_buffers=True
    )
    # torch forgets what it averages
    averaged: TemporalLifterNet = average.module  # pyright: ignore[reportAssignmentType]
    matrices = [weight for weight in net.blocks.parameters() if weight.ndim == 2]
    optimisers = optimisers_of(net, matrices, effort.rate)
    start, step, told = time.time(), 0, 0.0
    while (spent := effort.spent(time.time() - start, step)) < 1:
        rate = effort.rate * min(1, (step + 1) / WARM_UP) * (0.5 + 0.5 * np.cos(np.pi * spent))
        learn(net, optimisers, next(stream), rate)
        average.update_parameters(net)
        step += 1
        if spent - told > 1 / effort.tests:
            told = spent
            print(f"{step} steps, {time.time() - start:.0f} s")
            save(out, averaged, judge(averaged, tests), step)
    save(out, averaged, judge(averaged, tests), step)


def learn(net: TemporalLifterNet, optimisers: Optimisers, batch: Batch, rate: float) -> None:
    """One step; the blocks work in bfloat16, which halves its time where processors have it."""
    with torch.autocast("cpu", torch.bfloat16):
        hidden = net.hidden(batch["features"])
    loss = total(losses(net.answer(hidden.float()), batch, net.design))
    descend(net, optimisers, loss, rate, longest=2.0)


def normalise(net: TemporalLifterNet, features: torch.Tensor) -> None:
    """Sets the scale of the inputs from one batch."""
    flat = features.flatten(0, 1)
    net.mean.copy_(flat.mean(0))
    net.scale.copy_(1 / flat.std(0).clamp_min(0.03))


@torch.no_grad()
def judge(net: TemporalLifterNet, tests: dict[str, Batch]) -> dict[str, float]:
    """Figures of each test set, rounded."""
    net.eval()
    told = {}
    for name, batch in tests.items():
        found = figures(net(batch["features"]), batch, net.design)
        told |= {f"{name}_{key}": round(value, 2) for key, value in found.items()}
    net.train()
    return told


def save(path: Path, net: TemporalLifterNet, told: dict[str, float], steps: int) -> None:
    """Writes weights and a json about them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(net.state_dict(), path)
    about = {"design": net.design.as_json(), "steps": steps} | told
    path.with_suffix(".json").write_text(json.dumps(about, indent=1), encoding="utf-8")
    print(about, flush=True)


if __name__ == "__main__":
    main()
