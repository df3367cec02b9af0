"""What matters in teaching the sketch network: equal small runs that differ in one thing each.

    python -m sketch2pose.inference.training.sketch.ablate --images 16000 --out build/ablation

Every arm is a light network (a fifth of the shipped one's work) shown the same number of pictures
from one pool, on one thread. A finished arm leaves a file in the folder and is not run again, so
that the command can be stopped and carried on. The figures compare arms with one another; they say
nothing about what the shipped network reaches. `python build.py bench ablation` makes the table.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict
from pathlib import Path

import torch

from .ablation.learn import measure, teach
from .ablation.pool import test_batch, training_pool
from .ablation.variants import ARMS, SketchVariant

POOL = 12_000
TEST = 1_500


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--images", type=int, default=16_000, help="pictures shown to each arm")
    parser.add_argument("--pool", type=int, default=POOL, help="distinct pictures")
    parser.add_argument("--test", type=int, default=TEST, help="pictures each arm is measured on")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--arms", nargs="+", type=int, help="some of the arms, from 0")
    parser.add_argument("--out", type=Path, default=Path("build/ablation"))
    run(parser.parse_args())


def run(args: argparse.Namespace) -> None:
    """Runs the arms that have no result yet."""
    torch.set_num_threads(1)
    args.out.mkdir(parents=True, exist_ok=True)
    for index, arm in enumerate(ARMS):
        path = args.out / f"arm_{index}_{args.images}_{args.seed}.json"
        if path.is_file() or (args.arms and index not in args.arms):
            continue
        result = run_arm(arm, args)
        path.write_text(json.dumps(result, indent=1) + "\n")
        print(arm.name, json.dumps(result["figures"]), flush=True)


def run_arm(arm: SketchVariant, args: argparse.Namespace) -> dict:
    """Teaches and measures one arm: its settings, budget and figures."""
    pool = training_pool(args.out, args.pool, arm.true_proportions)
    spent = time.process_time()
    net = teach(arm, pool, args.images, args.seed)
    spent = time.process_time() - spent
    figures = {}
    for kind, withheld in (("val", False), ("withheld", True)):
        reached = measure(net, test_batch(args.test, arm.size, withheld))
        figures |= {f"{kind}_{name}": round(value, 4) for name, value in reached.items()}
    budget = {"images": args.images, "pool": args.pool, "seed": args.seed, "test": args.test}
    return {
        "arm": asdict(arm),
        "budget": budget,
        "processor_seconds": round(spent),
        "figures": figures,
    }


if __name__ == "__main__":
    main()
