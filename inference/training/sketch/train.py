"""Trains the sketch network on drawings made as it goes.

    python -m sketch2pose.inference.training.sketch.train --minutes 90 \\
        --lifter build/lifter.pt --out build/sketch.pt

A run can be carried on: ``--start build/sketch.pt``; with ``--add-eye`` the network is given a
second eye that knows photographs (``second_eye``), which ``--start pretrained`` gives a new one.
On a GPU: ``--device cuda --workers 15 --batch 256 --reuse 8``.
"""

from __future__ import annotations

import argparse
import copy
import json
import time
from pathlib import Path

import numpy as np
import torch

from ...sketch.crops import CROP
from ..optimizers import Optimisers, descend, fast_in_half, optimisers_of, seeing_weights
from .augmentation import varied
from .data import Drawing, Tensors, to_tensors
from .export import weights_from_onnx
from .left_right_labels import by_place, settle_ties
from .losses import image_losses, lifting_losses, total
from .net import KeypointLifter, SketchNet, Trunk, split
from .report import evaluate
from .second_eye import NEW, TwoEyedTrunk, net_with, with_second_eye

EMA_DECAY = 0.998
KNOWN_WEIGHT = 0.5  # of lifting the true keypoints, beside those that were read
KNOWN_NOISE = 0.01  # of the image side, median
HEATMAP_SPREAD = 0.03  # of the image side, of a keypoint that is certain


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument(
        "--sizes",
        default="96:0.45,128:0.4,160:0.15",
        help="image sides, px, and the share of the time each is used: small ones teach faster",
    )
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--reuse", type=int, default=2, help="how often a drawing is shown")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--check", type=int, default=2000, help="drawings of the last check")
    parser.add_argument("--lifter", type=Path, help="weights of train_lifter to start from")
    parser.add_argument(
        "--start",
        "--resume",
        default="scratch",
        help="scratch, pretrained (a second eye that knows photographs), or weights (.pt, .onnx)",
    )
    parser.add_argument("--add-eye", action="store_true", help="to the weights, as if pretrained")
    parser.add_argument("--freeze-stem", action="store_true", help="a third faster; late stages")
    parser.add_argument("--freeze-first", action="store_true", help="all of the first eye")
    parser.add_argument("--out", type=Path, default=Path("build/sketch.pt"))
    train(parser.parse_args())


