"""What matters in teaching the lifter: equal small runs that differ in one thing each.

Every run is a narrow network from scratch on the same data, seed and number of steps. Its figures
compare runs with one another, not with the shipped network.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from .batches import ENDLESS, Recipe, held_out, of_clips
from .net import Design, TemporalLifterNet
from .noise import read_clips
from .train import Effort, train

WIDTH = 96
STEPS, RATE, SEED = 200, 2e-3, 0
CLIPS = 24  # of a step
HELD_OUT = 80
CONVOLUTIONS = {"blocks": ("conv",) * 5, "dilations": (1, 2, 4, 8, 1)}
ATTENTION = {"blocks": ("attention",) * 5, "dilations": (1,) * 5}


@dataclass(frozen=True)
class LifterVariant:
    """One run: its name, and what differs from the first one's design and recipe."""

    name: str
    design: dict[str, Any] = field(default_factory=dict)
    recipe: dict[str, Any] = field(default_factory=dict)


ARMS = (
    LifterVariant("as shipped: turns of parts and lengths apart, rays, convolution and attention"),
    LifterVariant("places of joints instead of turns and lengths", {"places": True}),
    LifterVariant("turns in the parents' frames, chained", {"local": True}),
    LifterVariant("the picture's axes instead of rays", recipe={"rays": False}),
    LifterVariant("temporal convolution only", CONVOLUTIONS),
    LifterVariant("attention over the trajectory only", ATTENTION),
    LifterVariant("key-frame tokens, one for 3 frames", {"every": 3}),
    LifterVariant("no metric landmarks among the inputs", {"with_world": False}),
    LifterVariant("no pose augmentation", recipe={"augmented": False}),
    LifterVariant("no painted clips, the noise model alone", recipe={"painted_share": 0.0}),
)


def run(arm: LifterVariant, folder: Path, painted: tuple[Path, ...], out: Path) -> dict[str, float]:
    """Trains one arm, unless it was before, and returns its figures.

    Args:
        arm: what to train. folder: where `noise.pt` and `val.npz` lie.
        painted: painted clips to learn from. out: folder of weights and figures.
    """
    path = out / f"{_slug(arm.name)}_{STEPS}.pt"
    if not path.with_suffix(".json").exists():
        torch.manual_seed(SEED)
        torch.set_num_threads(1)
        settings = {"painted_share": 0.5, "clips": CLIPS} | arm.recipe
        recipe = Recipe(folder / "noise.pt", painted, **settings)
        lens = 1.0 if recipe.rays else ENDLESS
        tests = {
            "simulated": held_out(recipe.noise, HELD_OUT, recipe.frames, lens=lens),
            "painted": of_clips(read_clips(folder / "val.npz"), lens),
        }
        design = replace(Design(width=WIDTH), **arm.design)
        part = path.with_suffix(".part.pt")
        train(
            TemporalLifterNet(design), recipe, tests, Effort(1e9, STEPS, RATE, SEED, tests=1), part
        )
        part.with_suffix(".json").replace(path.with_suffix(".json"))
        part.unlink()
    return json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


def _slug(name: str) -> str:
    return "_".join("".join(c if c.isalnum() else " " for c in name).split())[:40]
