"""Averages two sets of weights of one network, the second trained on from the first.

    python -m sketch2pose.inference.training.sketch.average_weights
        before.pt after.pt --share 0.75 --out both.pt

What was learned last counts for the share given; what it made forget comes back (Wortsman et al.
2022, "Robust fine-tuning of zero-shot models"). Choose the share on validation drawings.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from torch import Tensor

from ...sketch.crops import CROP
from .report import evaluate
from .second_eye import net_with
from .train import save, weights_of


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--share", type=float, default=0.75, help="of the second")
    parser.add_argument("--check", type=int, default=2000, help="drawings to measure on")
    parser.add_argument("--out", type=Path, default=Path("build/sketch.pt"))
    args = parser.parse_args()
    before, after = weights_of(args.before), weights_of(args.after)
    net = net_with(averaged(before, after, args.share))
    known = json.loads(args.after.with_suffix(".json").read_text())
    save(net, args.out, {"images": known["images"], **evaluate(net, args.check, CROP)})


def averaged(
    before: dict[str, Tensor], after: dict[str, Tensor], share: float
) -> dict[str, Tensor]:
    """Weights and batch statistics between two states.

    Counters are those of the second, and so is a second eye that only it has.
    """
    shared = {name for name, value in before.items() if value.dtype.is_floating_point}
    return {
        name: before[name].lerp(value, share) if name in shared else value
        for name, value in after.items()
    }


if __name__ == "__main__":
    main()