def train(args: argparse.Namespace) -> None:
    """Runs the training loop for ``args.minutes`` and leaves averaged weights in ``args.out``."""
    torch.manual_seed(args.seed)
    # torch's own types leave out that modules have memory formats
    net = build(args).to(args.device, memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    average = copy.deepcopy(net).eval()
    freeze(net.trunk, args)
    optimisers = optimisers_for(net, args)
    seed = args.seed * 1000 + 17
    drawing = Drawing(args.workers, args.batch, seed, size_at(args.sizes, 0.0), args.reuse)
    paper = torch.Generator().manual_seed(seed)
    start, step, images = time.time(), 0, 0
    for batch in drawing.batches():
        spent = (time.time() - start) / (60 * args.minutes)
        if spent >= 1:
            break
        drawing.size.value = size_at(args.sizes, spent)
        data = varied(to_tensors(batch, args.device), paper)
        parts = train_step(net, optimisers, data, rate_at(args.rate, step, spent))
        update_average(average, net, step)
        step, images = step + 1, images + len(batch.ink)
        if step % 50 == 0:
            shown = " ".join(f"{name} {float(value):.3f}" for name, value in parts.items())
            print(f"step {step} images {images} {time.time() - start:.0f} s: {shown}", flush=True)
        if step % 100 == 0:
            keep(average, args.out)
        if step % 2000 == 0:
            save(
                average,
                args.out,
                {"images": images, **evaluate(average, min(512, args.check), CROP)},
            )
    drawing.close()
    keep(average, args.out)  # the check takes minutes, and may be cut short
    save(average, args.out, {"images": images, **evaluate(average, args.check, CROP)})


def size_at(sizes: str, spent: float) -> int:
    """Image side after a share ``spent`` of the time, from a plan such as ``96:0.5,160:0.5``."""
    size, end = "", 0.0
    for step in sizes.split(","):
        size, share = step.split(":")
        end += float(share)
        if spent < end:
            break
    return int(size)


def build(args: argparse.Namespace) -> SketchNet:
    """A new network, with the pretrained lifter or second eye, or an earlier run's weights."""
    if args.start not in ("scratch", "pretrained"):
        weights = weights_of(Path(args.start))
        return with_second_eye(weights) if args.add_eye else net_with(weights)
    net = with_second_eye() if args.start == "pretrained" else SketchNet()
    if args.lifter:
        net.lifter.load_state_dict(torch.load(args.lifter, weights_only=True))
    return net


def weights_of(path: Path) -> dict[str, torch.Tensor]:
    """Weights of an earlier run, as it left them or exported; halved ones are widened."""
    if path.suffix == ".onnx":
        return weights_from_onnx(path)
    stored = torch.load(path, map_location="cpu", weights_only=True)
    return {n: v.float() if v.dtype == torch.float16 else v for n, v in stored.items()}


def freeze(trunk: Trunk, args: argparse.Namespace) -> None:
    """Parts of the trunk that learn no more, batch statistics included."""
    if args.freeze_stem:
        trunk.stem.eval().requires_grad_(False)
    if args.freeze_first and isinstance(trunk, TwoEyedTrunk):
        trunk.freeze_first()


def optimisers_for(net: SketchNet, args: argparse.Namespace) -> Optimisers:
    """Muon where it is quick; what a second eye has brought along learns faster."""
    matrices = seeing_weights(net) if fast_in_half(args.device) else []
    new = [weight for name, weight in net.named_parameters() if name.startswith(NEW)]
    return optimisers_of(net, matrices, args.rate, new)


def rate_at(peak: float, step: int, spent: float) -> float:
    """Linear warm-up, then a cosine over the time given."""
    warm = min(1.0, max((step + 1) / 300, spent / 0.05))
    return peak * warm * (0.5 + 0.5 * np.cos(np.pi * min(1.0, spent))) + 1e-6


def train_step(
    net: SketchNet, optimisers: Optimisers, data: Tensors, rate: float
) -> dict[str, torch.Tensor]:
    """One step; returns the parts of the loss."""
    kind = data.ink.device.type
    with torch.autocast(kind, dtype=torch.bfloat16, enabled=fast_in_half(kind)):
        out = net(data.ink)
    data = settle_ties(by_place(data), out["points"].detach())
    parts = image_losses(out, data.points, data.visible, data.person)
    labels = data.directions, data.direction_seen, data.contacts, data.exchanged, data.person
    parts |= lifting_losses(out, *labels)
    known = lifting_losses(lifted_from_truth(net.lifter, out, data), *labels)
    parts |= {f"known {name}": KNOWN_WEIGHT * value for name, value in known.items()}
    descend(net, optimisers, total(parts), rate)
    return {name: value.detach() for name, value in parts.items()}


def lifted_from_truth(
    lifter: KeypointLifter, out: dict[str, torch.Tensor], data: Tensors
) -> dict[str, torch.Tensor]:
    """The lifter's answers for nearly true keypoints: teaches the geometry of the limbs.

    Args:
        lifter: the network's lifter.
        out: what the network made of the pictures.
        data: the batch with its limbs in the order of the network's.
    """
    noise = KNOWN_NOISE * torch.randn_like(data.points[:, :, :1]).mul(0.6).exp()
    points = data.points + noise * torch.randn_like(data.points)
    spread = (HEATMAP_SPREAD + noise).expand_as(points)
    return split(lifter(points, spread, out["image"], out.get("lines")))


@torch.no_grad()
def update_average(average: SketchNet, net: SketchNet, step: int) -> None:
    """Exponential moving average of weights and batch statistics."""
    decay = min(EMA_DECAY, (step + 1) / (step + 10))
    for mine, theirs in zip(average.state_dict().values(), net.state_dict().values(), strict=True):
        if mine.dtype.is_floating_point:
            mine.lerp_(theirs, 1 - decay)
        else:
            mine.copy_(theirs)


def keep(net: SketchNet, path: Path) -> None:
    """Writes the weights; what was there stays whole until they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(net.state_dict(), path.with_suffix(".new"))
    path.with_suffix(".new").replace(path)


def save(net: SketchNet, path: Path, figures: dict[str, float]) -> None:
    """Writes weights and, beside them, what they reach."""
    keep(net, path)
    path.with_suffix(".json").write_text(json.dumps(figures, indent=1))
    print("validation", json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
